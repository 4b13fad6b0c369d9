import FastJSON
import OptlabBasics

// The payloads of the Python benchmark suite's json_dumps.

struct Empty: JSONModel, Decodable {
  func write(to json: consuming JSONWriter) -> JSONWritten {
    json.beginObject().endObject()
  }

  static let document: JSONValue = [:]
}

struct Simple: JSONModel, Decodable {
  var key1: Int
  var key2: Bool
  var key3: String
  var key4: String
  var key5: String

  func write(to json: consuming JSONWriter) -> JSONWritten {
    json.beginObject()
      .member("key1", key1)
      .member("key2", key2)
      .member("key3", key3)
      .member("key4", key4)
      .member("key5", key5)
      .endObject()
  }

  static let document: JSONValue = [
    "key1": 0, "key2": true, "key3": "value", "key4": "foo", "key5": "string",
  ]
}

struct Nested: JSONModel, Decodable {
  var key1: Int
  var key2: Simple
  var key3: String
  var key4: Simple
  var key5: Simple
  var key: String

  func write(to json: consuming JSONWriter) -> JSONWritten {
    json.beginObject()
      .member("key1", key1)
      .member("key2", key2)
      .member("key3", key3)
      .member("key4", key4)
      .member("key5", key5)
      .member("key", key)
      .endObject()
  }

  static let document: JSONValue = [
    "key1": 0, "key2": Simple.document, "key3": "value", "key4": Simple.document,
    "key5": Simple.document, "key": "\u{105}\u{107}\u{17C}",
  ]

  /// 1,000 of them in an array.
  static let manyDocument = JSONValue.array(Array(repeating: document, count: 1000))
}
