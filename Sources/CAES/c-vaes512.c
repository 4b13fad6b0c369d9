// SPDX-License-Identifier: Apache-2.0
// Computes:  AES-CTR, 128-, 192- and 256-bit keys.
// Technique: VAES on 512-bit registers, 32 blocks in flight, round keys in registers for messages
// of
//            a batch or more. Counter blocks stay in big-endian order: while the counter's last
//            byte does not overflow, four of them are one VPADDB. The 128-bit carry is for one
//            batch in 8, without a branch or a mask. The end of a message is read and written under
//            a mask that its length makes; one block goes through 128-bit registers alone.
// Cost:      13, 15 or 17 vector instructions for 4 blocks. Zen 4, 8 KiB to 64 KiB: 0.160 and 0.223
//            cycles/byte for AES-128 and AES-256, where the AES units allow 0.1563 and 0.2188.
// Pays:      where 512-bit instructions do not lower the clock: Zen 4 and later, Sapphire Rapids
// and
//            later.

#include "kernels.h"

#if defined(__x86_64__)

#define VAES __attribute__((target("vaes,avx512f,avx512bw,avx512vl,bmi2")))
#define INLINE static inline __attribute__((always_inline))
/// Registers of a batch, and blocks and bytes in them.
#define LANES 8
#define BLOCKS (4 * LANES)
#define BYTES (64 * LANES)

/// The counter as a number. It is kept beside the vector because the way from the vector registers
/// back to these is long.
typedef struct number {
  uint64_t high, low;
} number;

/// The place in a batch of each block of register `i`, in the low words.
VAES INLINE __m512i places(int i) {
  return _mm512_set_epi64(0, 4 * i + 3, 0, 4 * i + 2, 0, 4 * i + 1, 0, 4 * i);
}

/// 4 * `i` in the last byte of each block.
VAES INLINE __m512i step(int i) {
  long long last_byte = (long long)((uint64_t)(4 * i) << 56);
  return _mm512_set4_epi64(last_byte, 0, last_byte, 0);
}

/// Counter blocks 4 * `i` to 4 * `i` + 3 after `c`, counted in 128 bits.
VAES INLINE __m512i count_with_carry(number c, int i) {
  __m512i block =
      _mm512_set4_epi64((long long)c.high, (long long)c.low, (long long)c.high, (long long)c.low);
  // How many steps the low half takes without overflow; more than a batch has is all the same.
  uint64_t steps = ~c.low < BLOCKS ? ~c.low : BLOCKS;
  __m512i left = _mm512_sub_epi64(_mm512_set4_epi64((long long)steps, 0, (long long)steps, 0),
                                  _mm512_bslli_epi128(places(i), 8));
  block = _mm512_add_epi64(block, places(i));
  block = _mm512_add_epi64(block, _mm512_srli_epi64(left, 63)); // 1 where it is negative
  const __m512i reverse = _mm512_set4_epi64(0x0001020304050607, 0x08090a0b0c0d0e0f,
                                            0x0001020304050607, 0x08090a0b0c0d0e0f);
  return _mm512_shuffle_epi8(block, reverse);
}

/// The first `lanes` registers of a batch.
VAES INLINE void count(__m512i blocks, number c, __m512i state[LANES], int lanes, int carries) {
  if (__builtin_expect(carries, 0)) {
#pragma unroll
    for (int i = 0; i < lanes; i++)
      state[i] = count_with_carry(c, i);
  } else {
#pragma unroll
    for (int i = 0; i < lanes; i++)
      state[i] = i == 0 ? blocks : _mm512_add_epi8(blocks, step(i));
  }
}

/// Round key in each of the four blocks.
VAES INLINE __m512i broadcast(const __m128i *key) {
  return _mm512_broadcast_i32x4(_mm_load_si128(key));
}

/// All rounds but the last; `KEY(n)` is round key n.
#define ROUND(n)                                                                                   \
  do {                                                                                             \
    __m512i key = KEY(n);                                                                          \
    _Pragma("unroll") for (int i = 0; i < lanes; i++) state[i] =                                   \
        _mm512_aesenc_epi128(state[i], key);                                                       \
  } while (0)
#define ROUNDS                                                                                     \
  do {                                                                                             \
    __m512i first_key = KEY(0);                                                                    \
    _Pragma("unroll") for (int i = 0; i < lanes; i++) state[i] =                                   \
        _mm512_xor_si512(state[i], first_key);                                                     \
    ROUND(1);                                                                                      \
    ROUND(2);                                                                                      \
    ROUND(3);                                                                                      \
    ROUND(4);                                                                                      \
    ROUND(5);                                                                                      \
    ROUND(6);                                                                                      \
    ROUND(7);                                                                                      \
    ROUND(8);                                                                                      \
    ROUND(9);                                                                                      \
    /* The length of the key is the same for all batches: the branches are predicted. */           \
    if (rounds > 10) {                                                                             \
      ROUND(10);                                                                                   \
      ROUND(11);                                                                                   \
      if (rounds > 12) {                                                                           \
        ROUND(12);                                                                                 \
        ROUND(13);                                                                                 \
      }                                                                                            \
    }                                                                                              \
  } while (0)

/// Last round, text and store of a batch, four registers at a time. The text is added to the last
/// round key, so that VAESENCLAST adds it.
VAES INLINE void finish(__m512i last_key, __m512i state[LANES], const uint8_t *in, uint8_t *out) {
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
      _mm512_storeu_si512(out + 64 * (first + i), text[i]);
  }
}

