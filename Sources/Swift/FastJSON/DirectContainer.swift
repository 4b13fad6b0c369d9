// SPDX-License-Identifier: Apache-2.0

/// A type of the standard library whose way to encode itself is known, whatever is in it: its values
/// go straight to the frame, without the container that it would ask for.
protocol DirectContainer {
  /// Encodes the value at `address` as the value of `frame`.
  static func encode(at address: UnsafeRawPointer, as frame: EncodingFrame) throws
}

extension Array: DirectContainer where Element: Encodable {
  static func encode(at address: UnsafeRawPointer, as frame: EncodingFrame) throws {
    frame.beginArray()
    // The array lives as long as this call, and nobody can change it: its owner lends it.
    let (start, count) = address.assumingMemoryBound(to: Self.self).pointee
      .withUnsafeBufferPointer { ($0.baseAddress, $0.count) }
    if let start { try frame.encodeElements(start, count: count) }
  }
}

extension Optional: DirectContainer where Wrapped: Encodable {
  static func encode(at address: UnsafeRawPointer, as frame: EncodingFrame) throws {
    let isPresent = try withWrapped(address.assumingMemoryBound(to: Self.self).pointee) {
      (wrapped: borrowing Wrapped) in try frame.encodeSingle(wrapped)
    }
    if !isPresent { frame.endSingle(JSONWriter(frame.beginSingle()).null().cursor) }
  }
}

/// Gives `body` what is in an optional, without the copy that `if let` would make of it: for a type
/// that is only known when the program runs, that is a call, and more reference counts than there
/// are strings in it.
///
/// - Returns: Whether there is something.
@inline(__always)
@discardableResult
func withWrapped<Wrapped: ~Copyable>(
  _ optional: borrowing Wrapped?, _ body: (borrowing Wrapped) throws -> Void
) rethrows -> Bool {
  switch optional {
  case .some(let wrapped):
    try body(wrapped)
    return true
  case .none: return false
  }
}

/// Gives `body` what is at an address, without a copy.
@inline(__always)
func withBorrowed<Value: ~Copyable>(
  _ address: UnsafePointer<Value>, _ body: (borrowing Value) throws -> Void
) rethrows {
  try body(address.pointee)
}
