import OptlabAES
import OptlabJSON
import OptlabLab
import OptlabResults

extension WorkloadList {
  /// The workloads that the harness has.
  package static let house = WorkloadList(AESWorkload.all + [JSONWorkload()])
}

extension Selection {
  /// Workloads that all take the same cases, as far as they have them.
  package init(
    workloads: [any Workload], cases: [Case],
    implementations: [Implementation] = WorkloadList.house.implementations, filter: String? = nil
  ) throws {
    try self.init(
      workloads.map { workload in
        (
          workload,
          cases.filter { one in
            (try? workload.case(named: one.id, content: one.input.content)).map { $0 != nil }
              ?? false
          }
        )
      }, implementations: implementations, filter: filter)
  }
}
