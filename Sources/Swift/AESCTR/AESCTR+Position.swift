extension AESCTR {
  /// A place within a message.
  public struct Position: Hashable, Comparable, Sendable {
    /// The number of the block; the message's first is 0, whatever its counter.
    public var block: UInt128
    /// The byte within the block: 0 to 15. The end of the longest possible message is byte 16 of its
    /// last block.
    public var byte: Int

    public init(block: UInt128, byte: Int = 0) {
      self.block = block
      self.byte = byte
    }

    /// The place that many bytes behind the message's first; nil for a negative number and from
    /// 2^132 on.
    public init?(offset: some BinaryInteger) {
      guard offset >= 0, let block = UInt128(exactly: offset / 16) else { return nil }
      self.init(block: block, byte: Int(offset % 16))
    }

    /// In bytes from the message's first; nil from 2^128 on.
    public var offset: UInt128? {
      guard block < 1 << 124, byte < 16 else { return nil }
      return block << 4 | UInt128(byte)
    }

    public static func < (a: Position, b: Position) -> Bool {
      (a.block, a.byte) < (b.block, b.byte)
    }
  }

  /// Goes to a place within the message, forwards or back; the next `update` goes on there.
  ///
  /// - Important: To encrypt the bytes of one place twice, with different text, gives both away.
  ///
  /// - Parameter offset: In bytes from the message's first.
  /// - Throws: ``AESCTRError/position(_:last:)`` for a place behind the message's last possible
  ///   byte, ``AESCTRError/offset`` for a number that is no place in any message; the cipher stays
  ///   where it was.
  public mutating func seek(to offset: some BinaryInteger) throws(AESCTRError) {
    guard let position = Position(offset: offset) else { throw .offset }
    try seek(to: position)
  }
}
