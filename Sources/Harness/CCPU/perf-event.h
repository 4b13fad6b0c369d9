// SPDX-License-Identifier: Apache-2.0
// How this library opens perf events: of this thread, in user mode, which is what
// perf_event_paranoid 2 still allows.

#ifndef CCPU_PERF_EVENT_H
#define CCPU_PERF_EVENT_H

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/perf_event.h>

/// @returns a file descriptor from which value, time enabled and time running can be read, or
///          -errno.
static inline int ccpu_open_event(uint32_t type, uint64_t config) {
  struct perf_event_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.type = type;
  attributes.size = sizeof attributes;
  attributes.config = config;
  attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  int descriptor = (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
  return descriptor < 0 ? -errno : descriptor;
}

#endif
