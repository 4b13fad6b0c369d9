import Foundation

/// Samples in the JSON format of speedscope, a viewer of profiles.
///
/// Source: speedscope's file-format-schema.json, a file of one sampled profile.
public struct Speedscope: Codable, Sendable {
  public struct Frame: Codable, Sendable {
    public var name: String
  }

  struct Shared: Codable, Sendable { var frames: [Frame] }

  struct Profile: Codable, Sendable {
    var type = "sampled"
    var name: String
    var unit: String
    var startValue: UInt64 = 0
    var endValue: UInt64
    /// Indices of frames, outermost first; a run of equal stacks is one.
    var samples: [[Int]]
    var weights: [UInt64]
  }

  var schema = "https://www.speedscope.app/file-format-schema.json"
  var shared: Shared
  var profiles: [Profile]
  var name: String
  var activeProfileIndex = 0
  var exporter = "optlab"

  enum CodingKeys: String, CodingKey {
    case schema = "$schema"
    case shared, profiles, name, activeProfileIndex, exporter
  }

  /// - Parameter event: What the samples' periods count; `cpu-clock` counts nanoseconds.
  public init(_ samples: [StackSample], name: String, event: String) {
    var frames: [Frame] = []
    var indices: [String: Int] = [:]
    var stacks: [[Int]] = []
    var weights: [UInt64] = []
    for sample in samples {
      let stack = sample.path.map { name in
        if let index = indices[name] { return index }
        indices[name] = frames.count
        frames.append(Frame(name: name))
        return frames.count - 1
      }
      if stack == stacks.last {
        weights[weights.count - 1] += sample.period
      } else {
        stacks.append(stack)
        weights.append(sample.period)
      }
    }
    self.name = name
    shared = Shared(frames: frames)
    profiles = [
      Profile(
        name: "\(name), \(event)", unit: event.hasPrefix("cpu-clock") ? "nanoseconds" : "none",
        endValue: weights.reduce(0, +), samples: stacks, weights: weights)
    ]
  }

  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }
}
