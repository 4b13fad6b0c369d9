// SPDX-License-Identifier: Apache-2.0

/// What holds for the whole module.
public enum FastJSON {
  /// Whether this module reads short strings from the words of the String itself. False where
  /// the self-test at start found another layout: strings then go through public API, slower.
  public static var readsStringLayout: Bool { StringLayout.isAsExpected }
}
