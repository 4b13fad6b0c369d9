// SPDX-License-Identifier: Apache-2.0

/// @file
/// Kernels that encrypt rightly and leak on purpose: what the checks are checked with.

#ifndef CTRACE_LEAKS_H
#define CTRACE_LEAKS_H

#include "caes.h"

/// What can catch a leak; or-ed together.
enum {
  /// memcheck: a branch or an address depends on undefined bits.
  CTRACE_MEMCHECK = 1,
  /// The stepper: another way through the code.
  CTRACE_PATH = 2,
  /// The stepper: a secret in a register that an address is made of, or that a division takes.
  CTRACE_REGISTER = 4,
  /// The disassembly: an instruction that must not occur.
  CTRACE_INSTRUCTION = 8
};

typedef struct ctrace_leak {
  caes_kernel kernel;
  /// All of these must catch it, and nothing else does.
  unsigned caught_by;
} ctrace_leak;

/// @param count is set to their number, 0 where the architecture has none.
const ctrace_leak *ctrace_leaks(size_t *count);

#endif
