import Foundation

/// Where the implementations of a run come from that are not the lab's own.
public struct ExternalSources: Codable, Sendable, Equatable {
  /// Shared libraries, as given.
  public var plugins: [String] = []
  /// How many seconds a plugin may go without a step forward before it is ended.
  public var patience = Plugin.standardPatience
  /// How many seconds a runner may take for an answer; nil is what the protocol allows for each.
  public var runnerDeadline: Double?
  /// A folder of contestants.
  public var contestants: String?
  /// Runner programs, as given.
  public var runners: [String] = []

  public init() {}

  /// Two implementations of one name.
  public struct NameInUse: Error, CustomStringConvertible {
    public var description: String
  }

  /// Loads the libraries and greets the runners.
  ///
  /// - Throws: ``NameInUse``, where a runner takes a name that is in use; plugins get another one.
  public func implementations() throws(NameInUse) -> [Implementation] {
    var all = Plugin.load(plugins, patience: patience).flatMap(\.implementations)
    var taken = (Implementation.all + all).map(\.id)
    let folder = contestants.map(Contestants.init(folder:))
    let others = Plugin.load(folder?.plugins ?? [], taken: taken, patience: patience)
      .flatMap(\.implementations)
    all += others
    taken += others.map(\.id)
    for program in (folder?.runners ?? []) + runners {
      for one in Implementation.runner(program, within: runnerDeadline, taken: taken) {
        guard !taken.contains(one.id) else {
          throw NameInUse(
            description:
              "the runner '\(program)' calls an implementation '\(one.id)', which is the "
              + "name of another one; rename it")
        }
        taken.append(one.id)
        all.append(one)
      }
    }
    return all + (folder?.missing ?? []).filter { !taken.contains($0.id) }
  }
}
