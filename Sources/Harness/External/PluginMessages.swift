import OptlabBasics
import OptlabLab
import OptlabMeasure

/// What the process with the plugin is asked to do.
enum PluginRequest: Codable {
  /// Loads the library, and names its rows.
  case load(path: String)
  case verify(row: Int, workload: String, cases: [CaseName], seed: UInt64)
  /// Makes a case ready.
  ///
  /// - Parameter cpu: the one to measure on; nil where the measuring process is not pinned either.
  case prepare(row: Int, workload: String, case: CaseName, seed: UInt64, layout: Int, cpu: Int?)
  /// Takes slices of the case that is ready.
  case slices(of: Int, count: Int, calls: Int)
  /// Changes the input of the case, and spoils its output: see ``CheckedCase``.
  case renew(Int, seed: UInt64)
  /// Looks at what the calls since have put out.
  case check(Int, thoroughly: Bool)
  /// The case is not needed any more.
  case release(Int)
}

/// What it answers.
enum PluginAnswer: Codable {
  case rows([PluginRow])
  /// The library cannot be used; why, in a line for its author.
  case refused(String)
  case passed(checks: Int)
  case failed(Mismatch)
  /// The number by which to ask for slices.
  case prepared(Int, unitsPerCall: Int)
  case unprepared(String)
  /// One more probe than slices: before the first, and after each.
  case slices(ticks: [Double], probes: [ProbeReading])
  case renewed
  case checked
  case released
}

/// A row of a plugin's table, as far as others need to know it.
struct PluginRow: Codable {
  var id: String
  var workloads: [String]
  var language: String
  var technique: String
  var required: UInt64
  var preferred: UInt64
  var remarks: [String]
}

/// A case as another process of the same program finds it.
struct CaseName: Codable {
  var id: String
  var content: [UInt8]?

  init(_ one: Case) {
    id = one.id
    content = one.input.content
  }

  /// - Throws: where there is none of that name.
  func found(in workload: any Workload) throws -> Case {
    guard let one = try workload.case(named: id, content: content) else {
      throw PluginRefusal(description: "\(workload.id) has no case '\(id)'")
    }
    return one
  }
}
