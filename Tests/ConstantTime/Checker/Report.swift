/// Lines for one subject after the other, and whether all were as they must be.
struct Report {
  private(set) var isFine = true
  private(set) var executed: [String] = []

  mutating func executed(_ subject: Subject, _ text: String, findings: [Finding], by: Catcher) {
    let expected = subject.mustBeClean ? "clean " : "caught"
    guard let objection = subject.objection(to: findings, by: by) else {
      line(expected, subject.id, text)
      if !subject.mustBeClean { show(findings.prefix(1)) }
      executed.append(subject.id)
      return
    }
    isFine = false
    line("FAIL  ", subject.id, "\(objection); \(text)")
    show(findings.prefix(8))
    executed.append(subject.id)
  }

  mutating func failed(_ subject: Subject, _ reason: String) {
    isFine = false
    line("FAIL  ", subject.id, reason)
  }

  /// Not executed, for a reason that is no failure.
  mutating func left(_ subject: Subject, _ reason: String) {
    line("-     ", subject.id, reason)
  }

  /// Not executed because the CPU lacks something.
  mutating func lacking(_ subject: Subject, _ obstacle: String, _ options: CheckOptions) {
    if options.allowsMissing(subject.id) {
      left(subject, "not executed, which is allowed: \(obstacle)")
    } else {
      failed(
        subject,
        "not executed: this CPU \(obstacle). Check it on one that has it, or allow that by "
          + "--allow-missing \(subject.id) (make: ALLOW_MISSING=\(subject.id))")
    }
  }

  func finish(_ name: String) -> Bool {
    print("executed by \(name): \(executed.joined(separator: " "))")
    return isFine
  }

  private func line(_ verdict: String, _ id: String, _ text: String) {
    let padding = String(repeating: " ", count: max(1, 18 - id.count))
    print("\(verdict)  \(id)\(padding)\(text)")
  }

  private func show(_ findings: ArraySlice<Finding>) {
    for finding in findings { print("          \(finding.text)") }
  }
}
