/// What `nasm-object` takes over from an object file: one code section and the functions in it.
struct RelocatableCode {
  struct Function {
    var name: String
    var offset: Int
    var size: Int
  }

  var bytes: [UInt8]
  var alignment: Int
  /// In the order of their addresses.
  var functions: [Function]

  /// Whether every function can be the target of a tracked indirect call.
  var beginsWithENDBR64: Bool {
    functions.allSatisfy { bytes[$0.offset...].starts(with: [0xF3, 0x0F, 0x1E, 0xFA]) }
  }

  enum Refusal: Error, CustomStringConvertible {
    case notELF64
    case otherSection(String)
    case relocations(Int)
    case noFunction
    case notAFunction(String)
    case undefined(String)

    var description: String {
      switch self {
      case .notELF64: "nasm did not write an ELF64 object"
      case .otherSection(let name):
        "section \(name): keep code and constants in .text, which makes them position-independent"
      case .relocations(let count):
        "\(count) relocation(s) left: address constants as [rel name], and call nothing outside"
      case .noFunction:
        "no global function; declare one as 'global name:function (name.end - name)'"
      case .notAFunction(let name):
        "global \(name) lacks type or size; write 'global \(name):function (\(name).end - \(name))'"
      case .undefined(let name):
        "\(name) is not defined here; a kernel calls nothing outside its file"
      }
    }
  }

  /// Reads what the System V ABI's object file chapter (gABI, chapter 4) lays down, as far as
  /// NASM's elf64 output uses it.
  init(elf: [UInt8]) throws {
    let reader = LittleEndian(bytes: elf)
    guard elf.count >= 64, elf[0...4].elementsEqual([0x7F, 0x45, 0x4C, 0x46, 2]) else {
      throw Refusal.notELF64
    }
    let table = reader.int(at: 0x28, bytes: 8)
    let entrySize = reader.int(at: 0x3A, bytes: 2)
    let count = reader.int(at: 0x3C, bytes: 2)
    let namesIndex = reader.int(at: 0x3E, bytes: 2)

    struct Section {
      var index: Int
      var name: String
      var type, flags, offset, size, link, alignment: Int
    }
    func sectionField(_ index: Int, _ offset: Int, _ bytes: Int) -> Int {
      reader.int(at: table + index * entrySize + offset, bytes: bytes)
    }
    let names = sectionField(namesIndex, 0x18, 8)
    let sections = (0..<count).map { index in
      Section(
        index: index, name: reader.string(at: names + sectionField(index, 0, 4)),
        type: sectionField(index, 4, 4), flags: sectionField(index, 8, 8),
        offset: sectionField(index, 0x18, 8), size: sectionField(index, 0x20, 8),
        link: sectionField(index, 0x28, 4), alignment: sectionField(index, 0x30, 8))
    }

    let sectionTypes = (symbolTable: 2, relocationsWithAddend: 4, relocations: 9)
    let allocated = 2
    var text: Section?
    for section in sections {
      if section.type == sectionTypes.relocations
        || section.type == sectionTypes.relocationsWithAddend
      {
        throw Refusal.relocations(section.size / (section.type == 4 ? 24 : 16))
      }
      if section.name == ".text" {
        text = section
      } else if section.flags & allocated != 0, section.size > 0 {
        throw Refusal.otherSection(section.name)
      }
    }
    guard let text else { throw Refusal.noFunction }
    bytes = Array(elf[text.offset..<text.offset + text.size])
    alignment = max(text.alignment, 1)

    functions = []
    for section in sections where section.type == sectionTypes.symbolTable {
      let strings = sections[section.link].offset
      for entry in stride(from: section.offset, to: section.offset + section.size, by: 24) {
        let info = reader.int(at: entry + 4, bytes: 1)
        let isGlobal = info >> 4 == 1
        guard isGlobal else { continue }
        let name = reader.string(at: strings + reader.int(at: entry, bytes: 4))
        let sectionIndex = reader.int(at: entry + 6, bytes: 2)
        let size = reader.int(at: entry + 16, bytes: 8)
        guard sectionIndex != 0 else { throw Refusal.undefined(name) }
        guard sectionIndex == text.index, info & 15 == 2, size > 0 else {
          throw Refusal.notAFunction(name)
        }
        functions.append(
          Function(name: name, offset: reader.int(at: entry + 8, bytes: 8), size: size))
      }
    }
    functions.sort { $0.offset < $1.offset }
    guard !functions.isEmpty else { throw Refusal.noFunction }
  }
}

private struct LittleEndian {
  var bytes: [UInt8]

  func int(at offset: Int, bytes count: Int) -> Int {
    Int(
      truncatingIfNeeded: bytes[offset..<offset + count].reversed()
        .reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  func string(at offset: Int) -> String {
    String(decoding: bytes[offset...].prefix { $0 != 0 }, as: UTF8.self)
  }
}
