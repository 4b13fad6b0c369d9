import CAESOpenSSL
import CCPU
import Foundation

/// What a run's figures depend on and Optlab did not write.
enum LibraryVersions {
  /// - Parameter kernel: its release, where it is known.
  static func current(kernel: String?) -> [String: String] {
    var versions = [
      "openssl": String(cString: caes_openssl_version()),
      "simdjson": SimdJSON.version,
      "libc": String(cString: ccpu_c_library()),
    ]
    versions["kernel"] = kernel
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
