import Foundation
import PackagePlugin

/// Assembles every `.asm` file of a C target with NASM, as part of the ordinary build.
///
/// SwiftPM links what it compiles from a generated `.S`, and nothing else; so `nasm-object`
/// turns NASM's object file into one.
@main
struct NASM: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) async throws -> [Command] {
    #if arch(x86_64)
      // SwiftPM does not list files whose extension it does not know, so look for them.
      let files = try FileManager.default.contentsOfDirectory(
        at: target.directoryURL, includingPropertiesForKeys: nil)
      let kernels = files.filter { $0.pathExtension == "asm" }
      let includes = files.filter { $0.pathExtension == "inc" }
      let tool = try context.tool(named: "nasm-object")
      return kernels.sorted { $0.lastPathComponent < $1.lastPathComponent }.map { source in
        let name = source.deletingPathExtension().lastPathComponent
        // The prefix keeps asm-x.asm and a C file of the same stem apart in the object directory.
        let output = context.pluginWorkDirectoryURL.appending(path: "nasm-\(name).S")
        return .buildCommand(
          displayName: "Assembling \(source.lastPathComponent)",
          executable: tool.url,
          arguments: [source.path(percentEncoded: false), output.path(percentEncoded: false)],
          inputFiles: [source] + includes,
          outputFiles: [output])
      }
    #else
      return []
    #endif
  }
}
