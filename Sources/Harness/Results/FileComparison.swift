import OptlabLab

/// Two result files, run by run.
public struct FileComparison {
  public var material = Comparison.Material()
  /// What differs between the runs and may explain a difference.
  public var remarks: [String] = []
  /// Why runs of the new file were held against nothing.
  public var leftOut: [String] = []
  /// What costs are in: `cycles/byte (tsc*cal)`.
  public var unit: String

  /// Why no run of one file can be held against any of the other.
  public struct Obstacle: Error, Equatable, CustomStringConvertible {
    public var description: String
  }

  /// - Parameter matching: which addresses take part.
  public init(
    _ old: ResultFile, _ new: ResultFile, matching: (Address) -> Bool = { _ in true }
  ) throws(Obstacle) {
    let names = new.recordNames
    var compared: Set<Int> = []
    var unit: String?
    for (record, name) in zip(new.records, names) {
      // The same machine's, or another one's that is no different.
      let candidates = old.records.indices.sorted {
        let (first, second) = (old.records[$0], old.records[$1])
        let isSame = (
          first.machine.id == record.machine.id, second.machine.id == record.machine.id
        )
        return isSame.0 != isSame.1 ? isSame.0 : $0 < $1
      }
      guard
        let place = candidates.first(where: {
          Comparability.obstacle(old.records[$0], record) == nil
        })
      else {
        if let first = candidates.first,
          let obstacle = Comparability.obstacle(old.records[first], record)
        {
          leftOut.append(obstacle)
        }
        continue
      }
      let before = old.records[place]
      if record.shares(runWith: before) {
        throw Obstacle(
          description:
            "both hold the same run of \(record.machine.name), which does not differ from "
            + "itself")
      }
      compared.insert(place)
      material.add(
        Comparison.Material(before.run, record.run, matching: matching),
        machine: new.records.count > 1 ? name : nil)
      remarks += Comparability.remarks(before, record)
      unit = unit ?? "\(record.run.costUnits) (\(record.run.source.rawValue))"
    }
    guard let unit else {
      throw Obstacle(description: leftOut.first ?? "there is no run in them")
    }
    self.unit = unit
    let oldNames = old.recordNames
    for (index, record) in old.records.enumerated() where !compared.contains(index) {
      material.add(
        unmatched: record, reason: "no run like that of \(oldNames[index]) in the new",
        matching: matching)
    }
  }
}

extension ResultFile {
  /// Of its runs, each with what tells it from the others: the machine's name as long as that does.
  public var recordNames: [String] { RunRecord.names(of: records) { $0.machine.name } }
}

extension RunRecord {
  /// A name for each record of a file, none twice: what tells it from others of the same name is added
  /// to it.
  ///
  /// - Parameter base: what a record is called as long as no other one is.
  package static func names(of records: [RunRecord], base: (RunRecord) -> String) -> [String] {
    var names = records.map(base)
    let details: [(RunRecord) -> String] = [
      { String($0.machine.id.prefix(4)) },
      { $0.run.source.rawValue.replacing("*", with: "-") },
      { $0.run.masked.isEmpty ? "" : "no-" + $0.run.masked.names.joined(separator: "-") },
      { record in
        record.commit.map { $0.hash.prefix(8) + ($0.isModified ? "-modified" : "") } ?? ""
      },
    ]
    for detail in details {
      for (name, places) in Dictionary(grouping: names.indices, by: { names[$0] })
      where places.count > 1 {
        let found = places.map { detail(records[$0]) }
        guard Set(found).count > 1 else { continue }
        for (place, text) in zip(places, found) where !text.isEmpty {
          names[place] = "\(name)-\(text)"
        }
      }
    }
    // Whatever is left differs in compilers or libraries.
    var taken: Set<String> = []
    for index in names.indices {
      let name = names[index]
      var number = 1
      while !taken.insert(names[index]).inserted {
        number += 1
        names[index] = "\(name)-\(number)"
      }
    }
    return names
  }
}
