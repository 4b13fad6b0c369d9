// SPDX-License-Identifier: Apache-2.0

/// @file
/// Requests to valgrind's memcheck. Outside of valgrind they do nothing and return 0.

#ifndef CTRACE_MEMCHECK_H
#define CTRACE_MEMCHECK_H

#include <stddef.h>

/// @returns whether the program runs under valgrind.
int ctrace_under_valgrind(void);

/// From here on the bytes count as never written: what depends on them is followed.
void ctrace_make_undefined(const void *memory, size_t bytes);

void ctrace_make_defined(const void *memory, size_t bytes);

/// @returns how many of the bytes memcheck holds for undefined, at least in one bit.
size_t ctrace_count_undefined(const void *memory, size_t bytes);

/// @returns the errors reported up to now: branches and addresses that depended on undefined bits.
size_t ctrace_errors(void);

#endif
