import Foundation
import Testing

@Suite("Allocations in one encode of NESTED") struct AllocationTests {
  @Test func counted() async throws {
    let output = try await BuiltHarness.run([], wrapper: "count-allocations")
    #expect(output.code == 0)
    print("Allocations in one encode of NESTED:\n\(output.stdout)", terminator: "")
    if output.stdout.hasPrefix("not counted") { return }
    let counts = Dictionary(
      uniqueKeysWithValues: output.stdout.split(separator: "\n").map { line in
        let words = line.split(separator: " ")
        return (String(words[0]), Double(words[1]) ?? .nan)
      })
    // The buffer that is written to is used again.
    #expect(counts["swift-simd"] == 0)
    let foundation = try #require(counts["foundation"])
    let dropIn = try #require(counts["swift-dropin"])
    // No more than the Data that is returned takes.
    #expect(dropIn <= 2)
    #expect(foundation > 10 * dropIn)
  }
}
