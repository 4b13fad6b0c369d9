// SPDX-License-Identifier: Apache-2.0

/// @file
/// Whether this process may count with perf events, found by trying.
///
/// Source: perf_event_open(2).

#ifndef CCPU_PERF_TRIAL_H
#define CCPU_PERF_TRIAL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What came of counting a short loop of this thread's user-space code.
typedef struct ccpu_perf_trial {
  /// Cycles, or nanoseconds for the CPU clock.
  uint64_t count;
  /// For how long the event was on, and for how long it had a counter, in nanoseconds.
  uint64_t enabled_ns, running_ns;
  /// 1 when the kernel lets user space read the counter by RDPMC.
  int user_rdpmc;
} ccpu_perf_trial;

/// Tries to count core cycles by a hardware counter.
///
/// @param trial filled in on success, zero otherwise.
/// @returns 0, or the errno of the call that was refused; ENOSYS where there are no perf events.
int ccpu_try_perf_cycles(ccpu_perf_trial *trial);

/// The same with the software event cpu-clock, which `perf record` falls back to.
int ccpu_try_perf_cpu_clock(ccpu_perf_trial *trial);

#ifdef __cplusplus
}
#endif

#endif
