import FastJSON

extension SearchResult {
  struct Tag: JSONModel, Decodable {
    var text: String
    var indices: [Int]

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("text", text)
        .member("indices", indices)
        .endObject()
    }
  }

  struct Mention: JSONModel, Decodable {
    var screenName: String
    var name: String
    var id: Int
    var idStr: String
    var indices: [Int]

    enum CodingKeys: String, CodingKey {
      case name, id, indices
      case screenName = "screen_name"
      case idStr = "id_str"
    }

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("screen_name", screenName)
        .member("name", name)
        .member("id", id)
        .member("id_str", idStr)
        .member("indices", indices)
        .endObject()
    }
  }

  struct Size: JSONModel, Decodable {
    var w: Int
    var h: Int
    var resize: String

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("w", w)
        .member("h", h)
        .member("resize", resize)
        .endObject()
    }
  }

  struct Sizes: JSONModel, Decodable {
    var medium: Size
    var small: Size
    var thumb: Size
    var large: Size

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("medium", medium)
        .member("small", small)
        .member("thumb", thumb)
        .member("large", large)
        .endObject()
    }
  }

  struct Media: JSONModel, Decodable {
    var id: Int
    var idStr: String
    var indices: [Int]
    var mediaURL: String
    var mediaURLHttps: String
    var url: String
    var displayURL: String
    var expandedURL: String
    var type: String
    var sizes: Sizes
    var sourceStatusID: Int?
    var sourceStatusIDStr: String?

    enum CodingKeys: String, CodingKey {
      case id, indices, url, type, sizes
      case idStr = "id_str"
      case mediaURL = "media_url"
      case mediaURLHttps = "media_url_https"
      case displayURL = "display_url"
      case expandedURL = "expanded_url"
      case sourceStatusID = "source_status_id"
      case sourceStatusIDStr = "source_status_id_str"
    }

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("id", id)
        .member("id_str", idStr)
        .member("indices", indices)
        .member("media_url", mediaURL)
        .member("media_url_https", mediaURLHttps)
        .member("url", url)
        .member("display_url", displayURL)
        .member("expanded_url", expandedURL)
        .member("type", type)
        .member("sizes", sizes)
        .memberIfPresent("source_status_id", sourceStatusID)
        .memberIfPresent("source_status_id_str", sourceStatusIDStr)
        .endObject()
    }
  }

  struct Entities: JSONModel, Decodable {
    var hashtags: [Tag]
    var symbols: [Tag]
    var urls: [Link]
    var userMentions: [Mention]
    var media: [Media]?

    enum CodingKeys: String, CodingKey {
      case hashtags, symbols, urls, media
      case userMentions = "user_mentions"
    }

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("hashtags", hashtags)
        .member("symbols", symbols)
        .member("urls", urls)
        .member("user_mentions", userMentions)
        .memberIfPresent("media", media)
        .endObject()
    }
  }

  /// Null in every message of the document.
  struct Point: JSONModel, Decodable {
    var type: String
    var coordinates: [Double]

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("type", type)
        .member("coordinates", coordinates)
        .endObject()
    }
  }

  /// Null in every message of the document.
  struct Place: JSONModel, Decodable {
    var id: String
    var name: String

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("id", id)
        .member("name", name)
        .endObject()
    }
  }
}
