extension RunnerWork {
  /// Checks vectors, lengths around the block, a counter that wraps, and the classic pair; or every
  /// document, by its values. What is checked came from the runner's own timed code, called once.
  ///
  /// What it says that it cannot do is no check, and no mistake, unless nothing is left to be checked.
  func verify(_ workload: Workload, payloads: [JSONPayload], seed: UInt64) -> Verdict {
    if let greeting {
      return .failed(Mismatch(check: "hello", summary: greeting.description))
    }
    var checks = 0
    var refused: [(check: String, reason: String)] = []
    runner.refusedChecks[workload.id] = []
    do throws(Mismatch) {
      for (check, request) in requests(workload, payloads: payloads, seed: seed) {
        switch try agreement(on: request, check: check) {
        case .agreed(let outputs): checks += outputs
        case .refused(let reason): refused.append((check, reason))
        }
      }
      runner.refusedChecks[workload.id] = refused.map { "\($0.check): \($0.reason)" }
      guard checks > 0 || refused.isEmpty else {
        throw Mismatch(
          check: refused[0].check,
          summary: "the runner refuses every check, this one with: \(refused[0].reason)")
      }
      return .passed(checks: checks)
    } catch {
      return .failed(error)
    }
  }

  private func requests(
    _ workload: Workload, payloads: [JSONPayload], seed: UInt64
  ) -> [(check: String, request: RunnerRequest)] {
    guard case .aesCTR(let keyBytes) = workload.kind else {
      return (payloads + JSONPayload.difficult(seed: seed)).map {
        ($0.id, .documents(id, workload, $0))
      }
    }
    var requests: [(String, RunnerRequest)] = []
    for vector in AESVector.all where vector.key.count == keyBytes {
      requests.append(
        (
          vector.name,
          .message(
            id, workload, key: vector.key, counter: vector.counter, text: vector.text,
            expected: vector.ciphertext)
        ))
    }
    var random = SeededGenerator(seed: seed)
    for length in [1, 15, 16, 17, 63, 64, 65, 255, 1024, 4096, 4097] {
      requests.append(
        (
          "\(length) bytes",
          .message(
            id, workload, key: random.bytes(keyBytes), counter: random.bytes(16),
            text: random.bytes(length))
        ))
    }
    for ones in [4, 8, 12, 16] {
      // All ones below: the carry goes through them with the second block.
      let counter = random.bytes(16 - ones) + [UInt8](repeating: 0xFF, count: ones)
      requests.append(
        (
          "a counter whose last \(ones) bytes overflow",
          .message(
            id, workload, key: random.bytes(keyBytes), counter: counter, text: random.bytes(100))
        ))
    }
    if keyBytes == 16 { requests.append(("pyaes", .pyaes(id, workload))) }
    return requests
  }

  private enum Answer {
    /// How many outputs there were.
    case agreed(Int)
    /// The runner's words.
    case refused(String)
  }

  private func agreement(on request: RunnerRequest, check: String) throws(Mismatch) -> Answer {
    let bytesPerCall: Int
    let outputs: [[UInt8]]
    do throws(RunnerFailure) {
      bytesPerCall =
        try runner.prepare(runner.newCase(), request.line, bytesPerCall: request.bytesPerCall) ?? 0
      outputs = try runner.outputs(count: request.outputs, longest: request.longestOutput)
    } catch {
      if case .refused(let reason) = error.kind { return .refused(reason) }
      throw Mismatch(check: check, summary: error.description)
    }
    return .agreed(
      try request.agreement(of: outputs, bytesPerCall: bytesPerCall, check: check))
  }
}

extension RunnerRequest {
  /// How many outputs one call has.
  var outputs: Int {
    switch expected {
    case .bytes(let expected): expected.count
    case .documents(let payload): payload.parts.count
    }
  }

  /// Bytes that an output may have.
  var longestOutput: Int {
    switch expected {
    case .bytes(let expected): expected.map(\.count).max() ?? 0
    // Every character as \uXXXX, and spaces between.
    case .documents(let payload): 8 * (payload.parts.map(\.json.count).max() ?? 0) + 1024
    }
  }

  /// - Parameters:
  ///   - outputs: as many as a call has.
  ///   - bytesPerCall: what the runner says that a call writes.
  /// - Returns: the number of outputs that agreed.
  func agreement(
    of outputs: [[UInt8]], bytesPerCall: Int, check: String
  ) throws(Mismatch) -> Int {
    switch expected {
    case .bytes(let expected):
      for (number, (output, expected)) in zip(outputs, expected).enumerated()
      where output != expected {
        let check = outputs.count == 1 ? check : "\(check), output \(number + 1)"
        throw output.count == expected.count
          ? Mismatch(check: check, expected: expected, actual: output)!
          : Mismatch(
            check: check, summary: "\(output.count) bytes put out, expected \(expected.count)")
      }
      return outputs.count
    case .documents(let payload):
      return try agreeing(outputs, with: payload, bytesPerCall: bytesPerCall)
    }
  }
}
