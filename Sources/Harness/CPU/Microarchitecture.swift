/// How a CPU is built inside: what its speed and its quirks follow from.
public struct Microarchitecture: Codable, Sendable, Equatable {
  /// Of the core: `Zen 4`, `Golden Cove`.
  public var name: String
  /// What it was sold as, by code name: `Genoa`, `Sapphire Rapids`.
  public var product: String

  public init(name: String, product: String) {
    self.name = name
    self.product = product
  }

  /// The microarchitecture of a signature, or nil when the tables do not have it.
  ///
  /// - Parameters:
  ///   - core: which kind of core of a hybrid CPU, or nil where that is unknown.
  ///   - nativeModel: leaf 0x1A, eax bits 0 to 23.
  public init?(
    vendor: CPUIdentity.Vendor, family: Int, model: Int, stepping: Int,
    core: CPUIdentity.CoreKind? = nil, nativeModel: Int = 0
  ) {
    let found: Microarchitecture? =
      switch vendor {
      case .intel:
        Self.intel(
          family: family, model: model, stepping: stepping, core: core, nativeModel: nativeModel)
      case .amd: Self.amd(family: family, model: model)?.of(core)
      case .hygon: Self.hygon(family: family, model: model)
      case .via, .zhaoxin: Self.centaur(family: family, model: model)
      case .other: nil
      }
    guard let found else { return nil }
    self = found
  }

  /// The one of a core, where a product has two (`Zen 5 and Zen 5c`) and it is known which.
  private func of(_ core: CPUIdentity.CoreKind?) -> Microarchitecture {
    let both = name.split(separator: " and ")
    guard let core, both.count == 2 else { return self }
    return Microarchitecture(
      name: String(core == .performance ? both[0] : both[1]), product: product)
  }

  /// Source: the public histories of Centaur, VIA and Zhaoxin; signatures as InstLatx64 and
  /// libcpuid recorded them.
  private static func centaur(family: Int, model: Int) -> Microarchitecture? {
    switch (family, model) {
    case (6, 0x0F): Microarchitecture(name: "Isaiah", product: "Nano, QuadCore, Eden")
    case (6, 0x19), (7, 0x1B): Microarchitecture(name: "ZhangJiang", product: "ZX-C")
    case (6, 0x47): Microarchitecture(name: "CNS", product: "CHA")
    case (7, 0x3B): Microarchitecture(name: "LuJiaZui", product: "KX-6000")
    case (7, 0x5B): Microarchitecture(name: "YongFeng", product: "KX-6000G, KH-40000")
    case (7, 0x6B): Microarchitecture(name: "ShiJiDaDao", product: "KX-7000")
    default: nil
    }
  }
}
