// SPDX-License-Identifier: Apache-2.0
// count-allocations: how often malloc is called in one encode of the payload NESTED, once the
// encoder has been used. One line for each implementation: its id and the number.

import CAllocations
import Foundation
import OptlabJSON
import OptlabLab

guard callocations_are_counted() else {
  print("not counted: a sanitizer has taken malloc's place")
  exit(0)
}
guard let nested = JSONPayload.standard.first(where: { $0.id == "NESTED" }) else {
  preconditionFailure("the lab has no payload NESTED")
}
for implementation in WorkloadList([JSONWorkload()]).implementations {
  guard let encoding = implementation.jsonEncoding else { continue }
  let prepared = try encoding.prepare(nested)
  prepared.run(100)
  let before = callocations_count()
  prepared.run(1000)
  let count = callocations_count() - before
  print("\(implementation.id) \(Double(count) / 1000)")
}
