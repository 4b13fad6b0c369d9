// SPDX-License-Identifier: Apache-2.0

/// @file
/// Which CPUs this process may use, and what the scheduler did to this thread.

#ifndef CCPU_AFFINITY_H
#define CCPU_AFFINITY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Writes the numbers of the CPUs that this thread may run on, ascending, at most `capacity`.
///
/// @returns how many there are (more than `capacity` when the array was too small), or -errno.
int ccpu_allowed_cpus(uint32_t *cpus, size_t capacity);

/// Lets this thread run on the given CPUs only.
///
/// @returns 0, or errno.
int ccpu_set_allowed_cpus(const uint32_t *cpus, size_t count);

/// How often the scheduler took this thread's CPU away while it could have gone on.
uint64_t ccpu_preemptions(void);

#ifdef __cplusplus
}
#endif

#endif
