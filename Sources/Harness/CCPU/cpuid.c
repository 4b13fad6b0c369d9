// SPDX-License-Identifier: Apache-2.0
// CPUID and XCR0, undecoded.

#include "ccpu_cpuid.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

int ccpu_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
  __cpuid_count(leaf, subleaf, registers[0], registers[1], registers[2], registers[3]);
  return 1;
}

uint64_t ccpu_xcr0(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

#else

int ccpu_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
  (void)leaf;
  (void)subleaf;
  registers[0] = registers[1] = registers[2] = registers[3] = 0;
  return 0;
}

uint64_t ccpu_xcr0(void) { return 0; }

#endif
