// SPDX-License-Identifier: Apache-2.0
// The end of a message in 128-bit registers, without a byte too many read or written.

#ifndef CAES_PARTIAL_BLOCK_H
#define CAES_PARTIAL_BLOCK_H

#include "kernels.h"

#if defined(__x86_64__)

#define INLINE static inline __attribute__((always_inline))

/// The compiler's scheduler keeps what makes these eight vectors of 128 or 256 bits in front of it,
/// and what uses them behind it. No instruction.
#define IN_ORDER(v)                                                                                \
  __asm__(""                                                                                       \
          : "+x"((v)[0]), "+x"((v)[1]), "+x"((v)[2]), "+x"((v)[3]), "+x"((v)[4]), "+x"((v)[5]),    \
            "+x"((v)[6]), "+x"((v)[7]))

/// PSHUFB masks that move bytes: from slide + 16 + k to the front by k, from slide + 16 - k to the
/// back by k. What moves in is 0.
static const uint8_t slide[48] = {
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   11,   12,   13,   14,   15,
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
};

__attribute__((target("sse2"))) INLINE __m128i load(const void *from) {
  return _mm_loadu_si128((const __m128i *)from);
}

__attribute__((target("sse2"))) INLINE void store(void *to, __m128i block) {
  _mm_storeu_si128((__m128i *)to, block);
}

/// A partial block with no other in reach: `n` from 1 to 15, in two pieces that overlap.
__attribute__((target("ssse3"))) INLINE void finish_under16(__m128i keystream, const uint8_t *in,
                                                            uint8_t *out, size_t n) {
  uint64_t low, high;
  uint32_t short_low, short_high;
  __m128i shifted;
  if (n >= 8) {
    shifted = _mm_shuffle_epi8(keystream, load(slide + 16 + n - 8));
    memcpy(&low, in, 8);
    memcpy(&high, in + n - 8, 8);
    low ^= (uint64_t)_mm_cvtsi128_si64(keystream);
    high ^= (uint64_t)_mm_cvtsi128_si64(shifted);
    memcpy(out, &low, 8);
    memcpy(out + n - 8, &high, 8);
  } else if (n >= 4) {
    shifted = _mm_shuffle_epi8(keystream, load(slide + 16 + n - 4));
    memcpy(&short_low, in, 4);
    memcpy(&short_high, in + n - 4, 4);
    short_low ^= (uint32_t)_mm_cvtsi128_si32(keystream);
    short_high ^= (uint32_t)_mm_cvtsi128_si32(shifted);
    memcpy(out, &short_low, 4);
    memcpy(out + n - 4, &short_high, 4);
  } else {
    uint32_t bytes = (uint32_t)_mm_cvtsi128_si32(keystream);
    for (size_t i = 0; i < n; i++)
      out[i] = in[i] ^ (uint8_t)(bytes >> 8 * i);
  }
}

#endif

#endif
