import Foundation

@testable import FastJSON

/// JSONEncoder and FastJSONEncoder with the same options, and what each makes of a value.
struct EncoderPair {
  let ours: FastJSONEncoder
  let theirs = JSONEncoder()

  /// - Parameters:
  ///   - formatting: Keys are sorted as well, since JSONEncoder's order is random.
  ///   - publicAPIAlone: Whether ours does as it would if a test of a layout failed.
  init(
    _ formatting: JSONEncoder.OutputFormatting = [],
    date: JSONEncoder.DateEncodingStrategy = .deferredToDate,
    data: JSONEncoder.DataEncodingStrategy = .base64,
    float: JSONEncoder.NonConformingFloatEncodingStrategy = .throw,
    key: JSONEncoder.KeyEncodingStrategy = .useDefaultKeys,
    publicAPIAlone: Bool = false
  ) {
    ours = FastJSONEncoder(publicAPIAlone: publicAPIAlone)
    ours.outputFormatting = formatting.union(.sortedKeys)
    theirs.outputFormatting = formatting.union(.sortedKeys)
    (ours.dateEncodingStrategy, theirs.dateEncodingStrategy) = (date, date)
    (ours.dataEncodingStrategy, theirs.dataEncodingStrategy) = (data, data)
    ours.nonConformingFloatEncodingStrategy = float
    theirs.nonConformingFloatEncodingStrategy = float
    (ours.keyEncodingStrategy, theirs.keyEncodingStrategy) = (key, key)
  }

  /// The text, or the error in words: its kind, value, coding path and description.
  private func outcome(_ encode: () throws -> Data) -> String {
    do {
      return String(decoding: try encode(), as: UTF8.self)
    } catch EncodingError.invalidValue(let value, let context) {
      let path = context.codingPath.map { "\($0.stringValue)(\($0.intValue ?? -1))" }
      return "invalid \(type(of: value)) at \(path): \(context.debugDescription)"
    } catch {
      return "error \(error)"
    }
  }

  /// What FastJSONEncoder makes of a value, and what JSONEncoder does.
  func outcomes(_ value: some Encodable) -> (ours: String, theirs: String) {
    (outcome { try ours.encode(value) }, outcome { try theirs.encode(value) })
  }
}
