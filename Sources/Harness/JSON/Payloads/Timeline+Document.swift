import OptlabBasics

extension Timeline {
  /// About 400 KB.
  static func document(seed: UInt64 = 1) -> JSONValue {
    var random = SeededGenerator(seed: seed)
    let statuses = (0..<395).map { status(number: $0, &random) }
    return ["statuses": .array(statuses), "next_cursor": .integer(random.id())]
  }

  private static let words: [(language: String, words: [String])] = [
    (
      "en", ["the", "morning", "train", "was", "late", "again", "coffee", "helps", "nobody", "sun"]
    ),
    ("de", ["schöne", "Grüße", "aus", "Köln", "heute", "fährt", "die", "Straßenbahn", "später"]),
    ("ja", ["今日は", "とても", "いい", "天気", "ですね", "電車が", "遅れて", "います", "東京", "駅前で"]),
    ("zh", ["早上好", "今天", "天气", "很好", "我们", "一起", "喝咖啡", "火车", "晚点了"]),
    ("ru", ["доброе", "утро", "сегодня", "поезд", "опоздал", "кофе", "и", "солнце"]),
    ("ar", ["صباح", "الخير", "اليوم", "القطار", "متأخر", "والقهوة", "جاهزة"]),
  ]
  private static let emoji = ["😀", "🚆", "☕️", "🌞", "👩‍💻", "🇯🇵", "❤️"]
  private static let places = ["Köln", "東京", "São Paulo", "New York, NY", "", "Zürich/Genève"]

  private static func status(number: Int, _ random: inout SeededGenerator) -> JSONValue {
    let (language, words) = words[random.below(Self.words.count)]
    let id = random.id()
    var members: [JSONValue.Member] = [
      .init("created_at", .string(date(number))),
      .init("id", .integer(id)),
      .init("text", .string(text(of: 8 + random.below(16), words, &random))),
      .init(
        "source",
        .string(#"<a href="https://example.org/app/\#(random.below(9))" rel="nofollow">App</a>"#)),
    ]
    if random.below(3) == 0 {
      members.append(.init("in_reply_to_status_id", .integer(random.id())))
    }
    members += [
      .init("user", user(language, words, &random)),
      .init("entities", entities(words, &random)),
      .init("retweet_count", JSONValue(random.below(2000))),
      .init("favorite_count", JSONValue(random.below(50))),
      .init("favorited", .bool(random.below(4) == 0)),
      .init("lang", .string(language)),
    ]
    return .object(members)
  }

  private static func user(
    _ language: String, _ words: [String], _ random: inout SeededGenerator
  ) -> JSONValue {
    let id = random.id()
    let handle = "user_\(random.below(1_000_000))"
    var members: [JSONValue.Member] = [
      .init("id", .integer(id)),
      .init("id_str", .string(id.description)),
      .init("name", .string(text(of: 2, words, &random))),
      .init("screen_name", .string(handle)),
      .init("location", .string(places[random.below(places.count)])),
      .init("description", .string(text(of: random.below(20), words, &random))),
    ]
    if random.below(2) == 0 {
      members.append(.init("url", .string("https://example.com/\(handle)")))
    }
    members += [
      .init("followers_count", JSONValue(random.below(100_000))),
      .init("friends_count", JSONValue(random.below(3000))),
      .init("verified", .bool(random.below(10) == 0)),
      .init("lang", .string(language)),
      .init(
        "profile_image_url_https",
        .string("https://images.example.com/profile/\(id)/\(handle)_normal.jpeg")),
    ]
    return .object(members)
  }

  private static func entities(_ words: [String], _ random: inout SeededGenerator) -> JSONValue {
    let tags = (0..<random.below(3)).map { _ -> JSONValue in
      let start = random.below(100)
      let word = words[random.below(words.count)]
      return ["text": .string(word), "indices": [JSONValue(start), JSONValue(start + word.count)]]
    }
    let links = (0..<random.below(3)).map { _ -> JSONValue in
      let start = random.below(100)
      return [
        "url": .string("https://s.example/\(String(random.below(1 << 40), radix: 36))"),
        "expanded_url": .string(
          "https://news.example.org/2024/\(random.below(12) + 1)/story?id=\(random.below(100_000))"),
        "indices": [JSONValue(start), JSONValue(start + 23)],
      ]
    }
    return ["hashtags": .array(tags), "urls": .array(links)]
  }

  /// Words with what people put between them: line feeds, quotes, backslashes, emoji.
  private static func text(
    of count: Int, _ words: [String], _ random: inout SeededGenerator
  ) -> String {
    var text = ""
    for i in 0..<count {
      if i > 0 { text += random.below(16) == 0 ? "\n" : " " }
      let word = words[random.below(words.count)]
      switch random.below(40) {
      case 0: text += "\"\(word)\""
      case 1: text += "\(word)\\o/"
      case 2, 3: text += word + emoji[random.below(emoji.count)]
      default: text += word
      }
    }
    return text
  }

  private static func date(_ number: Int) -> String {
    let minute = String(number % 60 + 100).dropFirst()
    return "Mon Mar 04 \(number / 60 % 14 + 10):\(minute):00 +0000 2024"
  }
}

extension SeededGenerator {
  /// An identifier of 18 digits, as large services give them.
  fileprivate mutating func id() -> Int64 { 500_000_000_000_000_000 + Int64(next() >> 6) }
}
