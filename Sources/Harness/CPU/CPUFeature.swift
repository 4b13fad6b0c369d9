import CAES
import OptlabBasics

/// A CPU feature: where CPUID says it, what the operating system must do for it, and whether it may
/// be used.
public struct CPUFeature: Codable, Sendable, Equatable {
  /// The answer in words, the first obstacle deciding.
  public enum Verdict: String, Codable, Sendable, CaseIterable {
    case available = "available"
    case masked = "masked by OPTLAB_MASK"
    case notEnabled = "operating system does not enable"
    /// CPUID offers it, but not what it builds on: the work of a hypervisor that hides bits singly.
    case orphaned = "offered without what it builds on"
    case lacking = "CPU lacks"
  }

  /// As OPTLAB_MASK takes it, for a kernel's feature.
  public var name: String
  /// Of CPUID; nil for a feature that follows from other facts.
  public var leaf: UInt32?
  public var subleaf: UInt32?
  /// `eax` to `edx`.
  public var register: String?
  public var bit: Int?
  /// The bits of XCR0 that the operating system must set; 0 when it need not do anything.
  public var xcr0: UInt64
  /// Whether kernels ask for it. The others are for the reader.
  public var isKernelFeature: Bool
  /// Whether CPUID has the bit.
  public var offered: Bool
  /// Whether the operating system has set the bits of XCR0.
  public var enabled: Bool
  public var verdict: Verdict

  /// `7.1 edx 19`; leaf (hexadecimal), subleaf where it is not 0, register, bit. Empty without one.
  public var place: String {
    guard let leaf, let register, let bit else { return "" }
    let subleaf = subleaf ?? 0
    return hex(leaf) + (subleaf == 0 ? "" : ".\(hex(subleaf))") + " \(register) \(bit)"
  }
}

extension CPUFeature {
  /// Every feature of caes.h, in its order, then those of `informative`.
  ///
  /// - Parameter inForce: what counts after OPTLAB_MASK, or nil where nothing is masked.
  public static func decode(_ leaves: CPUIDLeaves, inForce: FeatureSet? = nil) -> [CPUFeature] {
    kernelFeatures(leaves, inForce: inForce) + informative.map { $0.decode(leaves) }
  }

  private static func kernelFeatures(
    _ leaves: CPUIDLeaves, inForce: FeatureSet?
  ) -> [CPUFeature] {
    var unrestricted = leaves
    unrestricted.xcr0 = .max
    // caes.h decides; the rest here only finds out why.
    let inHardware = FeatureSet(decoding: unrestricted)
    let detected = FeatureSet(decoding: leaves)
    let counting = inForce.map(detected.intersection) ?? detected

    return (0..<CAES_FEATURE_COUNT.rawValue).compactMap { number in
      guard let info = caes_feature_description(number)?.pointee else { return nil }
      let feature = FeatureSet(rawValue: 1 << UInt64(number))
      let isBit = info.reg != 0
      let letter = Character(UnicodeScalar(UInt8(isBit ? info.reg : 97)))
      let offered =
        isBit
        ? leaves[info.leaf, info.subleaf][letter] >> UInt32(info.bit) & 1 == 1
        : inHardware.contains(feature)
      let verdict: Verdict =
        if counting.contains(feature) {
          .available
        } else if detected.contains(feature) {
          .masked
        } else if inHardware.contains(feature) {
          .notEnabled
        } else {
          offered ? .orphaned : .lacking
        }
      return CPUFeature(
        name: String(cString: info.name), leaf: isBit ? info.leaf : nil,
        subleaf: isBit ? info.subleaf : nil, register: isBit ? "e\(letter)x" : nil,
        bit: isBit ? Int(info.bit) : nil, xcr0: UInt64(info.xcr0), isKernelFeature: true,
        offered: offered, enabled: leaves.xcr0 & UInt64(info.xcr0) == UInt64(info.xcr0),
        verdict: verdict)
    }
  }
}

extension FeatureSet {
  /// What caes.h decodes from recorded leaves.
  public init(decoding leaves: CPUIDLeaves) {
    var input = leaves.forKernels
    self.init(rawValue: caes_decode_features(&input))
  }
}
