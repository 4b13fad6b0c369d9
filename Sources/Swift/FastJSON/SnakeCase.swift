// SPDX-License-Identifier: Apache-2.0

extension String {
  /// The words of a name in camel case, in lower case and joined by `_`: `my_url_property` for
  /// `myURLProperty`. As JSONEncoder's `convertToSnakeCase` has it.
  ///
  /// A word begins at a capital that follows a word, and at the last of several capitals if a small
  /// letter follows.
  var inSnakeCase: String {
    guard !isEmpty else { return self }
    var words: [Substring] = []
    var wordStart = startIndex
    var rest = self[index(after: startIndex)...]
    while let capital = rest.firstScalar(where: \.isCapital) {
      words.append(self[wordStart..<capital])
      wordStart = capital
      guard let small = self[capital..<rest.endIndex].firstScalar(where: \.isSmall) else {
        rest = self[endIndex...]
        break
      }
      if small != index(after: capital) {
        let last = index(before: small)
        words.append(self[capital..<last])
        wordStart = last
      }
      rest = self[unicodeScalars.index(after: small)...]
    }
    words.append(self[wordStart...])
    return words.map { $0.lowercased() }.joined(separator: "_")
  }
}

extension Substring {
  fileprivate func firstScalar(where condition: (Unicode.Scalar) -> Bool) -> Index? {
    unicodeScalars.firstIndex(where: condition)
  }
}

extension Unicode.Scalar {
  fileprivate var isCapital: Bool {
    let category = properties.generalCategory
    return category == .uppercaseLetter || category == .titlecaseLetter
  }

  fileprivate var isSmall: Bool { properties.generalCategory == .lowercaseLetter }
}
