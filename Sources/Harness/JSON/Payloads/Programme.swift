import FastJSON

/// The document citm_catalog.json of the nativejson-benchmark collection: the programme of a concert
/// hall. Objects whose keys are numbers of the catalogue are dictionaries.
struct Programme: JSONModel, Decodable {
  struct Event: JSONModel, Decodable {
    var description: String?
    var id: Int
    var logo: String?
    var name: String
    var subTopicIds: [Int]
    var subjectCode: Int?
    var subtitle: String?
    var topicIds: [Int]

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .memberIfPresent("description", description)
        .member("id", id)
        .memberIfPresent("logo", logo)
        .member("name", name)
        .member("subTopicIds", subTopicIds)
        .memberIfPresent("subjectCode", subjectCode)
        .memberIfPresent("subtitle", subtitle)
        .member("topicIds", topicIds)
        .endObject()
    }
  }

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
      json.beginObject()
        .member("areaId", areaId)
        .member("blockIds", blockIds)
        .endObject()
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

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("eventId", eventId)
        .member("id", id)
        .memberIfPresent("logo", logo)
        .memberIfPresent("name", name)
        .member("prices", prices)
        .member("seatCategories", seatCategories)
        .memberIfPresent("seatMapImage", seatMapImage)
        .member("start", start)
        .member("venueCode", venueCode)
        .endObject()
    }
  }

  var areaNames: [String: String]
  var audienceSubCategoryNames: [String: String]
  var blockNames: [String: String]
  var events: [String: Event]
  var performances: [Performance]
  var seatCategoryNames: [String: String]
  var subTopicNames: [String: String]
  var subjectNames: [String: String]
  var topicNames: [String: String]
  var topicSubTopics: [String: [Int]]
  var venueNames: [String: String]

  func write(to json: consuming JSONWriter) -> JSONWritten {
    json.beginObject()
      .member("areaNames", areaNames)
      .member("audienceSubCategoryNames", audienceSubCategoryNames)
      .member("blockNames", blockNames)
      .member("events", events)
      .member("performances", performances)
      .member("seatCategoryNames", seatCategoryNames)
      .member("subTopicNames", subTopicNames)
      .member("subjectNames", subjectNames)
      .member("topicNames", topicNames)
      .member("topicSubTopics", topicSubTopics)
      .member("venueNames", venueNames)
      .endObject()
  }
}
