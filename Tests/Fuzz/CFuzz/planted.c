// SPDX-License-Identifier: Apache-2.0
// Bugs that were planted for the fuzzer to find.

#include "cfuzz.h"

#include <string.h>

static caes_kernel honest_kernel;
static volatile uint8_t sink;

/// Counts over the last 32 bits alone, as if a carry had been forgotten.
static void crypt_without_carry(const void *ctx, const uint8_t counter[16], const uint8_t *in,
                                uint8_t *out, size_t n) {
  uint32_t low = (uint32_t)counter[12] << 24 | (uint32_t)counter[13] << 16 |
                 (uint32_t)counter[14] << 8 | counter[15];
  uint64_t before = 16 * (((uint64_t)1 << 32) - low); // bytes until it overflows
  if (n <= before) {
    honest_kernel.crypt(ctx, counter, in, out, n);
    return;
  }
  uint8_t wrapped[16];
  memcpy(wrapped, counter, 12);
  memset(wrapped + 12, 0, 4);
  honest_kernel.crypt(ctx, counter, in, out, before);
  honest_kernel.crypt(ctx, wrapped, in + before, out + before, n - before);
}

/// Right, but one length in 1,300 reads a byte too many.
static void crypt_and_overread(const void *ctx, const uint8_t counter[16], const uint8_t *in,
                               uint8_t *out, size_t n) {
  if (n == 1221)
    sink = in[n];
  honest_kernel.crypt(ctx, counter, in, out, n);
}

const caes_kernel *cfuzz_planted(const char *name, const caes_kernel *honest) {
  static caes_kernel planted;
  honest_kernel = *honest;
  planted = *honest;
  if (strcmp(name, "carry") == 0) {
    planted.id = "planted-carry";
    planted.crypt = crypt_without_carry;
  } else if (strcmp(name, "overread") == 0) {
    planted.id = "planted-overread";
    planted.crypt = crypt_and_overread;
  } else {
    return NULL;
  }
  return &planted;
}
