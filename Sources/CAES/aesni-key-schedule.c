// SPDX-License-Identifier: Apache-2.0
// The key schedule of FIPS 197, section 5.2: 8 instructions a round key of a 128-bit key; longer
// ones with AESKEYGENASSIST.

#include "kernels.h"

#if defined(__x86_64__)

#define TARGET __attribute__((target("aes,ssse3")))
#define PLUS_PART(a, b, part) _mm_xor_si128(a, _mm_and_si128(b, part))
#define COLUMNS _mm_set_epi32(0x0c0c0c0c, 0x08080808, 0x04040404, 0)
#define ROTATED(x, times)                                                                          \
  _mm_shuffle_epi8(x, _mm_add_epi8(COLUMNS, _mm_set1_epi32(rotation(times))))
#include "expand128.h"

// Each returns the last round key, and writes the others.

/// w[i] ^= w[i - 1] ^ ... ^ w[0], for the four words of a round key.
TARGET static inline __m128i prefix_xor(__m128i key) {
  key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
  return _mm_xor_si128(key, _mm_slli_si128(key, 8));
}

/// SubWord(RotWord(last word)) ^ rcon, in all four words.
#define ROTATED_WORD(key, rcon) _mm_shuffle_epi32(_mm_aeskeygenassist_si128(key, rcon), 0xff)
/// SubWord(last word), in all four words.
#define STRAIGHT(key) _mm_shuffle_epi32(_mm_aeskeygenassist_si128(key, 0), 0xaa)

/// The low half of `a`, then that of `b`.
#define LOW_LOW(a, b) _mm_unpacklo_epi64(a, b)
/// The high half of `a`, then the low half of `b`.
#define HIGH_LOW(a, b) _mm_castpd_si128(_mm_shuffle_pd(_mm_castsi128_pd(a), _mm_castsi128_pd(b), 1))

TARGET static __m128i expand192(__m128i *w, const uint8_t *key) {
  // The schedule comes in steps of six words, round keys are four: two steps make three of them.
  __m128i low = _mm_loadu_si128((const __m128i *)key);         // words 0 to 3 of a step
  __m128i high = _mm_loadl_epi64((const __m128i *)(key + 16)); // words 4 and 5
  __m128i before;
  w[0] = low;
#define STEP(rcon)                                                                                 \
  before = high;                                                                                   \
  low = _mm_xor_si128(prefix_xor(low),                                                             \
                      _mm_shuffle_epi32(_mm_aeskeygenassist_si128(high, rcon), 0x55));             \
  high = _mm_xor_si128(_mm_xor_si128(high, _mm_slli_si128(high, 4)), _mm_shuffle_epi32(low, 0xff))
#define TWO_STEPS(i, rcon, next_rcon)                                                              \
  STEP(rcon);                                                                                      \
  w[i] = LOW_LOW(before, low);                                                                     \
  w[i + 1] = HIGH_LOW(low, high);                                                                  \
  STEP(next_rcon)
  TWO_STEPS(1, 0x01, 0x02);
  w[3] = low;
  TWO_STEPS(4, 0x04, 0x08);
  w[6] = low;
  TWO_STEPS(7, 0x10, 0x20);
  w[9] = low;
  TWO_STEPS(10, 0x40, 0x80);
  return low;
#undef STEP
#undef TWO_STEPS
}

TARGET static __m128i expand256(__m128i *w, const uint8_t *key) {
  __m128i even = _mm_loadu_si128((const __m128i *)key);
  __m128i odd = _mm_loadu_si128((const __m128i *)(key + 16));
  w[0] = even;
  w[1] = odd;
#define EVEN(i, rcon) w[i] = even = _mm_xor_si128(prefix_xor(even), ROTATED_WORD(odd, rcon))
#define ODD(i) w[i] = odd = _mm_xor_si128(prefix_xor(odd), STRAIGHT(even))
  EVEN(2, 0x01);
  ODD(3);
  EVEN(4, 0x02);
  ODD(5);
  EVEN(6, 0x04);
  ODD(7);
  EVEN(8, 0x08);
  ODD(9);
  EVEN(10, 0x10);
  ODD(11);
  EVEN(12, 0x20);
  ODD(13);
  return _mm_xor_si128(prefix_xor(even), ROTATED_WORD(odd, 0x40));
#undef EVEN
#undef ODD
}

int caes_aesni_set_key(void *ctx, const uint8_t *key, size_t key_bytes) {
  caes_aesni_context *context = ctx;
  switch (key_bytes) {
  case 16:
    context->last_key = expand128(context->round_keys, key);
    break;
  case 24:
    context->last_key = expand192(context->round_keys, key);
    break;
  case 32:
    context->last_key = expand256(context->round_keys, key);
    break;
  default:
    return CAES_BAD_KEY_LENGTH;
  }
  context->rounds = (uint32_t)(key_bytes / 4 + 6);
  return CAES_OK;
}

void caes_aesni_clear(void *ctx) { caes_wipe(ctx, sizeof(caes_aesni_context)); }
#endif
