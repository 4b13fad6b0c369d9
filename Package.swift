// swift-tools-version: 6.3;(experimentalCGen)
// 'experimentalCGen' lets the NASM plugin hand SwiftPM generated assembly for a C target.

import Foundation
import PackageDescription

// What is timed is optimised in debug builds too, since `swift run` and a client's first build are
// debug; SwiftPM takes these flags in a dependency as well, from tools version 6.2 on.
//
// Whole-module optimisation is for the lab alone: the flags that it needs in a debug build work with
// SwiftPM's own build system and not with swiftbuild, of which a dependency must know nothing. Where
// the guess is wrong, a library is built file by file, and optimised all the same.
let isDependency: Bool = {
  let parent = URL(fileURLWithPath: Context.packageDirectory).deletingLastPathComponent()
  let siblings = parent.deletingLastPathComponent().appendingPathComponent("repositories")
  return parent.lastPathComponent == "checkouts"
    && FileManager.default.fileExists(atPath: siblings.path)
}()
let optimisedSwift: [SwiftSetting] = [
  .unsafeFlags(
    ["-O"] + (isDependency ? [] : ["-wmo", "-num-threads", "2", "-disable-batch-mode"]),
    .when(configuration: .debug))
]
let optimisedC: [CSetting] = [.unsafeFlags(["-O3"], .when(configuration: .debug))]
let optimisedCXX: [CXXSetting] = [.unsafeFlags(["-O3"], .when(configuration: .debug))]

/// Every target of the lab.
let lab: [Target.Dependency] = [
  "OptlabBasics", "OptlabCPU", "OptlabStatistics", "OptlabMeasure", "OptlabLab", "OptlabResults",
  "OptlabExternal", "OptlabReport", "OptlabProfile", "OptlabCommands", "OptlabAES", "OptlabJSON",
]

