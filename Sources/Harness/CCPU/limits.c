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

// An iteration moves so much that counting and jumping is little beside it: at 64 bytes an
// iteration a loop of loads is bound by its jumps, of which many CPUs take one a cycle while they
// could load twice.
enum { ITERATION = 512, STEP = 64 };

#define UNROLLED(vector, bytes)                                                                    \
  _Pragma("GCC unroll 32") for (size_t i = 0; i < (bytes); i += sizeof(vector))

// Does move(offset) for every register's worth of `n` bytes. What is left of a step at the end is
// one more step, last(offset), which ends where the bytes end and is of any alignment: some are
// moved twice, and nothing with a start-up cost of its own (REP MOVSB, a call) gets into the
// figure.
#define WALK(vector, move, last)                                                                   \
  do {                                                                                             \
    size_t at = 0;                                                                                 \
    for (; n - at >= ITERATION; at += ITERATION)                                                   \
      UNROLLED(vector, ITERATION) { move(at + i); }                                                \
    for (; n - at >= STEP; at += STEP)                                                             \
      UNROLLED(vector, STEP) { move(at + i); }                                                     \
    if (at < n)                                                                                    \
      UNROLLED(vector, STEP) { last(n - STEP + i); }                                               \
  } while (0)

// USE keeps the compiler from dropping a value that nobody needs, HIDE from knowing that it is zero
// and calling memset. Neither is an instruction.
#define USE_X(value) __asm__ volatile("" : : "x"(value))
#define USE_V(value) __asm__ volatile("" : : "v"(value))
#define HIDE_X(value) __asm__ volatile("" : "+x"(value))
#define HIDE_V(value) __asm__ volatile("" : "+v"(value))

#define NAME(action) action##_sse
#define FEATURES "sse2"
#define VECTOR __m128i
#define LOAD _mm_loadu_si128
#define STORE _mm_storeu_si128
#define STREAM _mm_stream_si128
#define ZERO _mm_setzero_si128
#define USE USE_X
#define HIDE HIDE_X
#include "move-loops.h"

#define NAME(action) action##_avx
#define FEATURES "avx"
#define VECTOR __m256i
#define LOAD _mm256_loadu_si256
#define STORE _mm256_storeu_si256
#define STREAM _mm256_stream_si256
#define ZERO _mm256_setzero_si256
#define USE USE_X
#define HIDE HIDE_X
#include "move-loops.h"

#define NAME(action) action##_avx512
#define FEATURES "avx512f"
#define VECTOR __m512i
#define LOAD _mm512_loadu_si512
#define STORE _mm512_storeu_si512
#define STREAM _mm512_stream_si512
#define ZERO _mm512_setzero_si512
#define USE USE_V
#define HIDE HIDE_V
#include "move-loops.h"

// The compiler's own check looks at XCR0 too.
size_t ccpu_move_width(void) {
  return __builtin_cpu_supports("avx512f") ? 64 : __builtin_cpu_supports("avx") ? 32 : 16;
}

#define DISPATCH(function, ...)                                                                    \
  (__builtin_cpu_supports("avx512f") ? function##_avx512(__VA_ARGS__)                              \
   : __builtin_cpu_supports("avx")   ? function##_avx(__VA_ARGS__)                                 \
                                     : function##_sse(__VA_ARGS__))

// Streaming stores want alignment: the bytes before the first aligned one, or all where the rest is
// less than a step.
static size_t before_streaming(const uint8_t *out, size_t n) {
  size_t head = -(uintptr_t)out & 63;
  return n < head + STEP ? n : head;
}

void ccpu_copy(ccpu_move move, uint8_t *out, const uint8_t *in, size_t n) {
  if (move == CCPU_REP || n < STEP) {
    rep_movsb(out, in, n);
    return;
  }
  if (move == CCPU_PLAIN) {
    DISPATCH(copy, 1, out, in, n);
    return;
  }
  size_t head = before_streaming(out, n);
  memcpy(out, in, head);
  if (head < n)
    DISPATCH(copy, 0, out + head, in + head, n - head);
  _mm_sfence();
}

void ccpu_store(ccpu_move move, uint8_t *out, size_t n) {
  if (move == CCPU_REP || n < STEP) {
    rep_stosb(out, n);
    return;
  }
  if (move == CCPU_PLAIN) {
    DISPATCH(store, 1, out, n);
    return;
  }
  size_t head = before_streaming(out, n);
  memset(out, 0, head);
  if (head < n)
    DISPATCH(store, 0, out + head, n - head);
  _mm_sfence();
}

static void load_bytes(const uint8_t *in, size_t n) {
  for (size_t i = 0; i < n; i++)
    __asm__ volatile("" : : "r"(in[i]));
}

void ccpu_load(const uint8_t *in, size_t n) {
  if (n < STEP)
    load_bytes(in, n);
  else
    DISPATCH(load, in, n);
}

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

size_t ccpu_move_width(void) { return 8; }

void ccpu_load(const uint8_t *in, size_t n) {
  for (; n >= 64; n -= 64, in += 64)
    for (int i = 0; i < 8; i++) {
      uint64_t word;
      memcpy(&word, in + 8 * i, 8);
      __asm__ volatile("" : : "r"(word));
    }
  for (size_t i = 0; i < n; i++)
    __asm__ volatile("" : : "r"(in[i]));
}
#endif
