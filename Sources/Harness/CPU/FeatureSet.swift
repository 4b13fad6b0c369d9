import CAES

/// A set of CPU features, with the numbers of caes.h.
public struct FeatureSet: OptionSet, Hashable, Sendable {
  public let rawValue: UInt64

  public init(rawValue: UInt64) { self.rawValue = rawValue }

  public init(_ features: caes_feature...) {
    rawValue = features.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
  }

  /// What counts: CPU and operating system, less what OPTLAB_MASK takes away.
  public static var inForce: FeatureSet { FeatureSet(rawValue: caes_features()) }

  /// What CPU and operating system offer.
  public static var detected: FeatureSet { FeatureSet(rawValue: caes_detected_features()) }

  /// Every feature that there is a name for.
  public static var every: FeatureSet {
    FeatureSet(rawValue: 1 << UInt64(CAES_FEATURE_COUNT.rawValue) - 1)
  }

  /// In the order of caes.h, with the spelling that OPTLAB_MASK takes.
  public var names: [String] {
    (0..<CAES_FEATURE_COUNT.rawValue).filter { rawValue >> UInt64($0) & 1 == 1 }
      .map { String(cString: caes_feature_description($0).pointee.name) }
  }

  /// Names that this program does not know are left out.
  public init(names: [String]) {
    rawValue = (0..<CAES_FEATURE_COUNT.rawValue).reduce(0) { bits, number in
      names.contains(String(cString: caes_feature_description(number).pointee.name))
        ? bits | 1 << UInt64(number) : bits
    }
  }
}
