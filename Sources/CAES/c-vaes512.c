// SPDX-License-Identifier: Apache-2.0
// Computes:  AES-CTR, 128-, 192- and 256-bit keys: caes_c_vaes512, and caes_c_vaes512_wide in
//            c-vaes512-wide.c.
// Technique: VAES on 512-bit registers, 32 blocks in flight, round keys in registers. Four counter
//            blocks are one VPADDB (see crossing.h); batches behind the first one share their
//            first round (see shared-round.h). Messages of up to 256 bytes, and up to 64 bytes
//            after a batch, go through 256-bit registers, one block through a 128-bit one; what is
//            no whole register is read and written under a mask that n makes, or in a single block
//            in two pieces that overlap. Messages of 8 MiB or more are written past the caches.
// Cost:      9.25, 11.25 or 13.25 AES rounds for 4 blocks and 4.4 other vector instructions. Zen 5,
//            8 KiB: 0.0761 and 0.1091 cycles/byte for AES-128 and AES-256, where all rounds of all
//            blocks would take 0.0781 and 0.1094 there, and twice that on Zen 4.
// Pays:      where 512-bit instructions do not lower the clock: Zen 4 and later, Sapphire Rapids
//            and later.

#include "shared-round.h"

#if defined(__x86_64__)

#define VAES __attribute__((target("vaes,avx512f,avx512bw,avx512vl,bmi2")))
/// Registers of a batch, and blocks and bytes in them.
#define LANES 8
#define BLOCKS (4 * LANES)
#define BYTES (64 * LANES)
/// Bytes of a message for which 256-bit registers are the better ones, and of what batches leave;
/// and what the functions are called.
#if defined(WIDE_ZMM)
#define YMM_ALONE 32
#define YMM_AFTER 32
#define SYMBOL(name) caes_c_vaes512_wide##name
#else
#define YMM_ALONE 256
#define YMM_AFTER 64
#define SYMBOL(name) caes_c_vaes512##name
#endif
/// Bytes of a message that no cache keeps for its reader.
#define STREAMED ((size_t)8 << 20)

/// `block` in each of the four places.
VAES INLINE __m512i broadcast(const __m128i *block) {
  return _mm512_broadcast_i32x4(_mm_load_si128(block));
}

/// The same for two places: the VEX form, because the EVEX form from memory, which the compiler
/// takes otherwise, takes a slot of the vector units.
VAES INLINE __m256i broadcast_ymm(const void *block) {
  __m256i both;
  __asm__("vbroadcasti128 %1, %0" : "=x"(both) : "m"(*(const uint8_t(*)[16])block));
  return both;
}

/// 4 * `i` in the last byte of each block.
VAES INLINE __m512i step(int i) { return _mm512_broadcast_i32x4(increment(4 * i)); }

/// Each block's place among the first four.
VAES INLINE __m512i places(void) {
  const long long one = 1ll << 56;
  return _mm512_set_epi64(3 * one, 0, 2 * one, 0, one, 0, 0, 0);
}

/// The next blocks from the first four on, where no prefix changes.
VAES INLINE void count(__m512i blocks, __m512i state[LANES], int lanes) {
#pragma unroll
  for (int i = 0; i < lanes; i++)
    state[i] = i == 0 ? blocks : _mm512_add_epi8(blocks, step(i));
}

/// Adds `change` to those blocks of a batch that lie behind a crossing.
VAES INLINE void add_behind_crossing(__m512i change, const uint8_t *masks, __m512i state[LANES]) {
#pragma unroll
  for (int i = 0; i < LANES; i++) // state ^ (change & mask)
    state[i] =
        _mm512_ternarylogic_epi64(state[i], change, _mm512_loadu_si512(masks + 64 * i), 0x78);
}

