// SPDX-License-Identifier: Apache-2.0

// Super encoders.

extension EncodingFrame {
  enum Place {
    case member(String)
    case element(Int)
  }

  struct Destination {
    var frame: EncodingFrame
    /// Nil for the frame's own container, while it is not one of fragments.
    var fragment: EncodedFragment?
    var place: Place
  }

  /// An encoder whose value goes to a place of a container once it is released.
  func superEncoder(_ place: Place, of fragment: EncodedFragment?, key: some CodingKey)
    -> FrameEncoder
  {
    let frame = EncodingFrame(detachedFrom: self, key: key)
    let fragment = fragment ?? fragmentOfRoot()
    guard !isFinished, fragment != nil || mode == .object || mode == .array else {
      // Its container is complete.
      frame.isFinished = true
      frame.mode = .closed
      return FrameEncoder(frame: frame)
    }
    frame.state.pointee.depth = fragment?.depth ?? depth + 1
    frame.state.pointee.isDetached = true
    frame.destination = Destination(frame: self, fragment: fragment, place: place)
    state.pointee.superEncoders += 1
    session.superEncoders += 1
    return FrameEncoder(frame: frame)
  }

  private convenience init(detachedFrom owner: EncodingFrame, key: some CodingKey) {
    self.init(session: owner.session)
    state.pointee.place = .any
    anyKey = key
    self.owner = owner
    parent = owner
  }

  func giveBack() {
    guard let destination else { return }
    session.superEncoders -= 1
    destination.frame.state.pointee.superEncoders -= 1
    guard !session.isClosed else { return }
    if mode == .fragment {
      // Written behind what is there, and taken away again.
      finishFragments()
    } else if singleValue == nil {
      let mark = session.offset
      session.append(byte: 0x7B)
      session.append(byte: 0x7D)
      singleValue = session.moveToArena(from: mark)
    }
    guard let singleValue else { return }
    destination.frame.add(.bytes(singleValue), at: destination.place, to: destination.fragment)
  }

  private func add(
    _ value: EncodedFragment.Value, at place: Place, to fragment: EncodedFragment?
  ) {
    switch place {
    case .member(let name): add(value, .member(name), to: fragment)
    case .element(let index):
      if let fragment = fragment ?? fragmentOfRoot() {
        fragment.insert(value, at: index)
      } else if mode == .array {
        addLate(value, name: nil, at: index)
      }
    }
  }
}
