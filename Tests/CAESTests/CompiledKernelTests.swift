import CABICheck
import OptlabAES
import OptlabExternal
import OptlabJSON
import OptlabLab
import OptlabProfile
import Testing

#if arch(x86_64) && os(Linux)
  @Suite("Compiled kernels")
  struct CompiledKernelTests {
    /// Round keys, states and what batches share are vectors: where the compiler runs out of
    /// registers it would leave them in the stack. The stack that is painted shows what stays of
    /// keys and texts, but nobody knows what a state looks like.
    @Test(
      .disabled(
        if: cabi_is_instrumented() != 0,
        "sanitizers keep what compiled code works on in its stack frames"))
    func keepVectorsOffTheStack() async throws {
      let symbols = try await BuiltCode.symbols(prefix: "caes_c_")
      #expect(Set(symbols.map(\.name)).isSuperset(of: ["caes_c_aesni", "caes_c_vaes512"]))
      let store = /^v?mov\S+\s+(\w+ PTR )?(\[rsp[^\]]*\]),[xyz]mm/
      for symbol in symbols {
        let stores = try await BuiltCode.instructions(symbol).compactMap {
          try? store.firstMatch(in: $0.text)?.output.2
        }
        // The counter, which is no secret: the last bytes of the next blocks.
        let places = symbol.name == "caes_c_vaes256_long" ? 1 : 0
        #expect(Set(stores).count <= places, "\(symbol.name): \(stores)")
      }
    }
  }
#endif
