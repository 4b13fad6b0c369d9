// SPDX-License-Identifier: Apache-2.0

/// @file
/// Functions in assembly that each break one rule of the System V ABI, or one promise of caes.h,
/// and do nothing else wrong: what the checker of calls must find.
///
/// Each one stands for `crypt`: in front of the context that it hands on, at `ctx`, are
/// `WRONG_PREFIX` bytes, of which the first 8 are the address of the right function. The first
/// member of `wrong_functions` breaks nothing.

#ifndef WRONG_ASSEMBLY_H
#define WRONG_ASSEMBLY_H

#include <stddef.h>
#include <stdint.h>

enum { WRONG_PREFIX = 64 };

typedef struct wrong_function {
  /// What it does wrong.
  const char *name;
  /// Takes the arguments of `crypt`; those of `set_key` and `clear` do as well.
  void (*function)(const void *ctx, const uint8_t counter[16], const uint8_t *in, uint8_t *out,
                   size_t n);
  /// Whether it needs AVX, AVX-512.
  int needs_avx, needs_avx512;
} wrong_function;

/// @param count receives their number; 0 where the architecture is not x86-64.
const wrong_function *wrong_functions(size_t *count);

#endif
