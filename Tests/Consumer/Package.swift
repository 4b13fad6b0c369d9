// swift-tools-version: 6.3
// A package outside of Optlab that uses its two libraries; built by .ci/consumer.

import PackageDescription

guard let url = Context.environment["OPTLAB_URL"] else {
  fatalError("OPTLAB_URL must name the git repository of Optlab")
}

let package = Package(
  name: "consumer",
  dependencies: [.package(url: url, from: "1.0.0")],
  targets: [
    .executableTarget(
      name: "consumer",
      dependencies: [
        .product(name: "AESCTR", package: "optlab"), .product(name: "FastJSON", package: "optlab"),
      ])
  ])
