// SPDX-License-Identifier: Apache-2.0
// The first round of many blocks at once.
//
// Counter blocks of one prefix differ in their last byte, so what AESENC makes of them differs in
// one column of four, which depends on that byte alone. `shared` is the round of the prefix with a
// last byte that the S-box turns into 0; each block is `shared` xor a column. One AESENC makes a
// column for each of its own, a quarter of what the round of every block by itself would take:
// 9.25, 11.25 or 13.25 rounds a block where AES has 10, 12 or 14. ("Counter-mode caching" in
// Bernstein and Schwabe, New AES software speed records, INDOCRYPT 2008, which keeps the round in
// tables; without tables the way to it is the AES unit itself.)
//
// A batch has the columns of its eight registers in two; four registers, with their number, go to
// their places from one of them by a PSHUFB each. The columns of the next batch are made between
// the rounds of this one, and `shared` between those of the first: behind them they would keep the
// AES units waiting.

#ifndef CAES_SHARED_ROUND_H
#define CAES_SHARED_ROUND_H

#include "crossing.h"

#if defined(__x86_64__)

/// The S-box turns it into 0 (FIPS 197, figure 14).
enum { ZERO_BY_SBOX = 0x52 };

/// IN_ORDER with what begin_sharing and make_columns made, `s`, as well: left to itself the
/// compiler makes it behind the rounds, and runs out of registers. The second form is for a
/// `last_byte` in memory.
#define IN_ORDER_WITH(v, s) __asm__("" : SHARING_OPERANDS(v, s), "+v"((s)->last_byte) : : "memory")
#define IN_ORDER_WITH_REST(v, s) __asm__("" : SHARING_OPERANDS(v, s) : : "memory")
#define SHARING_OPERANDS(v, s)                                                                     \
  "+v"((v)[0]), "+v"((v)[1]), "+v"((v)[2]), "+v"((v)[3]), "+v"((v)[4]), "+v"((v)[5]),              \
      "+v"((v)[6]), "+v"((v)[7]), "+v"((s)->columns[0]), "+v"((s)->columns[1]), "+v"((s)->shared), \
      "+v"((s)->white)

/// What a batch has of the first round of others: nothing, nothing but their beginning, or its own.
typedef enum batch_kind { ALONE, FIRST_OF_SHARED, SHARED } batch_kind;

#define SSE2 __attribute__((target("sse2")))

/// PSHUFB mask: the last byte of a block to where each column has it.
SSE2 INLINE __m128i last_bytes(void) { return _mm_set1_epi32(0x0f808080); }

/// `n` in the last byte of each column.
SSE2 INLINE __m128i column_step(int n) { return _mm_set1_epi32(n << 24); }

/// Each column's block less the first column's, where a register has `blocks`. The other bytes are
/// what the S-box turns into 0.
SSE2 INLINE __m128i column_places(int blocks) {
  const int rest = 0x00010101 * ZERO_BY_SBOX;
  return _mm_set_epi32(rest | 3 * blocks << 24, rest | 2 * blocks << 24, rest | blocks << 24, rest);
}

/// PSHUFB masks for registers of up to four blocks: column j, which is one further after the round,
/// to the first place. Kernels name the instruction themselves: the compiler would replace it by
/// two other shuffles, or keep masks in registers and what is secret on the stack.
#define COLUMN_MASK(from)                                                                          \
  {                                                                                                \
    from, from + 1, from + 2, from + 3, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,      \
        0x80, 0x80, 0x80                                                                           \
  }
#define COLUMN_MASKS(from)                                                                         \
  { COLUMN_MASK(from), COLUMN_MASK(from), COLUMN_MASK(from), COLUMN_MASK(from) }
_Alignas(64) static const uint8_t column_masks[4][4][16] = {COLUMN_MASKS(4), COLUMN_MASKS(8),
                                                            COLUMN_MASKS(12), COLUMN_MASKS(0)};

/// All bits of a block but those of its last byte.
SSE2 INLINE __m128i prefix_bytes(void) { return _mm_set_epi64x((1ll << 56) - 1, -1); }

/// The first round of the prefix of `block`: what its blocks share.
__attribute__((target("aes"))) INLINE __m128i shared_of(const __m128i *keys, __m128i block) {
  __m128i prefix = _mm_and_si128(_mm_xor_si128(block, keys[0]), prefix_bytes());
  return _mm_aesenc_si128(_mm_or_si128(prefix, increment(ZERO_BY_SBOX)), keys[1]);
}

#endif

#endif
