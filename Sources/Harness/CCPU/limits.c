// SPDX-License-Identifier: Apache-2.0
// Loops that show what the AES unit and the memory can do at best.

#include "ccpu_limits.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

#define TWELVE(op, last)                                                                           \
  op "0" last op "1" last op "2" last op "3" last op "4" last op "5" last op "6" last op           \
     "7" last op "8" last op "9" last op "10" last op "11" last
#define CLOBBERS                                                                                   \
  "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",   \
      "xmm11", "xmm15"

static void aes_xmm(uint64_t n) {
  __asm__ volatile(".balign 64\n1:\n\t" TWELVE("aesenc %%xmm15, %%xmm", "\n\t") "dec %0\n\tjnz 1b"
                   : "+r"(n)
                   :
                   : CLOBBERS);
}

// Each VAESENC reads the register that it writes, so the twelve lines differ in two numbers.
#define VAES(width, i) "vaesenc %%" width "15, %%" width #i ", %%" width #i "\n\t"
// clang-format off
#define TWELVE_VAES(w)                                                                             \
  VAES(w, 0) VAES(w, 1) VAES(w, 2) VAES(w, 3) VAES(w, 4) VAES(w, 5)                                \
  VAES(w, 6) VAES(w, 7) VAES(w, 8) VAES(w, 9) VAES(w, 10) VAES(w, 11)
// clang-format on

static void aes_ymm(uint64_t n) {
  __asm__ volatile(".balign 64\n1:\n\t" TWELVE_VAES("ymm") "dec %0\n\tjnz 1b\n\tvzeroupper"
                   : "+r"(n)
                   :
                   : CLOBBERS);
}

static void aes_zmm(uint64_t n) {
  __asm__ volatile(".balign 64\n1:\n\t" TWELVE_VAES("zmm") "dec %0\n\tjnz 1b\n\tvzeroupper"
                   : "+r"(n)
                   :
                   : CLOBBERS);
}

void ccpu_aes_rounds(ccpu_width width, uint64_t iterations) {
  if (iterations == 0)
    return;
  if (width == CCPU_ZMM)
    aes_zmm(iterations);
  else if (width == CCPU_YMM)
    aes_ymm(iterations);
  else
    aes_xmm(iterations);
}

static void rep_movsb(uint8_t *out, const uint8_t *in, size_t n) {
  __asm__ volatile("rep movsb" : "+D"(out), "+S"(in), "+c"(n) : : "memory");
}

static void rep_stosb(uint8_t *out, size_t n) {
  __asm__ volatile("rep stosb" : "+D"(out), "+c"(n) : "a"(0) : "memory");
}

// Checks that a sanitizer adds would make a limit of what is none.
#define LOOP(features)                                                                             \
  __attribute__((target(features), no_sanitize("undefined", "address"))) static void

// One set of loops for each register width: 64 bytes an iteration, the rest bytewise.
#define LOOPS(name, features, vector, load, store, stream, zero, touch)                            \
  LOOP(features) copy_##name(int temporal, uint8_t *out, const uint8_t *in, size_t n) {            \
    enum { STEPS = 64 / sizeof(vector) };                                                          \
    if (temporal)                                                                                  \
      for (; n >= 64; n -= 64, in += 64, out += 64)                                                \
        for (int i = 0; i < STEPS; i++)                                                            \
          store((void *)(out + i * sizeof(vector)), load((void *)(in + i * sizeof(vector))));      \
    else                                                                                           \
      for (; n >= 64; n -= 64, in += 64, out += 64)                                                \
        for (int i = 0; i < STEPS; i++)                                                            \
          stream((void *)(out + i * sizeof(vector)), load((void *)(in + i * sizeof(vector))));     \
    rep_movsb(out, in, n);                                                                         \
  }                                                                                                \
  LOOP(features) store_##name(int temporal, uint8_t *out, size_t n) {                              \
    enum { STEPS = 64 / sizeof(vector) };                                                          \
    vector value = zero();                                                                         \
    touch(value);                                                                                  \
    if (temporal)                                                                                  \
      for (; n >= 64; n -= 64, out += 64)                                                          \
        for (int i = 0; i < STEPS; i++)                                                            \
          store((void *)(out + i * sizeof(vector)), value);                                        \
    else                                                                                           \
      for (; n >= 64; n -= 64, out += 64)                                                          \
        for (int i = 0; i < STEPS; i++)                                                            \
          stream((void *)(out + i * sizeof(vector)), value);                                       \
    rep_stosb(out, n);                                                                             \
  }                                                                                                \
  LOOP(features) load_##name(const uint8_t *in, size_t n) {                                        \
    enum { STEPS = 64 / sizeof(vector) };                                                          \
    for (; n >= 64; n -= 64, in += 64)                                                             \
      for (int i = 0; i < STEPS; i++) {                                                            \
        vector value = load((void *)(in + i * sizeof(vector)));                                    \
        touch(value);                                                                              \
      }                                                                                            \
  }

