import Foundation
import Testing

extension Trait where Self == ConditionTrait {
  /// A test that takes seconds of both cores, and judges no time: `make test-long` runs it, CI too.
  static var long: Self {
    .enabled(
      if: ProcessInfo.processInfo.environment["OPTLAB_LONG_TESTS"] == "1",
      "it takes many runs of the harness: make test-long")
  }
}
