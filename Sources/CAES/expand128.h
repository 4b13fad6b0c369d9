// SPDX-License-Identifier: Apache-2.0
// The key schedule of FIPS 197, section 5.2, of a 128-bit key.
//
// The last words of round keys come first. They follow from one another alone, W(i) = W(i - 4) ^
// SubWord(RotWord(W(i - 1))) ^ Rcon(i). Kept as U(i) = W(i) rotated back i times, RotWord is gone,
// for four times is none:
//     U(i) = SubWord(U(i - 1)) ^ U(i - 4) ^ (Rcon(i) rotated back i times)
// which is an AESENCLAST where all four columns are equal, because ShiftRows moves nothing there.
// Round key i is then
//     W(i)   plus W(i - 1) in columns 0 and 2,                 call that R(i),
//     R(i)   plus R(i - 2) in columns 0 and 1.
// An AESENCLAST alone is in the chain of dependences. How many key schedules overlap is decided by
// how many instructions wait in the schedulers, and for how long.
//
// Included behind `TARGET`, an attribute, `PLUS_PART(a, b, part)`: `a`, plus `b` where `part` has
// ones, and `ROTATED(x, times)`: RotWord applied to each column of `x`.

#ifndef CAES_EXPAND128_H
#define CAES_EXPAND128_H

/// PSHUFB mask of a column to which RotWord is applied 1 to 3 times.
static inline int rotation(int times) {
  return times == 1 ? 0x00030201 : times == 2 ? 0x01000302 : 0x02010003;
}

/// Word `i` of `x` in all four columns, RotWord applied `times` times.
#define WORD_ROTATED(x, i, times)                                                                  \
  _mm_shuffle_epi8(x, _mm_set1_epi32(0x04040404 * (i) + rotation(times)))

/// @param w gets round keys 0 to 9.
/// @returns round key 10.
TARGET static __m128i expand128(__m128i *w, const uint8_t *key) {
  const __m128i columns_0_2 = _mm_set_epi32(0, -1, 0, -1);
  const __m128i columns_0_1 = _mm_set_epi32(0, 0, -1, -1);
  __m128i k = _mm_loadu_si128((const __m128i *)key);
  // Word j: the sum of words j and j + 1.
  __m128i sum2 = _mm_xor_si128(k, _mm_srli_si128(k, 4));
  // U(i) is at i mod 4; these are W(0) to W(-3): k3, k2 ^ k3, k1 ^ k3, k0 ^ k1 ^ k2 ^ k3.
  __m128i u[4];
  u[0] = _mm_shuffle_epi32(k, 0xff);
  u[3] = WORD_ROTATED(sum2, 2, 1);
  u[2] = _mm_xor_si128(WORD_ROTATED(sum2, 1, 2), WORD_ROTATED(sum2, 2, 2));
  u[1] = _mm_xor_si128(WORD_ROTATED(sum2, 0, 3), WORD_ROTATED(sum2, 2, 3));
  __m128i before = u[0];                             // W(i - 1)
  __m128i r_before = _mm_shuffle_epi32(k, 0xee);     // R(i - 1)
  __m128i r_before2 = _mm_shuffle_epi32(sum2, 0x99); // R(i - 2)
  w[0] = k;
#define ROUND(i, rcon)                                                                             \
  do {                                                                                             \
    const uint32_t rotated_back = (uint32_t)(rcon) << 8 * ((i) % 4);                               \
    u[(i) % 4] = _mm_xor_si128(u[(i) % 4], _mm_set1_epi32((int)rotated_back));                     \
    u[(i) % 4] = _mm_aesenclast_si128(u[((i) + 3) % 4], u[(i) % 4]);                               \
    __m128i now = (i) % 4 == 0 ? u[0] : ROTATED(u[(i) % 4], (i) % 4);                              \
    __m128i r = PLUS_PART(now, before, columns_0_2);                                               \
    k = PLUS_PART(r, r_before2, columns_0_1);                                                      \
    if ((i) < 10)                                                                                  \
      w[i] = k;                                                                                    \
    before = now;                                                                                  \
    r_before2 = r_before;                                                                          \
    r_before = r;                                                                                  \
  } while (0)
  ROUND(1, 0x01);
  ROUND(2, 0x02);
  ROUND(3, 0x04);
  ROUND(4, 0x08);
  ROUND(5, 0x10);
  ROUND(6, 0x20);
  ROUND(7, 0x40);
  ROUND(8, 0x80);
  ROUND(9, 0x1b);
  ROUND(10, 0x36);
#undef ROUND
  return k;
}

#endif
