import Crypto
import CryptoExtras
import Foundation

// The calls of caes.h. A context holds one pointer: to a box with the key.

private final class Box {
  let key: SymmetricKey
  init(_ key: SymmetricKey) { self.key = key }
}

@_cdecl("optlab_swift_crypto_set_key")
public func setKey(
  _ context: UnsafeMutableRawPointer, _ key: UnsafePointer<UInt8>, _ keyBytes: Int
) -> CInt {
  guard [16, 24, 32].contains(keyBytes) else { return 1 }  // CAES_BAD_KEY_LENGTH
  let box = Box(SymmetricKey(data: UnsafeRawBufferPointer(start: key, count: keyBytes)))
  context.storeBytes(
    of: Unmanaged.passRetained(box).toOpaque(), as: UnsafeMutableRawPointer.self)
  return 0
}

@_cdecl("optlab_swift_crypto_crypt")
public func crypt(
  _ context: UnsafeRawPointer, _ counter: UnsafePointer<UInt8>, _ input: UnsafePointer<UInt8>?,
  _ output: UnsafeMutablePointer<UInt8>?, _ count: Int
) {
  guard count > 0, let input, let output else { return }
  let box = Unmanaged<Box>.fromOpaque(context.load(as: UnsafeMutableRawPointer.self))
    .takeUnretainedValue()
  do {
    // No copy of the message: a view of the caller's memory.
    let message = Data(
      bytesNoCopy: UnsafeMutableRawPointer(mutating: input), count: count, deallocator: .none)
    let nonce = try AES._CTR.Nonce(
      nonceBytes: UnsafeBufferPointer(start: counter, count: 16))
    let result = try AES._CTR.encrypt(message, using: box.key, nonce: nonce)
    result.copyBytes(to: output, count: count)
  } catch {
    fatalError("AES._CTR.encrypt: \(error)")  // key and nonce are of the right length
  }
}

@_cdecl("optlab_swift_crypto_clear")
public func clear(_ context: UnsafeMutableRawPointer) {
  Unmanaged<Box>.fromOpaque(context.load(as: UnsafeMutableRawPointer.self)).release()
  context.storeBytes(of: nil, as: UnsafeMutableRawPointer?.self)
}
