// fuzz-results RESULT HARNESS FOLDER SECONDS MUTANTS [SEED]
//
// Mutants of a result file through everything that reads one: in this process until both so many
// seconds and so many mutants are over, then some hundreds through the built harness. A mutant ends it
// that ends a command by a signal, or takes it longer than half a minute, or gives a figure that its
// row does not allow. The seed of the first mutant is SEED, or 1.
//
// OPTLAB_PLANTED=unchecked reads files without the check for what no run gives, which must be found.

import Foundation
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabMeasure
import OptlabReport
import OptlabResults
import OptlabStatistics
import ResultMutants

func fail(_ text: String, code: Int32 = 1) -> Never {
  FileHandle.standardError.write(Data("fuzz-results: \(text)\n".utf8))
  exit(code)
}

let arguments = CommandLine.arguments.dropFirst()
guard (5...6).contains(arguments.count), let seconds = Double(arguments[4]),
  let leastMutants = UInt64(arguments[5]),
  let firstSeed = UInt64(arguments.count > 5 ? arguments[6] : "1")
else { fail("RESULT HARNESS FOLDER SECONDS MUTANTS [SEED]", code: 64) }
let (result, harness, folder) = (arguments[1], arguments[2], arguments[3])
let isChecked = ProcessInfo.processInfo.environment["OPTLAB_PLANTED"] != "unchecked"

// MARK: What is mutated

/// Some rows of every kind that the file has, few enough to be fast: of AES one key size.
func base() throws -> JSONValue {
  let whole = try JSONParser.parse([UInt8](Data(contentsOf: URL(filePath: result))))
  guard case .array(let rows)? = whole[JSONPlace("records[0].run.rows")] else {
    fail("'\(result)' has no rows", code: 4)
  }
  func text(_ row: JSONValue, _ name: String) -> String {
    if case .string(let text)? = row[JSONPlace(name)] { text } else { "" }
  }
  var chosen: [Int] = []
  var taken: [String: Int] = [:]
  for (place, row) in rows.enumerated() {
    let group =
      text(row, "workload") + (row[JSONPlace("limit")] == nil ? "" : "+") + text(row, "outcome")
    guard taken[group, default: 0] < 2,
      !["aes-192-ctr", "aes-256-ctr"].contains(text(row, "workload"))
    else { continue }
    taken[group, default: 0] += 1
    chosen.append(place)
  }
  return whole.thinned(rows: chosen, samples: 9, slices: 2)
}

let document = try base()
let mutator = ResultMutator(document)
let whole = try ResultFile.read(ResultFile.sealed(document), as: result)
let uses = ResultUse(base: whole, checksFiles: isChecked)

// MARK: In this process

/// For the handlers, which can do little more than write. Only this thread changes it.
nonisolated(unsafe) var current: UInt64 = 0

func say(_ number: Int32) {
  var text = "fuzz-results: signal \(number) in mutant \(current)"
  if number == SIGALRM { text += ", which takes longer than half a minute" }
  text += "\n"
  text.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
  _exit(1)
}
for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM] { signal(number, say) }

let started = ContinuousClock.now
func elapsed() -> Double { (ContinuousClock.now - started) / .seconds(1) }
var count: UInt64 = 0
var accepted: UInt64 = 0
while count < leastMutants || elapsed() < seconds {
  current = firstSeed + count
  alarm(30)
  let (mutant, changes) = mutator.mutant(current)
  do throws(ResultUse.Finding) {
    if try uses.use((try? ResultFile.sealed(mutant)) ?? []) { accepted += 1 }
  } catch {
    fail("mutant \(current): \(error)\n  " + changes.joined(separator: "\n  "))
  }
  count += 1
}
alarm(0)
print(
  "fuzz-results: no finding in \(count) mutants, \(accepted) of which were taken, and \(Int(elapsed())) s"
)

// MARK: Through the built harness

/// - Returns: the exit code; nil after a signal.
func run(_ arguments: [String]) throws -> Int32? {
  let process = Process()
  process.executableURL = URL(filePath: harness)
  process.arguments = arguments
  process.standardOutput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  alarm(60)
  try process.run()
  process.waitUntilExit()
  alarm(0)
  return process.terminationReason == .exit ? process.terminationStatus : nil
}

if isChecked {
  let mutants = min(300, leastMutants / 30)
  let results = "\(folder)/results"
  try FileManager.default.createDirectory(atPath: results, withIntermediateDirectories: true)
  let (good, bad) = ("\(results)/base.json", "\(results)/mutant.json")
  try whole.write(to: good)
  let formats = ExportFormat.allCases.map(\.rawValue)
  let commands: [[String]] =
    [
      ["compare", good, bad, "--gate", "2"], ["compare", bad, good, "--markdown"],
      ["compare", good, bad, "--across-machines"], ["report", bad, "--output", "\(folder)/page"],
      ["report", bad, good, "--output", "\(folder)/page"], ["report", bad, "--text", "--details"],
      ["report", bad, "--text", "--ladder"],
      ["history", results, "--svg", "\(folder)/history.svg"],
      ["merge", bad, good, "--output", "\(folder)/merged.json"],
    ] + formats.map { ["export", bad, "--format", $0] }
  var codes: [Int32: Int] = [:]
  for index in 0..<mutants {
    current = firstSeed + index
    let (mutant, changes) = mutator.mutant(current)
    try Data(ResultFile.sealed(mutant)).write(to: URL(filePath: bad))
    let command = commands[Int(index) % commands.count]
    guard let code = try run(command), [0, 1, 2, 3, 4, 5, 64].contains(code) else {
      fail(
        "mutant \(current): \(command) was ended by a signal\n  "
          + changes.joined(separator: "\n  "))
    }
    codes[code, default: 0] += 1
  }
  let text = codes.sorted { $0.key < $1.key }.map { "\($0.value) times \($0.key)" }
  print(
    "fuzz-results: \(mutants) mutants through the built harness; exit codes: "
      + text.joined(separator: ", "))
}
