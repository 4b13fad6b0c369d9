import Foundation
import OptlabBasics
import OptlabCPU
import OptlabLab

/// A run's result with all that a reader needs who was not there: when, where, by what.
public struct RunRecord: Sendable, Codable {
  /// Ids of the runs whose rounds are in it: one, or after a merge several. A run is counted once,
  /// under whatever names its files go.
  public var runs: [String]
  /// When measuring began.
  public var started: Date
  public var machine: Machine
  /// What the CPU is and can do. Its limits are measured where there was the time for it.
  public var cpuReport: CPUReport
  public var build: BuildRecord
  /// Versions of what stands in the rows or beneath them: `openssl`, `simdjson`, `libc`, `kernel`.
  public var libraries: [String: String]
  /// The commit that the program was built from, where it lies in a git repository.
  public var commit: GitCommit?
  /// The command line after the program's name.
  public var arguments: [String]
  public var run: RunResult

  /// - Parameter runs: nil gives it a new identity.
  public init(
    runs: [String]? = nil, started: Date, machine: Machine, cpuReport: CPUReport,
    build: BuildRecord,
    libraries: [String: String], commit: GitCommit?, arguments: [String], run: RunResult
  ) {
    self.runs = runs ?? [Self.newIdentity()]
    self.started = started
    self.machine = machine
    self.cpuReport = cpuReport
    self.build = build
    self.libraries = libraries
    self.commit = commit
    self.arguments = arguments
    self.run = run
  }

  /// Of a run on this machine by this program.
  ///
  /// - Parameter workloads: of this program.
  public init(
    _ run: RunResult, workloads: [any Workload], started: Date, cpuReport: CPUReport,
    arguments: [String]
  ) {
    self.init(
      started: started, machine: Machine(cpuReport), cpuReport: cpuReport, build: .current,
      libraries: LibraryVersions.current(workloads, kernel: cpuReport.environment.kernel),
      commit: GitCommit.ofThisProgram(), arguments: arguments, run: run)
  }

  /// 32 hexadecimal digits that no other run has.
  public static func newIdentity() -> String {
    (0..<2).map { _ in UInt64.random(in: 0...UInt64.max).sixteenDigits }.joined()
  }

  /// Whether a run is in both.
  public func shares(runWith other: RunRecord) -> Bool { !Set(runs).isDisjoint(with: other.runs) }

  /// Files of version 1.0 have no identities: what a run shares with its copies, and hardly with others,
  /// stands for one.
  private var derivedIdentity: String {
    let calibration = run.calibration
    let own = [
      started.timeIntervalSince1970, run.elapsed, calibration.cyclesPerTick,
      calibration.relativeError, calibration.ticksPerSecond,
    ].map { $0.bitPattern.sixteenDigits }
    let text = [machine.id, "\(run.seed)", "\(run.rows.count)"] + own
    return Checksum(of: text.joined(separator: " ").utf8).description
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      runs: try container.decodeIfPresent([String].self, forKey: .runs) ?? [],
      started: try container.decode(Date.self, forKey: .started),
      machine: try container.decode(Machine.self, forKey: .machine),
      cpuReport: try container.decode(CPUReport.self, forKey: .cpuReport),
      build: try container.decode(BuildRecord.self, forKey: .build),
      libraries: try container.decode([String: String].self, forKey: .libraries),
      commit: try container.decodeIfPresent(GitCommit.self, forKey: .commit),
      arguments: try container.decode([String].self, forKey: .arguments),
      run: try container.decode(RunResult.self, forKey: .run))
    if try !container.contains(.runs) || container.decodeNil(forKey: .runs) {
      runs = [derivedIdentity]
    }
  }
}

/// Where a run took place.
public struct Machine: Sendable, Codable, Hashable {
  /// For people and file names, the same on like machines: `zen4-kvm`.
  public var name: String
  /// Twelve hexadecimal digits that tell this machine from others; no name can be had from them.
  public var id: String

  public init(name: String, id: String) {
    self.name = name
    self.id = id
  }

  /// This machine.
  public init(_ report: CPUReport, files: SystemFiles = SystemFiles()) {
    let maker = report.identity.microarchitecture?.name ?? report.identity.vendorID
    let words = [maker.isEmpty ? report.architecture : maker, report.hypervisor?.name]
    name = words.compactMap(\.self).joined(separator: "-").lowercased()
      .filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    id = Self.id(
      report.identity, files: files, hostName: ProcessInfo.processInfo.hostName)
  }

  /// Images are copied with their /etc/machine-id, so more has to go into it; nothing that only root
  /// can read, or the id would depend on who asks; nothing that another boot changes.
  static func id(_ cpu: CPUIdentity, files: SystemFiles, hostName: String) -> String {
    var known = ["optlab", files.text("/etc/machine-id") ?? ""]
    known.append("\(cpu.vendorID) \(cpu.family) \(cpu.model) \(cpu.stepping)")
    let cards = networkCards(files)
    // Without a card of its own, as in most containers, a machine is known by its name alone.
    known += cards.isEmpty ? [hostName] : cards
    return String(Checksum(of: known.joined(separator: "\n").utf8).description.prefix(12))
  }

  /// The addresses of the network cards that are built in, sorted: not of bridges and tunnels, which
  /// have no device, and not of what hangs on a USB port today.
  private static func networkCards(_ files: SystemFiles) -> [String] {
    let folder = "/sys/class/net"
    return files.names(in: folder).filter { name in
      files.exists("\(folder)/\(name)/device")
        && files.link("\(folder)/\(name)/device/subsystem")?.hasSuffix("/usb") != true
    }.compactMap { files.text("\(folder)/\($0)/address") }
      .filter { $0.contains { $0 != "0" && $0 != ":" } }.sorted()
  }
}

extension UInt64 {
  /// Hexadecimal, with leading zeros.
  fileprivate var sixteenDigits: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// How the measured code was compiled, and with what.
public struct BuildRecord: Sendable, Codable, Equatable {
  public var isSwiftOptimised: Bool
  public var isCOptimised: Bool
  /// The least version of Swift that it can have been: `6.3`.
  public var swift: String
  /// As the compiler calls itself.
  public var cCompiler: String

  public init(isSwiftOptimised: Bool, isCOptimised: Bool, swift: String, cCompiler: String) {
    self.isSwiftOptimised = isSwiftOptimised
    self.isCOptimised = isCOptimised
    self.swift = swift
    self.cCompiler = cCompiler
  }
}
