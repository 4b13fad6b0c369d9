/// A function's instructions with the samples that were found at them.
public struct Annotation: Sendable {
  public struct Line: Sendable, Equatable {
    public var address: UInt64
    public var instruction: String
    public var samples: Int
  }

  /// The function's readable name.
  public var function: String
  /// Path of the program or library that it lies in.
  public var object: String
  /// In the order of addresses.
  public var lines: [Line]
  /// Of the whole profile, of which the lines' samples are a part.
  public var total: Int

  public var samples: Int { lines.reduce(0) { $0 + $1.samples } }

  /// The code that no symbol names cannot be annotated.
  public struct Nameless: Error, CustomStringConvertible {
    public var description: String
  }

  /// Annotates the functions that the samples were found in.
  ///
  /// - Parameter share: Functions with less than this share of the samples are left out.
  /// - Returns: The hottest first.
  /// - Throws: ``Nameless`` where the hottest code has no name, and what objdump fails with.
  public static func functions(
    in samples: [StackSample], atLeast share: Double = 0.05
  ) throws -> [Annotation] {
    let leaves = samples.compactMap(\.frames.first)
    let groups = Dictionary(grouping: leaves) {
      StackSample.Frame(symbol: $0.symbol, object: $0.object)
    }
    let hot = groups.filter { Double($0.value.count) >= share * Double(leaves.count) }
      .sorted { ($1.value.count, $0.key.name) < ($0.value.count, $1.key.name) }
    if let first = hot.first, first.key.symbol == nil {
      throw Nameless(
        description: "the hottest code lies in \(first.key.name), which names no functions: "
          + "install its debug symbols, or read the flame graph of 'harness profile'")
    }
    return try hot.compactMap { place, frames in
      guard let symbol = place.symbol, let object = place.object, object.hasPrefix("/") else {
        return nil
      }
      return Annotation(
        function: place.name, object: object, of: try .of(symbol, in: object),
        offsets: frames.compactMap(\.offset), total: leaves.count)
    }
  }

  init(
    function: String, object: String, of code: Disassembly, offsets: [UInt64], total: Int
  ) {
    self.function = function
    self.object = object
    self.total = total
    let start = code.instructions.first?.address ?? 0
    let counts = offsets.reduce(into: [UInt64: Int]()) { $0[start + $1, default: 0] += 1 }
    lines = code.instructions.map {
      Line(address: $0.address, instruction: $0.text, samples: counts[$0.address] ?? 0)
    }
  }
}
