// SPDX-License-Identifier: Apache-2.0
// The key schedule of FIPS 197, section 5.2, for CPUs with AVX-512: 6 instructions a round key of a
// 128-bit key. Longer ones as without AVX-512.

#include "kernels.h"

#if defined(__x86_64__)

#define TARGET __attribute__((target("aes,avx512f,avx512vl")))
#define PLUS_PART(a, b, part) _mm_ternarylogic_epi64(a, b, part, 0x78)
#define ROTATED(x, times) _mm_ror_epi32(x, 8 * (times))
#include "expand128.h"

TARGET int caes_avx512_set_key(void *ctx, const uint8_t *key, size_t key_bytes) {
  if (key_bytes != 16)
    return caes_aesni_set_key(ctx, key, key_bytes);
  caes_aesni_context *context = ctx;
  context->last_key = expand128(context->round_keys, key);
  context->rounds = 10;
  return CAES_OK;
}

TARGET void caes_avx512_clear(void *ctx) {
  _Static_assert(sizeof(caes_aesni_context) == 256, "four registers");
  for (int i = 0; i < 4; i++)
    _mm512_storeu_si512((uint8_t *)ctx + 64 * i, _mm512_setzero_si512());
  // Also where the compiler thinks that nobody looks.
  __asm__ volatile("" : : "r"(ctx) : "memory");
}
#endif
