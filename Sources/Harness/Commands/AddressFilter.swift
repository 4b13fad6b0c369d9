import OptlabLab

/// `--filter` over the addresses of a result.
struct AddressFilter {
  private let regex: Regex<AnyRegexOutput>?

  init(_ text: String?) throws {
    do {
      regex = try text.map { try Regex($0) }
    } catch {
      throw CommandFailure(.usage, "'\(text!)' is not a regular expression: \(error)")
    }
  }

  func callAsFunction(_ address: Address) -> Bool {
    regex.map { address.description.contains($0) } ?? true
  }
}
