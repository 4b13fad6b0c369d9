extension String {
  /// With escapes, such as `\u{1B}`, in place of what a terminal would obey rather than show: controls
  /// but for line feed and tab, and what turns the direction of writing.
  ///
  /// Text from outside (lines of a runner, names in a result file, what a library calls itself) must
  /// neither move the cursor over other lines nor look like what it is not.
  public var printable: String { escaping { $0 == "\n" || $0 == "\t" } }

  /// The same on one line: line feed and tab are escaped too.
  public var printableOnOneLine: String { escaping { _ in false } }

  /// JSON that means the same, with JSON's escapes in the place of such characters.
  public var printableJSON: String {
    // Outside of strings there are none but white space.
    func isSpace(_ scalar: Unicode.Scalar) -> Bool {
      scalar == "\n" || scalar == "\t" || scalar == "\r"
    }
    return escaping(except: isSpace) { scalar in
      let digits = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }

  private func escaping(
    except isKept: (Unicode.Scalar) -> Bool,
    by escape: (Unicode.Scalar) -> String = { $0.escaped(asASCII: true) }
  ) -> String {
    func isEscaped(_ scalar: Unicode.Scalar) -> Bool { scalar.isObeyed && !isKept(scalar) }
    guard unicodeScalars.contains(where: isEscaped) else { return self }
    var text = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if isEscaped(scalar) {
        text.append(contentsOf: escape(scalar).unicodeScalars)
      } else {
        text.append(scalar)
      }
    }
    return String(text)
  }
}

extension Unicode.Scalar {
  /// Whether a terminal obeys it: C0 and C1 controls, line and paragraph separators, and the
  /// bidirectional formatting characters (Unicode Standard Annex 9, section 2).
  package var isObeyed: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0: true
    case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