let package = Package(
  name: "optlab",
  products: [
    .library(name: "AESCTR", targets: ["AESCTR"]),
    .library(name: "FastJSON", targets: ["FastJSON"]),
    .library(name: "CAES", type: .dynamic, targets: ["CAES"]),
    .executable(name: "harness", targets: ["harness"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    // MARK: Libraries of their own
    .target(
      name: "AESCTR", dependencies: ["CAES"], path: "Sources/Swift/AESCTR",
      swiftSettings: optimisedSwift),
    .target(
      name: "FastJSON", path: "Sources/Swift/FastJSON",
      swiftSettings: optimisedSwift),

    // MARK: Native kernels
    .target(
      name: "CAES", path: "Sources/CAES", exclude: ["asm", "OpenSSL"], cSettings: optimisedC),
    .target(
      name: "CAESAsm", dependencies: ["CAES"], path: "Sources/CAES/asm",
      cSettings: optimisedC, plugins: ["NASM"]),
    .target(
      name: "CAESOpenSSL", dependencies: ["CAES"], path: "Sources/CAES/OpenSSL",
      cSettings: optimisedC, linkerSettings: [.linkedLibrary("crypto")]),
    .target(
      name: "CSimdJSON", path: "Sources/CSimdJSON", cxxSettings: optimisedCXX,
      linkerSettings: [.linkedLibrary("simdjson")]),

    // MARK: Harness
    .target(name: "CCPU", path: "Sources/Harness/CCPU", cSettings: optimisedC),
    .target(
      name: "CABICheck", path: "Sources/Harness/CABICheck", cSettings: optimisedC, plugins: ["NASM"]
    ),
    .target(name: "CPlugin", path: "Sources/Harness/CPlugin", cSettings: optimisedC),
    // Each knows those above it alone. What is timed, and what takes part in verifying, is optimised;
    // text and pages are not.
    .target(
      name: "OptlabBasics", dependencies: ["CCPU"], path: "Sources/Harness/Basics",
      swiftSettings: optimisedSwift),
    .target(
      name: "OptlabCPU", dependencies: ["CAES", "CCPU", "OptlabBasics"],
      path: "Sources/Harness/CPU"),
    .target(
      name: "OptlabStatistics", dependencies: ["OptlabBasics"], path: "Sources/Harness/Statistics",
      swiftSettings: optimisedSwift),
    .target(
      name: "OptlabMeasure",
      dependencies: ["CCPU", "OptlabBasics", "OptlabCPU", "OptlabStatistics"],
      path: "Sources/Harness/Measure", swiftSettings: optimisedSwift),
    .target(
      name: "OptlabLab",
      dependencies: [
        "CABICheck", "CCPU", "OptlabBasics", "OptlabCPU", "OptlabStatistics", "OptlabMeasure",
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      path: "Sources/Harness/Lab"),
    .target(
      name: "OptlabResults",
      dependencies: [
        "CCPU", "OptlabBasics", "OptlabCPU", "OptlabStatistics", "OptlabMeasure", "OptlabLab",
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      path: "Sources/Harness/Results"),
    .target(
      name: "OptlabExternal",
      dependencies: [
        "CCPU", "CPlugin", "OptlabBasics", "OptlabCPU", "OptlabMeasure", "OptlabLab",
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      path: "Sources/Harness/External"),
    .target(
      name: "OptlabReport",
      dependencies: [
        "OptlabBasics", "OptlabCPU", "OptlabStatistics", "OptlabMeasure", "OptlabLab",
        "OptlabResults", "OptlabExternal",
      ],
      path: "Sources/Harness/Report"),
    .target(
      name: "OptlabProfile",
      dependencies: [
        "CCPU", "OptlabBasics", "OptlabCPU", "OptlabMeasure", "OptlabLab", "OptlabReport",
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      path: "Sources/Harness/Profile"),
    .target(
      name: "OptlabCommands",
      dependencies: [
        "CAES", "OptlabBasics", "OptlabCPU", "OptlabStatistics", "OptlabMeasure", "OptlabLab",
        "OptlabResults", "OptlabExternal", "OptlabReport", "OptlabProfile",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/Harness/Commands"),

    // MARK: Workloads, a target each
    .target(
      name: "OptlabAES",
      dependencies: [
        "AESCTR", "CAES", "CAESAsm", "CAESOpenSSL", "CABICheck", "CCPU", "OptlabBasics",
        "OptlabCPU", "OptlabMeasure", "OptlabLab", "OptlabExternal",
      ],
      path: "Sources/Harness/AES", swiftSettings: optimisedSwift),
    .target(
      name: "OptlabJSON",
      dependencies: [
        "FastJSON", "CSimdJSON", "OptlabBasics", "OptlabMeasure", "OptlabLab", "OptlabExternal",
      ],
      path: "Sources/Harness/JSON", swiftSettings: optimisedSwift),

    .executableTarget(
      name: "harness", dependencies: ["OptlabAES", "OptlabCommands", "OptlabJSON"],
      path: "Sources/Harness/harness"),

    // MARK: Build
    .plugin(name: "NASM", capability: .buildTool(), dependencies: ["nasm-object"]),
    .executableTarget(name: "nasm-object", path: "Plugins/NASMTool"),

    // MARK: Tests
    .target(name: "TestSupport", dependencies: lab, path: "Tests/TestSupport"),
    .testTarget(
      name: "CAESTests",
      dependencies: lab + [
        "TestSupport", "CABICheck", "CAES", "CAESAsm", "CAESOpenSSL", "WrongAssembly",
        .product(name: "Subprocess", package: "swift-subprocess"),
      ]),
    .target(name: "WrongAssembly", path: "Tests/WrongAssembly", plugins: ["NASM"]),
    .testTarget(name: "AESCTRTests", dependencies: ["AESCTR", "CAES"]),
    .testTarget(name: "FastJSONTests", dependencies: ["FastJSON"]),
    .testTarget(
      name: "HarnessKitTests",
      dependencies: lab + ["TestSupport", "CCPU", "ResultMutants"],
      resources: [.copy("CPUID")]),
    .target(
      name: "ResultMutants", dependencies: lab, path: "Tests/Fuzz/Mutants",
      swiftSettings: optimisedSwift),
    // Run by .ci/fuzz-results.
    .executableTarget(
      name: "fuzz-results", dependencies: lab + ["ResultMutants"],
      path: "Tests/Fuzz/Results"),
    .executableTarget(name: "refuse-perf", path: "Tests/RefusePerf"),
    .target(
      name: "CTrace", dependencies: ["CAES"], path: "Tests/ConstantTime/CTrace",
      cSettings: optimisedC),
    .executableTarget(
      name: "constant-time",
      dependencies: lab + [
        "CTrace", "CAES",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      path: "Tests/ConstantTime/Checker"),
    // It fuzzes when it is built by .ci/fuzz, which adds libFuzzer.
    .target(
      name: "CFuzz", dependencies: ["CAES"], path: "Tests/Fuzz/CFuzz", cSettings: optimisedC),
    .executableTarget(
      name: "fuzz-aes", dependencies: lab + ["CFuzz", "CAES"], path: "Tests/Fuzz/Target"),
    // Run by `make floats`.
    .executableTarget(
      name: "exhaustive-floats", dependencies: ["FastJSON"], path: "Tests/ExhaustiveFloats",
      swiftSettings: optimisedSwift),
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    .executableTarget(
      name: "count-allocations", dependencies: lab + ["CAllocations"],
      path: "Tests/CountAllocations"),
    .testTarget(
      name: "HarnessTests",
      dependencies: lab + [
        "harness", "refuse-perf", "count-allocations", "TestSupport",
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      exclude: ["Snapshots"]),
  ],
  cLanguageStandard: .c11,
  cxxLanguageStandard: .cxx17
)
