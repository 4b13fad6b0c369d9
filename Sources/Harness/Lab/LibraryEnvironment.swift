import Foundation
import OptlabBasics

/// What stands in the environment and changes what libraries do that are measured, or stand beneath
/// what is measured, without a trace in their versions. (LD_LIBRARY_PATH leaves one.)
public enum LibraryEnvironment {
  /// Names, and beginnings of names, which end with `*`.
  ///
  /// Source: OPENSSL_ia32cap(3), openssl-env(7); simdjson, doc/implementation-selection.md; the GNU C
  /// Library, Tunables and malloc's parameters; ld.so(8).
  static let variables = [
    "OPENSSL_ia32cap", "OPENSSL_armcap", "OPENSSL_CONF", "OPENSSL_CONF_INCLUDE",
    "OPENSSL_ENGINES", "OPENSSL_MODULES", "OPENSSL_MALLOC_*", "SIMDJSON_FORCE_IMPLEMENTATION",
    "GLIBC_TUNABLES", "MALLOC_*", "LD_PRELOAD", "LD_AUDIT", "LD_BIND_NOW", "LD_BIND_NOT",
    "LD_DYNAMIC_WEAK", "LD_HWCAP_MASK", "LD_PROFILE",
  ]

  /// Those that are set, with their values.
  public static func settings(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> [String: String] {
    environment.filter { name, _ in
      variables.contains { variable in
        variable.hasSuffix("*") ? name.hasPrefix(variable.dropLast()) : name == variable
      }
    }
  }

  /// `LD_PRELOAD=x.so, MALLOC_PERTURB_=7`, in order, as a shell reads it.
  package static func text(_ settings: [String: String]) -> String {
    settings.sorted { $0.key < $1.key }.map { "\($0.key)=\(ShellWord.quoted($0.value))" }
      .joined(separator: ", ")
  }
}
