import Foundation
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabJSON
import OptlabLab
import OptlabMeasure
import OptlabProfile
import TestSupport
import Testing

#if arch(x86_64) && os(Linux)
  @Suite("Assembly")
  struct AssemblyTests {
    static let kernels = WorkloadList.house.implementations.filter { $0.language == "NASM" }.map(
      \.id)

    private func kernel(_ id: String) -> AESKernel? {
      let implementation = WorkloadList.house.implementations.first { $0.id == id }!
      if let obstacle = implementation.obstacle() {
        print("NOT RUN: \(id): \(obstacle)")
        return nil
      }
      guard let kernel = implementation.aesKernel else { return nil }
      return kernel
    }

    /// Every instruction that a message can reach is stopped at, and unwound from.
    @Test(.long, arguments: kernels)
    func unwindsFromEveryInstruction(_ id: String) async throws {
      guard let kernel = kernel(id) else { return }
      let symbols = try await BuiltCode.symbols(prefix: "caes_asm_").filter {
        !$0.name.hasSuffix("_kernels")
      }
      let name = "caes_" + id.replacing("-", with: "_")
      let crypt = try #require(symbols.first { $0.name == name })
      let scheduleName = id.hasPrefix("asm-vaes512") ? "caes_asm_avx512_" : "caes_asm_aesni_"
      let schedule = symbols.filter { $0.name.hasPrefix(scheduleName) }
      #expect(schedule.count == 2, "set_key and clear")
      let slide = Int(bitPattern: kernel.address(of: .crypt)) - crypt.address
      let first = symbols.map(\.address).min()!
      let end = symbols.map { $0.address + $0.bytes }.max()!
      let visited = VisitedCode(
        start: UnsafeRawPointer(bitPattern: first + slide)!, bytes: end - first)

      var missing: [BuiltCode.Instruction] = []
      for symbol in [crypt] + schedule { missing += try await BuiltCode.instructions(symbol) }
      let count = missing.count
      #expect(count > 300)
      var random = SeededGenerator(seed: 11)
      // Every number of blocks at the end of a message, whole and partial; whether the counter carries
      // on the way is chance, so several rounds.
      let lengths = Array(0...16) + (2...64).flatMap { [16 * $0, 16 * $0 - 7] }
      func isFine(
        _ keyBytes: Int, _ lengths: [Int], _ functions: [KernelFunction]
      ) -> Bool {
        let verdict = verifyAssembly(
          kernel, keyBytes: keyBytes, seed: random.next(), lengths: lengths, functions: functions,
          code: visited)
        if case .failed(let mismatch) = verdict {
          Issue.record("\(mismatch.check): \(mismatch.summary)")
          return false
        }
        return true
      }
      // A key schedule does the same for every message.
      for keyBytes in keyLengths {
        guard isFine(keyBytes, [100], KernelFunction.allCases) else { return }
      }
      var isFirst = true
      var vain = 0
      while vain < 2, !missing.isEmpty {
        let before = missing.count
        // What the first round has missed is a matter of counters, not of lengths.
        let some = isFirst ? lengths : lengths.filter { _ in random.below(3) == 0 }
        isFirst = false
        let parts = Dictionary(grouping: some) { _ in keyLengths[random.below(3)] }
        for (keyBytes, part) in parts.sorted(by: { $0.key < $1.key }) {
          guard isFine(keyBytes, part, [.crypt]) else { return }
        }
        missing.removeAll { visited.marks[$0.address - first] != 0 }
        vain = missing.count < before ? 0 : vain + 1
      }
      // Macros leave ends that no message reaches, and messages of many mebibytes, which would be
      // stepped through for days, have a loop of their own: a fifth at most, and nothing in it that
      // moves the stack pointer.
      #expect(missing.count < count / 5)
      let moves = /push|pop|call|enter|leave|[er]?sp\b/
      for instruction in missing where instruction.text.contains(moves) {
        Issue.record("never reached: \(instruction.text)")
      }
      print("\(id): unwound from \(count - missing.count) of \(count) instructions")
    }

    @Test func objectsSayWhatTheirCodeKeeps() async throws {
      let objects = try BuiltCode.objects(target: "CAESAsm")
      let names = Self.kernels.map { "nasm-\($0).S.o" } + ["nasm-aesni-key-schedule.S.o"]
      #expect(Set(objects.keys).isSuperset(of: names), "\(objects.keys)")
      for name in names {
        let text = try await BuiltCode.description(object: #require(objects[name]))
        #expect(text.contains("x86 feature: IBT, SHSTK"), "\(name)")
        #expect(text.contains(".eh_frame"), "\(name)")
        let stack = try #require(
          text.split(separator: "\n").first { $0.contains(".note.GNU-stack") })
        // Flags of a section stand in capitals: X for code.
        #expect(!stack.split(separator: " ").contains { $0.contains("X") }, "\(stack)")
        #expect(!text.contains(".rela.text"), "\(name)")
      }
    }

    /// One function without ENDBR64 is enough.
    @Test func anObjectWithoutENDBR64DoesNotPromiseIt() async throws {
      let object = try #require(BuiltCode.objects(target: "WrongAssembly")["nasm-wrong.S.o"])
      let text = try await BuiltCode.description(object: object)
      #expect(text.contains("x86 feature: SHSTK"))
    }

    /// Leaf functions that keep all they have in registers: nothing to be found in the stack.
    @Test(arguments: kernels)
    func touchesNoStack(_ id: String) throws {
      guard let kernel = kernel(id) else { return }
      var random = SeededGenerator(seed: 4)
      var caller = try #require(CheckedCaller(kernel, keyBytes: 32, random: &random))
      let depths = try caller.stackDepths([0, 1, 15, 16, 17, 100, 300, 777, 2000])
      #expect(depths == ["set_key": 0, "crypt": 0, "clear": 0])
    }
  }
#endif
