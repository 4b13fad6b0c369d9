// SPDX-License-Identifier: Apache-2.0
// The stack of a checked call, and the call.

#include "call.h"

int cabi_is_instrumented(void) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer)
  return 1;
#endif
#endif
  return 0;
}

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define OFFSET_IN_TRAMPOLINE(field, offset)                                                        \
  _Static_assert(offsetof(cabi_call, field) == (offset), #field " in trampoline.asm")
OFFSET_IN_TRAMPOLINE(arguments, 8);
OFFSET_IN_TRAMPOLINE(garbage, 56);
OFFSET_IN_TRAMPOLINE(preset, 80);
OFFSET_IN_TRAMPOLINE(left, 128);
OFFSET_IN_TRAMPOLINE(stack_pointer, 176);
OFFSET_IN_TRAMPOLINE(left_stack_pointer, 184);
OFFSET_IN_TRAMPOLINE(result, 192);
OFFSET_IN_TRAMPOLINE(left_flags, 200);
OFFSET_IN_TRAMPOLINE(in_use_before, 208);
OFFSET_IN_TRAMPOLINE(in_use, 216);
OFFSET_IN_TRAMPOLINE(return_address, 224);
OFFSET_IN_TRAMPOLINE(recovery_address, 232);
OFFSET_IN_TRAMPOLINE(own_stack_pointer, 240);
OFFSET_IN_TRAMPOLINE(own_control, 248);
OFFSET_IN_TRAMPOLINE(mxcsr, 264);
OFFSET_IN_TRAMPOLINE(left_mxcsr, 268);
OFFSET_IN_TRAMPOLINE(x87_control, 272);
OFFSET_IN_TRAMPOLINE(left_x87_control, 274);
OFFSET_IN_TRAMPOLINE(left_x87_tags, 276);
OFFSET_IN_TRAMPOLINE(cpu, 278);
OFFSET_IN_TRAMPOLINE(vectors, 280);
OFFSET_IN_TRAMPOLINE(environment, 536);
OFFSET_IN_TRAMPOLINE(options, 568);

enum { HAS_AVX = 1, HAS_XINUSE = 2, SIGNAL_STACK_BYTES = 256 * 1024 };

struct cabi_stack {
  uint8_t *memory;
  /// What the painted bytes were: same length and place as `painted`.
  uint8_t *pristine;
  uint8_t *signal_stack;
  /// From the lower guard page to the upper one.
  uint8_t *painted;
  size_t painted_bytes;
  /// In `painted`: where the caller's stack pointer points to.
  size_t top;
};

_Thread_local cabi_call *cabi_active;

int cabi_is_available(void) { return 1; }

/// CPUID is asked once: a hypervisor takes microseconds for it, and a call is checked in less.
static uint16_t cpu(void) {
  enum { IS_KNOWN = 1 << 15 };
  static _Atomic uint16_t known;
  if (known & IS_KNOWN)
    return known & (uint16_t)~IS_KNOWN;
  uint32_t a, b, c, d;
  uint16_t has = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) && (c & bit_OSXSAVE)) {
    uint32_t xcr0, high;
    __asm__("xgetbv" : "=a"(xcr0), "=d"(high) : "c"(0));
    if ((c & bit_AVX) && (xcr0 & 6) == 6)
      has |= HAS_AVX;
    if (__get_cpuid_count(13, 1, &a, &b, &c, &d) && (a & 4))
      has |= HAS_XINUSE;
  }
  known = has | IS_KNOWN;
  return has;
}

int cabi_upper_state_is_known(void) { return (cpu() & HAS_XINUSE) != 0; }

