// SPDX-License-Identifier: Apache-2.0
// Computes:  AES-CTR, 128-, 192- and 256-bit keys.
// Technique: AES-NI, 8 blocks in flight, 1 to 9 at the end of a message. The next counter block is
//            one PADDB (see crossing.h); batches behind the first one share their first round (see
//            shared-round.h). The end of a message that is no whole block is written in two pieces
//            that overlap.
// Cost:      9.25, 11.25 or 13.25 AES rounds a block and 4.4 other vector instructions. Zen 5, 8
//            and 64 KiB: 0.304 and 0.439 cycles/byte for AES-128 and AES-256, where all rounds
//            of all blocks would take 0.3125 and 0.4375.
// Pays:      on every x86-64 CPU since 2010; those with VAES have something better.

#include "shared-round.h"

#if defined(__x86_64__)

#define AESNI __attribute__((target("aes,ssse3")))
#define LANES 8

/// The next `lanes` counter blocks after `block`, where no prefix changes.
AESNI INLINE void count(__m128i block, __m128i *state, int lanes) {
#pragma unroll
  for (int i = 0; i < lanes; i++)
    state[i] = _mm_add_epi8(block, increment(i));
}

/// Adds `change` to those blocks of a batch that lie behind a crossing.
AESNI INLINE void add_behind_crossing(__m128i change, const uint8_t *masks, __m128i state[LANES]) {
#pragma unroll
  for (int i = 0; i < LANES; i++)
    state[i] = _mm_xor_si128(state[i], _mm_and_si128(change, load(masks + 16 * i)));
}

/// The next LANES counter blocks at a crossing. The number moves on by as many.
/// @returns what changes in the prefix.
AESNI INLINE __m128i count_crossing(number *c, __m128i block, __m128i state[LANES]) {
  const uint8_t *masks;
  __m128i change = cross(c, LANES, &masks);
  count(block, state, LANES);
  add_behind_crossing(change, masks, state);
  return change;
}

/// What batches share of their first round, and the columns of the next one.
typedef struct sharing {
  /// The last bytes of the next four blocks, in columns, and what round key 0 adds to them.
  __m128i last_byte, white;
  __m128i columns[2];
  __m128i shared;
} sharing;

/// The columns of the next batch.
AESNI INLINE void make_columns(sharing *s) {
  const __m128i no_key = _mm_setzero_si128();
  __m128i second = _mm_add_epi8(s->last_byte, column_step(4));
  s->columns[0] = _mm_aesenc_si128(_mm_xor_si128(s->last_byte, s->white), no_key);
  s->columns[1] = _mm_aesenc_si128(_mm_xor_si128(second, s->white), no_key);
  s->last_byte = _mm_add_epi8(s->last_byte, column_step(LANES));
}

/// What the batches from `block` on share.
AESNI INLINE void begin_sharing(sharing *s, const __m128i *keys, __m128i block) {
  s->last_byte = _mm_add_epi8(_mm_shuffle_epi8(block, last_bytes()), column_places(1));
  s->white = _mm_shuffle_epi8(keys[0], last_bytes());
  s->shared = shared_of(keys, block);
  make_columns(s);
}

/// Column `j` of its block, in its place.
AESNI INLINE __m128i column(__m128i columns, int j) {
  __asm__("pshufb %1, %0" : "+x"(columns) : "m"(column_masks[j][0]));
  return columns;
}

/// The first round of a batch. PSHUFB and PXOR by turns: in ranks they take slots from the AES
/// units.
AESNI INLINE void shared_round(const sharing *s, __m128i state[LANES]) {
#pragma unroll
  for (int i = 0; i < LANES; i++)
    state[i] = _mm_xor_si128(column(s->columns[i / 4], i % 4), s->shared);
}

/// What a crossing changes in that, and in what is shared. The number moves on by a batch.
AESNI INLINE void cross_shared_round(sharing *s, const __m128i *keys, number *c,
                                     __m128i state[LANES]) {
  const uint8_t *masks;
  cross(c, LANES, &masks);
  __m128i shared = shared_of(keys, block_of(*c));
  add_behind_crossing(_mm_xor_si128(s->shared, shared), masks, state);
  s->shared = shared;
}

