// SPDX-License-Identifier: Apache-2.0

/// @file
/// Loops that do one thing as fast as the hardware can: what a kernel is compared with.

#ifndef CCPU_LIMITS_H
#define CCPU_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The widths of vector registers.
typedef enum ccpu_width { CCPU_XMM = 16, CCPU_YMM = 32, CCPU_ZMM = 64 } ccpu_width;

/// Instructions in one iteration of `ccpu_aes_rounds`.
enum { CCPU_AES_ROUNDS_PER_ITERATION = 12 };

/// 12 AESENC (VAESENC where the width asks for it) on 12 registers, `iterations` times: each
/// instruction is one AES round of `width` / 16 blocks. No memory is touched.
///
/// The CPU must have AES (XMM), VAES and AVX2 (YMM), VAES and AVX-512 F (ZMM).
void ccpu_aes_rounds(ccpu_width width, uint64_t iterations);

/// How a loop moves bytes.
typedef enum ccpu_move {
  /// 512 bytes an iteration with the widest ordinary loads and stores.
  CCPU_PLAIN,
  /// Stores that go around the caches (MOVNT).
  CCPU_NON_TEMPORAL,
  /// REP MOVSB, REP STOSB: microcode that may avoid reading what it overwrites.
  CCPU_REP
} ccpu_move;

/// The loops below use AVX-512, AVX or SSE2 registers, whichever is the widest that CPU and
/// operating system offer.

/// The width of those registers, in bytes.
size_t ccpu_move_width(void);

/// Copies `n` bytes; the areas do not overlap.
void ccpu_copy(ccpu_move move, uint8_t *out, const uint8_t *in, size_t n);

/// Overwrites `n` bytes with zeros.
void ccpu_store(ccpu_move move, uint8_t *out, size_t n);

/// Reads `n` bytes, each of them and nothing beside them; there is one way to.
void ccpu_load(const uint8_t *in, size_t n);

#ifdef __cplusplus
}
#endif

#endif
