// SPDX-License-Identifier: Apache-2.0
// What the kernels of this library share.

#ifndef CAES_ASM_KERNELS_H
#define CAES_ASM_KERNELS_H

#include "caes_asm.h"

#define CAES_HIDDEN __attribute__((visibility("hidden")))

#if defined(__x86_64__)
/// The key schedule, as AESENC takes it. context.inc has the offsets.
typedef struct caes_asm_context {
  /// Round keys 0 to 9, 11 or 13.
  _Alignas(16) uint8_t round_keys[14][16];
  /// The last one, at the same place whatever its number: no kernel computes where.
  uint8_t last_key[16];
  /// 10, 12 or 14.
  uint32_t rounds;
} caes_asm_context;

_Static_assert(offsetof(caes_asm_context, last_key) == 224, "LAST_KEY in context.inc");
_Static_assert(offsetof(caes_asm_context, rounds) == 240, "ROUNDS in context.inc");
_Static_assert(sizeof(caes_asm_context) == 256, "CONTEXT_BYTES in context.inc");

CAES_HIDDEN int caes_asm_aesni_set_key(void *ctx, const uint8_t *key, size_t key_bytes);
CAES_HIDDEN void caes_asm_aesni_clear(void *ctx);
CAES_HIDDEN int caes_asm_avx512_set_key(void *ctx, const uint8_t *key, size_t key_bytes);
CAES_HIDDEN void caes_asm_avx512_clear(void *ctx);

#define CAES_KERNEL(symbol, id, technique, required, preferred, flags, context, set_key, clear)    \
  CAES_HIDDEN void symbol(const void *ctx, const uint8_t counter[16], const uint8_t *in,           \
                          uint8_t *out, size_t n);
#include "kernels.def"
#undef CAES_KERNEL
#endif

#endif
