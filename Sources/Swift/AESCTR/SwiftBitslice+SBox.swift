extension SwiftBitslice {
  /// SubBytes without the constant 0x63, of 128 bytes at once: plane b holds bit b of each. Whoever
  /// calls adds 0x63 to the result; the round keys here have it in them.
  ///
  /// 113 gates, 32 of them AND: the straight-line program of Boyar, Peralta and Çalık, whose wires
  /// keep their names here (u0 and s0 are the most significant bits). Their order is another one,
  /// found by search: with it the compiler needs 60 moves, loads and stores on 16 registers, in the
  /// order of the publication 81.
  ///
  /// Source: Boyar and Peralta, "A new combinational logic minimization technique with applications
  /// to cryptology", SEA 2010; NIST's Circuit Complexity project, AES forward S-box, 113 gates.
  ///
  /// - Parameter planes: Eight, replaced by the result.
  @inline(never)
  static func substitute(_ planes: UnsafeMutablePointer<Plane>) {
    let u7 = planes[0]
    let u6 = planes[1]
    let u5 = planes[2]
    let u0 = planes[7]
    let u2 = planes[5]
    let u1 = planes[6]
    let u3 = planes[4]
    let u4 = planes[3]

    let y13 = u0 ^ u6
    let y8 = u0 ^ u5
    let t0 = u1 ^ u2
    let y14 = u3 ^ u5
    let y1 = t0 ^ u7
    let y5 = y1 ^ u6
    let t8 = y5 & y1
    let y2 = y1 ^ u0
    let y12 = y13 ^ y14
    let y9 = u0 ^ u3
    let y4 = y1 ^ u3
    let t5 = y4 & u7
    let y3 = y5 ^ y8
    let t1 = u4 ^ y12
    let y20 = t1 ^ u1
    let y15 = t1 ^ u5
    let y6 = y15 ^ u7
    let t2 = y12 & y15
    let t6 = t5 ^ t2
    let t3 = y3 & y6
    let t4 = t3 ^ t2
    let t17 = t4 ^ y20
    let y11 = y20 ^ y9
    let y7 = u7 ^ y11
    let y16 = t0 ^ y11
    let y18 = u0 ^ y16
    let y10 = y15 ^ t0
    let y17 = y10 ^ y11
    let y21 = y13 ^ y16
    let t15 = y8 & y10
    let t7 = y13 & y16
    let t9 = t8 ^ t7
    let y19 = y10 ^ y8
    let t13 = y14 & y17
    let t10 = y2 & y7
    let t11 = t10 ^ t7
    let t12 = y9 & y11
    let t16 = t15 ^ t12
    let t14 = t13 ^ t12
    let t21 = t17 ^ t14
    let t19 = t9 ^ t14
    let t23 = t19 ^ y21
    let t18 = t6 ^ t16
    let t22 = t18 ^ y19
    let t20 = t11 ^ t16
    let t24 = t20 ^ y18
    let t25 = t21 ^ t22
    let t26 = t21 & t23
    let t31 = t22 ^ t26
    let t27 = t24 ^ t26
    let t30 = t23 ^ t24
    let t32 = t31 & t30
    let t33 = t32 ^ t24
    let t34 = t23 ^ t33
    let z11 = t33 & y4
    let z2 = t33 & u7
    let t35 = t27 ^ t33
    let t36 = t24 & t35
    let t37 = t36 ^ t34
    let z1 = t37 & y6
    let z10 = t37 & y3
    let t38 = t27 ^ t36
    let t28 = t25 & t27
    let t29 = t28 ^ t22
    let z5 = t29 & y7
    let z14 = t29 & y2
    let t39 = t29 & t38
    let t40 = t25 ^ t39
    let z13 = t40 & y5
    let z4 = t40 & y1
    let t41 = t40 ^ t37
    let z8 = t41 & y10
    let z17 = t41 & y8
    let t44 = t33 ^ t37
    let z9 = t44 & y12
    let z0 = t44 & y15
    let tc5 = z1 ^ z0
    let tc4 = z0 ^ z2
    let t43 = t29 ^ t40
    let t42 = t29 ^ t33
    let z6 = t42 & y11
    let t45 = t42 ^ t41
    let z15 = t42 & y9
    let z7 = t45 & y17
    let z16 = t45 & y14
    let tc1 = z15 ^ z16
    let tc2 = z10 ^ tc1
    let tc13 = z13 ^ tc1
    let tc3 = z9 ^ tc2
    let tc21 = tc2 ^ z11
    let z3 = t43 & y16
    let z12 = t43 & y13
    let tc6 = z3 ^ z4
    let tc12 = z3 ^ z5
    let tc11 = tc6 ^ tc5
    let tc8 = z7 ^ tc6
    let tc16 = z6 ^ tc8
    let s0 = tc3 ^ tc16
    let s3 = tc3 ^ tc11
    let s1 = s3 ^ tc16
    let tc20 = z15 ^ tc16
    let tc14 = tc4 ^ tc12
    let s4 = tc14 ^ s3
    let tc18 = tc13 ^ tc14
    let s7 = z12 ^ tc18
    let tc7 = z12 ^ tc4
    let tc9 = z8 ^ tc7
    let tc10 = tc8 ^ tc9
    let s6 = tc10 ^ tc18
    let tc17 = z14 ^ tc10
    let s5 = tc21 ^ tc17
    let tc26 = tc17 ^ tc20
    let s2 = tc26 ^ z17

    planes[0] = s7
    planes[1] = s6
    planes[2] = s5
    planes[3] = s4
    planes[4] = s3
    planes[5] = s2
    planes[6] = s1
    planes[7] = s0
  }
}
