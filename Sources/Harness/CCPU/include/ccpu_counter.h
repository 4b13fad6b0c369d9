// SPDX-License-Identifier: Apache-2.0

/// @file
/// The hardware's own cycle counter, where the kernel grants it.

#ifndef CCPU_COUNTER_H
#define CCPU_COUNTER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Core cycles of this thread in user mode.
typedef struct ccpu_counter {
  /// File descriptor of perf_event_open(2), or -1.
  int descriptor;
  /// The event's shared page, for RDPMC; NULL where it could not be mapped.
  void *page;
} ccpu_counter;

/// What the counter says, all of it since it was opened.
typedef struct ccpu_counter_reading {
  uint64_t cycles;
  /// Nanoseconds during which it should have counted, and did: different where the kernel had to
  /// share the hardware among several events.
  uint64_t enabled, running;
  /// 1 when it was read with RDPMC, 0 for a system call.
  int by_rdpmc;
} ccpu_counter_reading;

/// Opens a counter of this thread.
///
/// @returns 0, or errno: EACCES and EPERM (forbidden), ENOENT and EOPNOTSUPP (no such hardware),
///          ENOSYS (a kernel or a container without perf events).
int ccpu_counter_open(ccpu_counter *counter);

/// @returns 0, or errno.
int ccpu_counter_read(const ccpu_counter *counter, ccpu_counter_reading *reading);

void ccpu_counter_close(ccpu_counter *counter);

#ifdef __cplusplus
}
#endif

#endif
