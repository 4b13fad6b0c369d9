import CCPU

/// A loop that moves bytes within, or between, buffers of a given size.
package final class MoveLoop: PreparedCase {
  package enum Action: String, CaseIterable {
    case load, store, copy

    /// What the widest CPU does: one cache line stored, or two loaded.
    var mostBytesInACycle: Double { self == .load ? 128 : 64 }
  }

  let action: Action
  let move: ccpu_move
  package let unitsPerCall: Int
  let buffers: CaseBuffers
  /// Where in the buffers the next call begins.
  private var offset = 0

  /// - Parameter piece: how many bytes a call moves, going on where the last one ended; nil moves all
  ///   of the buffers. A slice of a piece is short enough to go undisturbed on a busy machine.
  init(_ action: Action, _ move: ccpu_move, bytes: Int, piece: Int? = nil, layout: Int) {
    self.action = action
    self.move = move
    unitsPerCall = min(piece ?? bytes, bytes)
    buffers = CaseBuffers(count: bytes, seed: 0, layout: layout)
  }

  package func run(_ calls: Int) {
    let (bytes, end) = (unitsPerCall, buffers.count - unitsPerCall)
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
  package static func loops(_ action: Action, bytes: Int, piece: Int? = nil) -> [LimitLoop] {
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

  /// Below this, caches and write combining have nothing to say yet, nor have the loops.
  static let leastBytes = 4096

  /// Those that bound a case which moves so many bytes; none for few.
  package static func bounds(_ action: Action, bytes: Int) -> [LimitLoop] {
    bytes < leastBytes ? [] : loops(action, bytes: bytes)
  }
}
