// SPDX-License-Identifier: Apache-2.0

/// @file
/// A differential fuzz target for AES-CTR kernels.

#ifndef CFUZZ_H
#define CFUZZ_H

#include "caes.h"

/// What libFuzzer's bytes decide, in this order; missing ones are 0.
enum {
  CFUZZ_KEY_SIZE = 0,  ///< modulo 3: 16, 24 or 32 bytes
  CFUZZ_FLAGS = 1,     ///< bit 0: in place; bit 1: the buffers end where a page begins that is none
  CFUZZ_LENGTH = 2,    ///< of the text in bytes, little-endian, 2 bytes; modulo 1,300
  CFUZZ_IN_OFFSET = 4, ///< modulo 64: address of the input, after 64 bytes of alignment
  CFUZZ_OUT_OFFSET = 5, ///< the same for the output
  CFUZZ_SPLIT = 6,      ///< the text is encrypted in two calls, the first of this many blocks
  CFUZZ_COUNTER = 8,    ///< 16 bytes
  CFUZZ_KEY = 24,       ///< 32 bytes, of which the first are used
  CFUZZ_TEXT_SEED = 56, ///< 8 bytes: what the text follows from
  CFUZZ_INPUT_BYTES = 64
};

/// Kernels that are wrong, or read too much, in a corner: what the fuzzer is checked with.
/// @param name "carry" or "overread"
/// @returns NULL for another name.
const caes_kernel *cfuzz_planted(const char *name, const caes_kernel *honest);

/// Runs libFuzzer with the arguments of `main`.
///
/// @param kernels are compared with `reference`, `count` of them.
/// @returns libFuzzer's exit code, or 64 when the program was built without libFuzzer.
int cfuzz_run(int argc, char **argv, const caes_kernel *kernels, size_t count,
              const caes_kernel *reference);

#endif
