import OptlabBasics

/// An implementation as a runner's answer to `hello` describes it.
struct RunnerOffer: Sendable, Equatable {
  var id: String
  var language = ""
  var workloads: [String] = []
  var technique = ""
  var remarks: [String] = []
  /// By the name of what the figures depend on: `pyaes`, `python`.
  var versions: [String: String] = [:]
  /// Why it cannot run, with the remedy; nil where it can.
  var missing: String?
  /// Whether it answers `result`: puts out what the calls of the last `run` have made.
  var keepsResult = false

  /// Reads the answer line by line.
  struct Reader {
    private(set) var offers: [RunnerOffer] = []
    private var hasVersion = false

    /// - Returns: whether the line is one of such an answer.
    mutating func take(_ word: Substring, _ rest: Substring) throws(RunnerFailure) -> Bool {
      let text = String(rest)
      if !hasVersion {
        guard word == "runner" else { return false }
        guard text == "\(RunnerProcess.version)" else {
          throw RunnerFailure(request: "hello", kind: .otherVersion("\(word) \(text)"))
        }
        hasVersion = true
        return true
      }
      if word == "implementation" {
        if let obstacle = Self.obstacle(text) {
          throw Self.bad("'\(text.prefix(60))' cannot be an implementation's name: \(obstacle)")
        }
        guard !offers.contains(where: { $0.id == text }) else {
          throw Self.bad("two implementations are called '\(text)'")
        }
        offers.append(RunnerOffer(id: text))
        return true
      }
      guard !offers.isEmpty, !text.isEmpty else { return false }
      let last = offers.count - 1
      switch word {
      case "language": offers[last].language = text
      case "technique": offers[last].technique = text
      case "remark": offers[last].remarks.append(text)
      case "missing": offers[last].missing = text
      case "answers":
        // Requests that not every runner knows; one of a later version is for nobody here.
        if text.split(separator: " ").contains("result") { offers[last].keepsResult = true }
      case "workloads":
        offers[last].workloads = text.split(separator: " ").map(String.init)
      // An unknown one is of a newer harness, and for nobody here.
      case "version":
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return false }
        offers[last].versions[String(parts[0])] = String(parts[1])
      default: return false
      }
      return true
    }

    /// - Parameter known: the workloads here.
    /// - Throws: where the answer as a whole says too little.
    func finished(known: [String]) throws(RunnerFailure) -> [RunnerOffer] {
      func fail(_ what: String) -> RunnerFailure {
        RunnerFailure(request: "hello", kind: .nonsense(what))
      }
      guard hasVersion, !offers.isEmpty else { throw fail("an answer without implementations") }
      for offer in offers where !offer.workloads.isEmpty {
        // One of several may be a newer harness's, and is for nobody here.
        guard !offer.workloads.contains(where: known.contains) else { continue }
        throw Self.bad(
          "\(offer.id) does '\(offer.workloads[0])', which is no workload here"
            + NearMiss.question(offer.workloads[0], among: known)
            + "; valid: \(known.joined(separator: ", "))")
      }
      for offer in offers where offer.language.isEmpty || offer.workloads.isEmpty {
        throw fail("\(offer.id) without language or workloads")
      }
      return offers
    }

    private static func bad(_ why: String) -> RunnerFailure {
      RunnerFailure(request: "hello", kind: .badOffer(why))
    }

    /// Why a name cannot stand in an address and on a command line; nil where it can.
    private static func obstacle(_ text: String) -> String? {
      if text == "all" { return "it means every one" }
      guard text.utf8.count <= 60 else { return "it has more than 60 letters" }
      func isPlain(_ one: Character) -> Bool { one.isASCII && (one.isLowercase || one.isNumber) }
      guard let first = text.first, isPlain(first),
        text.allSatisfy({ isPlain($0) || $0 == "-" || $0 == "." || $0 == "_" })
      else { return "lower-case letters, digits, '-', '.' and '_', a letter or digit first" }
      return nil
    }
  }
}
