import OptlabAES
import OptlabCommands
import OptlabJSON

Harness.main(AESWorkload.all + [JSONWorkload()])