/// The next blocks at a crossing. The number moves on by a batch.
/// @returns what changes in the prefix.
VAES INLINE __m512i count_crossing(number *c, __m512i blocks, __m512i state[LANES]) {
  const uint8_t *masks;
  __m512i change = _mm512_broadcast_i32x4(cross(c, BLOCKS, &masks));
  count(blocks, state, LANES);
  add_behind_crossing(change, masks, state);
  return change;
}

/// The blocks of a batch. The number moves on by it.
/// @returns the blocks behind them.
VAES INLINE __m512i count_batch(number *c, __m512i blocks, __m512i state[LANES]) {
  __m512i next = _mm512_add_epi8(blocks, step(LANES));
  if (__builtin_expect((uint8_t)c->low >= 256 - BLOCKS, 0))
    return _mm512_xor_si512(next, count_crossing(c, blocks, state));
  count(blocks, state, LANES);
  c->low += BLOCKS;
  return next;
}

/// Counting in 256-bit registers.
VAES INLINE void count_ymm(__m256i blocks, __m256i state[LANES], int lanes) {
#pragma unroll
  for (int i = 0; i < lanes; i++)
    state[i] =
        i == 0 ? blocks : _mm256_add_epi8(blocks, _mm256_broadcastsi128_si256(increment(2 * i)));
}

VAES INLINE void count_crossing_ymm(number *c, __m256i blocks, __m256i state[LANES]) {
  const uint8_t *masks;
  __m256i change = _mm256_broadcastsi128_si256(cross(c, BLOCKS, &masks));
  count_ymm(blocks, state, LANES);
#pragma unroll
  for (int i = 0; i < LANES; i++)
    state[i] = _mm256_ternarylogic_epi64(
        state[i], change, _mm256_loadu_si256((const __m256i *)(masks + 32 * i)), 0x78);
}

/// What batches share of their first round, and the columns of the next one.
typedef struct sharing {
  /// The last bytes of the next four registers, in columns, and what round key 0 adds to them.
  __m512i last_byte, white;
  __m512i columns[2];
  __m512i shared;
} sharing;

VAES INLINE __m512i in_each(__m128i block) { return _mm512_broadcast_i32x4(block); }

/// The columns of the next batch.
VAES INLINE void make_columns(sharing *s) {
  const __m512i no_key = _mm512_setzero_si512();
  __m512i second = _mm512_add_epi8(s->last_byte, in_each(column_step(16)));
  s->columns[0] = _mm512_aesenc_epi128(_mm512_xor_si512(s->last_byte, s->white), no_key);
  s->columns[1] = _mm512_aesenc_epi128(_mm512_xor_si512(second, s->white), no_key);
  s->last_byte = _mm512_add_epi8(s->last_byte, in_each(column_step(BLOCKS)));
}

/// The first round of the prefix of `blocks`: shared_of in each block, for at a crossing no shuffle
/// may stand in the way.
VAES INLINE __m512i share(const caes_aesni_context *context, __m512i blocks) {
  const __m128i *keys = context->round_keys;
  __m512i prefix =
      _mm512_and_si512(_mm512_xor_si512(blocks, broadcast(&keys[0])), in_each(prefix_bytes()));
  return _mm512_aesenc_epi128(_mm512_or_si512(prefix, in_each(increment(ZERO_BY_SBOX))),
                              broadcast(&keys[1]));
}

/// What the batches from `blocks` on share.
VAES INLINE void begin_sharing(sharing *s, const caes_aesni_context *context, __m512i blocks) {
  s->last_byte = _mm512_add_epi8(_mm512_shuffle_epi8(blocks, in_each(last_bytes())),
                                 in_each(column_places(4)));
  s->white = _mm512_shuffle_epi8(broadcast(&context->round_keys[0]), in_each(last_bytes()));
  s->shared = share(context, blocks);
  make_columns(s);
}

/// Column `j` of each block, in its place.
VAES INLINE __m512i column(__m512i columns, int j) {
  __m512i placed;
  __asm__("vpshufb %2, %1, %0"
          : "=v"(placed)
          : "v"(columns), "m"(*(const uint8_t(*)[64])column_masks[j]));
  return placed;
}

