import Foundation

extension Annotation {
  /// The instructions in the order of addresses with their share of all samples, the hottest marked;
  /// colder ones are counted together.
  ///
  /// - Parameter share: What an instruction must have to be shown; 0 shows all.
  public func text(atLeast share: Double) -> String {
    let most = lines.map(\.samples).max() ?? 0
    func percent(_ samples: Int) -> String {
      String(format: "%5.1f %%", 100 * Double(samples) / Double(max(total, 1)))
    }
    let file = object.split(separator: "/").last ?? ""
    var text = "\(function) in \(file): "
    text += "\(percent(samples).trimmingPrefix(while: \.isWhitespace)) of \(total) samples, "
    text += "\(lines.count) instructions\n\n  share  address  instruction\n"
    var hidden: [Line] = []
    func flush() {
      guard !hidden.isEmpty else { return }
      let sum = hidden.reduce(0) { $0 + $1.samples }
      let noun = hidden.count == 1 ? "instruction" : "instructions"
      text += " \(percent(sum))       ...  \(hidden.count) \(noun)\n"
      hidden = []
    }
    for line in lines {
      if Double(line.samples) < share * Double(total) {
        hidden.append(line)
        continue
      }
      flush()
      let mark = line.samples == most && most > 0 ? ">" : " "
      let address = String(line.address, radix: 16)
      text += "\(mark)\(percent(line.samples))  "
      text += String(repeating: " ", count: max(0, 8 - address.count)) + "\(address)  "
      text += "\(line.instruction)\n"
    }
    flush()
    return text
  }
}
