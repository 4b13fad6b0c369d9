import Foundation
import OptlabBasics
import OptlabCPU
import OptlabReport
import Testing

/// The recorded CPUID leaves of many CPUs, by file name.
///
/// 'recorded' files hold register values that real CPUs answered, 'constructed' ones were put together
/// from documents; each says where its values are from.
enum Recording {
  static let all: [String: String] = {
    guard let folder = Bundle.module.url(forResource: "CPUID", withExtension: nil),
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: names.filter { $0.hasSuffix(".txt") }.compactMap { name in
        guard
          let data = FileManager.default.contents(atPath: folder.appendingPathComponent(name).path)
        else { return nil }
        return (String(name.dropLast(4)), String(decoding: data, as: UTF8.self))
      })
  }()

  static var names: [String] { all.keys.sorted() }

  static func leaves(_ name: String) throws -> CPUIDLeaves {
    try CPUIDLeaves(recording: #require(all[name], "no recording '\(name)'"))
  }

  static func features(_ leaves: CPUIDLeaves) -> [String: CPUFeature] {
    Dictionary(uniqueKeysWithValues: CPUFeature.decode(leaves).map { ($0.name, $0) })
  }
}
