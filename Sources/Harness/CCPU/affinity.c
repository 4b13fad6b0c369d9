// SPDX-License-Identifier: Apache-2.0
// The scheduler's view of this thread: allowed CPUs, preemptions.

#define _GNU_SOURCE
#include "ccpu_affinity.h"

#include <errno.h>
#include <sched.h>
#include <sys/resource.h>

// Enough for the largest machine that Linux supports (NR_CPUS 8192).
enum { MOST_CPUS = 8192 };

int ccpu_allowed_cpus(uint32_t *cpus, size_t capacity) {
  cpu_set_t *set = CPU_ALLOC(MOST_CPUS);
  size_t size = CPU_ALLOC_SIZE(MOST_CPUS);
  if (set == NULL)
    return -ENOMEM;
  if (sched_getaffinity(0, size, set) != 0) {
    int error = errno;
    CPU_FREE(set);
    return -error;
  }
  int count = 0;
  for (uint32_t cpu = 0; cpu < MOST_CPUS; cpu++)
    if (CPU_ISSET_S(cpu, size, set)) {
      if ((size_t)count < capacity)
        cpus[count] = cpu;
      count++;
    }
  CPU_FREE(set);
  return count;
}

int ccpu_set_allowed_cpus(const uint32_t *cpus, size_t count) {
  cpu_set_t *set = CPU_ALLOC(MOST_CPUS);
  size_t size = CPU_ALLOC_SIZE(MOST_CPUS);
  if (set == NULL)
    return ENOMEM;
  CPU_ZERO_S(size, set);
  for (size_t i = 0; i < count; i++)
    if (cpus[i] < MOST_CPUS)
      CPU_SET_S(cpus[i], size, set);
  int error = sched_setaffinity(0, size, set) == 0 ? 0 : errno;
  CPU_FREE(set);
  return error;
}

uint64_t ccpu_preemptions(void) {
  struct rusage usage;
  return getrusage(RUSAGE_THREAD, &usage) == 0 ? (uint64_t)usage.ru_nivcsw : 0;
}
