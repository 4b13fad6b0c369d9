import FastJSON
import OptlabBasics

/// The payload `catalog`: the programme of concert halls, with many small objects, integer ids,
/// keys that repeat, and nulls.
struct Catalog: JSONModel, Decodable {
  struct Price: JSONModel, Decodable {
    var amount: Int
    var audienceSubCategoryId: Int
    var seatCategoryId: Int

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("amount", amount)
        .member("audienceSubCategoryId", audienceSubCategoryId)
        .member("seatCategoryId", seatCategoryId)
        .endObject()
    }
  }

  struct Area: JSONModel, Decodable {
    var areaId: Int
    var blockIds: [Int]

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject().member("areaId", areaId).member("blockIds", blockIds).endObject()
    }
  }

  struct SeatCategory: JSONModel, Decodable {
    var areas: [Area]
    var seatCategoryId: Int

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("areas", areas)
        .member("seatCategoryId", seatCategoryId)
        .endObject()
    }
  }

  /// Its optional members are written as null, not left out.
  struct Performance: JSONModel, Decodable {
    var eventId: Int
    var id: Int
    var logo: String?
    var name: String?
    var prices: [Price]
    var seatCategories: [SeatCategory]
    var seatMapImage: String?
    var start: Int
    var venueCode: String

    enum CodingKeys: CodingKey {
      case eventId, id, logo, name, prices, seatCategories, seatMapImage, start, venueCode
    }

    func encode(to encoder: any Encoder) throws {
      var members = encoder.container(keyedBy: CodingKeys.self)
      try members.encode(eventId, forKey: .eventId)
      try members.encode(id, forKey: .id)
      try members.encode(logo, forKey: .logo)
      try members.encode(name, forKey: .name)
      try members.encode(prices, forKey: .prices)
      try members.encode(seatCategories, forKey: .seatCategories)
      try members.encode(seatMapImage, forKey: .seatMapImage)
      try members.encode(start, forKey: .start)
      try members.encode(venueCode, forKey: .venueCode)
    }

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("eventId", eventId)
        .member("id", id)
        .member("logo", logo)
        .member("name", name)
        .member("prices", prices)
        .member("seatCategories", seatCategories)
        .member("seatMapImage", seatMapImage)
        .member("start", start)
        .member("venueCode", venueCode)
        .endObject()
    }
  }

  struct Topic: JSONModel, Decodable {
    var id: Int
    var name: String

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject().member("id", id).member("name", name).endObject()
    }
  }

  var topics: [Topic]
  var performances: [Performance]

  func write(to json: consuming JSONWriter) -> JSONWritten {
    json.beginObject()
      .member("topics", topics)
      .member("performances", performances)
      .endObject()
  }
}

extension Catalog {
  /// About 400 KB.
  static func document(seed: UInt64 = 2) -> JSONValue {
    var random = SeededGenerator(seed: seed)
    let subjects = ["Oper", "Ballet", "Musique baroque", "Jazz", "Théâtre musical", "Kammermusik"]
    let topics = (0..<100).map { number -> JSONValue in
      [
        "id": JSONValue(324_846_098 + number),
        "name": .string("\(subjects[random.below(subjects.count)]) \(number)"),
      ]
    }
    let performances = (0..<352).map { performance(number: $0, &random) }
    return ["topics": .array(topics), "performances": .array(performances)]
  }

  private static func performance(
    number: Int, _ random: inout SeededGenerator
  ) -> JSONValue {
    let categories = (0..<2 + random.below(4)).map { _ in 338_937_235 + random.below(4096) }
    return [
      "eventId": JSONValue(138_586_341 + random.below(100_000)),
      "id": JSONValue(339_887_544 + number),
      "logo": random.below(5) == 0 ? "/images/UE0AAAAACEKo6QAAAAZDSVRN" : nil,
      "name": random.below(4) == 0 ? .string("Vorstellung \(number)") : nil,
      "prices": .array(
        categories.map {
          [
            "amount": JSONValue(10_000 + random.below(40) * 500),
            "audienceSubCategoryId": 337_100_890,
            "seatCategoryId": JSONValue($0),
          ]
        }),
      "seatCategories": .array(
        categories.map { category in
          [
            "areas": .array(
              (0..<2 + random.below(6)).map { _ in
                ["areaId": JSONValue(205_705_993 + random.below(20)), "blockIds": []]
              }),
            "seatCategoryId": JSONValue(category),
          ]
        }),
      "seatMapImage": nil,
      "start": JSONValue(1_372_701_600_000 + random.below(10_000) * 3_600_000),
      "venueCode": "PLEYEL_PLEYEL",
    ]
  }
}
