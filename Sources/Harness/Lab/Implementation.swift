import OptlabBasics
import OptlabCPU

/// One way to do a workload: a row of the lab's tables.
public struct Implementation: Sendable {
  /// Language or library, then technique: `c-vaes512`.
  public var id: String
  /// `C`, `NASM`, `Swift`, or the name of a library.
  public var language: String
  public var technique: String
  /// Features that it cannot run without.
  public var required: FeatureSet
  /// Features without which dispatch passes over it, although it could run.
  public var preferred: FeatureSet
  /// What a reader of its figures must know, such as `secret-dependent loads`.
  public var remarks: [String]
  public var work: any Work
  /// Whether it does none of the work and is there to be compared with.
  public var isYardstick: Bool

  public init(
    id: String, language: String, technique: String, required: FeatureSet = [],
    preferred: FeatureSet = [], remarks: [String] = [], work: any Work, isYardstick: Bool = false
  ) {
    self.id = id
    self.language = language
    self.technique = technique
    self.required = required
    self.preferred = preferred
    self.remarks = remarks
    self.work = work
    self.isYardstick = isYardstick
  }

  /// The same, where another process does the work.
  public var externalWork: (any ExternalWork)? { work as? any ExternalWork }

  /// The remark of one whose context is for one thread at a time.
  public static let oneThread = "one thread"

  /// The remark of one that leaves on its stack what follows from the key.
  public static let leavesSecrets = "leaves secrets on its stack"

  /// The remarks of one that asks the CPU itself what it can do, while features are masked.
  ///
  /// - Parameter library: what does not know of the mask.
  package static func unmasked(
    _ library: String, features: FeatureSet = .inForce, detected: FeatureSet = .detected
  ) -> [String] {
    detected.subtracting(features).isEmpty ? [] : ["the mask does not reach \(library)"]
  }

  /// The command line, without seed, that verifies it again.
  ///
  /// - Parameter plugins: that it was loaded among, in their order.
  public func checkCommand(_ workload: any Workload, plugins: [String] = []) -> String {
    externalWork?.checkCommand(workload, plugins: plugins)
      ?? "harness verify \(ShellWord.option("--impl", id)) --workload \(workload.id)"
  }

  /// Why it cannot run where only `features` count, or nil when it can.
  public func obstacle(features: FeatureSet = .inForce, detected: FeatureSet = .detected) -> String?
  {
    if let obstacle = externalWork?.obstacle { return obstacle }
    let missing = required.subtracting(features)
    if missing.isEmpty { return nil }
    #if !arch(x86_64)
      return "not this architecture: needs x86-64"
    #else
      let masked = missing.intersection(detected).names
      let absent = missing.subtracting(detected).names
      return
        [
          absent.isEmpty ? nil : "lacks \(absent.joined(separator: ", "))",
          missing.isSubset(of: .every) ? nil : "needs features that this harness does not know",
          masked.isEmpty ? nil : "masked \(masked.joined(separator: ", "))",
        ].compactMap(\.self).joined(separator: "; ")
    #endif
  }
}
