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
    .target(
      name: "HarnessKit",
      dependencies: [
        "AESCTR", "FastJSON", "CAES", "CAESAsm", "CAESOpenSSL", "CSimdJSON", "CCPU",
        .product(name: "Subprocess", package: "swift-subprocess"),
        "CABICheck", "CPlugin",
      ],
      path: "Sources/Harness/Kit", swiftSettings: optimisedSwift),
    .executableTarget(
      name: "harness",
      dependencies: [
        "HarnessKit", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/Harness/CLI"),

    // MARK: Build
    .plugin(name: "NASM", capability: .buildTool(), dependencies: ["nasm-object"]),
    .executableTarget(name: "nasm-object", path: "Plugins/NASMTool"),

    // MARK: Tests
    .target(name: "TestSupport", dependencies: ["HarnessKit"], path: "Tests/TestSupport"),
    .testTarget(
      name: "CAESTests",
      dependencies: [
        "TestSupport", "HarnessKit", "CABICheck", "CAES", "CAESAsm", "CAESOpenSSL", "WrongAssembly",
        .product(name: "Subprocess", package: "swift-subprocess"),
      ]),
    .target(name: "WrongAssembly", path: "Tests/WrongAssembly", plugins: ["NASM"]),
    .testTarget(name: "AESCTRTests", dependencies: ["AESCTR", "CAES"]),
    .testTarget(name: "FastJSONTests", dependencies: ["FastJSON"]),
    .testTarget(
      name: "HarnessKitTests",
      dependencies: ["TestSupport", "HarnessKit", "CCPU", "ResultMutants"],
      resources: [.copy("CPUID")]),
    .target(
      name: "ResultMutants", dependencies: ["HarnessKit"], path: "Tests/Fuzz/Mutants",
      swiftSettings: optimisedSwift),
    // Run by .ci/fuzz-results.
    .executableTarget(
      name: "fuzz-results", dependencies: ["ResultMutants", "HarnessKit"],
      path: "Tests/Fuzz/Results"),
    .executableTarget(name: "refuse-perf", path: "Tests/RefusePerf"),
    .target(
      name: "CTrace", dependencies: ["CAES"], path: "Tests/ConstantTime/CTrace",
      cSettings: optimisedC),
    .executableTarget(
      name: "constant-time",
      dependencies: [
        "CTrace", "HarnessKit", "CAES",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      path: "Tests/ConstantTime/Checker"),
    // It fuzzes when it is built by .ci/fuzz, which adds libFuzzer.
    .target(
      name: "CFuzz", dependencies: ["CAES"], path: "Tests/Fuzz/CFuzz", cSettings: optimisedC),
    .executableTarget(
      name: "fuzz-aes", dependencies: ["CFuzz", "HarnessKit", "CAES"], path: "Tests/Fuzz/Target"),
    // Run by `make floats`.
    .executableTarget(
      name: "exhaustive-floats", dependencies: ["FastJSON"], path: "Tests/ExhaustiveFloats",
      swiftSettings: optimisedSwift),
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    .executableTarget(
      name: "count-allocations", dependencies: ["HarnessKit", "CAllocations"],
      path: "Tests/CountAllocations"),
    .testTarget(
      name: "HarnessTests",
      dependencies: [
        "harness", "refuse-perf", "count-allocations", "TestSupport", "HarnessKit",
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      exclude: ["Snapshots"]),
  ],
  cLanguageStandard: .c11,
  cxxLanguageStandard: .cxx17
)
