extension Microarchitecture {
  /// Source: Intel SDM volume 4, table 2-1 (signatures of families), and the model numbers that
  /// Linux keeps in arch/x86/include/asm/intel-family.h.
  static func intel(
    family: Int, model: Int, stepping: Int, core: CPUIdentity.CoreKind?, nativeModel: Int
  ) -> Microarchitecture? {
    switch family {
    case 6: break
    case 15: return Microarchitecture(name: "NetBurst", product: "Pentium 4")
    case 18: return Microarchitecture(name: "Coyote Cove or Arctic Wolf", product: "Nova Lake")
    case 19 where model == 1:
      return Microarchitecture(name: "Panther Cove", product: "Diamond Rapids")
    default: return nil
    }
    if let hybrid = hybrids[model] {
      return Microarchitecture(
        name: hybrid.name(core: core, nativeModel: nativeModel), product: hybrid.product)
    }
    return steppings(model: model, stepping: stepping)
      ?? uniform[model].map { Microarchitecture(name: $0.0, product: $0.1) }
  }

  private struct Hybrid {
    var product: String
    var performance: String
    var efficiency: String

    func name(core: CPUIdentity.CoreKind?, nativeModel: Int) -> String {
      switch core {
      case .performance: performance
      // One product may hold two kinds of small cores: Arrow Lake-H has Skymont, and Crestmont
      // beside its graphics.
      case .efficiency: Self.efficiencyByNativeModel[nativeModel] ?? efficiency
      case nil: "\(performance) or \(efficiency)"
      }
    }

    static let efficiencyByNativeModel = [1: "Gracemont", 2: "Crestmont", 3: "Skymont"]
  }

  private static let hybrids: [Int: Hybrid] = [
    0x8A: Hybrid(product: "Lakefield", performance: "Sunny Cove", efficiency: "Tremont"),
    0x97: Hybrid(product: "Alder Lake-S", performance: "Golden Cove", efficiency: "Gracemont"),
    0x9A: Hybrid(product: "Alder Lake-P", performance: "Golden Cove", efficiency: "Gracemont"),
    0xB7: Hybrid(product: "Raptor Lake-S", performance: "Raptor Cove", efficiency: "Gracemont"),
    0xBA: Hybrid(product: "Raptor Lake-P", performance: "Raptor Cove", efficiency: "Gracemont"),
    0xBF: Hybrid(product: "Raptor Lake-S", performance: "Raptor Cove", efficiency: "Gracemont"),
    0xAA: Hybrid(product: "Meteor Lake", performance: "Redwood Cove", efficiency: "Crestmont"),
    0xAC: Hybrid(product: "Meteor Lake", performance: "Redwood Cove", efficiency: "Crestmont"),
    0xB5: Hybrid(product: "Arrow Lake-U", performance: "Redwood Cove", efficiency: "Crestmont"),
    0xC5: Hybrid(product: "Arrow Lake-H", performance: "Lion Cove", efficiency: "Skymont"),
    0xC6: Hybrid(product: "Arrow Lake-S", performance: "Lion Cove", efficiency: "Skymont"),
    0xBD: Hybrid(product: "Lunar Lake", performance: "Lion Cove", efficiency: "Skymont"),
    0xCC: Hybrid(product: "Panther Lake", performance: "Cougar Cove", efficiency: "Darkmont"),
    0xD5: Hybrid(product: "Wildcat Lake", performance: "Cougar Cove", efficiency: "Darkmont"),
  ]

  /// Models that several products share.
  private static func steppings(model: Int, stepping: Int) -> Microarchitecture? {
    switch (model, stepping) {
    case (0x55, 0...4): Microarchitecture(name: "Skylake server", product: "Skylake-SP")
    case (0x55, 5...9): Microarchitecture(name: "Skylake server", product: "Cascade Lake")
    case (0x55, _): Microarchitecture(name: "Skylake server", product: "Cooper Lake")
    case (0x8E, 9), (0x9E, 9): Microarchitecture(name: "Skylake", product: "Kaby Lake")
    case (0x8E, 0xA): Microarchitecture(name: "Skylake", product: "Kaby Lake-R, Coffee Lake-U")
    case (0x8E, _): Microarchitecture(name: "Skylake", product: "Whiskey, Amber or Comet Lake")
    case (0x9E, _): Microarchitecture(name: "Skylake", product: "Coffee Lake")
    default: nil
    }
  }