/// The first round of a batch. VPSHUFB and VPXORQ by turns: in ranks they take slots from the AES
/// units.
VAES INLINE void shared_round(const sharing *s, __m512i state[LANES]) {
#pragma unroll
  for (int i = 0; i < LANES; i++)
    state[i] = _mm512_xor_si512(column(s->columns[i / 4], i % 4), s->shared);
}

/// All rounds but the last; `KEY(n)` is round key n.
#define ROUND(aesenc, n)                                                                           \
  do {                                                                                             \
    __auto_type key = KEY(n);                                                                      \
    _Pragma("unroll") for (int i = 0; i < lanes; i++) state[i] = aesenc(state[i], key);            \
  } while (0)
#define ROUNDS(xor, aesenc)                                                                        \
  do {                                                                                             \
    ROUND(xor, 0);                                                                                 \
    ROUND(aesenc, 1);                                                                              \
    ROUND(aesenc, 2);                                                                              \
    ROUND(aesenc, 3);                                                                              \
    ROUNDS_FROM_4(aesenc);                                                                         \
  } while (0)
#define ROUNDS_FROM_4(aesenc)                                                                      \
  do {                                                                                             \
    ROUND(aesenc, 4);                                                                              \
    ROUND(aesenc, 5);                                                                              \
    ROUND(aesenc, 6);                                                                              \
    ROUNDS_FROM_7(aesenc);                                                                         \
  } while (0)
#define ROUNDS_FROM_7(aesenc)                                                                      \
  do {                                                                                             \
    ROUND(aesenc, 7);                                                                              \
    ROUND(aesenc, 8);                                                                              \
    ROUND(aesenc, 9);                                                                              \
    /* The length of the key is the same for all batches: the branches are predicted. */           \
    if (rounds > 10) {                                                                             \
      ROUND(aesenc, 10);                                                                           \
      ROUND(aesenc, 11);                                                                           \
      if (rounds > 12) {                                                                           \
        ROUND(aesenc, 12);                                                                         \
        ROUND(aesenc, 13);                                                                         \
      }                                                                                            \
    }                                                                                              \
  } while (0)

/// Last round, text and store of a batch, four registers at a time. The text is added to the last
/// round key, so that VAESENCLAST adds it.
VAES INLINE void finish(__m512i last_key, __m512i state[LANES], const uint8_t *in, uint8_t *out,
                        int streamed) {
#pragma unroll
  for (int first = 0; first < LANES; first += 4) {
    __m512i text[4];
#pragma unroll
    for (int i = 0; i < 4; i++)
      text[i] = _mm512_xor_si512(_mm512_loadu_si512(in + 64 * (first + i)), last_key);
    // Instructions of a kind together: in single file they take slots from the AES units.
    __asm__("" : "+v"(text[0]), "+v"(text[1]), "+v"(text[2]), "+v"(text[3]));
#pragma unroll
    for (int i = 0; i < 4; i++)
      text[i] = _mm512_aesenclast_epi128(state[first + i], text[i]);
    __asm__("" : "+v"(text[0]), "+v"(text[1]), "+v"(text[2]), "+v"(text[3]));
#pragma unroll
    for (int i = 0; i < 4; i++)
      if (streamed)
        _mm512_stream_si512((void *)(out + 64 * (first + i)), text[i]);
      else
        _mm512_storeu_si512(out + 64 * (first + i), text[i]);
  }
}

/// A batch from blocks `blocks` and number `*c` on, by itself.
/// @returns the blocks after it.
VAES INLINE __m512i crypt_batch(const caes_aesni_context *context, __m512i blocks, number *c,
                                const uint8_t *in, uint8_t *out) {
  enum { lanes = LANES };
  uint32_t rounds = context->rounds;
  __m512i state[LANES];
  __m512i next = count_batch(c, blocks, state);
#define KEY(n) broadcast(&context->round_keys[n])
  ROUNDS(_mm512_xor_si512, _mm512_aesenc_epi128);
#undef KEY
  finish(broadcast(&context->last_key), state, in, out, 0);
  return next;
}

