import CCPU
import Foundation
import OptlabBasics
import OptlabMeasure
import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// One block of a run, measured by a process of its own.
///
/// Where the loader puts code and heap, where the stack starts, which pages lie behind a buffer: all
/// of that is decided once a process, differs from one to the next, and costs some rows several per
/// cent. Within a process it cannot be seen. So each block is another process, and what two runs of
/// one build differ by is also what the blocks of one run differ by.
///
/// Source: Mytkowicz et al., "Producing wrong data without doing anything obviously wrong!", ASPLOS
/// 2009; Kalibera and Jones, "Rigorous benchmarking in reasonable time", ISMM 2013.
public struct BlockProcess: Sendable, Codable, Equatable {
  /// From 0; decides the layout of its buffers and the order of its rounds.
  public var block: Int
  /// How many blocks the run has.
  public var count: Int
  /// Implementations that have no figure, as `workload/implementation`.
  public var excluded: [String]
  /// What the throughput sentinel takes on an idle core, as far as the run knows.
  public var idleLoad: Double?

  public init(block: Int, count: Int, excluded: [String] = [], idleLoad: Double? = nil) {
    self.block = block
    self.count = count
    self.excluded = excluded
    self.idleLoad = idleLoad
  }

  /// What a block's process gets of a run's plan.
  public func share(of plan: Plan) -> Plan {
    var part = plan
    func portion(_ rounds: Int) -> Int { max(1, (rounds + count - 1) / count) }
    part.rounds = portion(plan.rounds)
    part.roundsOfLongCalls = portion(plan.roundsOfLongCalls)
    part.mostRounds = plan.mostRounds.map(portion)
    part.mostSeconds = nil
    part.blocks = 1
    part.patience = plan.patience / Double(count)
    return part
  }

  /// What stands in for those that are excluded; the run's first process knows the reasons.
  public var exclusions: Lab.Exclusions {
    Dictionary(uniqueKeysWithValues: excluded.map { ($0, .ineligible(reason: "excluded")) })
  }

  /// Why a block has no result.
  public struct Failure: Error, CustomStringConvertible {
    public var description: String
  }

  /// Runs this program again, to do a task of this block.
  static func measure(_ task: BlockTask) throws -> RunResult {
    let block = task.block.block
    do throws(FreeDescriptors.Failure) {
      try FreeDescriptors.require(to: "start a process for a block")
    } catch {
      throw Failure(description: error.description)
    }
    let name = "the process of block \(block + 1) of \(task.block.count)"
    let message = [UInt8](try JSONEncoder().encode(task))
    let outcome = Synchronous.wait { await Self.collect(message, of: name) }
    let bytes: [UInt8]
    switch outcome {
    case .success(let output): bytes = output
    case .failure(let failure): throw failure
    }
    do {
      return try JSONDecoder().decode(RunResult.self, from: Data(bytes))
    } catch {
      throw Failure(description: "\(name) gave no result: \(FileReason.text(error))")
    }
  }

  /// What a block's process gets to do, by its standard input.
  ///
  /// - Throws: ``BlockTask/Failure``, where that is none.
  public static func task(_ message: Data) throws -> BlockTask {
    do {
      return try JSONDecoder().decode(BlockTask.self, from: message)
    } catch {
      throw BlockTask.Failure(description: "standard input is no task of a run's block")
    }
  }

  /// What a block's process writes to standard output.
  public static func output(_ result: RunResult) throws -> Data { try JSONEncoder().encode(result) }

  /// - Parameters:
  ///   - message: for the process's standard input; its standard output is the result.
  ///   - name: of the process, for messages.
  private static func collect(
    _ message: [UInt8], of name: String
  ) async -> Result<[UInt8], Failure> {
    // A group of its own, so that the terminal's SIGINT comes once: from here.
    var options = PlatformOptions()
    options.processGroupID = 0
    // A file and no pipe: swift-subprocess traps where a child is gone before it has read all.
    let input = message.withUnsafeBytes { ccpu_file_of_bytes($0.baseAddress, $0.count) }
    guard input >= 0 else {
      return .failure(
        Failure(description: "cannot start \(name): \(String(cString: strerror(errno)))"))
    }
    defer { close(input) }
    let (outcome, reason) = await ChildWatch.over(passingOn: true) {
      child -> Result<(end: TerminationStatus, output: [UInt8]), Failure> in
      do {
        let result = try await Subprocess.run(
          .path(FilePath("/proc/self/exe")), arguments: Arguments([BlockTask.argument]),
          platformOptions: options,
          input: .fileDescriptor(FileDescriptor(rawValue: input), closeAfterSpawningProcess: false),
          output: .bytes(limit: ChildOutput.unlimited),
          error: .currentStandardError
        ) { execution in
          child.started(execution.processIdentifier.value)
        }
        return .success((result.terminationStatus, result.standardOutput))
      } catch {
        return .failure(Failure(description: "cannot start \(name): \(error)"))
      }
    }
    switch (outcome, reason) {
    case (.failure(let failure), _): return .failure(failure)
    case (_, .silent):
      return .failure(
        Failure(
          description:
            "\(name) used no CPU for \(Int(ChildPatience.secondsSilent)) seconds, and was "
            + "ended"))
    case (_, .interrupted):
      return .failure(
        Failure(
          description: "\(name) did not end \(Int(ChildPatience.secondsInterrupted)) seconds after "
            + "the interruption, and was ended"))
    case (.success(let (end, output)), nil):
      switch end {
      case .exited(0): return .success(output)
      case .exited(let code):
        return .failure(Failure(description: "\(name) ended with exit code \(code)"))
      case .signaled(let signal):
        return .failure(
          Failure(description: "\(name) was killed by \(SignalName.text(signal))"))
      }
    }
  }
}

extension RunResult {
  /// What the throughput sentinel takes on an idle core, by the probes of the run's slices.
  public var idleLoad: Double? {
    let loads = rows.compactMap(\.measurement).flatMap(\.samples).flatMap(\.slices)
      .filter(\.isClean).map(\.after.load)
    return loads.isEmpty ? nil : SliceJudge.idle(loads)
  }

  /// What failed, by `workload/implementation`: one failure takes the figures of all cases.
  var exclusions: Lab.Exclusions {
    Lab.Exclusions(
      failures.map {
        (Lab.key($0.row.address.workload, $0.row.address.implementation), $0.row.outcome)
      },
      uniquingKeysWith: { first, _ in first })
  }

  /// Puts in why an implementation has no figure.
  public mutating func take(_ excluded: Lab.Exclusions) {
    for index in rows.indices {
      let address = rows[index].address
      if let outcome = excluded[Lab.key(address.workload, address.implementation)] {
        rows[index].outcome = outcome
      }
    }
  }
}
