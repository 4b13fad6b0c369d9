import CCPU
import Foundation

/// The CPUs that the measuring thread may run on.
public enum Affinity {
  public struct Failure: Error, CustomStringConvertible {
    public var description: String
  }

  /// The CPUs that this thread may use, ascending.
  public static func allowed() throws(Failure) -> [Int] {
    var cpus = [UInt32](repeating: 0, count: 8192)
    let count = Int(ccpu_allowed_cpus(&cpus, cpus.count))
    guard count > 0 else {
      throw Failure(
        description:
          "the allowed CPUs are not readable: \(String(cString: strerror(Int32(-count))))")
    }
    return cpus.prefix(count).map(Int.init)
  }

  /// Keeps this thread on one CPU.
  public static func pin(to cpu: Int) throws(Failure) {
    var number = UInt32(cpu)
    let error = ccpu_set_allowed_cpus(&number, 1)
    guard error == 0 else {
      throw Failure(description: "cannot pin to CPU \(cpu): \(String(cString: strerror(error)))")
    }
  }
}
