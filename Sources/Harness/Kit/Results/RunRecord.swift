import Foundation

/// A run's result with all that a reader needs who was not there: when, where, by what.
public struct RunRecord: Sendable, Codable {
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

  public init(
    started: Date, machine: Machine, cpuReport: CPUReport, build: BuildRecord,
    libraries: [String: String], commit: GitCommit?, arguments: [String], run: RunResult
  ) {
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
  public init(_ run: RunResult, started: Date, cpuReport: CPUReport, arguments: [String]) {
    self.init(
      started: started, machine: Machine(cpuReport), cpuReport: cpuReport, build: .current,
      libraries: LibraryVersions.current(kernel: cpuReport.environment.kernel),
      commit: GitCommit.ofThisProgram(), arguments: arguments, run: run)
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
    let own = files.text("/etc/machine-id").flatMap { $0.isEmpty ? nil : $0 }
    let known = "optlab " + (own ?? ProcessInfo.processInfo.hostName)
    id = String(Checksum(of: known.utf8).description.prefix(12))
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
