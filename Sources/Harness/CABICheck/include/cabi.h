// SPDX-License-Identifier: Apache-2.0

/// @file
/// Calls a function on a stack of its own, and tells what the call left behind: the registers that
/// belong to the caller, flags and control words, upper vector state, and every byte of that stack.
///
/// It judges nothing; what a function may leave is the System V ABI's matter (x86-64 psABI, section
/// 3.2, "Function Calling Sequence") and that of the caller of this.
///
/// A function that faults ends its call, not the process. Elsewhere than on x86-64 Linux nothing
/// can be called: `cabi_is_available` returns 0.

#ifndef CABI_H
#define CABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Indices of `preset` and `left`: the registers that a function must leave as they were.
enum { CABI_RBX, CABI_RBP, CABI_R12, CABI_R13, CABI_R14, CABI_R15, CABI_SAVED_REGISTERS };

/// What can be asked of a call, or-ed together in `cabi_call.options`.
enum {
  /// Stop after each instruction: `steps` and what follows it are filled in. A signal each, so many
  /// microseconds in a virtual machine.
  CABI_STEP = 1,
  /// Unwind after each instruction, too. Means CABI_STEP.
  CABI_UNWIND = 2,
  /// Leave the stack as it is, unpainted: `cabi_stack_trace` has nothing to tell then.
  CABI_NO_TRACE = 4
};

/// Bits of `in_use`, as XGETBV with ECX = 1 returns them (Intel SDM volume 1, section 13.8).
enum { CABI_UPPER_YMM = 1 << 2, CABI_UPPER_ZMM = 1 << 6 };

/// One call. trampoline.asm has the offsets of the fields before `options`.
typedef struct cabi_call {
  /// The function to be called. All its arguments are integers or pointers.
  const void *function;
  /// rdi, rsi, rdx, rcx, r8, r9.
  uint64_t arguments[6];
  /// rax, r10, r11: no argument is in them.
  uint64_t garbage[3];
  /// The registers of the caller when the function begins, and when it has returned.
  uint64_t preset[CABI_SAVED_REGISTERS], left[CABI_SAVED_REGISTERS];
  /// rsp before the call instruction, which the stack determines, and after it.
  uint64_t stack_pointer, left_stack_pointer;
  /// rax after the call.
  uint64_t result;
  /// rflags after the call.
  uint64_t left_flags;
  /// XINUSE before the call and after it. 0 where XGETBV does not take ECX = 1.
  uint64_t in_use_before, in_use;
  /// Addresses in the trampoline: behind the call, and where a call that faulted goes on.
  uint64_t return_address, recovery_address;
  /// Of the trampoline's own.
  uint64_t own_stack_pointer, own_control, reserved;
  /// SSE control and status: before the call (any rounding, all exceptions masked), and after it.
  uint32_t mxcsr, left_mxcsr;
  /// x87 control word, before and after.
  uint16_t x87_control, left_x87_control;
  /// x87 tag word after the call: 0xffff where every register is empty.
  uint16_t left_x87_tags;
  /// What this CPU has: 1 AVX, 2 XGETBV with ECX = 1. Filled in by `cabi_run`.
  uint16_t cpu;
  /// xmm0 to xmm15 when the function begins.
  uint8_t vectors[16][16];
  /// x87 environment, as FNSTENV stores it.
  uint8_t environment[32];

  /// CABI_STEP, CABI_UNWIND.
  uint32_t options;
  /// The signal that ended the call, or 0 where it returned; then only the next three are filled
  /// in.
  int signal;
  /// The instruction at fault (behind it after INT3), the address that it touched, and whether it
  /// is known: not of one that no CPU takes (bits 63 to 47 not alike), nor for other signals than
  /// SIGSEGV and SIGBUS.
  uint64_t fault_instruction, fault_address;
  int fault_has_address;

  /// Instructions that were stopped at.
  uint64_t steps;
  /// More steps than this are not stopped at; 0 for a million.
  uint64_t step_limit;
  /// The lowest stack pointer that was seen.
  uint64_t lowest_stack_pointer;
  /// The first instruction from which unwinding did not lead to the trampoline with the caller's
  /// stack pointer and registers, or 0.
  uint64_t not_unwound;
  /// The first place where an indirect jump or call came out, if it is not an ENDBR64; or 0.
  uint64_t missed_landing;
  /// One byte for each byte of code from `code` on, set where an instruction was stopped at; where
  /// it was set before, nothing is unwound again. May be NULL.
  const uint8_t *code;
  uint8_t *visited;
  size_t code_bytes;
} cabi_call;

/// Memory for the stack of a function, and what it held before.
typedef struct cabi_stack cabi_stack;

/// 1 on x86-64 Linux, else 0.
int cabi_is_available(void);

/// 1 where AddressSanitizer or UndefinedBehaviorSanitizer has added to the code: compiled code then
/// keeps copies in its stack frames that nobody wrote into the source.
int cabi_is_instrumented(void);

/// 1 where this CPU tells whether upper halves of vector registers are in use: XGETBV takes ECX
/// = 1.
int cabi_upper_state_is_known(void);

/// Takes 256 KiB between guard pages, filled with random bytes, and handlers for SIGSEGV, SIGBUS,
/// SIGILL, SIGFPE and SIGTRAP, which are given back when the last stack goes. A signal that is not
/// for a call here is handed on.
///
/// @param seed what the bytes follow from.
/// @returns a stack, for one call at a time; NULL without memory.
cabi_stack *cabi_stack_create(uint64_t seed);

void cabi_stack_destroy(cabi_stack *stack);

/// Paints the stack, and calls.
///
/// @param call `function`, `arguments`, `garbage`, `preset`, `mxcsr`, `x87_control`, `vectors`,
///        `options` and what they need are read; the others are written.
void cabi_run(cabi_stack *stack, cabi_call *call);

/// What the last call left in the stack.
typedef struct cabi_trace {
  /// From the lowest to the highest byte that changed below the stack pointer of the caller, and
  /// what they are now. The return address itself is not counted; 0 bytes where nothing changed.
  const uint8_t *touched;
  size_t touched_bytes;
  /// The bytes that were there before.
  const uint8_t *before;
  /// The first byte that changed above the return address, as a distance from it; -1 if none did.
  ptrdiff_t above;
} cabi_trace;

cabi_trace cabi_stack_trace(const cabi_stack *stack);

#ifdef __cplusplus
}
#endif

#endif
