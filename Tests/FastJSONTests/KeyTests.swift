import Testing

@testable import FastJSON

/// Keys are written by whole vectors from both ends, in a way that depends on their length.
@Suite struct KeyTests {
  /// One of each length from 0 to 68 bytes: beyond 64 the way is another one.
  static let plain: [StaticString] = [
    "", "a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh", "abcdefghi",
    "abcdefghij", "abcdefghijk", "abcdefghijkl", "abcdefghijklm", "abcdefghijklmn",
    "abcdefghijklmno", "abcdefghijklmnop", "abcdefghijklmnopq", "abcdefghijklmnopqr",
    "abcdefghijklmnopqrs", "abcdefghijklmnopqrst", "abcdefghijklmnopqrstu",
    "abcdefghijklmnopqrstuv", "abcdefghijklmnopqrstuvw", "abcdefghijklmnopqrstuvwx",
    "abcdefghijklmnopqrstuvwxy", "abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz0",
    "abcdefghijklmnopqrstuvwxyz01", "abcdefghijklmnopqrstuvwxyz012",
    "abcdefghijklmnopqrstuvwxyz0123", "abcdefghijklmnopqrstuvwxyz01234",
    "abcdefghijklmnopqrstuvwxyz012345", "abcdefghijklmnopqrstuvwxyz0123456",
    "abcdefghijklmnopqrstuvwxyz01234567", "abcdefghijklmnopqrstuvwxyz012345678",
    "abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghijklmnopqrstuvwxyz0123456789A",
    "abcdefghijklmnopqrstuvwxyz0123456789AB", "abcdefghijklmnopqrstuvwxyz0123456789ABC",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCD", "abcdefghijklmnopqrstuvwxyz0123456789ABCDE",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEF", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHI",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJK",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKL",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLM",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMN",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNO",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOP",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQ",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQR",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRS",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRST",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTU",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUV",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVW",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWX",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXY",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:;",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:;,",
  ]

  /// A byte that needs an escape at the ends, in the middle, and where words meet.
  static let escaped: [StaticString] = [
    "\"", "\"b", "a\"", "\"bc", "a\"c", "ab\"", "\"bcde", "ab\"de", "abcd\"", "\"bcdefg",
    "abc\"efg", "abcdef\"", "\"bcdefgh", "abcd\"fgh", "abcdefg\"", "\"bcdefghi", "a\"cdefghi",
    "abcd\"fghi", "abcdefgh\"", "\"bcdefghijkl", "abcd\"fghijkl", "abcdef\"hijkl",
    "abcdefgh\"jkl", "abcdefghijk\"", "\"bcdefghijklmno", "abcdefg\"ijklmno", "abcdefgh\"jklmno",
    "abcdefghijklmn\"", "\"bcdefghijklmnop", "abcdefgh\"jklmnop", "abcdefghijklmno\"",
    "\"bcdefghijklmnopq", "abcdefgh\"jklmnopq", "abcdefghi\"klmnopq", "abcdefghijklmno\"q",
    "abcdefghijklmnop\"", "\"bcdefghijklmnopqrst", "abcdefgh\"jklmnopqrst",
    "abcdefghij\"lmnopqrst", "abcdefghijkl\"nopqrst", "abcdefghijklmno\"qrst",
    "abcdefghijklmnopqrs\"", "\"bcdefghijklmnopqrstuvwxyz012", "abcdefgh\"jklmnopqrstuvwxyz012",
    "abcdefghijklmn\"pqrstuvwxyz012", "abcdefghijklmno\"qrstuvwxyz012",
    "abcdefghijklmnopqrstu\"wxyz012", "abcdefghijklmnopqrstuvwxyz01\"",
    "\"bcdefghijklmnopqrstuvwxyz01234", "abcdefgh\"jklmnopqrstuvwxyz01234",
    "abcdefghijklmno\"qrstuvwxyz01234", "abcdefghijklmnopqrstuvw\"yz01234",
    "abcdefghijklmnopqrstuvwxyz0123\"", "\"bcdefghijklmnopqrstuvwxyz0123456",
    "abcdefgh\"jklmnopqrstuvwxyz0123456", "abcdefghijklmno\"qrstuvwxyz0123456",
    "abcdefghijklmnop\"rstuvwxyz0123456", "abcdefghijklmnopqrstuvwxy\"0123456",
    "abcdefghijklmnopqrstuvwxyz012345\"", "\"bcdefghijklmnopqrstuvwxyz0123456789ABCD",
    "abcdefgh\"jklmnopqrstuvwxyz0123456789ABCD", "abcdefghijklmno\"qrstuvwxyz0123456789ABCD",
    "abcdefghijklmnopqrst\"vwxyz0123456789ABCD", "abcdefghijklmnopqrstuvwxyz012345\"789ABCD",
    "abcdefghijklmnopqrstuvwxyz0123456789ABC\"",
  ]

  struct Pair: JSONWritable {
    var key: StaticString

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject().member(key, 12).member(key, "text").member(key, "").endObject()
    }
  }

  @Test func everyLengthIsThere() {
    #expect(Self.plain.map(\.utf8CodeUnitCount) == Array(0...68))
  }

  @Test(arguments: [true, false])
  func keys(readsStringLayout: Bool) throws {
    for key in Self.plain + Self.escaped {
      let quoted = try encoded(key.description)
      let text = try written(Pair(key: key), readsStringLayout: readsStringLayout)
      #expect(text == "{\(quoted):12,\(quoted):\"text\",\(quoted):\"\"}")
    }
  }

  /// In a buffer that is always full, nothing may be written behind it.
  @Test func keysAtTheEndOfTheBuffer() throws {
    for key in Self.plain {
      var buffer = JSONBuffer(capacity: 0)
      var expected = ""
      for _ in 0..<40 {
        try buffer.write(Pair(key: key))
        expected += "{\"\(key)\":12,\"\(key)\":\"text\",\"\(key)\":\"\"}"
      }
      #expect(String(buffer) == expected)
    }
  }
}
