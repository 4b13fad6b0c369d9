// SPDX-License-Identifier: Apache-2.0
// What the kernels of this library share.

#ifndef CAES_KERNELS_H
#define CAES_KERNELS_H

#include "caes.h"

#include <string.h>

#define CAES_HIDDEN __attribute__((visibility("hidden")))

/// Overwrites memory with zeros, also where the compiler thinks that nobody
/// looks.
static inline void caes_wipe(void *memory, size_t bytes) {
  memset(memory, 0, bytes);
  __asm__ volatile("" : : "r"(memory) : "memory");
}

#if defined(__x86_64__)
#include <immintrin.h>

/// The key schedule, as AESENC takes it.
typedef struct caes_aesni_context {
  /// Round keys 0 to 9, 11 or 13.
  __m128i round_keys[14];
  /// The last one, at the same place whatever its number: no kernel computes
  /// where.
  __m128i last_key;
  /// 10, 12 or 14.
  uint32_t rounds;
} caes_aesni_context;

CAES_HIDDEN int caes_aesni_set_key(void *ctx, const uint8_t *key, size_t key_bytes);
CAES_HIDDEN void caes_aesni_clear(void *ctx);
CAES_HIDDEN int caes_avx512_set_key(void *ctx, const uint8_t *key, size_t key_bytes);
CAES_HIDDEN void caes_avx512_clear(void *ctx);

/// A kernel begins where its way for a short message crosses no page: that is a cycle more, of 9 to
/// 10 for 16 bytes, and without this a matter of what stands before it.
#define CAES_KERNEL(symbol, id, technique, required, preferred, flags, context, set_key, clear)    \
  __attribute__((aligned(512))) CAES_HIDDEN void symbol(                                           \
      const void *ctx, const uint8_t counter[16], const uint8_t *in, uint8_t *out, size_t n);
#include "kernels.def"
#undef CAES_KERNEL
#endif

#endif
