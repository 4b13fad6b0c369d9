// SPDX-License-Identifier: Apache-2.0
// Computes:  AES-CTR, 128-, 192- and 256-bit keys.
// Technique: AES-NI, 8 blocks in flight, 1 to 9 at the end of a message. The next counter block is
//            one PADDB (see crossing.h). The end of a message that is no whole block is written in
//            two pieces that overlap.
// Cost:      13, 15 or 17 vector instructions a block. Zen 4, 8 and 64 KiB: 0.314 and 0.439
//            cycles/byte for AES-128 and AES-256, where the AES units allow 0.3125 and 0.4375.
// Pays:      on every x86-64 CPU since 2010; those with VAES have something better.

#include "crossing.h"

#if defined(__x86_64__)

#define AESNI __attribute__((target("aes,ssse3")))
#define LANES 8

/// The next `lanes` counter blocks after `block`, where no prefix changes.
AESNI INLINE void count(__m128i block, __m128i *state, int lanes) {
#pragma unroll
  for (int i = 0; i < lanes; i++)
    state[i] = _mm_add_epi8(block, increment(i));
}

/// The next LANES counter blocks at a crossing. The number moves on by as many.
/// @returns what changes in the prefix.
AESNI INLINE __m128i count_crossing(number *c, __m128i block, __m128i state[LANES]) {
  const uint8_t *masks;
  __m128i change = cross(c, LANES, &masks);
  count(block, state, LANES);
#pragma unroll
  for (int i = 0; i < LANES; i++)
    state[i] = _mm_xor_si128(state[i], _mm_and_si128(change, load(masks + 16 * i)));
  return change;
}

/// All rounds but the last. The second block takes its keys from `keys_of_second`.
AESNI INLINE void encrypt(const __m128i *keys, const __m128i *keys_of_second, uint32_t rounds,
                          __m128i *state, int lanes) {
#define KEY(n) (i == 1 ? keys_of_second[n] : keys[n])
#define ROUND(n)                                                                                   \
  do {                                                                                             \
    _Pragma("unroll") for (int i = 0; i < lanes; i++) state[i] =                                   \
        _mm_aesenc_si128(state[i], KEY(n));                                                        \
  } while (0)
#pragma unroll
  for (int i = 0; i < lanes; i++)
    state[i] = _mm_xor_si128(state[i], KEY(0));
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
#undef KEY
}

/// Last round, text and store of the first `lanes` blocks.
AESNI INLINE void finish(__m128i last_key, const __m128i *state, const uint8_t *in, uint8_t *out,
                         int lanes) {
#pragma unroll
  for (int i = 0; i < lanes; i++) {
    __m128i keystream = _mm_aesenclast_si128(state[i], last_key);
    store(out + 16 * i, _mm_xor_si128(keystream, load(in + 16 * i)));
  }
}

/// The same for a batch, in ranks: all last rounds, behind them the texts, for which the compiler's
/// scheduler must be kept out. Added to the last round key instead, so that AESENCLAST adds them,
/// the texts would be ready early and take slots from the AES units while these have all they need.
AESNI INLINE void finish_batch(__m128i last_key, __m128i *state, const uint8_t *in, uint8_t *out) {
#pragma unroll
  for (int i = 0; i < LANES; i++)
    state[i] = _mm_aesenclast_si128(state[i], last_key);
  IN_ORDER(state);
#pragma unroll
  for (int i = 0; i < LANES; i++)
    store(out + 16 * i, _mm_xor_si128(state[i], load(in + 16 * i)));
}

/// The last `lanes` blocks of a message, counted already; the last one may be partial.
AESNI INLINE void crypt_end(const caes_aesni_context *context, __m128i state[LANES],
                            const uint8_t *in, uint8_t *out, size_t n, int lanes) {
  // Of two blocks each takes the keys from memory: what bounds such messages is the vector
  // registers of all that are in flight, and that is one less a round. The compiler must not see
  // that both read the same.
  const caes_aesni_context *context_of_second = context;
  if (lanes == 2)
    __asm__("" : "+r"(context_of_second));
  encrypt(context->round_keys, context_of_second->round_keys, context->rounds, state, lanes);
  if (n % 16 == 0) {
    finish(context->last_key, state, in, out, lanes);
    return;
  }
  __m128i keystream = _mm_aesenclast_si128(state[lanes - 1], context_of_second->last_key);
  finish(context->last_key, state, in, out, lanes - 1);
  finish_under16(keystream, in + 16 * (lanes - 1), out + 16 * (lanes - 1), n % 16);
}

