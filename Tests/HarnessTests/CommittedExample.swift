import Foundation
import Subprocess
import Testing

/// The result file of the repository's example.
enum CommittedExample {
  static let file = Task { () -> String in
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "optlab-example-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "example.json").path(percentEncoded: false)
    let result = try await Subprocess.run(
      .name("sh"),
      arguments: [
        "-c", "gzip -dc \"$1\"/reports/*/result.json.gz > \"$2\"", "sh",
        Plugins.root.path(percentEncoded: false), file,
      ],
      output: .discarded, error: .string(limit: 1 << 16))
    try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
    return file
  }
}
