// SPDX-License-Identifier: Apache-2.0
// Computes:  AES-CTR, 128-, 192- and 256-bit keys.
// Technique: AES-NI, 8 blocks in flight, 1 to 8 at the end of a message. Counter blocks stay in
//            big-endian order: while the counter's last byte does not overflow, block i is one
//            PADDB of i onto it. The 128-bit carry is for one batch in 32, in integer registers.
// Cost:      13, 15 or 17 vector instructions a block. Zen 4, 8 KiB to 256 KiB: 0.32, 0.38 and 0.44
//            cycles/byte, where the AES units allow 0.3125, 0.375 and 0.4375.
// Pays:      on every x86-64 CPU since 2010; those with VAES have something better.

#include "partial-block.h"

#if defined(__x86_64__)

#define AESNI __attribute__((target("aes,ssse3")))
#define LANES 8

/// A counter block whose last byte is `i`, and nothing else.
AESNI INLINE __m128i increment(int i) { return _mm_set_epi64x((long long)((uint64_t)i << 56), 0); }

/// The next `lanes` counter blocks after `block`, whose last byte does not overflow on the way.
AESNI INLINE void count(__m128i block, __m128i state[LANES], int lanes) {
#pragma unroll
  for (int i = 0; i < lanes; i++)
    state[i] = _mm_add_epi8(block, increment(i));
}

/// The counter as a number. It is kept beside the block because the way from the vector registers
/// back to these is long: what follows it waits behind the AES instructions of two batches.
typedef struct number {
  uint64_t high, low;
} number;

AESNI INLINE __m128i block_of(number c) {
  return _mm_set_epi64x((long long)__builtin_bswap64(c.low), (long long)__builtin_bswap64(c.high));
}

/// The next LANES counter blocks, counted in 128 bits; returns the one after them.
AESNI INLINE __m128i count_with_carry(number *c, __m128i state[LANES]) {
#pragma unroll
  for (int i = 0; i < LANES; i++) {
    state[i] = block_of(*c);
    c->low++;
    c->high += c->low == 0;
    // One after the other: spread over many registers, every call would pay for saving those.
    __asm__("" : "+r"(c->low), "+r"(c->high), "+x"(state[i]));
  }
  return block_of(*c);
}

/// All rounds but the last.
AESNI INLINE void encrypt(const __m128i *keys, uint32_t rounds, __m128i state[LANES], int lanes) {
#define ROUND(n)                                                                                   \
  do {                                                                                             \
    __m128i key = keys[n];                                                                         \
    _Pragma("unroll") for (int i = 0; i < lanes; i++) state[i] = _mm_aesenc_si128(state[i], key);  \
  } while (0)
#pragma unroll
  for (int i = 0; i < lanes; i++)
    state[i] = _mm_xor_si128(state[i], keys[0]);
  ROUND(1);
  ROUND(2);
  ROUND(3);
  ROUND(4);
  ROUND(5);
  ROUND(6);
  ROUND(7);
  ROUND(8);
  ROUND(9);
  // The length of the key is the same for all batches of a message: the branches are predicted.
  if (rounds > 10) {
    ROUND(10);
    ROUND(11);
    if (rounds > 12) {
      ROUND(12);
      ROUND(13);
    }
  }
#undef ROUND
}

/// Last round, text and store of the first `lanes` blocks.
AESNI INLINE void finish(__m128i last_key, __m128i state[LANES], const uint8_t *in, uint8_t *out,
                         int lanes) {
#pragma unroll
  for (int i = 0; i < lanes; i++) {
    state[i] = _mm_xor_si128(_mm_aesenclast_si128(state[i], last_key), load(in + 16 * i));
    store(out + 16 * i, state[i]);
  }
}