/// Two batches or more, of which those behind the first share their first round. These are written
/// past the caches if `streamed`: then `out` is aligned to 64 bytes.
/// @returns the blocks after them.
VAES INLINE __m512i crypt_shared_batches(const caes_aesni_context *context, __m512i blocks,
                                         number *c, const uint8_t *in, uint8_t *out, size_t batches,
                                         int streamed) {
  enum { lanes = LANES };
  uint32_t rounds = context->rounds;
  __m512i keys[14];
#pragma unroll
  for (int i = 0; i < 14; i++)
    keys[i] = broadcast(&context->round_keys[i]);
#define KEY(n) keys[n]
  __m512i last_key = broadcast(&context->last_key);
  __m512i state[LANES];
  blocks = count_batch(c, blocks, state);
  sharing s;
  ROUND(_mm512_xor_si512, 0);
  ROUND(_mm512_aesenc_epi128, 1);
  ROUND(_mm512_aesenc_epi128, 2);
  ROUND(_mm512_aesenc_epi128, 3);
  begin_sharing(&s, context, blocks);
  IN_ORDER_WITH(state, &s);
  ROUNDS_FROM_4(_mm512_aesenc_epi128);
  finish(last_key, state, in, out, 0);
  while (--batches > 0) {
    in += BYTES;
    out += BYTES;
    blocks = _mm512_add_epi8(blocks, step(LANES));
    if (__builtin_expect((uint8_t)c->low < 256 - BLOCKS, 1)) {
      shared_round(&s, state);
      c->low += BLOCKS;
    } else {
      const uint8_t *masks;
      blocks = _mm512_xor_si512(blocks, in_each(cross(c, BLOCKS, &masks)));
      // In this order: what is behind the number has the longest way to go.
      __asm__("" : "+v"(blocks) : : "memory");
      shared_round(&s, state);
      __m512i shared = share(context, blocks);
      add_behind_crossing(_mm512_xor_si512(s.shared, shared), masks, state);
      s.shared = shared;
    }
    ROUND(_mm512_aesenc_epi128, 2);
    ROUND(_mm512_aesenc_epi128, 3);
    ROUND(_mm512_aesenc_epi128, 4);
    ROUND(_mm512_aesenc_epi128, 5);
    ROUND(_mm512_aesenc_epi128, 6);
    make_columns(&s);
    IN_ORDER_WITH(state, &s);
    ROUNDS_FROM_7(_mm512_aesenc_epi128);
    finish(last_key, state, in, out, streamed);
  }
#undef KEY
  if (streamed)
    _mm_sfence(); // such stores are not in order by themselves
  return blocks;
}

/// The last `lanes` registers of a message, counted already; the last one may be partial.
VAES INLINE void crypt_end(const caes_aesni_context *context, __m512i state[LANES],
                           const uint8_t *in, uint8_t *out, size_t n, int lanes) {
  uint32_t rounds = context->rounds;
#define KEY(n) broadcast(&context->round_keys[n])
  ROUNDS(_mm512_xor_si512, _mm512_aesenc_epi128);
#undef KEY
  __m512i last_key = broadcast(&context->last_key);
#pragma unroll
  for (int i = 0; i < lanes - 1; i++) {
    __m512i text = _mm512_xor_si512(_mm512_loadu_si512(in + 64 * i), last_key);
    _mm512_storeu_si512(out + 64 * i, _mm512_aesenclast_epi128(state[i], text));
  }
  in += 64 * (lanes - 1);
  out += 64 * (lanes - 1);
  if (n % 64 == 0) {
    __m512i text = _mm512_xor_si512(_mm512_loadu_si512(in), last_key);
    _mm512_storeu_si512(out, _mm512_aesenclast_epi128(state[lanes - 1], text));
  } else {
    __mmask64 bytes = _bzhi_u64(~0ull, (uint32_t)n % 64);
    __m512i text = _mm512_xor_si512(_mm512_maskz_loadu_epi8(bytes, in), last_key);
    _mm512_mask_storeu_epi8(out, bytes, _mm512_aesenclast_epi128(state[lanes - 1], text));
  }
}

