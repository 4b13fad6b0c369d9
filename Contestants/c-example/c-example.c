// SPDX-License-Identifier: Apache-2.0
// Computes:  AES-CTR, 128-, 192- and 256-bit keys.
// Technique: AES-NI, one block after the other.
//
// The template for a kernel of your own: see Documentation/BringYourOwnKernel.md. The contract of
// the three functions, and of each field of the row, is in caes.h.

#include "caes.h"

#include <immintrin.h>
#include <stdalign.h>
#include <string.h>

typedef struct context {
  __m128i round_keys[15];
  size_t rounds;
} context;

#define WITH_AES __attribute__((target("aes,sse4.1")))

/// FIPS 197, section 5.2. AESKEYGENASSIST is its SubWord (lane 0), and RotWord after that (lane 1).
WITH_AES static int set_key(void *ctx, const uint8_t *key, size_t key_bytes) {
  if (key_bytes != 16 && key_bytes != 24 && key_bytes != 32)
    return CAES_BAD_KEY_LENGTH;
  context *c = ctx;
  uint32_t *w = (uint32_t *)c->round_keys, rcon = 1;
  size_t words = key_bytes / 4;
  c->rounds = words + 6;
  memcpy(w, key, key_bytes);
  for (size_t i = words; i < 4 * (c->rounds + 1); i++) {
    __m128i sub = _mm_aeskeygenassist_si128(_mm_set1_epi32((int)w[i - 1]), 0);
    uint32_t t = w[i - 1];
    if (i % words == 0) {
      t = (uint32_t)_mm_extract_epi32(sub, 1) ^ rcon;
      rcon = rcon << 1 ^ (rcon >> 7) * 0x11b;
    } else if (words == 8 && i % words == 4) {
      t = (uint32_t)_mm_cvtsi128_si32(sub);
    }
    w[i] = w[i - words] ^ t;
  }
  return CAES_OK;
}

WITH_AES static void crypt_ctr(const void *ctx, const uint8_t counter[16], const uint8_t *in,
                               uint8_t *out, size_t n) {
  const context *c = ctx;
  if (n == 0)
    return; // no pointer may be read then
  uint64_t high, low;
  memcpy(&high, counter, 8);
  memcpy(&low, counter + 8, 8);
  high = __builtin_bswap64(high);
  low = __builtin_bswap64(low);
  for (size_t done = 0; done < n; done += 16) {
    __m128i block =
        _mm_set_epi64x((long long)__builtin_bswap64(low), (long long)__builtin_bswap64(high));
    high += ++low == 0; // all 128 bits count
    block = _mm_xor_si128(block, c->round_keys[0]);
    for (size_t round = 1; round < c->rounds; round++)
      block = _mm_aesenc_si128(block, c->round_keys[round]);
    block = _mm_aesenclast_si128(block, c->round_keys[c->rounds]);
    if (n - done >= 16) {
      __m128i text = _mm_loadu_si128((const __m128i *)(in + done));
      _mm_storeu_si128((__m128i *)(out + done), _mm_xor_si128(text, block));
    } else {
      uint8_t keystream[16];
      _mm_storeu_si128((__m128i *)keystream, block);
      for (size_t i = 0; i < n - done; i++)
        out[done + i] = in[done + i] ^ keystream[i];
      // Nothing secret may stay on the stack, and the compiler may not find this useless.
      __asm__ volatile("movups %1, %0" : "=m"(keystream) : "x"(_mm_setzero_si128()));
    }
  }
}

static void clear(void *ctx) {
  memset(ctx, 0, sizeof(context));
  __asm__ volatile("" : : "r"(ctx) : "memory");
}

const caes_table *caes_kernels(void) {
  static const caes_kernel row = {
      .id = "c-example",
      .language = "C",
      .technique = "AES-NI, one block at a time: the template",
      .required = CAES_BIT(CAES_AES) | CAES_BIT(CAES_SSE4_1),
      .flags = CAES_CONSTANT_TIME,
      .context_alignment = alignof(context),
      .context_size = sizeof(context),
      .set_key = set_key,
      .crypt = crypt_ctr,
      .clear = clear,
  };
  static const caes_table table = {CAES_ABI_VERSION, sizeof(caes_kernel), 1, &row};
  return &table;
}
