// SPDX-License-Identifier: Apache-2.0
// Whether perf events count here: asked by counting.

#define _GNU_SOURCE // syscall

#include "ccpu_perf_trial.h"

#include <errno.h>
#include <string.h>

#if defined(__linux__)
#include "perf-event.h"

#include <sys/ioctl.h>
#include <sys/mman.h>

static int count_loop(int fd, ccpu_perf_trial *trial) {
  // A counter that cannot be mapped can still be read by read(2).
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  void *map = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
  if (map != MAP_FAILED) {
    trial->user_rdpmc = ((struct perf_event_mmap_page *)map)->cap_user_rdpmc;
    munmap(map, page);
  }

  if (ioctl(fd, PERF_EVENT_IOC_RESET, 0) != 0 || ioctl(fd, PERF_EVENT_IOC_ENABLE, 0) != 0)
    return errno;
  for (volatile uint32_t i = 0; i < 100000; i++)
    ;
  ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);

  uint64_t values[3];
  if (read(fd, values, sizeof values) != (ssize_t)sizeof values)
    return EIO;
  trial->count = values[0];
  trial->enabled_ns = values[1];
  trial->running_ns = values[2];
  return 0;
}

static int try_event(uint32_t type, uint64_t config, ccpu_perf_trial *trial) {
  memset(trial, 0, sizeof *trial);
  int fd = ccpu_open_event(type, config);
  if (fd < 0)
    return -fd;
  int error = count_loop(fd, trial);
  close(fd);
  return error;
}

int ccpu_try_perf_cycles(ccpu_perf_trial *trial) {
  return try_event(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, trial);
}

int ccpu_try_perf_cpu_clock(ccpu_perf_trial *trial) {
  return try_event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, trial);
}

#else

int ccpu_try_perf_cycles(ccpu_perf_trial *trial) {
  memset(trial, 0, sizeof *trial);
  return ENOSYS;
}

int ccpu_try_perf_cpu_clock(ccpu_perf_trial *trial) {
  memset(trial, 0, sizeof *trial);
  return ENOSYS;
}

#endif