static uint64_t next_random(uint64_t *state) {
  // SplitMix64, as the lab's SeededGenerator.
  uint64_t z = *state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

static uint8_t *map(size_t bytes) {
  void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

static void unmap(uint8_t *memory, size_t bytes) {
  if (memory != NULL)
    munmap(memory, bytes);
}

/// Memory that is aligned to its size.
static uint8_t *map_aligned(size_t bytes) {
  uint8_t *memory = map(2 * bytes);
  if (memory == NULL)
    return NULL;
  uint8_t *aligned = (uint8_t *)(((uintptr_t)memory + bytes - 1) & ~(uintptr_t)(bytes - 1));
  if (aligned > memory)
    munmap(memory, (size_t)(aligned - memory));
  munmap(aligned + bytes, (size_t)(memory + bytes - aligned));
  return aligned;
}

cabi_stack *cabi_stack_create(uint64_t seed) {
  cabi_stack *stack = calloc(1, sizeof *stack);
  if (stack == NULL)
    return NULL;
  cabi_enter_handlers();
  stack->painted_bytes = CABI_STACK_BYTES - 3 * CABI_PAGE;
  stack->memory = map_aligned(CABI_STACK_BYTES);
  stack->pristine = map(stack->painted_bytes);
  stack->signal_stack = map(SIGNAL_STACK_BYTES);
  if (stack->memory == NULL || stack->pristine == NULL || stack->signal_stack == NULL ||
      mprotect(stack->memory + CABI_PAGE, CABI_PAGE, PROT_NONE) != 0 ||
      mprotect(stack->memory + CABI_STACK_BYTES - CABI_PAGE, CABI_PAGE, PROT_NONE) != 0) {
    cabi_stack_destroy(stack);
    return NULL;
  }
  stack->painted = stack->memory + 2 * CABI_PAGE;
  stack->top = stack->painted_bytes - CABI_ABOVE;
  for (size_t i = 0; i < stack->painted_bytes; i += 8) {
    uint64_t word = next_random(&seed);
    memcpy(stack->pristine + i, &word, 8);
  }
  // Where an unwinder stops.
  memset(stack->pristine + stack->top, 0, 8);
  memcpy(stack->painted, stack->pristine, stack->painted_bytes);
  return stack;
}

void cabi_stack_destroy(cabi_stack *stack) {
  unmap(stack->memory, CABI_STACK_BYTES);
  unmap(stack->pristine, CABI_STACK_BYTES - 3 * CABI_PAGE);
  unmap(stack->signal_stack, SIGNAL_STACK_BYTES);
  cabi_leave_handlers();
  free(stack);
}

void cabi_run(cabi_stack *stack, cabi_call *call) {
  if (call->options & CABI_NO_TRACE)
    memset(stack->painted + stack->top, 0, 8);
  else
    memcpy(stack->painted, stack->pristine, stack->painted_bytes);
  memcpy(stack->memory, &call, sizeof call);
  call->stack_pointer = (uint64_t)(uintptr_t)(stack->painted + stack->top);
  call->lowest_stack_pointer = call->stack_pointer;
  call->cpu = cpu();
  call->in_use_before = call->in_use = 0;
  call->signal = 0;
  call->fault_instruction = call->fault_address = 0;
  call->fault_has_address = 0;
  call->steps = call->not_unwound = call->missed_landing = 0;
  if (call->step_limit == 0)
    call->step_limit = 1000000;

  // The handlers may not use the stack that is looked at.
  stack_t own = {.ss_sp = stack->signal_stack, .ss_size = SIGNAL_STACK_BYTES}, before;
  sigaltstack(&own, &before);
  cabi_active = call;
  __asm__ volatile("" ::: "memory");
  cabi_trampoline(call);
  __asm__ volatile("" ::: "memory");
  cabi_active = NULL;
  sigaltstack(&before, NULL);
}

cabi_trace cabi_stack_trace(const cabi_stack *stack) {
  const uint8_t *now = stack->painted, *before = stack->pristine;
  // The call instruction writes the word below its stack pointer.
  size_t end = stack->top - 8, low = 0;
  while (low < end && memcmp(now + low, before + low, 8) == 0)
    low += 8;
  while (low < end && now[low] == before[low])
    low++;
  while (end > low && now[end - 1] == before[end - 1])
    end--;
  cabi_trace trace = {now + low, end - low, before + low, -1};
  for (size_t i = stack->top; i < stack->painted_bytes; i++)
    if (now[i] != before[i]) {
      trace.above = (ptrdiff_t)(i - stack->top) + 8;
      break;
    }
  return trace;
}

#else
int cabi_is_available(void) { return 0; }
int cabi_upper_state_is_known(void) { return 0; }
cabi_stack *cabi_stack_create(uint64_t seed) {
  (void)seed;
  return NULL;
}
void cabi_stack_destroy(cabi_stack *stack) { (void)stack; }
void cabi_run(cabi_stack *stack, cabi_call *call) {
  (void)stack;
  (void)call;
}
cabi_trace cabi_stack_trace(const cabi_stack *stack) {
  (void)stack;
  return (cabi_trace){NULL, 0, NULL, -1};
}
#endif