/// The same in 256-bit registers.
VAES INLINE void crypt_end_ymm(const caes_aesni_context *context, __m256i state[LANES],
                               const uint8_t *in, uint8_t *out, size_t n, int lanes) {
  uint32_t rounds = context->rounds;
#define KEY(n) broadcast_ymm(&context->round_keys[n])
  ROUNDS(_mm256_xor_si256, _mm256_aesenc_epi128);
#undef KEY
  __m256i last_key = broadcast_ymm(&context->last_key);
#pragma unroll
  for (int i = 0; i < lanes - 1; i++) {
    __m256i text = _mm256_xor_si256(_mm256_loadu_si256((const void *)(in + 32 * i)), last_key);
    _mm256_storeu_si256((void *)(out + 32 * i), _mm256_aesenclast_epi128(state[i], text));
  }
  in += 32 * (lanes - 1);
  out += 32 * (lanes - 1);
  if (n % 32 == 0) {
    __m256i text = _mm256_xor_si256(_mm256_loadu_si256((const void *)in), last_key);
    _mm256_storeu_si256((void *)out, _mm256_aesenclast_epi128(state[lanes - 1], text));
  } else {
    __mmask32 bytes = _bzhi_u32(~0u, (uint32_t)n % 32);
    __m256i text = _mm256_xor_si256(_mm256_maskz_loadu_epi8(bytes, in), last_key);
    _mm256_mask_storeu_epi8(out, bytes, _mm256_aesenclast_epi128(state[lanes - 1], text));
  }
}

#define EACH_END(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8)

/// 1 to 511 bytes from blocks `blocks` and number `c` on.
VAES INLINE void crypt_rest(const caes_aesni_context *context, __m512i blocks, number c,
                            const uint8_t *in, uint8_t *out, size_t n) {
  __m512i state[LANES];
  // As many blocks as the message may have here.
  if (__builtin_expect((uint8_t)c.low > 256 - BLOCKS, 0)) {
    count_crossing(&c, blocks, state);
    switch ((n + 63) / 64) {
#define END(lanes)                                                                                 \
  case lanes:                                                                                      \
    goto counted##lanes;
      EACH_END(END)
#undef END
    }
  }
  switch ((n + 63) / 64) {
#define END(lanes)                                                                                 \
  case lanes:                                                                                      \
    count(blocks, state, lanes);                                                                   \
    counted##lanes : crypt_end(context, state, in, out, n, lanes);                                 \
    return;
    EACH_END(END)
#undef END
  }
}

/// The same for 1 to 256 bytes, in 256-bit registers.
VAES INLINE void crypt_rest_ymm(const caes_aesni_context *context, __m256i blocks, number c,
                                const uint8_t *in, uint8_t *out, size_t n) {
  __m256i state[LANES];
  if (__builtin_expect((uint8_t)c.low > 256 - 2 * LANES, 0)) {
    count_crossing_ymm(&c, blocks, state);
    switch ((n + 31) / 32) {
#define END(lanes)                                                                                 \
  case lanes:                                                                                      \
    goto counted##lanes;
      EACH_END(END)
#undef END
    }
  }
  switch ((n + 31) / 32) {
#define END(lanes)                                                                                 \
  case lanes:                                                                                      \
    count_ymm(blocks, state, lanes);                                                               \
    counted##lanes : crypt_end_ymm(context, state, in, out, n, lanes);                             \
    return;
    EACH_END(END)
#undef END
  }
}

