import CCPU
import CPlugin
import Foundation
import OptlabBasics
import OptlabMeasure

/// A runner program and the conversation with it, in the terms of Documentation/Runners.md.
///
/// Requests are answered while this thread waits, each within a deadline. The process is started by
/// this thread and so inherits the CPU that it is pinned to: the probes before and after a request
/// then speak of the core that did the work. (swift-subprocess starts processes from threads of its
/// own.)
///
/// It is started with descriptors of its own alone and in a process group of its own, and ends with
/// all that it has started: see ``ProcessFamily``.
final class RunnerProcess {
  /// Of the protocol.
  static let version = 1

  /// In seconds.
  struct Deadlines: Sendable {
    var hello = 20.0
    var prepare = 30.0
    var verify = 60.0
    var run = 60.0
    /// What is left of a deadline once the run is interrupted.
    var interrupted = 2.0
    /// From the end of its input to its own.
    var bye = 1.0
  }

  private var id: pid_t = 0
  private let family = ProcessFamily()
  /// Can be read once the process has ended, whoever else holds its output; -1 where there is none.
  private var ending: Int32 = -1
  /// How it ended, once it was waited for.
  private var status: (number: Int32, isExit: Bool)?
  private let input: Int32
  private let output: Int32
  private let errors: Int32
  private var unread: [UInt8] = []
  /// Allocated once and never cleared: what this process touches between two requests, the runner
  /// finds missing in the caches that both share.
  private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
  private var lastWords: [UInt8] = []
  private(set) var hasEnded = false
  private let deadlines: Deadlines

