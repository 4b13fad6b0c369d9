// SPDX-License-Identifier: Apache-2.0
// The counter where it is more than a byte.
//
// Counter blocks stay in big-endian order in their registers, and count in their last byte alone:
// the next ones are one byte-wise addition. A crossing, where that byte overflows, is one batch in
// 8 to 32. There the blocks from some place on need another prefix, the 15 bytes in front. What
// changes in it is the same for all of them, so it is xored in, under a mask that is read at a
// place in a table.

#ifndef CAES_CROSSING_H
#define CAES_CROSSING_H

#include "partial-block.h"

#if defined(__x86_64__)

/// The counter of the next block as a number. It is kept beside the blocks because the way from the
/// vector registers back to these is long: what follows it would wait behind the AES instructions
/// of two batches.
typedef struct number {
  uint64_t high, low;
} number;

INLINE number number_at(const uint8_t counter[16]) {
  number c;
  memcpy(&c, counter, 16);
  return (number){__builtin_bswap64(c.high), __builtin_bswap64(c.low)};
}

/// The block of a number.
__attribute__((target("sse2"))) INLINE __m128i block_of(number c) {
  return _mm_set_epi64x((long long)__builtin_bswap64(c.low), (long long)__builtin_bswap64(c.high));
}

/// A batch has at most so many blocks.
#define MOST_BLOCKS 32

/// The first half for blocks with the old prefix, the second for those with the new one.
_Alignas(64) static const uint8_t prefix_masks[2 * 16 * MOST_BLOCKS] = {
    [16 * MOST_BLOCKS... 2 * 16 * MOST_BLOCKS - 1] = 0xff};

/// Moves the number on by a batch of `blocks`, over a multiple of 256 or up to one.
///
/// @param masks where the masks of the batch begin, of 16 bytes each.
/// @returns what that changes in the prefix of a block.
__attribute__((target("sse2"))) INLINE __m128i cross(number *c, uint32_t blocks,
                                                     const uint8_t **masks) {
  number before = *c;
  c->low += blocks;
  c->high += c->low < blocks;
  *masks = prefix_masks + 16 * (MOST_BLOCKS - blocks + (c->low & 255));
  uint64_t low = __builtin_bswap64((before.low ^ c->low) & ~(uint64_t)255);
  return _mm_set_epi64x((long long)low, (long long)__builtin_bswap64(before.high ^ c->high));
}

/// A counter block whose last byte is `i`, and nothing else.
__attribute__((target("sse2"))) INLINE __m128i increment(int i) {
  return _mm_set_epi64x((long long)((uint64_t)i << 56), 0);
}

#endif

#endif