  /// Model: core, product.
  private static let uniform: [Int: (String, String)] = [
    0x1A: ("Nehalem", "Nehalem-EP"), 0x1E: ("Nehalem", "Nehalem"), 0x1F: ("Nehalem", "Nehalem"),
    0x2E: ("Nehalem", "Nehalem-EX"), 0x25: ("Westmere", "Westmere"),
    0x2C: ("Westmere", "Westmere-EP"), 0x2F: ("Westmere", "Westmere-EX"),
    0x2A: ("Sandy Bridge", "Sandy Bridge"), 0x2D: ("Sandy Bridge", "Sandy Bridge-EP"),
    0x3A: ("Ivy Bridge", "Ivy Bridge"), 0x3E: ("Ivy Bridge", "Ivy Bridge-EP"),
    0x3C: ("Haswell", "Haswell"), 0x3F: ("Haswell", "Haswell-EP"), 0x45: ("Haswell", "Haswell-U"),
    0x46: ("Haswell", "Haswell-H"), 0x3D: ("Broadwell", "Broadwell-U"),
    0x47: ("Broadwell", "Broadwell-H"), 0x4F: ("Broadwell", "Broadwell-EP"),
    0x56: ("Broadwell", "Broadwell-DE"), 0x4E: ("Skylake", "Skylake-U"),
    0x5E: ("Skylake", "Skylake-S"), 0xA5: ("Skylake", "Comet Lake-S"),
    0xA6: ("Skylake", "Comet Lake-U"), 0x66: ("Palm Cove", "Cannon Lake"),
    0x6A: ("Sunny Cove", "Ice Lake-SP"), 0x6C: ("Sunny Cove", "Ice Lake-D"),
    0x7D: ("Sunny Cove", "Ice Lake-Y"), 0x7E: ("Sunny Cove", "Ice Lake-U"),
    0x9D: ("Sunny Cove", "Ice Lake NNP-I"), 0xA7: ("Cypress Cove", "Rocket Lake"),
    0x8C: ("Willow Cove", "Tiger Lake-U"), 0x8D: ("Willow Cove", "Tiger Lake-H"),
    0x8F: ("Golden Cove", "Sapphire Rapids"), 0xCF: ("Raptor Cove", "Emerald Rapids"),
    0xAD: ("Redwood Cove", "Granite Rapids"), 0xAE: ("Redwood Cove", "Granite Rapids-D"),
    0xD7: ("Raptor Cove", "Bartlett Lake"), 0xBE: ("Gracemont", "Alder Lake-N, Twin Lake"),
    0xAF: ("Crestmont", "Sierra Forest"), 0xB6: ("Crestmont", "Grand Ridge"),
    0xDD: ("Darkmont", "Clearwater Forest"), 0x57: ("Knights Landing", "Xeon Phi"),
    0x85: ("Knights Mill", "Xeon Phi"), 0x37: ("Silvermont", "Bay Trail"),
    0x4A: ("Silvermont", "Merrifield"), 0x4D: ("Silvermont", "Avoton, Rangeley"),
    0x5A: ("Silvermont", "Moorefield"), 0x5D: ("Silvermont", "SoFIA"),
    0x4C: ("Airmont", "Cherry Trail, Braswell"), 0x75: ("Airmont", "Lightning Mountain"),
    0x5C: ("Goldmont", "Apollo Lake"), 0x5F: ("Goldmont", "Denverton"),
    0x7A: ("Goldmont Plus", "Gemini Lake"), 0x86: ("Tremont", "Snow Ridge"),
    0x96: ("Tremont", "Elkhart Lake"), 0x9C: ("Tremont", "Jasper Lake"),
  ]
}