/// A batch and up to one block: that one goes along, where alone it would keep the AES units
/// waiting for each round.
AESNI INLINE void crypt_last_batch(const caes_aesni_context *context, __m128i block,
                                   const uint8_t *in, uint8_t *out, size_t n) {
  __m128i state[LANES + 1];
  count(block, state, LANES + 1);
  encrypt(context->round_keys, context->round_keys, context->rounds, state, LANES + 1);
  __m128i last_key = context->last_key;
  finish_batch(last_key, state, in, out);
  in += 16 * LANES;
  out += 16 * LANES;
  if (n == 16 * (LANES + 1))
    finish(last_key, state + LANES, in, out, 1);
  else
    finish_under16(_mm_aesenclast_si128(state[LANES], last_key), in, out, n % 16);
}

/// 1 to 127 bytes from block `block` and number `c` on.
AESNI INLINE void crypt_rest(const caes_aesni_context *context, __m128i block, number c,
                             const uint8_t *in, uint8_t *out, size_t n) {
  __m128i state[LANES];
  uint32_t blocks = (uint32_t)(n + 15) / 16;
#define EACH_END(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8)
  // As many blocks as the message may have here.
  if (__builtin_expect((uint8_t)c.low <= 256 - LANES, 1)) {
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
  count_crossing(&c, block, state);
  switch (blocks) {
#define END(lanes)                                                                                 \
  case lanes:                                                                                      \
    counted##lanes : crypt_end(context, state, in, out, n, lanes);                                 \
    return;
    EACH_END(END)
#undef END
#undef EACH_END
  }
}

/// A batch or more.
AESNI __attribute__((noinline)) static void caes_c_aesni_long(const caes_aesni_context *context,
                                                              const uint8_t counter[16],
                                                              const uint8_t *in, uint8_t *out,
                                                              size_t n) {
  __m128i block = load(counter);
  __m128i state[LANES];
  number c = number_at(counter);
  for (; n >= 16 * LANES; n -= 16 * LANES, in += 16 * LANES, out += 16 * LANES) {
    if (n <= 16 * (LANES + 1) && n > 16 * LANES && (uint8_t)c.low <= 256 - (LANES + 1)) {
      crypt_last_batch(context, block, in, out, n);
      return;
    }
    __m128i next = _mm_add_epi8(block, increment(LANES));
    if (__builtin_expect((uint8_t)c.low < 256 - LANES, 1)) {
      count(block, state, LANES);
      c.low += LANES;
    } else {
      next = _mm_xor_si128(next, count_crossing(&c, block, state));
    }
    block = next;
    encrypt(context->round_keys, context->round_keys, context->rounds, state, LANES);
    finish_batch(context->last_key, state, in, out);
  }
  crypt_rest(context, block, c, in, out, n);
}

/// More than a block.
AESNI __attribute__((noinline)) static void caes_c_aesni_blocks(const caes_aesni_context *context,
                                                                const uint8_t counter[16],
                                                                const uint8_t *in, uint8_t *out,
                                                                size_t n) {
  if (n >= 16 * LANES)
    caes_c_aesni_long(context, counter, in, out, n);
  else
    crypt_rest(context, load(counter), number_at(counter), in, out, n);
}

AESNI void caes_c_aesni(const void *ctx, const uint8_t counter[16], const uint8_t *in, uint8_t *out,
                        size_t n) {
  // Apart, because no register needs saving here.
  if (n > 16) {
    caes_c_aesni_blocks(ctx, counter, in, out, n);
  } else if (n > 0) {
    __m128i state[LANES] = {load(counter)};
    crypt_end(ctx, state, in, out, n, 1);
  }
}
#endif
