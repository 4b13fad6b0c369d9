// SPDX-License-Identifier: Apache-2.0

/// A type that writes itself as JSON, without Codable's run-time calls.
///
/// A conformance names the members in the order in which they shall appear:
///
///     struct Place: JSONWritable {
///       var name: String
///       var population: Int?
///
///       func write(to json: consuming JSONWriter) -> JSONWritten {
///         json.beginObject()
///           .member("name", name)
///           .memberIfPresent("population", population)
///           .endObject()
///       }
///     }
///
/// The types that are passed along do the bookkeeping: a `JSONWriter` must be used up, only a
/// written value makes a `JSONWritten`, members go into objects and elements into arrays alone.
/// What compiles therefore writes well-formed JSON.
public protocol JSONWritable: ~Copyable {
  /// Writes this value as one JSON value. Cannot fail: what JSON has no way to say, such as a NaN,
  /// is remembered and thrown by `JSONBuffer.write(_:)`.
  borrowing func write(to json: consuming JSONWriter) -> JSONWritten
}
