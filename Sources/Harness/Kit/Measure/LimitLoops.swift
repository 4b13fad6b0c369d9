import CAES
import CCPU

/// A loop of AES rounds in registers: what the AES unit does at best at one register width.
final class AESRoundsLoop: PreparedCase {
  private static let iterations = 256
  let width: ccpu_width
  /// Bytes of state that go through one round each.
  let bytesPerCall: Int

  init(width: ccpu_width) {
    self.width = width
    bytesPerCall =
      Self.iterations * Int(CCPU_AES_ROUNDS_PER_ITERATION) * Int(width.rawValue)
  }

  func run(_ calls: Int) {
    ccpu_aes_rounds(width, UInt64(calls * Self.iterations))
  }

  /// The most AES instructions that any CPU starts in a cycle, at any width.
  private static let mostInACycle = 2.0

  /// The widths that this CPU has, whatever is masked: its limit is the same.
  static var loops: [LimitLoop] {
    let widths: [(name: String, width: ccpu_width, required: FeatureSet)] = [
      ("aesenc xmm", CCPU_XMM, FeatureSet(CAES_AES)),
      ("vaesenc ymm", CCPU_YMM, FeatureSet(CAES_VAES, CAES_AVX2)),
      ("vaesenc zmm", CCPU_ZMM, FeatureSet(CAES_VAES, CAES_AVX512F)),
    ]
    return widths.filter { $0.required.isSubset(of: .detected) }.map { one in
      LimitLoop(
        contestant: Contestant(id: one.name) { _ in AESRoundsLoop(width: one.width) },
        leastCycles: 1 / (mostInACycle * Double(one.width.rawValue)))
    }
  }
}

/// A loop that moves bytes within, or between, buffers of a given size.
final class MoveLoop: PreparedCase {
  enum Action: String, CaseIterable {
    case load, store, copy

    /// What the widest CPU does: one cache line stored, or two loaded.
    var mostBytesInACycle: Double { self == .load ? 128 : 64 }
  }

  let action: Action
  let move: ccpu_move
  let bytesPerCall: Int
  let buffers: AESBuffers
  /// Where in the buffers the next call begins.
  private var offset = 0

  /// - Parameter piece: how many bytes a call moves, going on where the last one ended; nil moves all
  ///   of the buffers. A slice of a piece is short enough to go undisturbed on a busy machine.
  init(_ action: Action, _ move: ccpu_move, bytes: Int, piece: Int? = nil, layout: Int) {
    self.action = action
    self.move = move
    bytesPerCall = min(piece ?? bytes, bytes)
    buffers = AESBuffers(count: bytes, seed: 0, layout: layout)
  }

  func run(_ calls: Int) {
    let (bytes, end) = (bytesPerCall, buffers.count - bytesPerCall)
    for _ in 0..<calls {
      let (input, output) = (buffers.input + offset, buffers.output + offset)
      switch action {
      case .load: ccpu_load(input, bytes)
      case .store: ccpu_store(move, output, bytes)
      case .copy: ccpu_copy(move, output, input, bytes)
      }
      offset += bytes
      if offset > end { offset = 0 }
    }
  }

  /// Every way to do it.
  static func loops(_ action: Action, bytes: Int, piece: Int? = nil) -> [LimitLoop] {
    let moves = [
      ("plain", CCPU_PLAIN), ("non-temporal", CCPU_NON_TEMPORAL), ("rep", CCPU_REP),
    ]
    return (action == .load ? Array(moves.prefix(1)) : moves).map { name, move in
      LimitLoop(
        contestant: Contestant(id: "\(action.rawValue), \(name)") {
          MoveLoop(action, move, bytes: bytes, piece: piece, layout: $0)
        },
        leastCycles: 1 / action.mostBytesInACycle)
    }
  }
}
