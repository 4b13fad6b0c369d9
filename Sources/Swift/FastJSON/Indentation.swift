// SPDX-License-Identifier: Apache-2.0

/// Spreads compact JSON over lines, in the form of JSONEncoder's `.prettyPrinted`: a line for each
/// member and element, ` : ` behind keys, and two lines for an empty container.
struct Indentation {
  /// Number of spaces for each level.
  var width = 2

  /// - Parameter document: Valid compact JSON.
  func indenting(_ document: UnsafeRawBufferPointer) -> [UInt8] {
    var output = Output(capacity: document.count * 2)
    var scan = CompactScan(document)
    var depth = 0
    while !scan.isAtEnd {
      let start = scan.position
      let byte = scan.byte
      switch byte {
      case 0x22:
        scan.skipString()
        output.append(document, start..<scan.position)
        continue
      case 0x7B, 0x5B:
        depth += 1
        // An empty container keeps the line that its values would begin on, without indentation.
        let next = document[start + 1]
        output.append(byte, lineOf: next == 0x7D || next == 0x5D ? 0 : depth * width)
      case 0x7D, 0x5D:
        depth -= 1
        output.appendLine(of: depth * width, byte)
      case 0x2C: output.append(byte, lineOf: depth * width)
      case 0x3A: output.appendColon()
      default:
        scan.skipLiteral()
        output.append(document, start..<scan.position)
        continue
      }
      scan.position += 1
    }
    return output.bytes
  }

  /// Bytes that grow by more than one at a time.
  private struct Output {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func append(_ document: UnsafeRawBufferPointer, _ range: Range<Int>) {
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: document[range]))
    }

    mutating func append(_ byte: UInt8, lineOf spaces: Int) {
      bytes.append(byte)
      bytes.append(0x0A)
      append(spaces: spaces)
    }

    mutating func appendLine(of spaces: Int, _ byte: UInt8) {
      bytes.append(0x0A)
      append(spaces: spaces)
      bytes.append(byte)
    }

    mutating func appendColon() {
      bytes.append(0x20)
      bytes.append(0x3A)
      bytes.append(0x20)
    }

    private mutating func append(spaces: Int) {
      var left = spaces
      while left > 0 {
        Self.spaces.withUnsafeBytes {
          bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0.prefix(left)))
        }
        left -= 64
      }
    }

    private static let spaces = [UInt8](repeating: 0x20, count: 64)
  }
}
