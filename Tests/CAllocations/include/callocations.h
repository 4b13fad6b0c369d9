// SPDX-License-Identifier: Apache-2.0
// Counts what a program asks malloc and its relatives for. Takes the place of the C library's
// functions, in the program that links it and in every library that this program uses.

#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

#include <stdbool.h>
#include <stdint.h>

/// Number of blocks asked for since the program began, by all threads. A block that realloc makes
/// larger or smaller counts as one.
uint64_t callocations_count(void);

/// False under AddressSanitizer, which has an allocator of its own: the count is then always 0.
bool callocations_are_counted(void);

#endif
