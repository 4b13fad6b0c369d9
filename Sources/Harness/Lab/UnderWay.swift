/// What a verification is about to do, for a process that may not live to tell how it went.
package enum UnderWay {
  /// Set once, before anything is verified; nil where nobody wants to know.
  nonisolated(unsafe) package static var listener: ((String) -> Void)?

  package static func announce(_ step: @autoclosure () -> String) {
    if let listener { listener(step()) }
  }
}
