// SPDX-License-Identifier: Apache-2.0
// Computes:  AES-CTR, 128-, 192- and 256-bit keys.
// Technique: VAES on 256-bit registers, 16 blocks in flight, round keys from memory, where a
//            broadcast costs no more than a load. Two counter blocks are one VPADDB (see
//            crossing.h); batches behind the first one share their first round (see
//            shared-round.h). Up to two blocks behind the last batch go along with it. One block
//            goes through 128-bit registers, a partial one is written in two pieces that overlap.
// Cost:      9.25, 11.25 or 13.25 AES rounds for 2 blocks and 4.4 other vector instructions. Zen 5,
//            8 and 64 KiB: 0.153 and 0.220 cycles/byte for AES-128 and AES-256, where all rounds
//            of all blocks would take 0.1563 and 0.2188.
// Pays:      where there is VAES without AVX-512, or 512-bit instructions lower the clock: Zen 3,
//            Alder Lake and later, Ice Lake.

#include "shared-round.h"

#if defined(__x86_64__)

#define VAES __attribute__((target("vaes,avx2")))
/// Registers of a batch, and blocks and bytes in them.
#define LANES 8
#define BLOCKS (2 * LANES)
#define BYTES (32 * LANES)

VAES INLINE __m256i load_ymm(const void *from) { return _mm256_loadu_si256((const __m256i *)from); }

VAES INLINE void store_ymm(void *to, __m256i blocks) { _mm256_storeu_si256((__m256i *)to, blocks); }

/// The next blocks from the first two on, where no prefix changes.
VAES INLINE void count(__m256i blocks, __m256i *state, int lanes) {
#pragma unroll
  for (int i = 0; i < lanes; i++)
    state[i] = _mm256_add_epi8(blocks, _mm256_broadcastsi128_si256(increment(2 * i)));
}

/// The first two blocks from `block` on, unless a crossing parts them, which is looked at before
/// they are used.
VAES INLINE __m256i two_blocks(__m128i block) {
  return _mm256_add_epi8(_mm256_broadcastsi128_si256(block),
                         _mm256_set_m128i(increment(1), increment(0)));
}

/// Adds `change` to those blocks of a batch that lie behind a crossing.
VAES INLINE void add_behind_crossing(__m256i change, const uint8_t *masks, __m256i state[LANES]) {
#pragma unroll
  for (int i = 0; i < LANES; i++) {
    __m256i mask = load_ymm(masks + 32 * i);
    state[i] = _mm256_xor_si256(state[i], _mm256_and_si256(change, mask));
  }
}

/// The next blocks at a crossing. The number moves on by a batch.
VAES INLINE void count_crossing(number *c, __m256i blocks, __m256i state[LANES]) {
  const uint8_t *masks;
  __m256i change = _mm256_broadcastsi128_si256(cross(c, BLOCKS, &masks));
  count(blocks, state, LANES);
  add_behind_crossing(change, masks, state);
}

/// Round key in both blocks.
VAES INLINE __m256i broadcast(const __m128i *key) {
  return _mm256_broadcastsi128_si256(_mm_load_si128(key));
}

/// What batches share of their first round, and the columns of the next one.
typedef struct sharing {
  /// The last bytes of the next four registers, in columns. In memory, since there is a register
  /// too few, and the counter is no secret.
  volatile __m256i last_byte;
  /// What round key 0 adds to them.
  __m256i white;
  __m256i columns[2];
  __m256i shared;
} sharing;

VAES INLINE __m256i both(__m128i block) { return _mm256_broadcastsi128_si256(block); }

/// The columns of the next batch.
VAES INLINE void make_columns(sharing *s) {
  const __m256i no_key = _mm256_setzero_si256();
  __m256i first = s->last_byte;
  __m256i second = _mm256_add_epi8(first, both(column_step(8)));
  s->last_byte = _mm256_add_epi8(first, both(column_step(BLOCKS)));
  s->columns[0] = _mm256_aesenc_epi128(_mm256_xor_si256(first, s->white), no_key);
  s->columns[1] = _mm256_aesenc_epi128(_mm256_xor_si256(second, s->white), no_key);
}

