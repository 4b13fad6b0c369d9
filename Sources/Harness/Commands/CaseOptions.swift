import ArgumentParser

/// The options by which cases are chosen: those that the workloads of this program have.
///
/// The library takes options from the properties that a value's mirror shows, and finds their values by
/// the same names; here the names come from the list of workloads.
struct CaseOptions: ParsableArguments, CustomReflectable {
  /// What was given, by the option's name.
  private(set) var given: [String: String] = [:]

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init() {}

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for option in Harness.workloads.options {
      let value = try container.decode(
        Option<String?>.self, forKey: Key(stringValue: option.name))
      given[option.name] = value.wrappedValue
    }
  }

  var customMirror: Mirror {
    Mirror(
      self,
      children: Harness.workloads.options.map { option in
        (
          label: "_" + option.name,
          value: Option<String?>(
            name: .customLong(option.name), parsing: .unconditional,
            help: ArgumentHelp(option.help, valueName: option.valueName)) as Any
        )
      })
  }

  func validate() throws {
    for (name, value) in given { try GivenOptions.refuseEmpty("--" + name, value) }
  }
}