/// All rounds but the last; in a shared batch all behind the first. The second block takes its keys
/// from `keys_of_second`. `next` is the number of the next batch's first block, where the first of
/// several asks.
AESNI INLINE void encrypt(const __m128i *keys, const __m128i *keys_of_second, uint32_t rounds,
                          __m128i *state, int lanes, batch_kind kind, sharing *s, number next) {
#define KEY(n) (i == 1 ? keys_of_second[n] : keys[n])
#define ROUND(n)                                                                                   \
  do {                                                                                             \
    if (kind != ALONE)                                                                             \
      __asm__ volatile("" ::: "memory");                                                           \
    _Pragma("unroll") for (int i = 0; i < lanes; i++) state[i] =                                   \
        _mm_aesenc_si128(state[i], KEY(n));                                                        \
  } while (0)
  if (kind != SHARED) {
#pragma unroll
    for (int i = 0; i < lanes; i++)
      state[i] = _mm_xor_si128(state[i], KEY(0));
    ROUND(1);
  }
  ROUND(2);
  ROUND(3);
  if (kind == FIRST_OF_SHARED) {
    begin_sharing(s, keys, block_of(next));
    IN_ORDER_WITH(state, s);
  }
  ROUND(4);
  ROUND(5);
  ROUND(6);
  if (kind == SHARED) {
    make_columns(s);
    IN_ORDER_WITH(state, s);
  }
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

/// The same where nothing is shared.
AESNI INLINE void encrypt_alone(const __m128i *keys, const __m128i *keys_of_second, uint32_t rounds,
                                __m128i *state, int lanes) {
  encrypt(keys, keys_of_second, rounds, state, lanes, ALONE, NULL, (number){0});
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
  encrypt_alone(context->round_keys, context_of_second->round_keys, context->rounds, state, lanes);
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
  encrypt_alone(context->round_keys, context->round_keys, context->rounds, state, LANES + 1);
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

/// A batch from number `*c` on, which moves on by it. It is the block as well, without a register
/// of its own: there are just enough for a batch that shares.
AESNI INLINE void crypt_batch(const caes_aesni_context *context, number *c, const uint8_t *in,
                              uint8_t *out, batch_kind kind, sharing *s) {
  const __m128i *keys = context->round_keys;
  __m128i state[LANES];
  int crosses = __builtin_expect((uint8_t)c->low >= 256 - LANES, 0);
  if (kind == SHARED) {
    shared_round(s, state);
    if (crosses)
      cross_shared_round(s, keys, c, state);
    else
      c->low += LANES;
  } else {
    __m128i block = block_of(*c);
    if (crosses) {
      count_crossing(c, block, state);
    } else {
      count(block, state, LANES);
      c->low += LANES;
    }
  }
  encrypt(keys, keys, context->rounds, state, LANES, kind, s, *c);
  finish_batch(context->last_key, state, in, out);
}

/// A batch or more.
AESNI __attribute__((noinline)) static void caes_c_aesni_long(const caes_aesni_context *context,
                                                              const uint8_t counter[16],
                                                              const uint8_t *in, uint8_t *out,
                                                              size_t n) {
  enum { BYTES = 16 * LANES };
  number c = number_at(counter);
  if (n >= 2 * BYTES) {
    sharing s;
    crypt_batch(context, &c, in, out, FIRST_OF_SHARED, &s);
    do {
      in += BYTES;
      out += BYTES;
      n -= BYTES;
      crypt_batch(context, &c, in, out, SHARED, &s);
    } while (n > 2 * BYTES + 16 || n == 2 * BYTES);
    in += BYTES;
    out += BYTES;
    n -= BYTES;
  }
  if (n >= BYTES) {
    if (n > BYTES && n <= BYTES + 16 && (uint8_t)c.low <= 256 - (LANES + 1)) {
      crypt_last_batch(context, block_of(c), in, out, n);
      return;
    }
    crypt_batch(context, &c, in, out, ALONE, NULL);
    in += BYTES;
    out += BYTES;
    n -= BYTES;
  }
  crypt_rest(context, block_of(c), c, in, out, n);
}

/// 17 to 32 bytes without a crossing.
AESNI __attribute__((noinline)) static void caes_c_aesni_two(const caes_aesni_context *context,
                                                             const uint8_t counter[16],
                                                             const uint8_t *in, uint8_t *out,
                                                             size_t n) {
  __m128i state[LANES];
  count(load(counter), state, 2);
  crypt_end(context, state, in, out, n, 2);
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
  // Apart, because no register needs saving here, nor in messages of two blocks.
  if (n > 16) {
    if (n <= 32 && counter[15] != 255)
      caes_c_aesni_two(ctx, counter, in, out, n);
    else
      caes_c_aesni_blocks(ctx, counter, in, out, n);
  } else if (n > 0) {
    __m128i state[LANES] = {load(counter)};
    crypt_end(ctx, state, in, out, n, 1);
  }
}
#endif
