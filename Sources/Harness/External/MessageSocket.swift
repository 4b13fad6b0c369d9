import CPlugin
import Foundation

/// One end of a connection over which messages go as JSON, each behind the number of its bytes.
final class MessageSocket: @unchecked Sendable {
  enum Failure: Error {
    /// Nobody is at the other end.
    case closed
    /// The other process does not keep to what was agreed.
    case nonsense(String)
    /// Nothing came in time.
    case late
  }

  /// Longer than any message.
  private static let longest: UInt32 = 1 << 28

  let descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  func send(_ message: some Encodable) throws {
    let body = try JSONEncoder().encode(message)
    var bytes = [UInt8]()
    withUnsafeBytes(of: UInt32(body.count).littleEndian) { bytes += $0 }
    bytes += body
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Failure.closed }
      sent += count
    }
  }

  /// - Parameter isLate: asked about ten times a second while nothing comes; nil waits for ever.
  func receive<Message: Decodable>(
    _ type: Message.Type, unless isLate: (() -> Bool)? = nil
  ) throws -> Message {
    let head = try read(4, unless: isLate)
    let count = head.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)) }
    guard count <= Self.longest else { throw Failure.nonsense("a message of \(count) bytes") }
    let body = try read(Int(count), unless: isLate)
    do {
      return try JSONDecoder().decode(type, from: Data(body))
    } catch {
      throw Failure.nonsense("\(error)")
    }
  }

  private func read(_ count: Int, unless isLate: (() -> Bool)?) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var have = 0
    while have < count {
      if let isLate {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let ready = poll(&wait, 1, 100)
        if ready == 0, isLate() { throw Failure.late }
        if ready <= 0 { continue }
      }
      let got = bytes[have...].withUnsafeMutableBytes {
        Foundation.recv(descriptor, $0.baseAddress, $0.count, 0)
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { throw Failure.closed }
      have += got
    }
    return bytes
  }
}
