import FastJSON

/// The payload `feed`: a page of a social network, with nested objects and much text in many
/// scripts.
struct Timeline: JSONModel, Decodable {
  struct User: JSONModel, Decodable {
    var id: Int
    var idText: String
    var name: String
    var screenName: String
    var location: String
    var description: String
    var url: String?
    var followers: Int
    var friends: Int
    var isVerified: Bool
    var language: String
    var image: String

    enum CodingKeys: String, CodingKey {
      case id, name, location, description, url
      case idText = "id_str"
      case screenName = "screen_name"
      case followers = "followers_count"
      case friends = "friends_count"
      case isVerified = "verified"
      case language = "lang"
      case image = "profile_image_url_https"
    }

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("id", id)
        .member("id_str", idText)
        .member("name", name)
        .member("screen_name", screenName)
        .member("location", location)
        .member("description", description)
        .memberIfPresent("url", url)
        .member("followers_count", followers)
        .member("friends_count", friends)
        .member("verified", isVerified)
        .member("lang", language)
        .member("profile_image_url_https", image)
        .endObject()
    }
  }

  struct Link: JSONModel, Decodable {
    var url: String
    var expandedURL: String
    var indices: [Int]

    enum CodingKeys: String, CodingKey {
      case url, indices
      case expandedURL = "expanded_url"
    }

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("url", url)
        .member("expanded_url", expandedURL)
        .member("indices", indices)
        .endObject()
    }
  }

  struct Tag: JSONModel, Decodable {
    var text: String
    var indices: [Int]

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject().member("text", text).member("indices", indices).endObject()
    }
  }

  struct Entities: JSONModel, Decodable {
    var hashtags: [Tag]
    var urls: [Link]

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject().member("hashtags", hashtags).member("urls", urls).endObject()
    }
  }

  struct Status: JSONModel, Decodable {
    var createdAt: String
    var id: Int
    var text: String
    var source: String
    var inReplyTo: Int?
    var user: User
    var entities: Entities
    var reposts: Int
    var favorites: Int
    var isFavorite: Bool
    var language: String

    enum CodingKeys: String, CodingKey {
      case id, text, source, user, entities
      case createdAt = "created_at"
      case inReplyTo = "in_reply_to_status_id"
      case reposts = "retweet_count"
      case favorites = "favorite_count"
      case isFavorite = "favorited"
      case language = "lang"
    }

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("created_at", createdAt)
        .member("id", id)
        .member("text", text)
        .member("source", source)
        .memberIfPresent("in_reply_to_status_id", inReplyTo)
        .member("user", user)
        .member("entities", entities)
        .member("retweet_count", reposts)
        .member("favorite_count", favorites)
        .member("favorited", isFavorite)
        .member("lang", language)
        .endObject()
    }
  }

  var statuses: [Status]
  var nextCursor: Int

  enum CodingKeys: String, CodingKey {
    case statuses
    case nextCursor = "next_cursor"
  }

  func write(to json: consuming JSONWriter) -> JSONWritten {
    json.beginObject()
      .member("statuses", statuses)
      .member("next_cursor", nextCursor)
      .endObject()
  }
}
