// SPDX-License-Identifier: Apache-2.0

/// @file
/// Time stamps, and the loops of known cost that tell what a time stamp's tick is worth.
///
/// On an architecture other than x86-64 the time stamp is CLOCK_MONOTONIC in nanoseconds, and
/// there are no probes (`ccpu_has_probes` returns 0).

#ifndef CCPU_CLOCK_H
#define CCPU_CLOCK_H

#include <stdint.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A time stamp, taken after all earlier instructions and before all later ones.
static inline uint64_t ccpu_ticks(void) {
#if defined(__x86_64__)
  uint32_t low, high;
  // LFENCE waits for what came before (Intel SDM volume 2B, RDTSC); on AMD it does since Linux sets
  // DE_CFG[1] (AMD APM volume 2, section 3.2.13).
  __asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high) : : "memory");
  return (uint64_t)high << 32 | low;
#else
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
#endif
}

/// The number of the CPU that runs this thread, or UINT32_MAX where that is not to be had.
uint32_t ccpu_current_cpu(void);

/// Nanoseconds of CLOCK_MONOTONIC_RAW, which no time daemon slews.
uint64_t ccpu_monotonic_raw_ns(void);

/// Whether the probes below exist and every instruction in them can run here.
int ccpu_has_probes(void);

/// @name Probes
/// Each runs `iterations` of a loop in registers alone, and returns the ticks it took. What one
/// iteration costs in core cycles is known from the instructions' latencies, which have been the
/// same on every x86-64 CPU since 2008 (Fog, "Instruction tables"; uops.info).
/// @{

/// 16 dependent IMUL r64,r64: 48 cycles. Nobody on the sibling thread can slow a latency chain,
/// so this shows the clock.
uint64_t ccpu_probe_imul(uint64_t iterations);
/// 16 dependent ADD r64,r64: 16 cycles.
uint64_t ccpu_probe_add(uint64_t iterations);
/// 16 dependent ROL r64,7: 16 cycles.
uint64_t ccpu_probe_rol(uint64_t iterations);
/// 16 dependent loads from the first-level cache, each of the address of the next.
uint64_t ccpu_probe_chase(uint64_t iterations);
/// 16 dependent AESENC.
uint64_t ccpu_probe_aesenc(uint64_t iterations);

/// 8 AESENC on 8 registers, 12 ADD on 6 registers and 4 NOP: fills dispatch and the vector pipes,
/// so a neighbour on the sibling thread shows at once. 4 cycles on Zen 4.
uint64_t ccpu_probe_sentinel(uint64_t iterations);
/// @}

#ifdef __cplusplus
}
#endif

#endif
