// SPDX-License-Identifier: Apache-2.0
// Reading the cycle counter: perf_event_open(2), with RDPMC where the kernel lets user space.

#define _GNU_SOURCE
#include "ccpu_counter.h"

#include "perf-event.h"

#include <stddef.h>
#include <sys/mman.h>

int ccpu_counter_open(ccpu_counter *counter) {
  counter->page = NULL;
  counter->descriptor = ccpu_open_event(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES);
  if (counter->descriptor < 0) {
    int error = -counter->descriptor;
    counter->descriptor = -1;
    return error;
  }
  void *page =
      mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, counter->descriptor, 0);
  if (page != MAP_FAILED)
    counter->page = page;
  return 0;
}

#if defined(__x86_64__)
/// The protocol of linux/perf_event.h, struct perf_event_mmap_page: read again when the sequence
/// number changed meanwhile.
static int read_by_rdpmc(const ccpu_counter *counter, ccpu_counter_reading *reading) {
  const volatile struct perf_event_mmap_page *page = counter->page;
  uint32_t sequence, index;
  do {
    sequence = page->lock;
    __asm__ volatile("" : : : "memory");
    index = page->index;
    if (!page->cap_user_rdpmc || !page->cap_user_time || index == 0)
      return 0;
    uint32_t low, high;
    __asm__ volatile("lfence\n\trdpmc\n\tlfence" : "=a"(low), "=d"(high) : "c"(index - 1));
    int shift = 64 - page->pmc_width;
    int64_t delta = (int64_t)(((uint64_t)high << 32 | low) << shift) >> shift;
    reading->cycles = (uint64_t)(page->offset + delta);
    // The times on the page are those of the last switch; between two reads without a switch they
    // stay equal, and that is what a reader compares.
    reading->enabled = page->time_enabled;
    reading->running = page->time_running;
    __asm__ volatile("" : : : "memory");
  } while (page->lock != sequence);
  reading->by_rdpmc = 1;
  return 1;
}
#else
static int read_by_rdpmc(const ccpu_counter *counter, ccpu_counter_reading *reading) {
  (void)counter;
  (void)reading;
  return 0;
}
#endif

int ccpu_counter_read(const ccpu_counter *counter, ccpu_counter_reading *reading) {
  if (counter->page != NULL && read_by_rdpmc(counter, reading))
    return 0;
  uint64_t values[3];
  ssize_t bytes = read(counter->descriptor, values, sizeof values);
  if (bytes != (ssize_t)sizeof values)
    return bytes < 0 ? errno : EIO;
  *reading = (ccpu_counter_reading){values[0], values[1], values[2], 0};
  return 0;
}

void ccpu_counter_close(ccpu_counter *counter) {
  if (counter->page != NULL)
    munmap(counter->page, (size_t)sysconf(_SC_PAGESIZE));
  if (counter->descriptor >= 0)
    close(counter->descriptor);
  *counter = (ccpu_counter){-1, NULL};
}