/// What the batches from `block` on share.
VAES INLINE void begin_sharing(sharing *s, const __m128i *keys, __m128i block) {
  s->last_byte = _mm256_add_epi8(_mm256_shuffle_epi8(two_blocks(block), both(last_bytes())),
                                 both(column_places(2)));
  s->white = _mm256_shuffle_epi8(broadcast(&keys[0]), both(last_bytes()));
  s->shared = both(shared_of(keys, block));
  make_columns(s);
}

/// Column `j` of each block, in its place.
VAES INLINE __m256i column(__m256i columns, int j) {
  __m256i placed;
  __asm__("vpshufb %2, %1, %0"
          : "=x"(placed)
          : "x"(columns), "m"(*(const uint8_t(*)[32])column_masks[j]));
  return placed;
}

/// The first round of a batch. VPSHUFB and VPXOR by turns: in ranks they take slots from the AES
/// units.
VAES INLINE void shared_round(const sharing *s, __m256i state[LANES]) {
#pragma unroll
  for (int i = 0; i < LANES; i++)
    state[i] = _mm256_xor_si256(column(s->columns[i / 4], i % 4), s->shared);
}

/// What a crossing changes in that, and in what is shared. The number moves on by a batch.
VAES INLINE void cross_shared_round(sharing *s, const __m128i *keys, number *c,
                                    __m256i state[LANES]) {
  const uint8_t *masks;
  cross(c, BLOCKS, &masks);
  __m256i shared = both(shared_of(keys, block_of(*c)));
  add_behind_crossing(_mm256_xor_si256(s->shared, shared), masks, state);
  s->shared = shared;
}

