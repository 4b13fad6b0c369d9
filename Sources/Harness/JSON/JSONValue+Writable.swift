import FastJSON
import OptlabBasics

extension JSONValue: JSONWritable {
  public borrowing func write(to json: consuming JSONWriter) -> JSONWritten {
    switch self {
    case .null: json.null()
    case .bool(let value): json.value(value)
    case .integer(let value): json.value(value)
    case .unsigned(let value): json.value(value)
    case .double(let value): json.value(value)
    case .string(let value): json.value(value)
    case .array(let values): json.value(values)
    case .object(let members): json.beginObject().members(of: members).endObject()
    }
  }
}

extension JSONObjectWriter {
  fileprivate consuming func members(of members: [JSONValue.Member]) -> JSONObjectWriter {
    var object = self
    for member in members { object = object.member(named: member.key, member.value) }
    return object
  }
}
