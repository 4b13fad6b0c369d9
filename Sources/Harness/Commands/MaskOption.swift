import ArgumentParser
import CAES
import Foundation
import OptlabBasics
import OptlabCPU

/// Hides CPU features from everything that asks for them.
struct MaskOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("Hide CPU features, such as vaes,avx512f.", valueName: "features"))
  var mask: String?

  func validate() throws { try GivenOptions.refuseEmptyNames("--mask", mask) }

  /// Takes masked features away, before anything asks which features count; what OPTLAB_MASK in the
  /// environment names is taken away too.
  func apply() throws {
    if let mask {
      let inherited = ProcessInfo.processInfo.environment["OPTLAB_MASK"].map { $0 + "," } ?? ""
      setenv("OPTLAB_MASK", inherited + mask, 1)
    }
    if let unknown = caes_unknown_mask_name() {
      let (name, names) = (String(cString: unknown), FeatureSet.every.names)
      throw CommandFailure(
        .usage,
        "unknown CPU feature '\(name)' to mask\(NearMiss.question(name, among: names)); valid: "
          + names.joined(separator: ", "))
    }
  }
}