/// Whole batches from block `*blocks` and number `*c` on, which are left behind the last one.
VAES INLINE void crypt_batches(const caes_aesni_context *context, __m512i *blocks, number *c,
                               const uint8_t *in, uint8_t *out, size_t batches) {
  enum { lanes = LANES };
  uint32_t rounds = context->rounds;
  __m512i keys[14];
#pragma unroll
  for (int i = 0; i < 14; i++)
    keys[i] = broadcast(&context->round_keys[i]);
  __m512i last_key = broadcast(&context->round_keys[rounds]);
  __m512i state[LANES];
  do {
    if (__builtin_expect((uint8_t)c->low < 256 - BLOCKS, 1)) {
      count(*blocks, *c, state, LANES, 0);
      *blocks = _mm512_add_epi8(*blocks, step(LANES));
      c->low += BLOCKS;
    } else {
      count(*blocks, *c, state, LANES, 1);
      c->low += BLOCKS;
      c->high += c->low < BLOCKS;
      *blocks = count_with_carry(*c, 0);
    }
#define KEY(n) keys[n]
    ROUNDS;
#undef KEY
    finish(last_key, state, in, out);
    in += BYTES;
    out += BYTES;
  } while (--batches > 0);
}

/// The last `lanes` registers of a message, of which the last one may be partial.
VAES INLINE void crypt_end(const caes_aesni_context *context, __m512i blocks, number c,
                           const uint8_t *in, uint8_t *out, size_t n, int lanes) {
  uint32_t rounds = context->rounds;
  __m512i state[LANES];
  count(blocks, c, state, lanes, (uint8_t)c.low + 4 * lanes > 256);
#define KEY(n) broadcast(&context->round_keys[n])
  ROUNDS;
  __m512i last_key = KEY(rounds);
#undef KEY
  int whole = n % 64 == 0 ? lanes : lanes - 1;
#pragma unroll
  for (int i = 0; i < lanes - 1; i++) {
    __m512i text = _mm512_xor_si512(_mm512_loadu_si512(in + 64 * i), last_key);
    _mm512_storeu_si512(out + 64 * i, _mm512_aesenclast_epi128(state[i], text));
  }
  in += 64 * (lanes - 1);
  out += 64 * (lanes - 1);
  if (whole == lanes) {
    __m512i text = _mm512_xor_si512(_mm512_loadu_si512(in), last_key);
    _mm512_storeu_si512(out, _mm512_aesenclast_epi128(state[lanes - 1], text));
  } else {
    __mmask64 bytes = _bzhi_u64(~0ull, (uint32_t)n % 64);
    __m512i text = _mm512_xor_si512(_mm512_maskz_loadu_epi8(bytes, in), last_key);
    _mm512_mask_storeu_epi8(out, bytes, _mm512_aesenclast_epi128(state[lanes - 1], text));
  }
}

/// 1 to 16 bytes.
VAES INLINE void crypt_block(const caes_aesni_context *context, const uint8_t counter[16],
                             const uint8_t *in, uint8_t *out, size_t n) {
  const __m128i *keys = context->round_keys;
  uint32_t rounds = context->rounds;
  __m128i state = _mm_xor_si128(_mm_loadu_si128((const __m128i *)counter), keys[0]);
#pragma unroll
  for (int i = 1; i < 10; i++)
    state = _mm_aesenc_si128(state, keys[i]);
  if (rounds > 10) {
    state = _mm_aesenc_si128(state, keys[10]);
    state = _mm_aesenc_si128(state, keys[11]);
    if (rounds > 12) {
      state = _mm_aesenc_si128(state, keys[12]);
      state = _mm_aesenc_si128(state, keys[13]);
    }
  }
  state = _mm_aesenclast_si128(state, keys[rounds]);
  if (n == 16) {
    _mm_storeu_si128((__m128i *)out, _mm_xor_si128(state, _mm_loadu_si128((const __m128i *)in)));
  } else {
    __mmask16 bytes = (__mmask16)_bzhi_u32(0xffff, (uint32_t)n);
    _mm_mask_storeu_epi8(out, bytes, _mm_xor_si128(state, _mm_maskz_loadu_epi8(bytes, in)));
  }
}

VAES void caes_c_vaes512(const void *ctx, const uint8_t counter[16], const uint8_t *in,
                         uint8_t *out, size_t n) {
  const caes_aesni_context *context = ctx;
  if (n <= 16) {
    if (n > 0)
      crypt_block(context, counter, in, out, n);
    return;
  }
  number c;
  memcpy(&c, counter, 16);
  c.high = __builtin_bswap64(c.high);
  c.low = __builtin_bswap64(c.low);
  // The first four blocks, unless the last byte overflows, which is looked at before they are used.
  __m512i blocks =
      _mm512_add_epi8(_mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)counter)),
                      _mm512_bslli_epi128(places(0), 15));
  if (n <= 64) {
    crypt_end(context, blocks, c, in, out, n, 1);
    return;
  }
  size_t batches = n / BYTES;
  if (batches > 0) {
    crypt_batches(context, &blocks, &c, in, out, batches);
    in += BYTES * batches;
    out += BYTES * batches;
    n %= BYTES;
  }
  switch ((n + 63) / 64) {
#define END(lanes)                                                                                 \
  case lanes:                                                                                      \
    crypt_end(context, blocks, c, in, out, n, lanes);                                              \
    return;
    END(1)
    END(2)
    END(3)
    END(4)
    END(5)
    END(6)
    END(7)
    END(8)
#undef END
  }
}
#endif
