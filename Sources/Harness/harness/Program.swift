import OptlabAES
import OptlabCommands
import OptlabJSON

@main
enum Program {
  static func main() { Harness.main(AESWorkload.all + [JSONWorkload()]) }
}
