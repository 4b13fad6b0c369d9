import Foundation

/// What went wrong with a file, without Foundation's wrapping.
public enum FileReason {
  public static func text(_ error: any Error) -> String {
    switch error {
    case let error as DecodingError: return text(error)
    case let error as CustomStringConvertible & Error where !(error is CocoaError):
      return error.description
    default: break
    }
    switch (error as? CocoaError)?.code {
    case .fileReadUnknown?: return "it is no readable file"
    case .fileReadNoSuchFile?, .fileNoSuchFile?: return "No such file or directory"
    case .fileReadNoPermission?: return "Permission denied"
    default: break
    }
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    return underlying.flatMap { $0.domain == NSPOSIXErrorDomain ? $0.code : nil }
      .map { String(cString: strerror(Int32($0))) } ?? error.localizedDescription
  }

  private static func text(_ error: DecodingError) -> String {
    let context: DecodingError.Context
    var what: String
    switch error {
    case .keyNotFound(let key, let c): (what, context) = ("there is no '\(key.stringValue)'", c)
    case .typeMismatch(_, let c), .valueNotFound(_, let c), .dataCorrupted(let c):
      (what, context) = (c.debugDescription, c)
    @unknown default: return "\(error)"
    }
    let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }
      .joined()
    if !path.isEmpty { what += " at \(path.drop { $0 == "." })" }
    return what
  }
}
