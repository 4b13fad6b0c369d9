import ArgumentParser
import OptlabMeasure

/// `harness noise`: what disturbs measurements here.
struct NoiseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "noise",
    abstract: "Show what this machine does to measurements right now, with advice.")

  @OptionGroup var place: PlacementOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("How long to watch.", valueName: "seconds"))
  var time = 10.0

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard time > 0, time <= 3600 else {
      throw ValidationError("--time \(time) is not between 0 and 3600 seconds")
    }
  }

  func run() throws {
    let place = try place.apply()
    let noise = Noise.watch(seconds: time, calibration: .measure())
    if json {
      try printJSON(noise)
    } else {
      print(place.cpu?.text ?? "not pinned")
      print(noise.text(), terminator: "")
    }
  }
}
