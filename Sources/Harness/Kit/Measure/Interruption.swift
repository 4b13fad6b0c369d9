import CCPU

/// SIGINT and SIGTERM, turned into a question that a run asks between two samples: what was measured
/// until then is not lost.
public enum Interruption {
  /// From now on the first signal only makes `isRequested` true; a second one ends the program.
  public static func catchSignals() { _ = ccpu_catch_interrupts() }

  public static var isRequested: Bool { ccpu_interrupted_by() != 0 }
}
