import Foundation
import Testing

extension Trait where Self == ConditionTrait {
  /// A test that takes seconds of a core, and judges no time: `make test-long` runs it, CI too.
  static var long: Self {
    .enabled(
      if: ProcessInfo.processInfo.environment["OPTLAB_LONG_TESTS"] == "1",
      "it stops at every instruction of a kernel: make test-long")
  }
}
