/// A quotient of two figures that were measured, with what is known of its worse half.
public struct Ratio: Sendable, Equatable {
  public var value: Double
  /// How well the worse known of the two figures is known, as a share.
  public var error: Double
  /// Whether something stands against one of the two.
  public var isMarked: Bool

  package init(_ value: Double, error: Double, isMarked: Bool) {
    self.value = value
    self.error = error
    self.isMarked = isMarked
  }

  /// nil where something stands against it: for files, which have no room for a mark.
  package var unmarked: Double? { isMarked ? nil : value }

  /// Digits that the worse half has: three where it is known to half a per cent, two to five per cent.
  var digits: Int { error <= 0.005 ? 3 : error <= 0.05 ? 2 : 1 }
}
