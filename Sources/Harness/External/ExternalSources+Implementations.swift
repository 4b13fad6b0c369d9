import OptlabBasics
import OptlabLab

extension ExternalSources {
  /// Two implementations of one name.
  public struct NameInUse: Error, CustomStringConvertible {
    public var description: String
  }

  /// Loads the libraries and greets the runners.
  ///
  /// - Throws: ``NameInUse``, where a runner takes a name that is in use; plugins get another one.
  ///   ``FreeDescriptors/Failure``, where this process may not open as many files as they need: no
  ///   fault of theirs.
  /// - Parameter list: the workloads of this program.
  public func implementations(beside list: WorkloadList) throws -> [Implementation] {
    func requireDescriptors(living: Int = 0) throws(FreeDescriptors.Failure) {
      try FreeDescriptors.require(
        FreeDescriptors.forChild + FreeDescriptors.ofLivingProcess * living,
        to: "start plugins and runners")
    }
    if !plugins.isEmpty { try requireDescriptors() }
    var taken = list.implementations.map(\.id)
    var all = Plugin.load(plugins, taken: taken, patience: patience).flatMap(\.implementations)
    taken += all.map(\.id)
    let folder = contestants.map { Contestants(folder: $0, of: list) }
    if folder?.plugins.isEmpty == false { try requireDescriptors() }
    let others = Plugin.load(folder?.plugins ?? [], taken: taken, patience: patience)
      .flatMap(\.implementations)
    all += others
    taken += others.map(\.id)
    for program in (folder?.runners ?? []) + runners {
      try requireDescriptors()
      for one in Implementation.runner(program, for: list, within: runnerDeadline, taken: taken) {
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
    // Each has a process of its own while it is measured, of which some are there already.
    if !all.isEmpty { try requireDescriptors(living: all.count) }
    return all + (folder?.missing ?? []).filter { !taken.contains($0.id) }
  }
}
