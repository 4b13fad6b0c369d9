extension RunResult {
  /// Writes down what each row's input was.
  ///
  /// - Parameter selection: what was measured.
  public mutating func identifyInputs(by selection: Selection) {
    var digests: [String: String] = [:]
    for group in selection.groups {
      digests["\(group.workload.id)/\(group.case.id)"] = group.case.input.digest
    }
    for index in rows.indices {
      let address = rows[index].address
      rows[index].input = digests["\(address.workload)/\(address.case)"]
    }
  }
}

extension RunResult.Row {
  /// Why two measured rows of one address did not do the same work; nil where they did, as far as
  /// their files tell.
  package func inputDifference(from old: RunResult.Row) -> String? {
    if let input, let before = old.input, input != before {
      return "another input under the same name"
    }
    guard let bytes = measurement?.unitsPerCall, let before = old.measurement?.unitsPerCall,
      bytes != before
    else { return nil }
    let change = "a call did \(before) bytes, and now does \(bytes)"
    return input != nil && input == old.input
      ? change + " for the same input" : change + ": another input under the same name"
  }
}
