import OptlabAES
import OptlabBasics
import OptlabLab
import OptlabReport
import OptlabStatistics

/// Where in a JSON document a value is: `records[0].run.rows[1].outcome`.
public struct JSONPlace: Hashable, Sendable, CustomStringConvertible {
  public enum Step: Hashable, Sendable {
    case member(String)
    case element(Int)
  }

  public var steps: [Step]

  public init(_ steps: [Step]) { self.steps = steps }

  /// - Parameter text: as in `description`.
  public init(_ text: String) {
    steps = text.split(separator: ".").flatMap { part -> [Step] in
      let pieces = part.split(separator: "[")
      return [.member(String(pieces[0]))]
        + pieces.dropFirst().map { .element(Int($0.dropLast())!) }
    }
  }

  public var description: String {
    var text = ""
    for step in steps {
      switch step {
      case .member(let name): text += (text.isEmpty ? "" : ".") + name
      case .element(let index): text += "[\(index)]"
      }
    }
    return text
  }
}

extension JSONValue {
  /// The places of all values but the whole, outer ones first.
  public var places: [JSONPlace] {
    var places: [JSONPlace] = []
    func walk(_ value: JSONValue, _ steps: [JSONPlace.Step]) {
      switch value {
      case .array(let values):
        for (index, one) in values.enumerated() { add(one, steps + [.element(index)]) }
      case .object(let members):
        for one in members { add(one.value, steps + [.member(one.key)]) }
      default: break
      }
    }
    func add(_ value: JSONValue, _ steps: [JSONPlace.Step]) {
      places.append(JSONPlace(steps))
      walk(value, steps)
    }
    walk(self, [])
    return places
  }

  /// nil where there is nothing.
  public subscript(_ place: JSONPlace) -> JSONValue? {
    place.steps.reduce(Optional(self)) { value, step in
      switch (value, step) {
      case (.array(let values)?, .element(let index)):
        values.indices.contains(index) ? values[index] : nil
      case (.object(let members)?, .member(let name)): members.first { $0.key == name }?.value
      default: nil
      }
    }
  }

  /// The same document with another value at a place: nil takes it out; a member that is not there is
  /// added.
  public func with(_ value: JSONValue?, at place: JSONPlace) -> JSONValue {
    with(value, at: place.steps[...])
  }

  private func with(_ value: JSONValue?, at steps: ArraySlice<JSONPlace.Step>) -> JSONValue {
    guard let step = steps.first else { return value ?? .null }
    let rest = steps.dropFirst()
    func changed(_ old: JSONValue) -> JSONValue? {
      rest.isEmpty ? value : old.with(value, at: rest)
    }
    switch (self, step) {
    case (.array(let values), .element(let index)) where values.indices.contains(index):
      return .array(
        values.enumerated().compactMap { $0.offset == index ? changed($0.element) : $0.element })
    case (.object(var members), .member(let name)):
      if let at = members.firstIndex(where: { $0.key == name }) {
        if let new = changed(members[at].value) {
          members[at].value = new
        } else {
          members.remove(at: at)
        }
      } else if rest.isEmpty, let value {
        members.append(Member(name, value))
      }
      return .object(members)
    default: return self
    }
  }
}