/// What batches leave of a message.
VAES INLINE void crypt_behind_batches(const caes_aesni_context *context, __m512i blocks, number c,
                                      const uint8_t *in, uint8_t *out, size_t n) {
  if (n == 0)
    return;
  if (n <= YMM_AFTER)
    crypt_rest_ymm(context, _mm512_castsi512_si256(blocks), c, in, out, n);
  else
    crypt_rest(context, blocks, c, in, out, n);
}

VAES INLINE __m512i first_blocks(const uint8_t counter[16]) {
  return _mm512_add_epi8(_mm512_broadcast_i32x4(load(counter)), places());
}

/// Two batches or more. Apart, so that what they share costs others nothing.
VAES __attribute__((noinline)) static void SYMBOL(_shared)(const caes_aesni_context *context,
                                                           const uint8_t counter[16],
                                                           const uint8_t *in, uint8_t *out,
                                                           size_t n) {
  number c = number_at(counter);
  __m512i blocks = first_blocks(counter);
  size_t batches = n / BYTES;
  // To whole cache lines, and not to those that the text has just fetched.
  if (n >= STREAMED && (uintptr_t)out % 64 == 0 && in != out)
    blocks = crypt_shared_batches(context, blocks, &c, in, out, batches, 1);
  else
    blocks = crypt_shared_batches(context, blocks, &c, in, out, batches, 0);
  in += BYTES * batches;
  out += BYTES * batches;
  crypt_behind_batches(context, blocks, c, in, out, n % BYTES);
}

/// More than YMM_ALONE bytes, and less than two batches.
VAES __attribute__((noinline)) static void SYMBOL(_long)(const caes_aesni_context *context,
                                                         const uint8_t counter[16],
                                                         const uint8_t *in, uint8_t *out,
                                                         size_t n) {
  number c = number_at(counter);
  __m512i blocks = first_blocks(counter);
  if (n >= BYTES) {
    blocks = crypt_batch(context, blocks, &c, in, out);
    crypt_behind_batches(context, blocks, c, in + BYTES, out + BYTES, n - BYTES);
  } else {
    crypt_rest(context, blocks, c, in, out, n);
  }
}

VAES INLINE __m256i first_blocks_ymm(const uint8_t counter[16]) {
  return _mm256_add_epi8(broadcast_ymm(counter), _mm256_set_m128i(increment(1), increment(0)));
}

/// 17 to 32 bytes without a crossing.
VAES __attribute__((noinline)) static void SYMBOL(_two)(const caes_aesni_context *context,
                                                        const uint8_t counter[16],
                                                        const uint8_t *in, uint8_t *out, size_t n) {
  __m256i state[LANES] = {first_blocks_ymm(counter)};
  crypt_end_ymm(context, state, in, out, n, 1);
}

/// More than a block.
VAES __attribute__((noinline)) static void SYMBOL(_blocks)(const caes_aesni_context *context,
                                                           const uint8_t counter[16],
                                                           const uint8_t *in, uint8_t *out,
                                                           size_t n) {
  if (n > YMM_ALONE) {
    if (n < 2 * BYTES)
      SYMBOL(_long)(context, counter, in, out, n);
    else
      SYMBOL(_shared)(context, counter, in, out, n);
    return;
  }
  crypt_rest_ymm(context, first_blocks_ymm(counter), number_at(counter), in, out, n);
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

VAES void SYMBOL()(const void *ctx, const uint8_t counter[16], const uint8_t *in, uint8_t *out,
                   size_t n) {
  // Apart, because no register needs saving here, nor in messages of two blocks. Where 512-bit
  // registers begin at 33 bytes, these have no way of their own: it would cost longer ones 1 to 3
  // cycles.
  if (n > 16) {
    if (YMM_ALONE > 32 && n <= 32 && counter[15] != 255)
      SYMBOL(_two)(ctx, counter, in, out, n);
    else
      SYMBOL(_blocks)(ctx, counter, in, out, n);
  } else if (n > 0)
    crypt_block(ctx, counter, in, out, n);
}
#endif
