import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabProfile
@testable import OptlabResults

@Suite("Readable names of functions")
struct SymbolNameTests {
  @Test(
    "Swift, C++, C and assembly",
    arguments: [
      ("caes_asm_vaes512", "caes_asm_vaes512"),
      ("memcpy@@GLIBC_2.14", "memcpy"),
      ("harness_main", "harness_main"),
      ("$s10HarnessKit10AESMessageC3runyySiF", "AESMessage.run(_:)"),
      ("$s7harness4MainO4mainyyFZ", "Main.main()"),
      (
        "$s10HarnessKit7SamplerC7measure_8deadlineSayAA11MeasurementVGSayAA10ContestantVG_s6UInt64VSgtKF",
        "Sampler.measure(_:deadline:)"
      ),
      (  // private, with the mark of its file
        "$s10HarnessKit7SamplerC10takeSample33_61C92F08C67BBB5BD0C7199365C8CD27LL_4pace5round5blockAA0E0VAA12PreparedCase_p_AC4PaceVS2itF",
        "Sampler.takeSample(_:pace:round:block:)"
      ),
      (  // a closure in a global's initialiser, called from C
        "$s10HarnessKit9AESKernelV10swiftTableACvpZfiySVSg_SPys5UInt8VGSgAISpyAGGSgSitcfU0_To",
        "AESKernel.swiftTable closure #2"
      ),
      (  // the witness of a protocol's requirement
        "$s7harness3RunV14ArgumentParser15ParsableCommandAadEP3runyyKFTW", "ParsableCommand.run()"
      ),
      ("$sSayxGSesSeRzlSe4fromxs7Decoder_p_tKcfCTW", "Decodable.init(from:)"),
      (
        "$s20FoundationEssentials15JSONDecoderImpl33_B7023549748C8ED7BD56D5ACF500CBFALLC16UnkeyedContainerVs0l8DecodingM0AAsAGP6decodeyqd__qd__mKSeRd__lFTW",
        "UnkeyedDecodingContainer.decode(_:)"
      ),
      (
        "_ZN5swift19_conformsToProtocolEPKNS_11OpaqueValueEPKNS_14TargetMetadataINS_9InProcessEEENS_27TargetProtocolDescriptorRefIS4_EEPPKNS_18TargetWitnessTableIS4_EEPNS_27ConformanceExecutionContextE",
        "swift::_conformsToProtocol"
      ),
      (
        "_ZNSt6vectorIcSaIcEE15_M_range_insertIPKcEEvN9__gnu_cxx17__normal_iteratorIPcS1_EET_S9_St20forward_iterator_tag",
        "std::vector::_M_range_insert"
      ),
      ("_Znwm", "operator new"),
      ("_ZNK12_GLOBAL__N_13FooclEi", "{anonymous}::Foo::operator()"),
      ("$s4main3fooyyYaFTY0_", "foo()"),  // a part of an async function
      ("$s4main3fooyyYaFTQ1_", "foo()"),
      ("$s4main3fooyyYaFTY12_", "foo()"),
      ("$s4main1AC3foo5labelySi_tYaFTY2_", "A.foo(label:)"),
      ("$s4main3fooyyYaFyycfU_TY0_", "foo() closure #1"),
      ("$s4main1AC3fooyyYaFTE", "A.foo()"),
      ("$s4main3fooyyFTwb", "foo()"),
      ("$snonsense", "$snonsense"),
      ("_Znonsense", "_Znonsense"),
    ])
  func readable(symbol: String, name: String) {
    #expect(SymbolName.readable(symbol) == name)
  }

  @Test(
    "What the optimiser made of a function keeps the function's name",
    arguments: [
      (
        "function signature specialization <Arg[1] = [Closure Propagated : $s1a, Argument Types : "
          + "[Swift.Dictionary<Swift.String, A.B>C.D]> of A.GroupRun.rows(by: A.Sampler, excluded: "
          + "(A.I) -> Swift.Optional<A.O>) -> Swift.Array<A.Row>",
        "GroupRun.rows(by:excluded:)"
      ),
      (
        "merged generic specialization <Swift.Double> of Swift.ContiguousArray._createNewBuffer("
          + "bufferIsUnique: Swift.Bool, growForAppend: Swift.Bool) -> ()",
        "ContiguousArray._createNewBuffer(bufferIsUnique:growForAppend:)"
      ),
      (
        "closure #1 @Sendable (inout (buffer: F.V<Swift.UInt8>, allocation: Swift.Int)) throws -> A "
          + "in F.(Map in _B7).withBuffer<A>(for: F.R, _: (F.V) throws -> A) throws -> A",
        "Map.withBuffer(for:_:) closure #1"
      ),
      (
        "F.JSONEncoder._encode(_: (F.(__JSONEncoder in _B7)) throws -> F.Value) throws -> F.Data",
        "JSONEncoder._encode(_:)"
      ),
      (
        "dispatch thunk of Swift.Encodable.encode(to: Swift.Encoder) throws -> ()",
        "Encodable.encode(to:)"
      ),
      ("A.Thing.value.getter : Swift.Int", "Thing.value.getter"),
      ("(extension in Swift):Swift.Sequence.map<A>((A.E) -> A1) -> [A1]", "Sequence.map(_:)"),
      ("outlined consume of HarnessKit.JSONValue", "outlined consume of HarnessKit.JSONValue"),
    ])
  func short(demangled: String, name: String) {
    #expect(SwiftName.short(demangled) == name)
  }
}
