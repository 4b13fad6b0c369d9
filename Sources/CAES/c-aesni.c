// SPDX-License-Identifier: Apache-2.0
// Computes:  AES-CTR, 128-, 192- and 256-bit keys.
// Technique: AES-NI, 8 blocks in flight; the counter stays in two integer registers.
// Cost:      (rounds + 1) * 8 instructions of the AES and vector units for 128 bytes.
// Pays:      on every x86-64 CPU since 2010; those with VAES have something better.

#include "kernels.h"

#if defined(__x86_64__)

#define AESNI __attribute__((target("aes,ssse3")))
#define LANES 8

/// A counter block as the two halves of a 128-bit integer.
typedef struct counter {
  uint64_t high, low;
} counter;

AESNI static inline __m128i next_block(counter *c) {
  __m128i block = _mm_set_epi64x((long long)__builtin_bswap64(c->low),
                                 (long long)__builtin_bswap64(c->high));
  c->low++;
  c->high += c->low == 0;
  return block;
}

AESNI static inline __attribute__((always_inline)) void
crypt_blocks(const __m128i *keys, uint32_t rounds, counter *c, const uint8_t *in, uint8_t *out,
             int lanes) {
  __m128i state[LANES];
#pragma unroll
  for (int i = 0; i < lanes; i++)
    state[i] = _mm_xor_si128(next_block(c), keys[0]);
  for (uint32_t round = 1; round < rounds; round++) {
    __m128i key = keys[round];
#pragma unroll
    for (int i = 0; i < lanes; i++)
      state[i] = _mm_aesenc_si128(state[i], key);
  }
  // AESENCLAST xors its key at the very end, so the text goes in with the key.
#pragma unroll
  for (int i = 0; i < lanes; i++) {
    __m128i text = _mm_loadu_si128((const __m128i *)(in + 16 * i));
    state[i] = _mm_aesenclast_si128(state[i], _mm_xor_si128(keys[rounds], text));
  }
#pragma unroll
  for (int i = 0; i < lanes; i++)
    _mm_storeu_si128((__m128i *)(out + 16 * i), state[i]);
}

AESNI void caes_c_aesni(const void *ctx, const uint8_t counter_block[16], const uint8_t *in,
                        uint8_t *out, size_t n) {
  const caes_aesni_context *context = ctx;
  const __m128i *keys = context->round_keys;
  uint32_t rounds = context->rounds;
  if (n == 0)
    return;

  counter c;
  memcpy(&c, counter_block, 16);
  c.high = __builtin_bswap64(c.high);
  c.low = __builtin_bswap64(c.low);

  for (; n >= 16 * LANES; n -= 16 * LANES, in += 16 * LANES, out += 16 * LANES)
    crypt_blocks(keys, rounds, &c, in, out, LANES);
  for (; n >= 16; n -= 16, in += 16, out += 16)
    crypt_blocks(keys, rounds, &c, in, out, 1);
  if (n > 0) {
    uint8_t block[16] = {0};
    memcpy(block, in, n);
    crypt_blocks(keys, rounds, &c, block, block, 1);
    memcpy(out, block, n);
    caes_wipe(block, sizeof block);
  }
}
#endif
