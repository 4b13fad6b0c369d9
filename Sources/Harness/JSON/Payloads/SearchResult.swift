import FastJSON

/// The document twitter.json of the nativejson-benchmark collection: a page of search results.
struct SearchResult: JSONModel, Decodable {
  struct Link: JSONModel, Decodable {
    var url: String
    var expandedURL: String
    var displayURL: String
    var indices: [Int]

    enum CodingKeys: String, CodingKey {
      case url, indices
      case expandedURL = "expanded_url"
      case displayURL = "display_url"
    }

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("url", url)
        .member("expanded_url", expandedURL)
        .member("display_url", displayURL)
        .member("indices", indices)
        .endObject()
    }
  }

  struct UserEntities: JSONModel, Decodable {
    var url: Links?
    var description: Links

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .memberIfPresent("url", url)
        .member("description", description)
        .endObject()
    }
  }

  struct Links: JSONModel, Decodable {
    var urls: [Link]

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("urls", urls)
        .endObject()
    }
  }

  struct User: JSONModel, Decodable {
    var id: Int
    var idStr: String
    var name: String
    var screenName: String
    var location: String
    var description: String
    var url: String?
    var entities: UserEntities
    var protected: Bool
    var followersCount: Int
    var friendsCount: Int
    var listedCount: Int
    var createdAt: String
    var favouritesCount: Int
    var utcOffset: Int?
    var timeZone: String?
    var geoEnabled: Bool
    var verified: Bool
    var statusesCount: Int
    var lang: String
    var contributorsEnabled: Bool
    var isTranslator: Bool
    var isTranslationEnabled: Bool
    var profileBackgroundColor: String
    var profileBackgroundImageURL: String
    var profileBackgroundImageURLHttps: String
    var profileBackgroundTile: Bool
    var profileImageURL: String
    var profileImageURLHttps: String
    var profileBannerURL: String?
    var profileLinkColor: String
    var profileSidebarBorderColor: String
    var profileSidebarFillColor: String
    var profileTextColor: String
    var profileUseBackgroundImage: Bool
    var defaultProfile: Bool
    var defaultProfileImage: Bool
    var following: Bool
    var followRequestSent: Bool
    var notifications: Bool

    enum CodingKeys: String, CodingKey {
      case id, name, location, description, url, entities, protected, verified, lang, following
      case notifications
      case idStr = "id_str"
      case screenName = "screen_name"
      case followersCount = "followers_count"
      case friendsCount = "friends_count"
      case listedCount = "listed_count"
      case createdAt = "created_at"
      case favouritesCount = "favourites_count"
      case utcOffset = "utc_offset"
      case timeZone = "time_zone"
      case geoEnabled = "geo_enabled"
      case statusesCount = "statuses_count"
      case contributorsEnabled = "contributors_enabled"
      case isTranslator = "is_translator"
      case isTranslationEnabled = "is_translation_enabled"
      case profileBackgroundColor = "profile_background_color"
      case profileBackgroundImageURL = "profile_background_image_url"
      case profileBackgroundImageURLHttps = "profile_background_image_url_https"
      case profileBackgroundTile = "profile_background_tile"
      case profileImageURL = "profile_image_url"
      case profileImageURLHttps = "profile_image_url_https"
      case profileBannerURL = "profile_banner_url"
      case profileLinkColor = "profile_link_color"
      case profileSidebarBorderColor = "profile_sidebar_border_color"
      case profileSidebarFillColor = "profile_sidebar_fill_color"
      case profileTextColor = "profile_text_color"
      case profileUseBackgroundImage = "profile_use_background_image"
      case defaultProfile = "default_profile"
      case defaultProfileImage = "default_profile_image"
      case followRequestSent = "follow_request_sent"
    }

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("id", id)
        .member("id_str", idStr)
        .member("name", name)
        .member("screen_name", screenName)
        .member("location", location)
        .member("description", description)
        .memberIfPresent("url", url)
        .member("entities", entities)
        .member("protected", protected)
        .member("followers_count", followersCount)
        .member("friends_count", friendsCount)
        .member("listed_count", listedCount)
        .member("created_at", createdAt)
        .member("favourites_count", favouritesCount)
        .memberIfPresent("utc_offset", utcOffset)
        .memberIfPresent("time_zone", timeZone)
        .member("geo_enabled", geoEnabled)
        .member("verified", verified)
        .member("statuses_count", statusesCount)
        .member("lang", lang)
        .member("contributors_enabled", contributorsEnabled)
        .member("is_translator", isTranslator)
        .member("is_translation_enabled", isTranslationEnabled)
        .member("profile_background_color", profileBackgroundColor)
        .member("profile_background_image_url", profileBackgroundImageURL)
        .member("profile_background_image_url_https", profileBackgroundImageURLHttps)
        .member("profile_background_tile", profileBackgroundTile)
        .member("profile_image_url", profileImageURL)
        .member("profile_image_url_https", profileImageURLHttps)
        .memberIfPresent("profile_banner_url", profileBannerURL)
        .member("profile_link_color", profileLinkColor)
        .member("profile_sidebar_border_color", profileSidebarBorderColor)
        .member("profile_sidebar_fill_color", profileSidebarFillColor)
        .member("profile_text_color", profileTextColor)
        .member("profile_use_background_image", profileUseBackgroundImage)
        .member("default_profile", defaultProfile)
        .member("default_profile_image", defaultProfileImage)
        .member("following", following)
        .member("follow_request_sent", followRequestSent)
        .member("notifications", notifications)
        .endObject()
    }
  }

  struct Metadata: JSONModel, Decodable {
    var resultType: String
    var isoLanguageCode: String

    enum CodingKeys: String, CodingKey {
      case resultType = "result_type"
      case isoLanguageCode = "iso_language_code"
    }

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("result_type", resultType)
        .member("iso_language_code", isoLanguageCode)
        .endObject()
    }
  }

  struct SearchMetadata: JSONModel, Decodable {
    var completedIn: Double
    var maxID: Int
    var maxIDStr: String
    var nextResults: String
    var query: String
    var refreshURL: String
    var count: Int
    var sinceID: Int
    var sinceIDStr: String

    enum CodingKeys: String, CodingKey {
      case query, count
      case completedIn = "completed_in"
      case maxID = "max_id"
      case maxIDStr = "max_id_str"
      case nextResults = "next_results"
      case refreshURL = "refresh_url"
      case sinceID = "since_id"
      case sinceIDStr = "since_id_str"
    }

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("completed_in", completedIn)
        .member("max_id", maxID)
        .member("max_id_str", maxIDStr)
        .member("next_results", nextResults)
        .member("query", query)
        .member("refresh_url", refreshURL)
        .member("count", count)
        .member("since_id", sinceID)
        .member("since_id_str", sinceIDStr)
        .endObject()
    }
  }

  var statuses: [Status]
  var searchMetadata: SearchMetadata

  enum CodingKeys: String, CodingKey {
    case statuses
    case searchMetadata = "search_metadata"
  }

  func write(to json: consuming JSONWriter) -> JSONWritten {
    json.beginObject()
      .member("statuses", statuses)
      .member("search_metadata", searchMetadata)
      .endObject()
  }
}
