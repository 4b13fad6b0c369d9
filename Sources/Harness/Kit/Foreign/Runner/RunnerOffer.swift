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
        guard Self.isID(text), !offers.contains(where: { $0.id == text }) else { return false }
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

    /// - Throws: where the answer as a whole says too little.
    func finished() throws(RunnerFailure) -> [RunnerOffer] {
      func fail(_ what: String) -> RunnerFailure {
        RunnerFailure(request: "hello", kind: .nonsense(what))
      }
      guard hasVersion, !offers.isEmpty else { throw fail("an answer without implementations") }
      for offer in offers where offer.language.isEmpty || offer.workloads.isEmpty {
        throw fail("\(offer.id) without language or workloads")
      }
      return offers
    }

    /// As it can stand in an address and on a command line.
    private static func isID(_ text: String) -> Bool {
      !text.isEmpty && text.utf8.count <= 60
        && text.allSatisfy {
          $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-" || $0 == "." || $0 == "_")
        }
    }
  }
}
