import Foundation
import OptlabBasics
import OptlabMeasure

/// The C library's memcpy: no work, but a yardstick that everybody knows.
package final class Memcpy: CheckedCase {
  /// As in addresses.
  package static let id = "memcpy"

  package let unitsPerCall: Int
  private let buffers: CaseBuffers

  /// - Parameter bytes: what one call copies.
  init(bytes: Int, layout: Int) {
    unitsPerCall = bytes
    buffers = CaseBuffers(count: bytes, seed: 0, layout: layout)
  }

  package func run(_ calls: Int) {
    let (input, output, bytes) = (buffers.input, buffers.output, unitsPerCall)
    for _ in 0..<calls { _ = Self.function(output, input, bytes) }
  }

  package func renew(_ seed: UInt64) { buffers.renew(seed) }

  package func check(calls: Int, thoroughly: Bool) throws(Mismatch) {
    guard memcmp(buffers.input, buffers.output, unitsPerCall) == 0 else {
      throw Mismatch(check: Mismatch.timedCalls, summary: "the copy differs from the original")
    }
  }

  private typealias Function =
    @convention(c) (UnsafeMutableRawPointer?, UnsafeRawPointer?, Int) -> UnsafeMutableRawPointer?

  /// Found at run time, so that no compiler replaces the call.
  private static let function = unsafeBitCast(dlsym(nil, "memcpy")!, to: Function.self)

  static func verify(seed: UInt64) -> Verdict {
    var generator = SeededGenerator(seed: seed)
    let lengths = [0, 1, 15, 16, 4096, 100_003]
    for length in lengths {
      let text = generator.bytes(length)
      var copy = [UInt8](repeating: 0, count: length)
      _ = function(&copy, text, length)
      guard copy == text else {
        return .failed(Mismatch(check: "\(length) bytes", summary: "the copy differs"))
      }
    }
    return .passed(checks: lengths.count)
  }
}

/// Copies what a case moves, for every workload that names it among its yardsticks.
private struct Copying: Work {
  func does(_ workload: any Workload) -> Bool {
    workload.facts.yardsticks.contains(Memcpy.id)
  }

  func verify(
    _ workload: any Workload, cases: [Case], seed: UInt64, exhaustively: Bool
  ) -> Verdict { Memcpy.verify(seed: seed) }

  func prepare(
    _ workload: any Workload, _ one: Case, seed: UInt64, layout: Int
  ) throws -> any PreparedCase {
    guard let bytes = one.input.copiedBytes else {
      preconditionFailure("there is nothing to copy in \(one.id)")
    }
    return Memcpy(bytes: bytes, layout: layout)
  }
}

extension Implementation {
  /// A yardstick for workloads that move bytes.
  public static let memcpy = Implementation(
    id: Memcpy.id, language: "libc", technique: "copies the message: no work, a yardstick",
    remarks: unmasked("libc"), work: Copying(), isYardstick: true)
}
