// SPDX-License-Identifier: Apache-2.0
// Time stamps and probe loops.

#define _GNU_SOURCE
#include "ccpu_clock.h"

#include <sched.h>

uint64_t ccpu_monotonic_raw_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC_RAW, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint32_t ccpu_current_cpu(void) {
  int cpu = sched_getcpu();
  return cpu < 0 ? UINT32_MAX : (uint32_t)cpu;
}

#if defined(__x86_64__)
#include <cpuid.h>

int ccpu_has_probes(void) {
  unsigned a, b, c, d;
  return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_AES) != 0;
}

#define TWICE(x) x x
#define FOUR(x) TWICE(x) TWICE(x)
#define SIXTEEN(x) FOUR(x) FOUR(x) FOUR(x) FOUR(x)

// The loop counter's DEC runs beside the chain. The body starts on a line of its own, so that the
// same loop costs the same wherever the linker puts it.
#define LOOP(body) ".balign 64\n1:\n\t" body "dec %[n]\n\tjnz 1b\n\t"

uint64_t ccpu_probe_imul(uint64_t n) {
  uint64_t x = 3, start = ccpu_ticks();
  __asm__ volatile(LOOP(SIXTEEN("imul %[x], %[x]\n\t")) : [n] "+r"(n), [x] "+r"(x) : : "cc");
  return ccpu_ticks() - start;
}

uint64_t ccpu_probe_add(uint64_t n) {
  uint64_t x = 3, start = ccpu_ticks();
  // Register to register: some CPUs fold an addition of an immediate into renaming.
  __asm__ volatile(LOOP(SIXTEEN("add %[x], %[x]\n\t")) : [n] "+r"(n), [x] "+r"(x) : : "cc");
  return ccpu_ticks() - start;
}

uint64_t ccpu_probe_rol(uint64_t n) {
  uint64_t x = 3, start = ccpu_ticks();
  __asm__ volatile(LOOP(SIXTEEN("rol $7, %[x]\n\t")) : [n] "+r"(n), [x] "+r"(x) : : "cc");
  return ccpu_ticks() - start;
}

uint64_t ccpu_probe_chase(uint64_t n) {
  const void *self = &self;
  const void *x = &self;
  uint64_t start = ccpu_ticks();
  __asm__ volatile(LOOP(SIXTEEN("mov (%[x]), %[x]\n\t"))
                   : [n] "+r"(n), [x] "+r"(x)
                   :
                   : "cc", "memory");
  return ccpu_ticks() - start;
}

uint64_t ccpu_probe_aesenc(uint64_t n) {
  uint64_t start = ccpu_ticks();
  __asm__ volatile(
      "pxor %%xmm0, %%xmm0\n\tpxor %%xmm1, %%xmm1\n\t" LOOP(SIXTEEN("aesenc %%xmm1, %%xmm0\n\t"))
      : [n] "+r"(n)
      :
      : "cc", "xmm0", "xmm1");
  return ccpu_ticks() - start;
}

uint64_t ccpu_probe_sentinel(uint64_t n) {
  uint64_t start = ccpu_ticks();
  __asm__ volatile(LOOP("aesenc %%xmm8, %%xmm0\n\t"
                        "aesenc %%xmm8, %%xmm1\n\t"
                        "add %%rax, %%rax\n\t"
                        "add %%rcx, %%rcx\n\t"
                        "add %%rdx, %%rdx\n\t"
                        "nop\n\t"
                        "aesenc %%xmm8, %%xmm2\n\t"
                        "aesenc %%xmm8, %%xmm3\n\t"
                        "add %%rsi, %%rsi\n\t"
                        "add %%rdi, %%rdi\n\t"
                        "add %%r8, %%r8\n\t"
                        "nop\n\t"
                        "aesenc %%xmm8, %%xmm4\n\t"
                        "aesenc %%xmm8, %%xmm5\n\t"
                        "add %%rax, %%rax\n\t"
                        "add %%rcx, %%rcx\n\t"
                        "add %%rdx, %%rdx\n\t"
                        "nop\n\t"
                        "aesenc %%xmm8, %%xmm6\n\t"
                        "aesenc %%xmm8, %%xmm7\n\t"
                        "add %%rsi, %%rsi\n\t"
                        "add %%rdi, %%rdi\n\t")
                   : [n] "+r"(n)
                   :
                   : "cc", "rax", "rcx", "rdx", "rsi", "rdi", "r8", "xmm0", "xmm1", "xmm2", "xmm3",
                     "xmm4", "xmm5", "xmm6", "xmm7", "xmm8");
  return ccpu_ticks() - start;
}
#else
int ccpu_has_probes(void) { return 0; }
uint64_t ccpu_probe_imul(uint64_t n) { return n * 0; }
uint64_t ccpu_probe_add(uint64_t n) { return n * 0; }
uint64_t ccpu_probe_rol(uint64_t n) { return n * 0; }
uint64_t ccpu_probe_chase(uint64_t n) { return n * 0; }
uint64_t ccpu_probe_aesenc(uint64_t n) { return n * 0; }
uint64_t ccpu_probe_sentinel(uint64_t n) { return n * 0; }
#endif
