import CCPU
import Foundation
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabProfile
@testable import OptlabReport
@testable import OptlabStatistics

@Suite("Loops that show what the memory can do")
struct LimitLoopsTests {
  private static let moves = [CCPU_PLAIN, CCPU_NON_TEMPORAL, CCPU_REP]
  /// Around every number of bytes at which a loop goes over to another part of itself, and some more.
  private static let lengths =
    Array(0...200) + [256, 512, 576, 640, 1024, 1088].flatMap { Array($0 - 2...$0 + 2) } + [
      1203, 4100,
    ]

  @Test("Copying reaches every byte and none beside them", arguments: [0, 1, 17, 63])
  func copies(offset: Int) {
    let input = (0..<4100).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 1) | 1 }
    for move in Self.moves {
      for count in Self.lengths {
        let (before, behind) = Self.edges(offset, 0)
        var output = before + [UInt8](repeating: 0, count: count) + behind
        output.withUnsafeMutableBufferPointer {
          ccpu_copy(move, $0.baseAddress! + before.count, input, count)
        }
        #expect(output == before + input.prefix(count) + behind, "\(move), \(count)")
      }
    }
  }

  @Test("Storing reaches every byte and none beside them", arguments: [0, 1, 17, 63])
  func stores(offset: Int) {
    for move in Self.moves {
      for count in Self.lengths {
        let (before, behind) = Self.edges(offset, 0xA5)
        var output = before + [UInt8](repeating: 0x5A, count: count) + behind
        output.withUnsafeMutableBufferPointer {
          ccpu_store(move, $0.baseAddress! + before.count, count)
        }
        #expect(
          output == before + [UInt8](repeating: 0, count: count) + behind, "\(move), \(count)")
      }
    }
  }

  /// What stands beside the bytes, with an offset to an alignment.
  private static func edges(_ offset: Int, _ value: UInt8) -> ([UInt8], [UInt8]) {
    ([UInt8](repeating: value, count: 64 + offset), [UInt8](repeating: value, count: 130))
  }

  #if arch(x86_64) && os(Linux)
    /// Calls `ccpu_load` on a stack that survives a fault.
    private final class Loader {
      private var random = SeededGenerator(seed: 1)
      private let stack: CheckedStack

      init() throws { stack = try #require(CheckedStack(random: &random)) }

      func load(
        _ bytes: UnsafeRawPointer, _ count: Int, attention: CheckedStack.Attention = .noTrace
      ) -> CheckedCall {
        let load: @convention(c) (UnsafePointer<UInt8>?, Int) -> Void = ccpu_load
        return stack.call(
          unsafeBitCast(load, to: UnsafeRawPointer.self), [UInt(bitPattern: bytes), UInt(count)],
          random: &random, attention: attention, stepLimit: 1 << 20)
      }
    }

    /// What is read leaves no trace, but where it may not be.
    @Test("Loading reads the first byte and the last, and nothing beside them")
    func loadsToTheEdges() throws {
      let buffer = GuardedBuffer(capacity: 8192)
      let loader = try Loader()
      for count in Self.lengths {
        for area in [buffer.first(count), buffer.last(count)] where count > 0 {
          #expect(loader.load(area.baseAddress!, count).returned, "\(count)")
        }
        let before = buffer.first(count).baseAddress! - 1
        let behind = UnsafeRawPointer(buffer.last(count).baseAddress!)
        for (start, page) in [
          (UnsafeRawPointer(before), UnsafeRawPointer(buffer.forbidden)),
          (behind, behind + count),
        ] {
          let call = loader.load(start, count + 1)
          let fault = try #require(call.faultAddress, "\(count + 1) bytes were not all read")
          #expect((0..<4096).contains(Int(fault) - Int(bitPattern: page)))
        }
      }
    }

    @Test("Loading reads every page")
    func loadsEveryPage() throws {
      let (page, pages) = (4096, 5)
      let memory = UnsafeMutableRawPointer.allocate(byteCount: pages * page, alignment: page)
      memory.initializeMemory(as: UInt8.self, repeating: 1, count: pages * page)
      defer { memory.deallocate() }
      let loader = try Loader()
      for hidden in 0..<pages {
        let place = memory + hidden * page
        try #require(mprotect(place, page, PROT_NONE) == 0)
        let call = loader.load(memory, pages * page)
        try #require(mprotect(place, page, PROT_READ | PROT_WRITE) == 0)
        let fault = try #require(call.faultAddress, "page \(hidden) was not read")
        #expect((0..<page).contains(Int(fault) - Int(bitPattern: place)))
      }
    }

    /// A loop of one load an iteration is bound by its jumps, and came out below the loop that copies.
    @Test("Loading executes little else than loads")
    func loadsAtWidth() throws {
      let bytes = 12 << 10
      let buffer = GuardedBuffer(capacity: bytes)
      let call = try Loader().load(buffer.first(bytes).baseAddress!, bytes, attention: .steps)
      #expect(call.returned)
      let loads = bytes / ccpu_move_width()
      #expect(call.steps >= loads)
      #expect(call.steps < loads + loads / 2 + 50, "\(call.steps) instructions for \(loads) loads")
    }
  #endif

  @Test("Calls in pieces go through all of the buffers, and begin again", arguments: [1, 3, 4, 10])
  func pieces(calls: Int) {
    let loop = MoveLoop(.copy, CCPU_PLAIN, bytes: 4 * 1024 + 100, piece: 1024, layout: 0)
    #expect(loop.unitsPerCall == 1024)
    loop.run(calls)
    let moved = 1024 * min(calls, 4)
    let buffers = loop.buffers
    #expect((0..<moved).allSatisfy { buffers.output[$0] == buffers.input[$0] })
    #expect((moved..<buffers.count).allSatisfy { buffers.output[$0] == 0 })
    #expect(MoveLoop(.store, CCPU_PLAIN, bytes: 1000, piece: 1024, layout: 0).unitsPerCall == 1000)
    #expect(MoveLoop(.store, CCPU_PLAIN, bytes: 1000, layout: 0).unitsPerCall == 1000)
  }

  /// Half of the slices, or most, with somebody on the same core: what the memory can do is the same.
  @Test("The figure of a memory loop is that of its fastest slices", arguments: [0, 10, 14])
  func bestRate(disturbed: Int) {
    let clean = SyntheticRun.measurement(Array(repeating: [1000, 1000], count: 10), bytes: 64_000)
    var busy = clean
    for index in 0..<disturbed {
      busy.samples[index / 2].slices[index % 2].ticks = 40_000
      busy.samples[index / 2].slices[index % 2].flags = [.preempted, .clock]
    }
    #expect(CPUReport.bestRate(clean) == 64e9)
    #expect(CPUReport.bestRate(busy) == 64e9)
  }
}