/// All rounds but the last; in a shared batch all behind the first. `next` is the number of the
/// next batch's first block, where the first of several asks.
VAES INLINE void encrypt(const __m128i *keys, uint32_t rounds, __m256i *state, int lanes,
                         batch_kind kind, sharing *s, number next) {
#define ROUND(n)                                                                                   \
  do {                                                                                             \
    if (kind != ALONE)                                                                             \
      __asm__ volatile("" ::: "memory");                                                           \
    __m256i key = broadcast(&keys[n]);                                                             \
    _Pragma("unroll") for (int i = 0; i < lanes; i++) state[i] =                                   \
        _mm256_aesenc_epi128(state[i], key);                                                       \
  } while (0)
  if (kind != SHARED) {
    __m256i first_key = broadcast(&keys[0]);
#pragma unroll
    for (int i = 0; i < lanes; i++)
      state[i] = _mm256_xor_si256(state[i], first_key);
    ROUND(1);
  }
  ROUND(2);
  ROUND(3);
  if (kind == FIRST_OF_SHARED) {
    begin_sharing(s, keys, block_of(next));
    IN_ORDER_WITH_REST(state, s);
  }
  ROUND(4);
  ROUND(5);
  ROUND(6);
  if (kind == SHARED) {
    make_columns(s);
    IN_ORDER_WITH_REST(state, s);
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
}

/// The same where nothing is shared.
VAES INLINE void encrypt_alone(const __m128i *keys, uint32_t rounds, __m256i *state, int lanes) {
  encrypt(keys, rounds, state, lanes, ALONE, NULL, (number){0});
}

/// Last round, text and store of the first `lanes` registers, four at a time. The text is added to
/// the last round key, so that VAESENCLAST adds it.
VAES INLINE void finish(__m256i last_key, const __m256i *state, const uint8_t *in, uint8_t *out,
                        int lanes) {
#pragma unroll
  for (int first = 0; first < lanes; first += 4) {
    int group = lanes - first < 4 ? lanes - first : 4;
    __m256i text[4];
#pragma unroll
    for (int i = 0; i < group; i++)
      text[i] = _mm256_xor_si256(load_ymm(in + 32 * (first + i)), last_key);
    // Instructions of a kind together: in single file they take slots from the AES units.
    if (group == 4)
      __asm__("" : "+x"(text[0]), "+x"(text[1]), "+x"(text[2]), "+x"(text[3]));
#pragma unroll
    for (int i = 0; i < group; i++)
      text[i] = _mm256_aesenclast_epi128(state[first + i], text[i]);
    if (group == 4)
      __asm__("" : "+x"(text[0]), "+x"(text[1]), "+x"(text[2]), "+x"(text[3]));
#pragma unroll
    for (int i = 0; i < group; i++)
      store_ymm(out + 32 * (first + i), text[i]);
  }
}

/// The same for a batch, in ranks: all last rounds, behind them the texts, for which the compiler's
/// scheduler must be kept out. Added to the last round key instead, the texts would be ready early
/// and take slots from the AES units while these have all they need.
VAES INLINE void finish_batch(__m256i last_key, __m256i *state, const uint8_t *in, uint8_t *out) {
#pragma unroll
  for (int i = 0; i < LANES; i++)
    state[i] = _mm256_aesenclast_epi128(state[i], last_key);
  IN_ORDER(state);
#pragma unroll
  for (int i = 0; i < LANES; i++)
    store_ymm(out + 32 * i, _mm256_xor_si256(state[i], load_ymm(in + 32 * i)));
}

/// 1 to 31 bytes with the keystream of two blocks.
VAES INLINE void finish_under32(__m256i keystream, const uint8_t *in, uint8_t *out, size_t n) {
  __m128i block = _mm256_castsi256_si128(keystream);
  if (n >= 16) {
    store(out, _mm_xor_si128(block, load(in)));
    block = _mm256_extracti128_si256(keystream, 1);
    n -= 16;
    if (n == 0)
      return;
    in += 16;
    out += 16;
  }
  finish_under16(block, in, out, n);
}

/// The last `lanes` registers of a message, counted already; the last one may be partial.
VAES INLINE void crypt_end(const caes_aesni_context *context, __m256i state[LANES],
                           const uint8_t *in, uint8_t *out, size_t n, int lanes) {
  encrypt_alone(context->round_keys, context->rounds, state, lanes);
  __m256i last_key = broadcast(&context->last_key);
  if (n % 32 == 0) {
    finish(last_key, state, in, out, lanes);
    return;
  }
  finish(last_key, state, in, out, lanes - 1);
  finish_under32(_mm256_aesenclast_epi128(state[lanes - 1], last_key), in + 32 * (lanes - 1),
                 out + 32 * (lanes - 1), n % 32);
}

/// A batch and up to one register: that one goes along, where alone it would keep the AES units
/// waiting for each round.
VAES INLINE void crypt_last_batch(const caes_aesni_context *context, __m256i blocks,
                                  const uint8_t *in, uint8_t *out, size_t n) {
  __m256i state[LANES + 1];
  count(blocks, state, LANES + 1);
  encrypt_alone(context->round_keys, context->rounds, state, LANES + 1);
  __m256i last_key = broadcast(&context->last_key);
  finish_batch(last_key, state, in, out);
  if (n == BYTES + 32)
    finish(last_key, state + LANES, in + BYTES, out + BYTES, 1);
  else
    finish_under32(_mm256_aesenclast_epi128(state[LANES], last_key), in + BYTES, out + BYTES,
                   n - BYTES);
}

/// 1 to 16 bytes.
VAES INLINE void crypt_block(const caes_aesni_context *context, const uint8_t counter[16],
                             const uint8_t *in, uint8_t *out, size_t n) {
  const __m128i *keys = context->round_keys;
  __m128i state = _mm_xor_si128(load(counter), keys[0]);
#pragma unroll
  for (int i = 1; i < 10; i++)
    state = _mm_aesenc_si128(state, keys[i]);
  if (context->rounds > 10) {
    state = _mm_aesenc_si128(state, keys[10]);
    state = _mm_aesenc_si128(state, keys[11]);
    if (context->rounds > 12) {
      state = _mm_aesenc_si128(state, keys[12]);
      state = _mm_aesenc_si128(state, keys[13]);
    }
  }
  state = _mm_aesenclast_si128(state, context->last_key);
  if (n == 16)
    store(out, _mm_xor_si128(state, load(in)));
  else
    finish_under16(state, in, out, n);
}

/// 1 to 255 bytes from blocks `blocks` and number `c` on.
VAES INLINE void crypt_rest(const caes_aesni_context *context, __m256i blocks, number c,
                            const uint8_t *in, uint8_t *out, size_t n) {
  __m256i state[LANES];
  uint32_t registers = (uint32_t)(n + 31) / 32;
#define EACH_END(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8)
  // As many blocks as the message may have here.
  if (__builtin_expect((uint8_t)c.low <= 256 - BLOCKS, 1)) {
    switch (registers) {
#define COUNT(lanes)                                                                               \
  case lanes:                                                                                      \
    count(blocks, state, lanes);                                                                   \
    goto counted##lanes;
      EACH_END(COUNT)
#undef COUNT
    }
    return;
  }
  count_crossing(&c, blocks, state);
  switch (registers) {
#define END(lanes)                                                                                 \
  case lanes:                                                                                      \
    counted##lanes : crypt_end(context, state, in, out, n, lanes);                                 \
    return;
    EACH_END(END)
#undef END
#undef EACH_END
  }
}

/// A batch from number `*c` on, which moves on by it. It is the blocks as well, without a register
/// of their own: there are just enough for a batch that shares.
VAES INLINE void crypt_batch(const caes_aesni_context *context, number *c, const uint8_t *in,
                             uint8_t *out, batch_kind kind, sharing *s) {
  const __m128i *keys = context->round_keys;
  __m256i state[LANES];
  int crosses = __builtin_expect((uint8_t)c->low >= 256 - BLOCKS, 0);
  if (kind == SHARED) {
    shared_round(s, state);
    if (crosses)
      cross_shared_round(s, keys, c, state);
    else
      c->low += BLOCKS;
  } else {
    __m256i blocks = two_blocks(block_of(*c));
    if (crosses) {
      count_crossing(c, blocks, state);
    } else {
      count(blocks, state, LANES);
      c->low += BLOCKS;
    }
  }
  encrypt(keys, context->rounds, state, LANES, kind, s, *c);
  finish_batch(broadcast(&context->last_key), state, in, out);
}

/// A batch or more.
VAES __attribute__((noinline)) static void caes_c_vaes256_long(const caes_aesni_context *context,
                                                               const uint8_t counter[16],
                                                               const uint8_t *in, uint8_t *out,
                                                               size_t n) {
  number c = number_at(counter);
  if (n >= 2 * BYTES) {
    sharing s;
    crypt_batch(context, &c, in, out, FIRST_OF_SHARED, &s);
    do {
      in += BYTES;
      out += BYTES;
      n -= BYTES;
      crypt_batch(context, &c, in, out, SHARED, &s);
    } while (n > 2 * BYTES + 32 || n == 2 * BYTES);
    in += BYTES;
    out += BYTES;
    n -= BYTES;
  }
  if (n >= BYTES) {
    if (n > BYTES && n <= BYTES + 32 && (uint8_t)c.low <= 256 - (BLOCKS + 2)) {
      crypt_last_batch(context, two_blocks(block_of(c)), in, out, n);
      return;
    }
    crypt_batch(context, &c, in, out, ALONE, NULL);
    in += BYTES;
    out += BYTES;
    n -= BYTES;
  }
  crypt_rest(context, two_blocks(block_of(c)), c, in, out, n);
}

/// 17 to 32 bytes without a crossing.
VAES __attribute__((noinline)) static void caes_c_vaes256_two(const caes_aesni_context *context,
                                                              const uint8_t counter[16],
                                                              const uint8_t *in, uint8_t *out,
                                                              size_t n) {
  __m256i state[LANES] = {two_blocks(load(counter))};
  crypt_end(context, state, in, out, n, 1);
}

/// More than a block.
VAES __attribute__((noinline)) static void caes_c_vaes256_blocks(const caes_aesni_context *context,
                                                                 const uint8_t counter[16],
                                                                 const uint8_t *in, uint8_t *out,
                                                                 size_t n) {
  if (n >= BYTES)
    caes_c_vaes256_long(context, counter, in, out, n);
  else
    crypt_rest(context, two_blocks(load(counter)), number_at(counter), in, out, n);
}

VAES void caes_c_vaes256(const void *ctx, const uint8_t counter[16], const uint8_t *in,
                         uint8_t *out, size_t n) {
  // Apart, because no register needs saving here, nor in messages of two blocks.
  if (n > 16) {
    if (n <= 32 && counter[15] != 255)
      caes_c_vaes256_two(ctx, counter, in, out, n);
    else
      caes_c_vaes256_blocks(ctx, counter, in, out, n);
  } else if (n > 0)
    crypt_block(ctx, counter, in, out, n);
}
#endif
