// SPDX-License-Identifier: Apache-2.0
// What happens to a checked call when it faults, and after each of its instructions.

#include "call.h"

#if defined(__x86_64__) && defined(__linux__)
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <ucontext.h>
#include <unwind.h>

#define TRAP_FLAG 0x100
#define DIRECTION_FLAG 0x400

// MARK: Unwinding

/// DWARF numbers (x86-64 psABI, figure 3.36) in the order of `cabi_call.preset`.
static const int dwarf_numbers[CABI_SAVED_REGISTERS] = {3, 6, 12, 13, 14, 15};

typedef struct walk {
  const cabi_call *call;
  /// Frames of the handler, and of the kernel's way to it, come first.
  int past_signal;
  int frames;
  int arrived;
  uint64_t interrupted;
} walk;

static _Unwind_Reason_Code look_at_frame(struct _Unwind_Context *frame, void *argument) {
  walk *w = argument;
  uint64_t ip = _Unwind_GetIP(frame);
  if (++w->frames > 64)
    return _URC_END_OF_STACK;
  if (!w->past_signal) {
    w->past_signal = ip == w->interrupted;
    return _URC_NO_REASON;
  }
  if (ip != w->call->return_address)
    return _URC_NO_REASON;
  // In this frame the CFA of the one before is the stack pointer.
  w->arrived = _Unwind_GetCFA(frame) == w->call->stack_pointer;
  for (int i = 0; i < CABI_SAVED_REGISTERS; i++)
    w->arrived &= _Unwind_GetGR(frame, dwarf_numbers[i]) == w->call->preset[i];
  return _URC_END_OF_STACK;
}

/// Unwind information that is wrong leads an unwinder anywhere: it may read where nothing is.
static _Thread_local sigjmp_buf unwinder_faulted;
static _Thread_local volatile sig_atomic_t is_unwinding;

static int unwinds(const cabi_call *call, uint64_t interrupted) {
  walk w = {.call = call, .interrupted = interrupted};
  if (sigsetjmp(unwinder_faulted, 1) != 0) {
    is_unwinding = 0;
    return 0;
  }
  is_unwinding = 1;
  _Unwind_Backtrace(look_at_frame, &w);
  is_unwinding = 0;
  return w.arrived;
}

// MARK: Stepping

static int is_endbr64(uint64_t address) {
  static const uint8_t endbr64[4] = {0xf3, 0x0f, 0x1e, 0xfa};
  return memcmp((const void *)(uintptr_t)address, endbr64, 4) == 0;
}

/// Whether an instruction is a near jump or call to an address in a register or in memory: FF /2 or
/// FF /4, unless a 3E prefix exempts it (Intel SDM volume 1, section 17.3).
static int is_tracked_branch(uint64_t address) {
  const uint8_t *code = (const uint8_t *)(uintptr_t)address;
  if (*code == 0x3e)
    return 0;
  while (*code == 0x66 || *code == 0xf2 || *code == 0xf3 || *code == 0x64 || *code == 0x65)
    code++;
  if ((*code & 0xf0) == 0x40)
    code++;
  int reg = code[1] >> 3 & 7;
  return code[0] == 0xff && (reg == 2 || reg == 4);
}

static _Thread_local uint64_t instruction_before;

static void step(cabi_call *call, greg_t *registers) {
  uint64_t ip = (uint64_t)registers[REG_RIP];
  uint64_t sp = (uint64_t)registers[REG_RSP];
  // The trampoline's own instructions are no part of what is checked.
  if (ip == call->return_address || call->steps == call->step_limit) {
    registers[REG_EFL] &= ~TRAP_FLAG;
    return;
  }
  if (call->steps == 0 && ip != (uint64_t)(uintptr_t)call->function)
    return;
  if (call->steps == 0)
    instruction_before = 0;
  call->steps++;
  if (sp < call->lowest_stack_pointer)
    call->lowest_stack_pointer = sp;
  int is_new = 1;
  if (call->visited != NULL && ip - (uint64_t)(uintptr_t)call->code < call->code_bytes) {
    uint8_t *mark = &call->visited[ip - (uint64_t)(uintptr_t)call->code];
    is_new = !*mark;
    *mark = 1;
  }
  if (call->missed_landing == 0 && instruction_before != 0 &&
      is_tracked_branch(instruction_before) && !is_endbr64(ip))
    call->missed_landing = ip;
  instruction_before = ip;
  if ((call->options & CABI_UNWIND) && is_new && call->not_unwound == 0 && !unwinds(call, ip))
    call->not_unwound = ip;
}

/// Whether a SIGTRAP is the trap behind one instruction. Some hypervisors now and then lose the bit
/// of DR6 that says so (one step of 300,000, measured on a busy virtual machine), and the kernel
/// then takes it for an INT1. An INT3 has another code, and where nothing is stepped through, an
/// INT1 is a fault.
static int is_step(const cabi_call *call, const siginfo_t *info, const greg_t *registers) {
  if (!(call->options & (CABI_STEP | CABI_UNWIND)))
    return 0;
  return info->si_code == TRAP_TRACE ||
         (info->si_code == TRAP_BRKPT && (registers[REG_EFL] & TRAP_FLAG));
}

// MARK: Handlers

static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
enum { SIGNALS = sizeof signals / sizeof signals[0] };
static struct sigaction previous[SIGNALS];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int users;

static void hand_on(int signal, siginfo_t *info, void *context) {
  int i = 0;
  while (signals[i] != signal)
    i++;
  const struct sigaction *action = &previous[i];
  if (action->sa_flags & SA_SIGINFO) {
    action->sa_sigaction(signal, info, context);
  } else if (action->sa_handler == SIG_DFL) {
    sigaction(signal, action, NULL);
    raise(signal); // delivered when this handler returns
  } else if (action->sa_handler != SIG_IGN) {
    action->sa_handler(signal);
  }
}

static void handle(int signal, siginfo_t *info, void *context) {
  cabi_call *call = cabi_active;
  if (call == NULL) {
    hand_on(signal, info, context);
    return;
  }
  if (is_unwinding)
    siglongjmp(unwinder_faulted, 1);
  greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  if (signal == SIGTRAP && is_step(call, info, registers)) {
    step(call, registers);
    return;
  }
  call->signal = signal;
  call->fault_instruction = (uint64_t)registers[REG_RIP];
  call->fault_address = (uint64_t)(uintptr_t)info->si_addr;
  call->fault_has_address = (signal == SIGSEGV || signal == SIGBUS) && info->si_code != SI_KERNEL;
  registers[REG_RIP] = (greg_t)call->recovery_address;
  registers[REG_RDI] = (greg_t)(uintptr_t)call;
  registers[REG_RSP] = (greg_t)call->own_stack_pointer;
  registers[REG_EFL] &= ~(TRAP_FLAG | DIRECTION_FLAG);
}

void cabi_enter_handlers(void) {
  pthread_mutex_lock(&mutex);
  if (users++ == 0) {
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    // A fault of the unwinder's interrupts the handler of a step.
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < SIGNALS; i++)
      sigaction(signals[i], &action, &previous[i]);
  }
  pthread_mutex_unlock(&mutex);
}

void cabi_leave_handlers(void) {
  pthread_mutex_lock(&mutex);
  if (--users == 0)
    for (int i = 0; i < SIGNALS; i++)
      sigaction(signals[i], &previous[i], NULL);
  pthread_mutex_unlock(&mutex);
}
#endif
