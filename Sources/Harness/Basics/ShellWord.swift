/// Words of a command line that can be copied into a shell.
public enum ShellWord {
  /// An option with its value, also one that begins as options do.
  public static func option(_ name: String, _ value: String) -> String {
    name + (value.hasPrefix("-") ? "=" : " ") + quoted(value)
  }

  /// A path that is taken for no option.
  package static func path(_ path: String) -> String {
    quoted(path.hasPrefix("-") ? "./" + path : path)
  }

  /// As it is, where a shell takes it for one word; else in quotes.
  public static func quoted(_ word: String) -> String {
    // A control character is shown to people by its escape, which $'...' takes back (POSIX.1-2024).
    if word.unicodeScalars.contains(where: \.isObeyed) {
      let bytes = word.utf8.map { byte in
        switch byte {
        case 0x27, 0x5C: "\\" + String(UnicodeScalar(byte))
        case 0x20..<0x7F: String(UnicodeScalar(byte))
        default:
          "\\" + String(repeating: "0", count: byte < 8 ? 2 : byte < 64 ? 1 : 0)
            + String(byte, radix: 8)
        }
      }
      return "$'\(bytes.joined())'"
    }
    let isPlain =
      !word.isEmpty
      && word.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber) || "_-./:~+,=@%".contains($0)
      }
    return isPlain
      ? word
      : "'"
        + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        + "'"
  }
}
