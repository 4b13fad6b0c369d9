import CCPU
import Foundation
import OptlabLab
import OptlabMeasure

/// What a run's figures depend on and Optlab did not write.
enum LibraryVersions {
  /// - Parameters:
  ///   - workloads: of this program.
  ///   - kernel: its release, where it is known.
  static func current(_ workloads: [any Workload], kernel: String?) -> [String: String] {
    var versions = ["libc": String(cString: ccpu_c_library())]
    versions["kernel"] = kernel
    for workload in workloads { versions.merge(workload.libraries) { first, _ in first } }
    return versions
  }
}

extension BuildRecord {
  /// This program.
  static var current: BuildRecord {
    #if compiler(>=6.5)
      let swift = "6.5"
    #elseif compiler(>=6.4)
      let swift = "6.4"
    #else
      let swift = "6.3"
    #endif
    let build = Build.current
    return BuildRecord(
      isSwiftOptimised: build.isSwiftOptimised, isCOptimised: build.isCOptimised, swift: swift,
      // What stands in brackets after the version is where its source came from.
      cCompiler: String(String(cString: ccpu_c_compiler()).prefix { $0 != "(" })
        .trimmingCharacters(in: .whitespaces))
  }
}
