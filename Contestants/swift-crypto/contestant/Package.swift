// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that nothing of swift-crypto gets into the main one's build.
let package = Package(
  name: "swift-crypto-contestant",
  products: [
    .library(name: "swift-crypto", type: .dynamic, targets: ["CTable", "SwiftCrypto"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2")
  ],
  targets: [
    .target(
      name: "SwiftCrypto",
      dependencies: [
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    .target(
      name: "CTable", dependencies: ["SwiftCrypto"],
      cSettings: [
        .define("_DEFAULT_SOURCE"),
        .unsafeFlags(["-I", Context.packageDirectory + "/../../../Sources/CAES/include"]),
      ]),
  ]
)
