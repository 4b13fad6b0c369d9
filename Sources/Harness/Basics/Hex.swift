/// `value` in hexadecimal, with leading zeros up to `digits`.
package func hex(_ value: some BinaryInteger, digits: Int = 0) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
