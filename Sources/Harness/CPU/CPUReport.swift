import Foundation

/// All that is known of this CPU and of measuring on it, for people and for machines.
public struct CPUReport: Codable, Sendable, Equatable {
  /// The core clock, measured.
  public struct Clock: Codable, Sendable, Equatable {
    /// In GHz.
    public var gigahertz: Double
    /// Relative: 0.01 is one percent.
    public var error: Double
    /// How it was measured: `tsc*cal`.
    public var source: String

    public init(gigahertz: Double, error: Double, source: String) {
      self.gigahertz = gigahertz
      self.error = error
      self.source = source
    }
  }

  /// What this CPU can do at best, measured.
  public struct Limit: Codable, Sendable, Equatable {
    public var name: String
    public var value: Double
    public var unit: String

    public init(name: String, value: Double, unit: String) {
      self.name = name
      self.value = value
      self.unit = unit
    }
  }

  /// Of this build: `x86-64`, `aarch64`.
  public var architecture: String
  /// The CPU that all of this is about; nil where the thread was free to move between CPUs.
  public var chosenCPU: ChosenCPU?
  public var identity: CPUIdentity
  public var hypervisor: Hypervisor?
  public var features: [CPUFeature]
  public var caches: [CPUCache]
  public var topology: CPUTopology?
  public var timestampCounter: TimestampCounterFacts
  public var counters: CounterOffer
  public var environment: MeasuringEnvironment
  public var quirks: [CPUQuirk]
  public var kernels: [KernelMatrixRow]
  /// nil until it has been measured.
  public var measuredClock: Clock?
  /// Of workloads, by loops that do one part of their work; nil until they have been measured.
  public var workloadLimits: [Limit]?
  /// Empty until they have been measured.
  public var memoryLimits: [Limit]

  /// A report from recorded leaves.
  ///
  /// - Parameters:
  ///   - inForce: what counts after OPTLAB_MASK, or nil where nothing is masked.
  ///   - environment: of the same machine, or nil to read it from this one.
  ///   - kernels: what is asked of the CPU.
  public init(
    leaves: CPUIDLeaves, inForce: FeatureSet? = nil, environment: MeasuringEnvironment? = nil,
    kernels: [KernelNeeds] = [], architecture: String = Self.built
  ) {
    let identity = CPUIdentity(leaves)
    let hypervisor = Hypervisor(leaves)
    let features = CPUFeature.decode(leaves, inForce: inForce)
    self.architecture = architecture
    chosenCPU = nil
    self.identity = identity
    self.hypervisor = hypervisor
    self.features = features
    caches = CPUCache.decode(leaves)
    topology = CPUTopology(leaves)
    timestampCounter = TimestampCounterFacts(leaves, hypervisor: hypervisor)
    counters = CounterOffer(leaves, identity: identity, hypervisor: hypervisor)
    self.environment = environment ?? MeasuringEnvironment(hypervisor: hypervisor?.name)
    quirks = CPUQuirk.of(identity, leaves: leaves, features: features)
    self.kernels = kernels.map {
      KernelMatrixRow($0, features: features, isX86: architecture == "x86-64")
    }
    measuredClock = nil
    workloadLimits = nil
    memoryLimits = []
  }

  /// Of this machine, without what has to be measured.
  ///
  /// Cores of several kinds answer differently, and counters are tried on the core that will use
  /// them: so pin the thread first.
  ///
  /// - Parameter place: where this thread is kept; nil where that does not matter.
  public static func current(
    at place: MeasuringPlace? = nil, kernels: [KernelNeeds] = []
  ) -> CPUReport {
    let leaves = CPUIDLeaves.machine()
    var report = CPUReport(
      leaves: leaves, inForce: .inForce,
      environment: MeasuringEnvironment(
        hypervisor: Hypervisor(leaves)?.name, place: place),
      kernels: kernels)
    report.chosenCPU = place?.cpu
    return report
  }

  /// The architecture that this program was built for.
  public static var built: String {
    #if arch(x86_64)
      "x86-64"
    #elseif arch(arm64)
      "aarch64"
    #else
      "another"
    #endif
  }

  /// The whole report as JSON, with sorted keys and a newline at the end.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}
