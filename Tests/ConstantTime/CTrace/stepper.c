// SPDX-License-Identifier: Apache-2.0
// A single-stepper: ptrace(2), one SIGTRAP an instruction, 20 to 60 microseconds each.

#define _GNU_SOURCE // dladdr, sched_setaffinity

#include "ctrace_stepper.h"

#include <errno.h>

#if defined(__x86_64__) && defined(__linux__)

#include <dlfcn.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/// What a run works on, at the same address in all of them; the parent sees it too.
typedef struct arena {
  _Alignas(64) uint8_t context[32768];
  _Alignas(64) uint8_t key[64];
  _Alignas(64) uint8_t counter[64];
  _Alignas(64) uint8_t in[CTRACE_LONGEST];
  _Alignas(64) uint8_t out[CTRACE_LONGEST];
} arena;

static arena *shared;

/// A child's exit status: this plus errno where ptrace(2) was refused; 1 where the kernel was.
enum { NOT_TRACED = 2 };

ctrace_trace ctrace_reserve(size_t capacity) {
  ctrace_trace trace = {NULL, 0, capacity};
  void *memory = mmap(NULL, capacity * sizeof(ctrace_step), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory != MAP_FAILED)
    trace.steps = memory;
  return trace;
}

extern const uint8_t ctrace_end[] __attribute__((visibility("hidden")));

// Calls rdi(rsi, rdx, rcx, r8, r9) with nothing in the other registers, so that what an earlier
// function left in them is not taken for a secret of this one. The trap stops the child.
__asm__(".pushsection .text\n"
        ".hidden ctrace_call\n.globl ctrace_call\n.type ctrace_call,@function\n"
        ".hidden ctrace_end\n.globl ctrace_end\n"
        "ctrace_call:\n"
        "  pushq %rbx\n  pushq %rbp\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n"
        "  subq $8, %rsp\n"
        "  movq %rdi, %rax\n"
        "  movq %rsi, %rdi\n"
        "  movq %rdx, %rsi\n"
        "  movq %rcx, %rdx\n"
        "  movq %r8, %rcx\n"
        "  movq %r9, %r8\n"
        "  xorl %ebx, %ebx\n  xorl %ebp, %ebp\n  xorl %r9d, %r9d\n  xorl %r10d, %r10d\n"
        "  xorl %r11d, %r11d\n  xorl %r12d, %r12d\n  xorl %r13d, %r13d\n  xorl %r14d, %r14d\n"
        "  xorl %r15d, %r15d\n"
        "  int3\n"
        "  callq *%rax\n"
        "ctrace_end:\n"
        "  addq $8, %rsp\n"
        "  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbp\n  popq %rbx\n"
        "  retq\n"
        ".size ctrace_call, .-ctrace_call\n"
        ".popsection\n");

int ctrace_call(const void *function, const void *a, const void *b, const void *c, const void *d,
                size_t e) __attribute__((visibility("hidden")));

/// The child's part: returns its exit status.
static int run(const ctrace_case *what) {
  const caes_kernel *kernel = what->kernel;
  if (what->phase == CTRACE_SET_KEY) {
    int code = ctrace_call((const void *)kernel->set_key, shared->context, shared->key,
                           (const void *)what->key_bytes, NULL, 0);
    if (code != CAES_OK)
      return 1;
    kernel->crypt(shared->context, shared->counter, shared->in, shared->out, what->n);
  } else {
    if (kernel->set_key(shared->context, shared->key, what->key_bytes) != CAES_OK)
      return 1;
    ctrace_call((const void *)kernel->crypt, shared->context, shared->counter, shared->in,
                shared->out, what->n);
  }
  kernel->clear(shared->context);
  return 0;
}

static void copy_registers(const struct user_regs_struct *from, ctrace_step *step) {
  const uint64_t registers[16] = {from->rax, from->rcx, from->rdx, from->rbx, from->rsp, from->rbp,
                                  from->rsi, from->rdi, from->r8,  from->r9,  from->r10, from->r11,
                                  from->r12, from->r13, from->r14, from->r15};
  memcpy(step->registers, registers, sizeof registers);
  step->ip = from->rip;
  step->flags = from->eflags & 0xcd5; // without the trap flag
}