// Keeps the compiler from dropping the value, or from knowing it and calling memset.
#define TOUCH_X(value) __asm__ volatile("" : "+x"(value))
#define TOUCH_V(value) __asm__ volatile("" : "+v"(value))

LOOPS(sse, "sse2", __m128i, _mm_loadu_si128, _mm_storeu_si128, _mm_stream_si128, _mm_setzero_si128,
      TOUCH_X)
LOOPS(avx, "avx", __m256i, _mm256_loadu_si256, _mm256_storeu_si256, _mm256_stream_si256,
      _mm256_setzero_si256, TOUCH_X)
LOOPS(avx512, "avx512f", __m512i, _mm512_loadu_si512, _mm512_storeu_si512, _mm512_stream_si512,
      _mm512_setzero_si512, TOUCH_V)

// The compiler's own check looks at XCR0 too.
#define DISPATCH(function, ...)                                                                    \
  (__builtin_cpu_supports("avx512f") ? function##_avx512(__VA_ARGS__)                              \
   : __builtin_cpu_supports("avx")   ? function##_avx(__VA_ARGS__)                                 \
                                     : function##_sse(__VA_ARGS__))

void ccpu_copy(ccpu_move move, uint8_t *out, const uint8_t *in, size_t n) {
  if (move == CCPU_REP) {
    rep_movsb(out, in, n);
    return;
  }
  if (move == CCPU_NON_TEMPORAL) {
    // Streaming stores want alignment.
    size_t head = -(uintptr_t)out & 63;
    if (head > n)
      head = n;
    memcpy(out, in, head);
    DISPATCH(copy, 0, out + head, in + head, n - head);
    _mm_sfence();
    return;
  }
  DISPATCH(copy, 1, out, in, n);
}

void ccpu_store(ccpu_move move, uint8_t *out, size_t n) {
  if (move == CCPU_REP) {
    rep_stosb(out, n);
    return;
  }
  if (move == CCPU_NON_TEMPORAL) {
    size_t head = -(uintptr_t)out & 63;
    if (head > n)
      head = n;
    memset(out, 0, head);
    DISPATCH(store, 0, out + head, n - head);
    _mm_sfence();
    return;
  }
  DISPATCH(store, 1, out, n);
}

void ccpu_load(const uint8_t *in, size_t n) { DISPATCH(load, in, n); }

#else

void ccpu_aes_rounds(ccpu_width width, uint64_t iterations) {
  (void)width;
  (void)iterations;
}

void ccpu_copy(ccpu_move move, uint8_t *out, const uint8_t *in, size_t n) {
  (void)move;
  memcpy(out, in, n);
}

void ccpu_store(ccpu_move move, uint8_t *out, size_t n) {
  (void)move;
  memset(out, 0, n);
}

void ccpu_load(const uint8_t *in, size_t n) {
  for (; n >= 8; n -= 8, in += 8) {
    uint64_t word;
    memcpy(&word, in, 8);
    __asm__ volatile("" : : "r"(word));
  }
}
#endif
