// SPDX-License-Identifier: Apache-2.0

/// @file
/// Runs a kernel one instruction at a time, with one secret after the other, and records what a
/// neighbour could learn from: where it is, and what its general registers hold.

#ifndef CTRACE_STEPPER_H
#define CTRACE_STEPPER_H

#include "caes.h"

/// The longest message that can be traced, in bytes.
enum { CTRACE_LONGEST = 16384 };

/// The state before one instruction.
typedef struct ctrace_step {
  uint64_t ip;
  /// Carry, parity, adjust, zero, sign, direction and overflow, as in rflags.
  uint64_t flags;
  /// In the order of their numbers in machine code: rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8 to
  /// r15.
  uint64_t registers[16];
} ctrace_step;

/// One run. Its memory comes from `ctrace_reserve`.
typedef struct ctrace_trace {
  ctrace_step *steps;
  size_t count, capacity;
} ctrace_trace;

/// Which function of a kernel is traced.
typedef enum ctrace_phase { CTRACE_SET_KEY, CTRACE_CRYPT } ctrace_phase;

/// What is the same in all runs.
typedef struct ctrace_case {
  const caes_kernel *kernel;
  ctrace_phase phase;
  size_t key_bytes;
  /// At most `CTRACE_LONGEST`.
  size_t n;
  uint8_t counter[16];
} ctrace_case;

/// What differs between them. It is copied to the same addresses in each run.
typedef struct ctrace_secret {
  const uint8_t *key;
  /// `n` bytes.
  const uint8_t *text;
  /// `n` bytes: what the kernel wrote.
  uint8_t *output;
} ctrace_secret;

typedef enum ctrace_result {
  CTRACE_OK = 0,
  /// `errno` says why.
  CTRACE_REFUSED,
  /// A trace is full.
  CTRACE_TOO_LONG,
  /// There is no room for the text, or for such a context.
  CTRACE_TOO_LARGE,
  /// The kernel got a signal, or refused the key.
  CTRACE_FAILED,
  /// Not Linux on x86-64.
  CTRACE_UNSUPPORTED
} ctrace_result;

/// @returns a trace for `capacity` steps; `steps` is NULL where there is no memory.
ctrace_trace ctrace_reserve(size_t capacity);

/// Runs `runs` times, each in a child process that is a copy of this one, so that all addresses are
/// the same, and nothing that happens in a run can be seen by the next.
ctrace_result ctrace_record(const ctrace_case *what, const ctrace_secret *secrets, size_t runs,
                            ctrace_trace *traces);

/// The program or library that holds the code at `ip`.
///
/// @param base is what is to be subtracted from an address to get the one in the file.
/// @returns its path ("" for the running program), or NULL.
const char *ctrace_module(uint64_t ip, uint64_t *base);

#endif
