import HarnessKit
@main struct Harness { static func main() { for i in Implementation.all { print(i.id, i.language, i.obstacle() as Any) } } }
