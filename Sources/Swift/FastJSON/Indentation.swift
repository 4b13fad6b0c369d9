// SPDX-License-Identifier: Apache-2.0

/// Spreads compact JSON over lines, in the form of JSONEncoder's `.prettyPrinted`: a line for each
/// member and element, ` : ` behind keys, and two lines for an empty container.
struct Indentation {
  /// Number of spaces for each level.
  var width = 2

  /// - Parameter document: Valid compact JSON.
  func indenting(_ document: UnsafeRawBufferPointer) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(document.count * 2)
    var scan = CompactScan(document)
    var depth = 0
    func breakLine() {
      result.append(0x0A)
      result.append(contentsOf: repeatElement(0x20, count: depth * width))
    }
    while !scan.isAtEnd {
      let byte = scan.byte
      switch byte {
      case 0x22:
        let start = scan.position
        scan.skipString()
        result.append(contentsOf: document[start..<scan.position])
        continue
      case 0x7B, 0x5B:
        result.append(byte)
        depth += 1
        // An empty container keeps the line that its values would begin on, without indentation.
        let next = document[scan.position + 1]
        if next == 0x7D || next == 0x5D { result.append(0x0A) } else { breakLine() }
      case 0x7D, 0x5D:
        depth -= 1
        breakLine()
        result.append(byte)
      case 0x2C:
        result.append(byte)
        breakLine()
      case 0x3A: result.append(contentsOf: [0x20, 0x3A, 0x20])
      default: result.append(byte)
      }
      scan.position += 1
    }
    return result
  }
}
