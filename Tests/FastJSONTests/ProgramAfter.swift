import FastJSON
import Foundation

/// The same with FastJSONEncoder: one expression differs.
enum ProgramAfter {
  // What follows is the program of the article 'Moving from JSONEncoder'.

  struct Measurement: Encodable {
    enum Unit: String, Encodable, CodingKeyRepresentable { case celsius, hectopascal }

    var stationURL = URL(string: "https://example.org/stations/7")!
    var takenAt = Date(timeIntervalSince1970: 1_700_000_000.25)
    var raw = Data([0xFB, 0xEF, 0xBE, 0x00])
    var values: [Unit: Double] = [.celsius: -3.5, .hectopascal: 1013.25]
    var series: [[Double]] = [[1, 0.1, 1e-5], [], [1e16]]
    var price = Decimal(string: "19.99")!
    var wide = Int128.max
    var note: String?
    var labels = ["camelCase": "a/b \"quoted\" \u{1F600}"]
  }

  class Sensor: Encodable {
    var serialNumber = 12
    private enum CodingKeys: CodingKey { case serialNumber }
    func encode(to encoder: any Encoder) throws {
      var members = encoder.container(keyedBy: CodingKeys.self)
      try members.encode(serialNumber, forKey: .serialNumber)
    }
  }

  final class CalibratedSensor: Sensor {
    private enum CodingKeys: CodingKey { case offsets, history }
    override func encode(to encoder: any Encoder) throws {
      var members = encoder.container(keyedBy: CodingKeys.self)
      var offsets = members.nestedUnkeyedContainer(forKey: .offsets)
      var history = members.nestedContainer(keyedBy: Year.self, forKey: .history)
      try offsets.encode(0.5)
      try history.encode("new", forKey: Year(2024))
      try offsets.encodeNil()
      try super.encode(to: members.superEncoder())
    }
  }

  struct Year: CodingKey {
    var intValue: Int?
    var stringValue: String { intValue.map { "\($0)" } ?? "unknown" }
    init(_ year: Int) { intValue = year }
    init?(stringValue: String) { intValue = Int(stringValue) }
    init?(intValue: Int) { self.intValue = intValue }
  }

  struct Secret: EncodableWithConfiguration {
    enum Visibility: EncodingConfigurationProviding {
      case hidden, shown
      static var encodingConfiguration: Visibility { .shown }
    }
    func encode(to encoder: any Encoder, configuration: Visibility) throws {
      var container = encoder.singleValueContainer()
      try container.encode(configuration == .shown ? "open sesame" : "***")
    }
  }

  /// Says who asked for it.
  struct Signature: Encodable {
    static let author = CodingUserInfoKey(rawValue: "author")!
    func encode(to encoder: any Encoder) throws {
      try "\(encoder.userInfo[Self.author] ?? "nobody")".encode(to: encoder)
    }
  }

  static func run() throws -> [String] {
    let encoder = FastJSONEncoder()
    var lines: [String] = []
    func add(_ data: Data) { lines.append(String(decoding: data, as: UTF8.self)) }

    encoder.outputFormatting = [.sortedKeys]
    add(try encoder.encode(Measurement()))
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    add(try encoder.encode([CalibratedSensor(), Sensor()]))
    let dates: [JSONEncoder.DateEncodingStrategy] = [
      .deferredToDate, .secondsSince1970, .millisecondsSince1970, .iso8601,
      .custom { date, encoder in
        try "day \(Int(date.timeIntervalSince1970) / 86_400)".encode(to: encoder)
      },
    ]
    for strategy in dates {
      encoder.dateEncodingStrategy = strategy
      add(try encoder.encode([Measurement().takenAt]))
    }
    let blobs: [JSONEncoder.DataEncodingStrategy] = [
      .deferredToData, .base64, .custom { data, encoder in try data.count.encode(to: encoder) },
    ]
    for strategy in blobs {
      encoder.dataEncodingStrategy = strategy
      add(try encoder.encode(["blob": Measurement().raw]))
    }
    let keys: [JSONEncoder.KeyEncodingStrategy] = [
      .useDefaultKeys, .convertToSnakeCase, .custom { path in Year(path.count) },
    ]
    for strategy in keys {
      encoder.keyEncodingStrategy = strategy
      add(try encoder.encode(Sensor()))
    }
    do {
      _ = try encoder.encode(["ratio": 1.0 / 0])
    } catch EncodingError.invalidValue(let value, let context) {
      lines.append("\(value): \(context.debugDescription) \(context.codingPath.map(\.stringValue))")
    }
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "much", negativeInfinity: "little", nan: "?")
    add(try encoder.encode([Double.infinity, -.infinity, .nan, 1]))
    encoder.userInfo[Signature.author] = "the station"
    add(try encoder.encode(Signature()))
    add(try encoder.encode(Secret(), configuration: .hidden))
    add(try encoder.encode(Secret(), configuration: Secret.Visibility.self))
    return lines
  }
}
