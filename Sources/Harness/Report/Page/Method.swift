import OptlabBasics
import OptlabMeasure
import OptlabResults

extension Report {
  /// How the figures came about and what they do not say, for a reader who is new to this.
  static func method(_ records: [RunRecord]) -> [ReportBlock] {
    let sources = records.map(\.run.source).uniqued(by: \.self)
    let plans = records.map(\.run.plan).uniqued(by: { "\($0.blocks)" })
    let blocks = plans.count == 1 ? " in \(plans[0].blocks) blocks with newly laid out buffers" : ""
    let units = sources.map { source -> Prose in
      switch source {
      case .pmu:
        "\(code: "pmu"): cycles of the core's own clock, counted by the hardware."
      case .calibrated:
        "\(code: "tsc*cal"): cycles of the core's own clock. The machine shows no cycle counter, so time stamps are taken, whose clock is not the core's, and multiplied by a factor. The factor comes from loops beside each measurement whose cost in core cycles is known, because each instruction in them waits for the one before."
      case .reference:
        "\(code: "ref"): ticks of the time stamp counter. They are not cycles of the core: the core's clock is another one, and changes."
      case .nanoseconds: "\(code: "ns"): nanoseconds."
      }
    }
    return [
      .heading(level: 2, "How to read the figures", anchor: "method"),
      .list(
        [
          "\(strong: "Right before fast.") Each implementation was checked before it was timed: published vectors, and random inputs against an independent reference. One that disagrees has no figure.",
          "\(strong: "The unit.") The time of a call divided by the bytes it worked on; lower is better. \(Prose.joined(units, separator: " "))",
          "\(strong: "Median and quartiles.") Each implementation was measured in many rounds\(blocks), in shuffled order, so that a drift of the machine hits all alike. The figure is the median over the rounds: half of them were slower, half faster. The column +- is half the distance between the quartiles, which hold the middle half of the rounds. There is no mean, because a single interruption would decide it, and no outlier was dropped.",
          "\(strong: "Interval.") If the whole measurement were repeated many times, 95 in 100 such intervals would hold the true median. Two rows whose intervals overlap may be equally fast; \(code: "harness compare") decides it with more care than the eye.",
          "\(strong: "Clean slices.") A short loop of known cost runs before and after each slice of calls. Where it was slow, somebody else used the core or its clock changed, and the slice was taken again. Only these loops decide, never the measured figure. A row is \(code: "contended") where most of its samples stayed disturbed, and \(code: "unstable") where its median is not known to 3 %, or fewer than six samples count.",
          "\(strong: "Limit.") Loops that only encrypt registers, or only move bytes, show what this CPU can do at best. Of limit is the share that an implementation reaches. Close to 100 % there is nothing left to gain by writing the same thing better; AES-CTR can go beyond, because its blocks can share the first of their rounds.",
          "\(strong: "Against the naive row.") The median of the ratios, round by round: what disturbs a round disturbs both.",
        ]),
      .heading(level: 3, "What they do not say", anchor: "caveats"),
      .list([
        "They are of one machine. Another CPU, or another hypervisor, has other ratios too.",
        "They are of warm code and data on one thread: the same call again and again. A first call, a call now and then, and several threads at once cost more.",
        "A neighbour's use of the shared cache and of memory cannot be seen by the loops, which live in registers. Rows that live in memory spread more, and their intervals say so.",
        "Setup, such as a key schedule or parsing, is outside the time, unless the case is named after it.",
        "Secret-dependent loads, where the notes say so, leak the key through the cache: such a row is for comparison, not for use.",
      ]),
    ]
  }
}