/// The same for a batch, four blocks at a time. The text is added to the last round key, so that
/// AESENCLAST adds it, and instructions of a kind stand together. In single file the XORs take
/// slots from the AES units wherever a neighbour on the core's other thread leaves a batch less
/// room to overlap with the next one: 2 to 3 % of the whole.
AESNI INLINE void finish_batch(__m128i last_key, __m128i state[LANES], const uint8_t *in,
                               uint8_t *out) {
#pragma unroll
  for (int first = 0; first < LANES; first += 4) {
    __m128i text[4];
#pragma unroll
    for (int i = 0; i < 4; i++)
      text[i] = _mm_xor_si128(load(in + 16 * (first + i)), last_key);
    // The compiler's scheduler would put them back in single file.
    __asm__("" : "+x"(text[0]), "+x"(text[1]), "+x"(text[2]), "+x"(text[3]));
#pragma unroll
    for (int i = 0; i < 4; i++)
      text[i] = _mm_aesenclast_si128(state[first + i], text[i]);
    __asm__("" : "+x"(text[0]), "+x"(text[1]), "+x"(text[2]), "+x"(text[3]));
#pragma unroll
    for (int i = 0; i < 4; i++)
      store(out + 16 * (first + i), text[i]);
  }
}

/// The last `lanes` blocks of a message, counted already; the last one may be partial.
AESNI INLINE void crypt_end(const __m128i *keys, uint32_t rounds, __m128i state[LANES],
                            const uint8_t *in, uint8_t *out, size_t n, int lanes) {
  encrypt(keys, rounds, state, lanes);
  __m128i last_key = keys[rounds];
  size_t tail = n % 16;
  if (tail == 0) {
    finish(last_key, state, in, out, lanes);
    return;
  }
  __m128i keystream = _mm_aesenclast_si128(state[lanes - 1], last_key);
  if (lanes == 1) {
    finish_under16(keystream, in, out, n);
    return;
  }
  // The last 16 bytes are written in one piece: the end of the block before, then the partial one.
  __m128i window = load(in + n - 16); // before a store may change it: in == out is allowed
  finish(last_key, state, in, out, lanes - 1);
  __m128i to_back = load(slide + tail);
  __m128i keep = _mm_shuffle_epi8(_mm_set1_epi8(-1), to_back);
  __m128i end = _mm_xor_si128(_mm_shuffle_epi8(keystream, to_back), _mm_and_si128(window, keep));
  __m128i before = _mm_shuffle_epi8(state[lanes - 2], load(slide + 16 + tail));
  store(out + n - 16, _mm_or_si128(before, end));
}

AESNI void caes_c_aesni(const void *ctx, const uint8_t counter[16], const uint8_t *in, uint8_t *out,
                        size_t n) {
  const caes_aesni_context *context = ctx;
  const __m128i *keys = context->round_keys;
  uint32_t rounds = context->rounds;
  if (n == 0)
    return;

  __m128i block = load(counter);
  __m128i state[LANES];
  if (n <= 16) {
    // Nothing to count, and no register to save before.
    state[0] = block;
    crypt_end(keys, rounds, state, in, out, n, 1);
    return;
  }
  number c;
  memcpy(&c, counter, 16);
  c.high = __builtin_bswap64(c.high);
  c.low = __builtin_bswap64(c.low);
  for (; n >= 16 * LANES; n -= 16 * LANES, in += 16 * LANES, out += 16 * LANES) {
    if (__builtin_expect((uint8_t)c.low < 256 - LANES, 1)) {
      count(block, state, LANES);
      block = _mm_add_epi8(block, increment(LANES));
      c.low += LANES;
    } else {
      block = count_with_carry(&c, state);
    }
    encrypt(keys, rounds, state, LANES);
    finish_batch(keys[rounds], state, in, out);
  }

  uint32_t blocks = (uint32_t)(n + 15) / 16;
#define EACH_END(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8)
  if (__builtin_expect((uint8_t)c.low + blocks <= 256, 1)) {
    switch (blocks) {
#define COUNT(lanes)                                                                               \
  case lanes:                                                                                      \
    count(block, state, lanes);                                                                    \
    goto counted##lanes;
      EACH_END(COUNT)
#undef COUNT
    }
    return;
  }
  count_with_carry(&c, state);
  switch (blocks) {
#define END(lanes)                                                                                 \
  case lanes:                                                                                      \
    counted##lanes : crypt_end(keys, rounds, state, in, out, n, lanes);                            \
    return;
    EACH_END(END)
#undef END
#undef EACH_END
  }
}
#endif
