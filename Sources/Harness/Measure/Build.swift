import CCPU

/// How the measured code was compiled.
public struct Build: Sendable, Codable, Equatable {
  public var isSwiftOptimised: Bool
  public var isCOptimised: Bool

  /// The build that is running. All measured Swift targets share one set of flags, and so do the C
  /// ones, so one of each speaks for the rest.
  public static let current = Build(
    isSwiftOptimised: !_isDebugAssertConfiguration(),
    isCOptimised: ccpu_is_optimised() == 1)

  public var isOptimised: Bool { isSwiftOptimised && isCOptimised }
}
