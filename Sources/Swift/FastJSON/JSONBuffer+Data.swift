// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension Data {
  /// A copy of what has been written.
  public init(_ buffer: borrowing JSONBuffer) {
    self = buffer.withUnsafeBytes { Data($0) }
  }
}
