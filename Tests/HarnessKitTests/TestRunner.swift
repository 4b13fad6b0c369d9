import Foundation

@testable import OptlabAES
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabProfile
@testable import OptlabReport
@testable import OptlabResults

/// Runner programs for tests, written into a temporary folder: all of them write JSON by giving back
/// what they got, and some do one thing wrong.
struct TestRunner {
  /// What is done wrong.
  enum Fault: String, CaseIterable {
    case none
    // Before it says what it has to offer.
    case silent, speaksFirst, otherVersion, nonsense, notText, endlessLine, ends, noImplementations
    case sameNameTwice, badName, namedAll, namedDot, unknownWorkload
    // Later on.
    case refusesPrepare, refusesLongText, refusesVerify, refusesRun, noByteCount, wrongByteCount,
      wrongOutput, shortOutput, oddDigits
    case missingOutput, oneOutputMore, abortsInVerify, hangsInVerify
    case noTime, impossibleTime, hangsInRun, exitsInRun, saysMore
    /// Right, with what the timed calls made.
    case keepsResult
    case wrongResult
  }

  let folder: URL
  let path: String

  init(_ fault: Fault, name: String = "fake") throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "optlab-runner-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "\(name).runner")
    try Data(Self.program.replacing("FAULT", with: fault.rawValue).utf8).write(to: file)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: file.path(percentEncoded: false))
    path = file.path(percentEncoded: false)
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  /// Nil where the programs can run; else why not, for a skipped test to print.
  static let obstacle: String? =
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/python3") }
    ? nil : "there is no python3 in PATH, in which the runners of this test are written"

  private static let program = #"""
    #!/usr/bin/env python3
    import os, sys, time
    fault = "FAULT"

    def say(*lines):
        sys.stdout.write("".join(line + "\n" for line in lines))
        sys.stdout.flush()

    if fault == "speaksFirst":
        say("ok")
    outputs, total = [], 0
    while line := sys.stdin.readline():
        request, *fields = line.split()
        if request == "hello":
            if fault == "silent": time.sleep(60)
            if fault == "otherVersion": say("runner 2", "ok")
            if fault == "nonsense": say("Welcome to fake 1.0", "ok")
            if fault == "notText": os.write(1, b"\xff\xfe\n")
            if fault == "endlessLine":
                while True: os.write(1, b"x" * 4096)
            if fault == "ends":
                sys.stderr.write("no licence found\n")
                sys.exit(3)
            say("runner 1")
            if fault != "noImplementations":
                name = {"badName": "Fake One", "namedAll": "all", "namedDot": "."}.get(fault, "fake")
                does = "json-encod" if fault == "unknownWorkload" else "json-encode aes-128-ctr new"
                say(f"implementation {name}", "language Python",
                    f"workloads {does}", "technique gives back what it got",
                    "remark a fake", "version fake 1.0")
                if fault in ("keepsResult", "wrongResult"): say("answers result and more")
                if fault == "sameNameTwice": say(f"implementation {name}")
            say("ok")
        elif request == "prepare":
            if fault == "refusesPrepare":
                say("error out of order")
                continue
            if fault == "refusesLongText" and len(fields[-1]) > 2 * 100:
                say("error over 100 bytes")
                continue
            if fields[2] == "documents":
                outputs = fields[4::2]
                total = sum(int(n) * len(h) // 2 for n, h in zip(fields[3::2], outputs))
            else:
                outputs = [fields[5]]
                total = len(fields[5]) // 2
            if fault == "wrongByteCount": total += 1
            if fault != "noByteCount": say(f"bytes {total}")
            say("ok")
        elif request == "verify":
            said = list(outputs)
            if fault == "refusesVerify" and total > 100:
                say("error over 100 bytes")
                continue
            if fault == "abortsInVerify": os.abort()
            if fault == "hangsInVerify": time.sleep(60)
            if fault == "wrongOutput": said[0] = "7b7d7d"
            if fault == "shortOutput": said[0] = said[0][:-2]
            if fault == "oddDigits": said[0] = said[0][:-1]
            if fault == "missingOutput": said.pop()
            if fault == "oneOutputMore": said.append("7b7d")
            say(*(f"output {one}" for one in said), "ok")
        elif request == "run":
            if fault == "hangsInRun": time.sleep(60)
            if fault == "exitsInRun": sys.exit(0)
            if fault == "refusesRun":
                say("error no clock")
                continue
            start = time.monotonic_ns()
            for _ in range(int(fields[0])):
                for one in outputs: bytes.fromhex(one)
            elapsed = time.monotonic_ns() - start
            if fault == "noTime": elapsed = 0
            if fault == "impossibleTime": elapsed = 3600 * 10**9
            # In one piece, so that the harness cannot be between the two.
            say(f"elapsed {elapsed}", "ok", *(["elapsed 1", "ok"] if fault == "saysMore" else []))
        elif request == "result":
            said = ["7b7d7d" if fault == "wrongResult" else one for one in outputs]
            say(*(f"output {one}" for one in said), "ok")
        elif request == "bye":
            break
    """#
}