/// Follows the child from its trap to the kernel's return.
static ctrace_result follow(pid_t child, ctrace_trace *trace) {
  int status;
  if (waitpid(child, &status, 0) != child)
    return CTRACE_REFUSED;
  if (WIFEXITED(status) && WEXITSTATUS(status) >= NOT_TRACED) {
    errno = WEXITSTATUS(status) - NOT_TRACED;
    return CTRACE_REFUSED;
  }
  if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP)
    return CTRACE_FAILED;
  trace->count = 0;
  for (;;) {
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, child, NULL, &registers) != 0)
      return CTRACE_REFUSED;
    if (registers.rip == (uint64_t)ctrace_end)
      return CTRACE_OK;
    if (trace->count == trace->capacity)
      return CTRACE_TOO_LONG;
    copy_registers(&registers, &trace->steps[trace->count++]);
    if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) != 0)
      return CTRACE_REFUSED;
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP)
      return CTRACE_FAILED;
  }
}

static ctrace_result record_one(const ctrace_case *what, const ctrace_secret *secret,
                                ctrace_trace *trace) {
  memset(shared, 0, sizeof *shared);
  memcpy(shared->key, secret->key, what->key_bytes);
  memcpy(shared->counter, what->counter, 16);
  memcpy(shared->in, secret->text, what->n);

  pid_t child = fork();
  if (child < 0)
    return CTRACE_REFUSED;
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
      _exit(NOT_TRACED + errno);
    _exit(run(what));
  }
  ctrace_result result = follow(child, trace);
  int status = 0;
  if (result == CTRACE_OK && ptrace(PTRACE_DETACH, child, NULL, NULL) == 0) {
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
      return CTRACE_FAILED;
    memcpy(secret->output, shared->out, what->n);
    return CTRACE_OK;
  }
  int reason = errno;
  // A child that could not be traced has ended already; any other one waits to be continued.
  if (waitpid(child, &status, WNOHANG) == 0) {
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
  }
  errno = reason;
  return result == CTRACE_OK ? CTRACE_REFUSED : result;
}

ctrace_result ctrace_record(const ctrace_case *what, const ctrace_secret *secrets, size_t runs,
                            ctrace_trace *traces) {
  if (what->n > CTRACE_LONGEST || what->kernel->context_size > sizeof shared->context ||
      what->kernel->context_alignment > 64)
    return CTRACE_TOO_LARGE;
  if (shared == NULL) {
    void *memory =
        mmap(NULL, sizeof(arena), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
      return CTRACE_REFUSED;
    shared = memory;
  }
  // On one CPU the two processes take turns without waking another one: twice as fast.
  cpu_set_t before, one;
  int has_mask = sched_getaffinity(0, sizeof before, &before) == 0;
  CPU_ZERO(&one);
  CPU_SET((size_t)sched_getcpu(), &one);
  if (has_mask)
    sched_setaffinity(0, sizeof one, &one);

  // Lazy binding and one-time initialisation are over before anybody looks.
  memset(shared, 0, sizeof *shared);
  if (what->kernel->set_key(shared->context, shared->key, what->key_bytes) == CAES_OK) {
    what->kernel->crypt(shared->context, shared->counter, shared->in, shared->out, what->n);
    what->kernel->clear(shared->context);
  }
  ctrace_result result = CTRACE_OK;
  for (size_t i = 0; i < runs && result == CTRACE_OK; i++)
    result = record_one(what, &secrets[i], &traces[i]);

  int reason = errno;
  if (has_mask)
    sched_setaffinity(0, sizeof before, &before);
  errno = reason;
  return result;
}

const char *ctrace_module(uint64_t ip, uint64_t *base) {
  Dl_info code, own;
  if (!dladdr((void *)ip, &code) || !dladdr((void *)&shared, &own))
    return NULL;
  *base = (uint64_t)code.dli_fbase;
  return code.dli_fbase == own.dli_fbase ? "" : code.dli_fname;
}

#else

ctrace_trace ctrace_reserve(size_t capacity) { return (ctrace_trace){NULL, 0, capacity}; }

ctrace_result ctrace_record(const ctrace_case *what, const ctrace_secret *secrets, size_t runs,
                            ctrace_trace *traces) {
  (void)what, (void)secrets, (void)runs, (void)traces;
  return CTRACE_UNSUPPORTED;
}

const char *ctrace_module(uint64_t ip, uint64_t *base) {
  (void)ip, (void)base;
  return NULL;
}

#endif