  /// - Parameter program: the path of an executable file; it gets no arguments, and this process's
  ///   environment and folder.
  init(program: String, deadlines: Deadlines) throws(RunnerFailure) {
    self.deadlines = deadlines
    do throws(FreeDescriptors.Failure) {
      try FreeDescriptors.require(to: "start a runner")
    } catch {
      throw RunnerFailure(request: "hello", kind: .notStarted(error.reason))
    }
    // A socket rather than a pipe: writing to it when nobody reads can be made an error instead of a
    // signal that ends this process.
    var sockets: [Int32] = [-1, -1]
    guard cplugin_connect(&sockets) == 0, let out = Self.pipe(), let err = Self.pipe() else {
      throw RunnerFailure(request: "hello", kind: .notStarted(String(cString: strerror(errno))))
    }
    let its = sockets[1]
    (input, output, errors) = (sockets[0], out.read, err.read)
    defer { for descriptor in [its, out.write, err.write] { close(descriptor) } }
    var error = family.start(program, input: its, output: out.write, errors: err.write, id: &id)
    for _ in 1..<50 where error == ETXTBSY {
      // A file that was written a moment ago may still be open in a child that another thread has
      // just forked.
      usleep(10_000)
      error = family.start(program, input: its, output: out.write, errors: err.write, id: &id)
    }
    guard error == 0 else {
      hasEnded = true
      throw RunnerFailure(request: "hello", kind: .notStarted(String(cString: strerror(error))))
    }
    ending = ccpu_end_of_process(id)
    for descriptor in [input, output, errors] {
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
  }

  deinit {
    if !hasEnded { sayBye() }
    for descriptor in [input, output, errors, ending] where descriptor >= 0 { close(descriptor) }
    chunk.deallocate()
  }

  // MARK: Requests

  /// Sends one request and reads the whole answer.
  ///
  /// - Parameters:
  ///   - request: one line, without its end.
  ///   - longestLine: bytes that a line of the answer may have.
  ///   - take: is given each line of the answer but the last, `ok`; returns whether the line is one.
  /// - Throws: whatever went wrong; but for `refused`, the process is ended then.
  func ask(
    _ request: String, within seconds: Double, longestLine: Int = 1 << 16,
    _ take: (_ word: Substring, _ rest: Substring) throws(RunnerFailure) -> Bool
  ) throws(RunnerFailure) {
    let name = String(request.prefix { $0 != " " })
    do throws(RunnerFailure) {
      try exchange(
        [UInt8](request.utf8) + [0x0A], name: name, within: seconds, longestLine: longestLine, take)
    } catch {
      if case .refused = error.kind { throw error }
      end()
      throw error
    }
  }

  private func exchange(
    _ request: [UInt8], name: String, within seconds: Double, longestLine: Int,
    _ take: (Substring, Substring) throws(RunnerFailure) -> Bool
  ) throws(RunnerFailure) {
    func fail(_ kind: RunnerFailure.Kind) -> RunnerFailure {
      RunnerFailure(request: name, kind: kind)
    }
    if hasEnded { throw fail(.ended("earlier", lastWords: words)) }
    var deadline = ccpu_monotonic_raw_ns() + UInt64(seconds * 1e9)
    var isInterrupted = false
    read(output, into: &unread)
    if !unread.isEmpty { throw fail(.unasked(Self.excerpt(firstLine))) }
    var sent = 0
    var received = 0
    var scanned = 0
    while true {
      // What is there already, line by line.
      while let end = unread[scanned...].firstIndex(of: 0x0A) {
        guard let line = String(validating: unread[..<end], as: UTF8.self) else {
          throw fail(.nonsense(Self.excerpt(unread[..<end])))
        }
        unread.removeSubrange(...end)
        scanned = 0
        let word = line.prefix { $0 != " " }
        let rest = line.dropFirst(word.count).drop { $0 == " " }
        if sent < request.count { throw fail(.unasked(Self.excerpt(line.utf8))) }
        if line == "ok" {
          if !unread.isEmpty { throw fail(.unasked(Self.excerpt(firstLine))) }
          return
        }
        if word == "error" { throw fail(.refused(rest.isEmpty ? "no reason given" : String(rest))) }
        guard try take(word, rest) else { throw fail(.nonsense(Self.excerpt(line.utf8))) }
        received += 1
        if received > 100_000 { throw fail(.endless(received)) }
      }
      scanned = unread.count
      if unread.count > longestLine { throw fail(.endless(unread.count)) }

      let now = ccpu_monotonic_raw_ns()
      if Interruption.isRequested {
        let earlier = now + UInt64(deadlines.interrupted * 1e9)
        if earlier < deadline { (deadline, isInterrupted) = (earlier, true) }
      }
      if now >= deadline { throw fail(isInterrupted ? .interrupted : .late(seconds)) }
      var waiting = [
        pollfd(fd: output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
        pollfd(fd: ending, events: Int16(POLLIN), revents: 0),
      ]
      if sent < request.count {
        waiting.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0))
      }
      // In steps, so that an interruption shortens the deadline.
      let step = min((deadline - now) / 1_000_000 + 1, 200)
      _ = poll(&waiting, nfds_t(waiting.count), Int32(step))
      if waiting[1].revents != 0 { keepLastWords() }
      if waiting.count > 3, waiting[3].revents != 0 {
        let count = request.withUnsafeBytes {
          send(input, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
        }
        if count > 0 {
          sent += count
        } else if errno != EAGAIN, errno != EINTR {
          sent = request.count
        }
      }
      if waiting[0].revents != 0, !read(output, into: &unread) {
        throw fail(.ended(outcome(), lastWords: words))
      }
      // What it has started may hold its output for ever, and says nothing in its name.
      if waiting[0].revents == 0, !isRunning, !isReadable(output) {
        throw fail(.ended(outcome(), lastWords: words))
      }
    }
  }

  // MARK: Reading

  /// Appends what is there.
  ///
  /// - Returns: false at the end of the stream.
  @discardableResult
  private func read(_ descriptor: Int32, into bytes: inout [UInt8]) -> Bool {
    while true {
      let count = Foundation.read(descriptor, chunk.baseAddress, chunk.count)
      if count > 0 {
        bytes += chunk[..<count]
        // More than one chunk at a time is left for the next round, so that limits are looked at.
        if count < chunk.count || bytes.count > 1 << 20 { return true }
      } else {
        return count < 0 && (errno == EAGAIN || errno == EINTR)
      }
    }
  }

  private func keepLastWords() {
    read(errors, into: &lastWords)
    lastWords.removeFirst(max(0, lastWords.count - 4096))
  }

  /// The last line on standard error.
  private var words: String {
    let lines = String(decoding: lastWords, as: UTF8.self).split(separator: "\n")
    return lines.last.map { Self.excerpt($0.utf8) } ?? ""
  }

  private var firstLine: ArraySlice<UInt8> { unread.prefix { $0 != 0x0A } }

  /// Some 60 characters on one line.
  private static func excerpt(_ bytes: some Collection<UInt8>) -> String {
    let text = String(decoding: bytes.prefix(60), as: UTF8.self)
    let printable = text.unicodeScalars.map {
      $0.value < 0x20 ? $0.escaped(asASCII: true) : String($0)
    }.joined()
    return bytes.count > 60 ? printable + "..." : printable
  }

  /// What the process has used of CPUs, in nanoseconds; nil where the system does not say.
  var cpuTime: Int64? {
    var clock = clockid_t()
    var time = timespec()
    guard !hasEnded, clock_getcpuclockid(id, &clock) == 0,
      clock_gettime(clock, &time) == 0
    else { return nil }
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  // MARK: The end

  /// Whether it is there. It is waited for only when all that it has started is gone: until then
  /// nobody else gets its number.
  private var isRunning: Bool { status == nil && ccpu_has_ended(id) == 0 }

  private func isReadable(_ descriptor: Int32) -> Bool {
    var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&one, 1, 0) > 0
  }

  /// How the process ended: it closed its output, so that is about to be known.
  private func outcome() -> String {
    let end = ccpu_monotonic_raw_ns() + UInt64(deadlines.bye * 1e9)
    while isRunning, ccpu_monotonic_raw_ns() < end { usleep(1000) }
    keepLastWords()
    guard !isRunning else { return "it closed its output" }
    self.end()
    guard let (number, isExit) = status else { return "nobody knows how" }
    return isExit
      ? "exit code \(number)" : "signal \(number), \(String(cString: strsignal(number)))"
  }

  /// Asks it to end, waits a moment, and ends it.
  private func sayBye() {
    let bye = [UInt8]("bye\n".utf8)
    _ = bye.withUnsafeBytes { send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    shutdown(input, Int32(SHUT_WR))
    let end = ccpu_monotonic_raw_ns() + UInt64(deadlines.bye * 1e9)
    while isRunning, ccpu_monotonic_raw_ns() < end { usleep(500) }
    self.end()
  }

  /// Ends it with all that it has started, which may be there although it is gone.
  private func end() {
    guard !hasEnded else { return }
    hasEnded = true
    family.end(id)
    var isExit: Int32 = 0
    let number = ccpu_wait_for(id, &isExit)
    if number >= 0 { status = (number, isExit != 0) }
  }

  // MARK: Channels, none of which another child inherits

  private static func pipe() -> (read: Int32, write: Int32)? {
    var pair: [Int32] = [0, 0]
    return pipe2(&pair, O_CLOEXEC) == 0 ? (pair[0], pair[1]) : nil
  }

  /// Of Linux; Swift's module of the C library does not declare it.
  private static let pipe2 = unsafeBitCast(
    dlsym(nil, "pipe2")!,
    to: (@convention(c) (UnsafeMutablePointer<Int32>, Int32) -> Int32).self)
}

extension RunnerProcess.Deadlines {
  /// - Parameter seconds: for every answer; nil is the protocol's.
  init(_ seconds: Double?) {
    self.init()
    if let seconds { (hello, prepare, verify, run) = (seconds, seconds, seconds, seconds) }
  }
}
