import FastJSON
import Foundation
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabJSON

/// The typed models of the nativejson-benchmark collection, with small documents of the same shape.
@Suite struct JSONCorpusTests {
  private static let link =
    #"{"url":"a","expanded_url":"b","display_url":"c","indices":[1,2]}"#
  private static let user = #"""
    {"id":1,"id_str":"1","name":"é","screen_name":"n","location":"","description":"d","url":null,
    "entities":{"url":{"urls":[\#(link)]},"description":{"urls":[]}},"protected":false,
    "followers_count":2,"friends_count":3,"listed_count":4,"created_at":"x","favourites_count":5,
    "utc_offset":null,"time_zone":"z","geo_enabled":true,"verified":false,"statuses_count":6,
    "lang":"ja","contributors_enabled":false,"is_translator":false,"is_translation_enabled":true,
    "profile_background_color":"c","profile_background_image_url":"u",
    "profile_background_image_url_https":"h","profile_background_tile":false,
    "profile_image_url":"i","profile_image_url_https":"j","profile_banner_url":"k",
    "profile_link_color":"l","profile_sidebar_border_color":"m","profile_sidebar_fill_color":"n",
    "profile_text_color":"o","profile_use_background_image":true,"default_profile":true,
    "default_profile_image":false,"following":false,"follow_request_sent":false,
    "notifications":false}
    """#
  private static func status(_ more: String) -> String {
    #"""
    {"metadata":{"result_type":"recent","iso_language_code":"ja"},"created_at":"x","id":1,
    "id_str":"1","text":"a\n\"b\" https:\/\/","source":"s","truncated":false,
    "in_reply_to_status_id":null,"in_reply_to_status_id_str":null,"in_reply_to_user_id":7,
    "in_reply_to_user_id_str":"7","in_reply_to_screen_name":null,"user":\#(user),"geo":null,
    "coordinates":null,"place":null,"contributors":null,\#(more)"retweet_count":1,
    "favorite_count":2,"entities":{"hashtags":[{"text":"t","indices":[0,1]}],"symbols":[],
    "urls":[\#(link)],"user_mentions":[{"screen_name":"s","name":"n","id":1,"id_str":"1",
    "indices":[3]}],"media":[{"id":1,"id_str":"1","indices":[],"media_url":"m",
    "media_url_https":"n","url":"u","display_url":"d","expanded_url":"e","type":"photo","sizes":
    {"medium":{"w":1,"h":2,"resize":"fit"},"small":{"w":1,"h":2,"resize":"fit"},
    "thumb":{"w":1,"h":2,"resize":"crop"},"large":{"w":1,"h":2,"resize":"fit"}},
    "source_status_id":9,"source_status_id_str":"9"}]},"favorited":false,"retweeted":false,
    "possibly_sensitive":false,"lang":"ja"}
    """#
  }

  private static let documents = [
    "twitter": #"""
    {"statuses":[\#(status(#""retweeted_status":\#(status("")),"#))],"search_metadata":
    {"completed_in":0.087,"max_id":1,"max_id_str":"1","next_results":"?","query":"q",
    "refresh_url":"r","count":100,"since_id":0,"since_id_str":"0"}}
    """#,
    "citm_catalog": #"""
    {"areaNames":{"205705993":"Arrière-scène"},"audienceSubCategoryNames":{"337100890":"Abonné"},
    "blockNames":{},"events":{"138586341":{"description":null,"id":138586341,"logo":null,
    "name":"30th Anniversary","subTopicIds":[337184269,337184283],"subjectCode":null,
    "subtitle":null,"topicIds":[324846099,107888604]}},"performances":[{"eventId":138586341,
    "id":339887544,"logo":"\/images\/UE0","name":null,"prices":[{"amount":90250,
    "audienceSubCategoryId":337100890,"seatCategoryId":338937295}],"seatCategories":[{"areas":
    [{"areaId":205705999,"blockIds":[]}],"seatCategoryId":338937295}],"seatMapImage":null,
    "start":1372701600000,"venueCode":"PLEYEL_PLEYEL"}],"seatCategoryNames":{"338937235":"1re"},
    "subTopicNames":{"337184262":"Musique"},"subjectNames":{},"topicNames":{"107888604":"A"},
    "topicSubTopics":{"107888604":[337184283,337184263]},"venueNames":{"PLEYEL_PLEYEL":"Salle"}}
    """#,
    "canada": #"""
    {"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"Canada"},
    "geometry":{"type":"Polygon","coordinates":[[[-65.613616999999977,43.420273000000009],
    [-65,43]],[]]}}]}
    """#,
  ]

  private func withFolder(
    _ documents: [String: String], _ body: (URL) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "optlab-corpus-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in documents {
      try Data(text.utf8).write(to: folder.appending(path: "\(name).json"))
    }
    try body(folder)
  }

  @Test func modelsWriteWhatTheyRead() throws {
    try withFolder(Self.documents) { folder in
      let payloads = try JSONPayload.corpus(in: folder)
      #expect(payloads.map(\.id) == JSONPayload.corpusNames)
      for payload in payloads {
        let part = payload.parts[0]
        var buffer = JSONBuffer()
        try part.value.rewrite(&buffer)
        #expect([UInt8](buffer) == part.json, "\(payload.id)")
        let encoded = [UInt8](try JSONEncoder().encode(part.value))
        #expect(JSONDifference(in: encoded, from: part.json)?.summary == nil, "\(payload.id)")
        #expect(!String(decoding: part.json, as: UTF8.self).contains("null"))
      }
    }
  }

  @Test(arguments: [
    ("canada", nil, "cannot read"), ("twitter", "{", "not valid JSON"), ("twitter", "{}", "is not"),
  ])
  func otherFiles(name: String, text: String?, message: String) throws {
    var documents = Self.documents
    documents[name] = text
    try withFolder(documents) { folder in
      let error = #expect(throws: JSONPayload.CorpusError.self) {
        try JSONPayload.corpus(in: folder)
      }
      let description = try #require(error).description
      #expect(description.contains("\(name).json") && description.contains(message))
    }
  }
}
