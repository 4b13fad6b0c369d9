import FastJSON

extension SearchResult {
  struct Status: JSONModel, Decodable {
    var metadata: Metadata
    var createdAt: String
    var id: Int
    var idStr: String
    var text: String
    var source: String
    var truncated: Bool
    var inReplyToStatusID: Int?
    var inReplyToStatusIDStr: String?
    var inReplyToUserID: Int?
    var inReplyToUserIDStr: String?
    var inReplyToScreenName: String?
    var user: User
    var geo: Point?
    var coordinates: Point?
    var place: Place?
    var contributors: [Int]?
    var retweetedStatus: Repost?
    var retweetCount: Int
    var favoriteCount: Int
    var entities: Entities
    var favorited: Bool
    var retweeted: Bool
    var possiblySensitive: Bool?
    var lang: String

    enum CodingKeys: String, CodingKey {
      case metadata, id, text, source, truncated, user, geo, coordinates, place, contributors
      case entities, favorited, retweeted, lang
      case createdAt = "created_at"
      case idStr = "id_str"
      case inReplyToStatusID = "in_reply_to_status_id"
      case inReplyToStatusIDStr = "in_reply_to_status_id_str"
      case inReplyToUserID = "in_reply_to_user_id"
      case inReplyToUserIDStr = "in_reply_to_user_id_str"
      case inReplyToScreenName = "in_reply_to_screen_name"
      case retweetedStatus = "retweeted_status"
      case retweetCount = "retweet_count"
      case favoriteCount = "favorite_count"
      case possiblySensitive = "possibly_sensitive"
    }

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("metadata", metadata)
        .member("created_at", createdAt)
        .member("id", id)
        .member("id_str", idStr)
        .member("text", text)
        .member("source", source)
        .member("truncated", truncated)
        .memberIfPresent("in_reply_to_status_id", inReplyToStatusID)
        .memberIfPresent("in_reply_to_status_id_str", inReplyToStatusIDStr)
        .memberIfPresent("in_reply_to_user_id", inReplyToUserID)
        .memberIfPresent("in_reply_to_user_id_str", inReplyToUserIDStr)
        .memberIfPresent("in_reply_to_screen_name", inReplyToScreenName)
        .member("user", user)
        .memberIfPresent("geo", geo)
        .memberIfPresent("coordinates", coordinates)
        .memberIfPresent("place", place)
        .memberIfPresent("contributors", contributors)
        .memberIfPresent("retweeted_status", retweetedStatus)
        .member("retweet_count", retweetCount)
        .member("favorite_count", favoriteCount)
        .member("entities", entities)
        .member("favorited", favorited)
        .member("retweeted", retweeted)
        .memberIfPresent("possibly_sensitive", possiblySensitive)
        .member("lang", lang)
        .endObject()
    }
  }

  /// A message inside another one: a struct cannot contain itself.
  final class Repost: JSONModel, Decodable {
    let status: Status

    init(from decoder: any Decoder) throws { status = try Status(from: decoder) }

    func encode(to encoder: any Encoder) throws { try status.encode(to: encoder) }

    func write(to json: consuming JSONWriter) -> JSONWritten { json.value(status) }
  }
}
