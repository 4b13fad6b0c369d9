// SPDX-License-Identifier: Apache-2.0
// c-aesni, and one leak beside it.

#include "ctrace_leaks.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

/// Where leaks end up, so that no compiler drops them.
static volatile uint32_t sink;
static _Alignas(64) const int32_t table[256] = {1, 2, 3};

static const caes_kernel *honest(void) {
  const caes_table *kernels = caes_kernels();
  for (size_t i = 0; i < kernels->count; i++)
    if (strcmp(kernels->rows[i].id, "c-aesni") == 0)
      return &kernels->rows[i];
  __builtin_trap();
}

static int honest_key(void *ctx, const uint8_t *key, size_t key_bytes) {
  return honest()->set_key(ctx, key, key_bytes);
}

static void honest_clear(void *ctx) { honest()->clear(ctx); }

#define CRYPT(name, features)                                                                      \
  static void leak_##name(const void *, const uint8_t *, size_t);                                  \
  static void crypt_##name(const void *ctx, const uint8_t counter[16], const uint8_t *in,          \
                           uint8_t *out, size_t n) {                                               \
    leak_##name(ctx, in, n);                                                                       \
    honest()->crypt(ctx, counter, in, out, n);                                                     \
  }                                                                                                \
  __attribute__((noinline, target(features))) static void leak_##name(const void *ctx,             \
                                                                      const uint8_t *in, size_t n)

CRYPT(key_branch, "sse2") {
  (void)in, (void)n;
  if (*(const uint8_t *)ctx & 1) // of round key 0, which is the key
    sink = 1;
}

CRYPT(text_lookup, "sse2") {
  (void)ctx;
  if (n > 0)
    sink = (uint32_t)table[in[0]];
}

CRYPT(division, "sse2") {
  (void)ctx;
  // Its time depends on the operands; no address, no branch, and memcheck has nothing to say.
  if (n > 0)
    sink = 1000003u / (in[0] | 1u);
}

CRYPT(rare_branch, "sse4.1") {
  (void)ctx;
  // One text in 2^128 goes another way: no number of traces will show it.
  if (n >= 16) {
    __m128i text = _mm_loadu_si128((const __m128i *)in);
    if (_mm_testz_si128(text, text))
      sink = 1;
  }
}

CRYPT(gather, "avx2") {
  (void)ctx;
  // The addresses are made in a vector register.
  if (n >= 16) {
    __m128i index = _mm_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)in));
    __m128i found = _mm_i32gather_epi32(table, index, 4);
    sink = (uint32_t)_mm_cvtsi128_si32(found);
  }
}

CRYPT(mask_from_text, "avx512bw,avx512vl") {
  (void)ctx;
  // Which bytes of memory are touched depends on the text.
  if (n >= 16) {
    __m128i text = _mm_loadu_si128((const __m128i *)in);
    __mmask16 mask = _mm_cmpgt_epi8_mask(text, _mm_setzero_si128());
    __m128i found = _mm_maskz_loadu_epi8(mask, table);
    sink = (uint32_t)_mm_cvtsi128_si32(found);
  }
}

static int key_schedule_branch(void *ctx, const uint8_t *key, size_t key_bytes) {
  if (key_bytes >= 16 && key[3] & 0x80)
    sink = 1;
  return honest_key(ctx, key, key_bytes);
}

static void honest_crypt(const void *ctx, const uint8_t counter[16], const uint8_t *in,
                         uint8_t *out, size_t n) {
  honest()->crypt(ctx, counter, in, out, n);
}

#define AESNI (CAES_BIT(CAES_AES) | CAES_BIT(CAES_SSSE3))
#define LEAK(name, what, needs, key, crypt_function, caught)                                       \
  {                                                                                                \
    .kernel =                                                                                      \
        {                                                                                          \
            .id = name,                                                                            \
            .language = "C",                                                                       \
            .technique = what,                                                                     \
            .required = AESNI | (needs),                                                           \
            .flags = CAES_CONSTANT_TIME,                                                           \
            .context_alignment = 64,                                                               \
            .context_size = 256,                                                                   \
            .set_key = key,                                                                        \
            .crypt = crypt_function,                                                               \
            .clear = honest_clear,                                                                 \
        },                                                                                         \
    .caught_by = caught,                                                                           \
  }

static const ctrace_leak leaks[] = {
    LEAK("leak-key-branch", "branches on a bit of the key", 0, honest_key, crypt_key_branch,
         CTRACE_MEMCHECK | CTRACE_PATH),
    LEAK("leak-key-schedule", "branches on a bit of the key, in the key schedule", 0,
         key_schedule_branch, honest_crypt, CTRACE_MEMCHECK | CTRACE_PATH),
    LEAK("leak-lookup", "looks a byte of the text up in a table", 0, honest_key, crypt_text_lookup,
         CTRACE_MEMCHECK | CTRACE_REGISTER),
    LEAK("leak-division", "divides by a byte of the text", 0, honest_key, crypt_division,
         CTRACE_REGISTER),
    LEAK("leak-rare-branch", "branches on a text of zeros", CAES_BIT(CAES_SSE4_1), honest_key,
         crypt_rare_branch, CTRACE_MEMCHECK | CTRACE_INSTRUCTION),
    LEAK("leak-gather", "gathers at indices from the text", CAES_BIT(CAES_AVX2), honest_key,
         crypt_gather, CTRACE_MEMCHECK | CTRACE_INSTRUCTION),
    LEAK("leak-mask", "loads under a mask made of the text",
         CAES_BIT(CAES_AVX512BW) | CAES_BIT(CAES_AVX512VL), honest_key, crypt_mask_from_text,
         CTRACE_INSTRUCTION),
};

const ctrace_leak *ctrace_leaks(size_t *count) {
  *count = sizeof leaks / sizeof leaks[0];
  return leaks;
}

#else

const ctrace_leak *ctrace_leaks(size_t *count) {
  *count = 0;
  return NULL;
}

#endif
