extension Microarchitecture {
  /// Source: AMD's Processor Programming References and Revision Guides (families 17h, 19h, 1Ah);
  /// the ranges are those by which Linux tells the Zen generations apart (arch/x86/kernel/cpu/amd.c).
  static func amd(family: Int, model: Int) -> Microarchitecture? {
    switch family {
    case 0x15: Microarchitecture(name: bulldozerKin(model), product: "family 15h")
    case 0x16: Microarchitecture(name: model < 0x30 ? "Jaguar" : "Puma", product: "family 16h")
    case 0x17: family17(model)
    case 0x19: family19(model)
    case 0x1A: family1A(model)
    default: nil
    }
  }

  private static func bulldozerKin(_ model: Int) -> String {
    switch model {
    case 0x00...0x01: "Bulldozer"
    case 0x02...0x1F: "Piledriver"
    case 0x20...0x5F: "Steamroller"
    default: "Excavator"
    }
  }

  private static func family17(_ model: Int) -> Microarchitecture? {
    switch model {
    case 0x08: Microarchitecture(name: "Zen+", product: "Pinnacle Ridge, Colfax")
    case 0x00...0x0F: Microarchitecture(name: "Zen", product: "Naples, Summit Ridge")
    case 0x18: Microarchitecture(name: "Zen+", product: "Picasso")
    case 0x10...0x17, 0x19...0x1F: Microarchitecture(name: "Zen", product: "Raven Ridge")
    case 0x20...0x2F: Microarchitecture(name: "Zen", product: "Dali, Pollock")
    case 0x50...0x5F: Microarchitecture(name: "Zen", product: "Fenghuang")
    case 0x30...0x3F: Microarchitecture(name: "Zen 2", product: "Rome, Castle Peak")
    case 0x40...0x4F: Microarchitecture(name: "Zen 2", product: "Ariel")
    case 0x68: Microarchitecture(name: "Zen 2", product: "Lucienne")
    case 0x60...0x67, 0x69...0x6F: Microarchitecture(name: "Zen 2", product: "Renoir")
    case 0x70...0x7F: Microarchitecture(name: "Zen 2", product: "Matisse")
    case 0x80...0x8F: Microarchitecture(name: "Zen 2", product: "Anubis")
    case 0x90...0x9F: Microarchitecture(name: "Zen 2", product: "Van Gogh")
    case 0xA0...0xAF: Microarchitecture(name: "Zen 2", product: "Mendocino")
    default: nil
    }
  }

  private static func family19(_ model: Int) -> Microarchitecture? {
    switch model {
    case 0x08: Microarchitecture(name: "Zen 3", product: "Chagall")
    case 0x00...0x0F: Microarchitecture(name: "Zen 3", product: "Milan")
    case 0x18: Microarchitecture(name: "Zen 4", product: "Storm Peak")
    case 0x10...0x1F: Microarchitecture(name: "Zen 4", product: "Genoa")
    case 0x20...0x2F: Microarchitecture(name: "Zen 3", product: "Vermeer")
    case 0x30...0x3F: Microarchitecture(name: "Zen 3", product: "Trento")
    case 0x40...0x4F: Microarchitecture(name: "Zen 3+", product: "Rembrandt")
    case 0x50...0x5F: Microarchitecture(name: "Zen 3", product: "Cezanne, Barcelo")
    case 0x60...0x6F: Microarchitecture(name: "Zen 4", product: "Raphael, Dragon Range")
    case 0x78: Microarchitecture(name: "Zen 4 and Zen 4c", product: "Phoenix 2")
    case 0x70...0x7F: Microarchitecture(name: "Zen 4", product: "Phoenix, Hawk Point")
    case 0x90...0x9F: Microarchitecture(name: "Zen 4", product: "MI300")
    case 0xA0...0xAF: Microarchitecture(name: "Zen 4c", product: "Bergamo, Siena")
    default: nil
    }
  }

  private static func family1A(_ model: Int) -> Microarchitecture? {
    switch model {
    case 0x08: Microarchitecture(name: "Zen 5", product: "Shimada Peak")
    case 0x00...0x0F: Microarchitecture(name: "Zen 5", product: "Turin")
    case 0x10...0x1F: Microarchitecture(name: "Zen 5c", product: "Turin Dense")
    case 0x20...0x2F: Microarchitecture(name: "Zen 5 and Zen 5c", product: "Strix Point")
    case 0x40...0x4F: Microarchitecture(name: "Zen 5", product: "Granite Ridge, Fire Range")
    case 0x60...0x6F: Microarchitecture(name: "Zen 5 and Zen 5c", product: "Krackan Point")
    case 0x70...0x7F: Microarchitecture(name: "Zen 5", product: "Strix Halo")
    case 0x50...0x5F, 0x80...0xAF, 0xC0...0xCF:
      Microarchitecture(name: "Zen 6", product: "family 1Ah")
    default: nil
    }
  }

  /// Hygon's family 18h is Zen under a licence; later models were developed from it.
  static func hygon(family: Int, model: Int) -> Microarchitecture? {
    guard family == 0x18 else { return nil }
    return Microarchitecture(
      name: model <= 1 ? "Dhyana (Zen)" : "Dhyana kin (after Zen)", product: "C86")
  }
}
