import OptlabCPU
import OptlabLab

/// Whether two runs may be held against each other.
public enum Comparability {
  /// Why the figures of two runs mean different things, with what to do about it; nil where they do
  /// not.
  public static func obstacle(_ old: RunRecord, _ new: RunRecord) -> String? {
    let (oldCPU, newCPU) = (CPUKind(old.cpuReport), CPUKind(new.cpuReport))
    if oldCPU != newCPU {
      return "different CPUs, \(oldCPU) and \(newCPU): --across-machines compares per cent of limit"
    }
    if old.run.source != new.run.source {
      return "different cycle sources, '\(old.run.source.rawValue)' and "
        + "'\(new.run.source.rawValue)': take one of the runs again with --cycles "
        + old.run.source.rawValue
    }
    if old.run.masked != new.run.masked {
      func text(_ features: FeatureSet) -> String {
        features.isEmpty ? "none" : features.names.joined(separator: ",")
      }
      return "different CPU features were masked, \(text(old.run.masked)) and "
        + "\(text(new.run.masked)): take one of the runs again with the same --mask"
    }
    return buildObstacle(old.build, new.build)
  }

  /// The same for per cent of limit, which another CPU or source does no harm.
  public static func obstacleAcrossMachines(_ old: RunRecord, _ new: RunRecord) -> String? {
    buildObstacle(old.build, new.build)
  }

  private static func buildObstacle(_ old: BuildRecord, _ new: BuildRecord) -> String? {
    func text(_ build: BuildRecord) -> String {
      "Swift \(build.isSwiftOptimised ? "" : "not ")optimised, "
        + "C \(build.isCOptimised ? "" : "not ")optimised"
    }
    guard
      (old.isSwiftOptimised, old.isCOptimised) != (new.isSwiftOptimised, new.isCOptimised)
    else { return nil }
    return "different builds, one with \(text(old)), the other with \(text(new)): "
      + "take one of the runs again"
  }

  /// What differs and may explain a difference of figures, for people.
  public static func remarks(_ old: RunRecord, _ new: RunRecord) -> [String] {
    var remarks: [String] = []
    if old.machine.id != new.machine.id {
      remarks.append(
        "two machines of the same CPU, \(old.machine.id) and \(new.machine.id): memory, "
          + "neighbours and firmware may differ")
    }
    if old.build.cCompiler != new.build.cCompiler {
      remarks.append("C compiler: '\(old.build.cCompiler)', then '\(new.build.cCompiler)'")
    }
    for name in Set(old.libraries.keys).union(new.libraries.keys).sorted()
    where old.libraries[name] != new.libraries[name] {
      remarks.append(
        "\(name): \(old.libraries[name] ?? "unknown"), then \(new.libraries[name] ?? "unknown")")
    }
    for name in Set(old.run.environment.keys).union(new.run.environment.keys).sorted()
    where old.run.environment[name] != new.run.environment[name] {
      func text(_ run: RunResult) -> String {
        run.environment[name].map { "'\($0)'" } ?? "not set"
      }
      remarks.append("\(name) in the environment: \(text(old.run)), then \(text(new.run))")
    }
    if old.run.plan.usesSentinel != new.run.plan.usesSentinel {
      remarks.append("one of the runs was judged without the sentinel (--no-sentinel)")
    }
    for (name, record) in [("old", old), ("new", new)] where record.run.isPartial {
      remarks.append("the \(name) run ended early, so it has fewer rows or rounds")
    }
    return remarks
  }
}

/// What two CPUs have to have in common for their cycles to be the same.
public struct CPUKind: Hashable, Sendable, CustomStringConvertible {
  private var architecture: String
  private var vendorID: String
  private var family: Int
  private var model: Int
  private var stepping: Int
  private var coreKind: CPUIdentity.CoreKind?
  public var description: String

  public init(_ report: CPUReport) {
    let identity = report.identity
    architecture = report.architecture
    vendorID = identity.vendorID
    family = identity.family
    model = identity.model
    stepping = identity.stepping
    coreKind = identity.coreKind
    let signature = "family \(family), model \(model), stepping \(stepping)"
    description =
      (identity.microarchitecture?.name ?? (vendorID.isEmpty ? architecture : vendorID))
      + " (\(vendorID.isEmpty ? "no CPUID" : signature)"
      + (coreKind.map { ", \($0.rawValue) core" } ?? "") + ")"
  }

  /// By what the CPU is, not by how it is called.
  public static func == (a: CPUKind, b: CPUKind) -> Bool {
    (a.architecture, a.vendorID, a.family, a.model, a.stepping)
      == (b.architecture, b.vendorID, b.family, b.model, b.stepping) && a.coreKind == b.coreKind
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(vendorID)
    hasher.combine(family)
    hasher.combine(model)
  }
}
