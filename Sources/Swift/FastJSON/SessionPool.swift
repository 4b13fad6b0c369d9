// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Sessions that no encoder has at the moment. What a session learns about types and keys takes
/// longer than to write a short document, and many programs make an encoder for each document.
enum SessionPool {
  /// For each kind of session, those that are free.
  private static let free = Mutex<[[EncodingFrame]]>(Array(repeating: [], count: 4))
  private static var most: Int { 4 }

  /// What decides whether a session can go on with other options; nil for one that cannot.
  private static func kind(of options: EncodingOptions) -> Int? {
    if options.publicAPIAlone { return nil }
    let slashes = options.formatting.contains(.withoutEscapingSlashes) ? 1 : 0
    return switch options.key {
    case .useDefaultKeys: slashes
    case .convertToSnakeCase: slashes | 2
    case .custom: nil
    }
  }

  /// The frame around a document, with a session of these options. The caller owns the reference.
  static func take(_ options: EncodingOptions) -> Unmanaged<EncodingFrame> {
    guard let kind = kind(of: options), let anchor = free.withLock({ $0[kind].popLast() }) else {
      return .passRetained(EncodingFrame(session: EncodingSession(options)))
    }
    anchor.session.setOptions(options)
    return .passRetained(anchor)
  }

  /// Takes back a frame of which nothing is in use, with its reference.
  static func give(_ reference: Unmanaged<EncodingFrame>) {
    let anchor = reference.takeRetainedValue()
    guard let kind = kind(of: anchor.session.options) else { return }
    anchor.session.setOptions(EncodingOptions())
    anchor.session.shrink(above: 1 << 18)
    free.withLock { if $0[kind].count < most { $0[kind].append(anchor) } }
  }
}
