// SPDX-License-Identifier: Apache-2.0

/// @file
/// The loop that calls a kernel while it is timed, the same for every kernel, wherever in memory
/// its code is.
///
/// For a message of 16 bytes the call itself is most of the work, and what it costs depends on
/// where the linker put caller and kernel: on one Zen CPU 7 to 9 cycles for the same two pieces of
/// code, from one process to the next, as long as both are within one program; always 9 where they
/// are far from each other, as a program and a shared library are. So all calls come from afar:
/// from the program to a library that was loaded, and from a copy of the loop to what is linked
/// into the program.

#ifndef CCPU_CALLS_H
#define CCPU_CALLS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void (*ccpu_crypt)(const void *ctx, const uint8_t counter[16], const uint8_t *in,
                           uint8_t *out, size_t n);

/// Calls `crypt` so many times, with nothing else in the loop.
typedef void (*ccpu_crypt_loop)(ccpu_crypt crypt, const void *ctx, const uint8_t counter[16],
                                const uint8_t *in, uint8_t *out, size_t n, size_t calls);

/// The loop for a kernel: one that is far from it, or the near one where no other can be had.
///
/// @param crypt the kernel.
/// @returns a function that stays as long as the program.
ccpu_crypt_loop ccpu_far_loop(ccpu_crypt crypt);

/// The loop in this program's own code.
void ccpu_near_loop(ccpu_crypt crypt, const void *ctx, const uint8_t counter[16], const uint8_t *in,
                    uint8_t *out, size_t n, size_t calls);

/// 1 where a call from the one address to the other goes as far as one into a library.
int ccpu_is_far(const void *from, const void *to);

#ifdef __cplusplus
}
#endif

#endif
