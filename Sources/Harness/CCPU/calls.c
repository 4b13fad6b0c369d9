// SPDX-License-Identifier: Apache-2.0
// The loop around a timed call.

#define _GNU_SOURCE
#include "ccpu_calls.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int ccpu_is_far(const void *from, const void *to) {
  uint64_t a = (uint64_t)(uintptr_t)from, b = (uint64_t)(uintptr_t)to;
  return (a < b ? b - a : a - b) >> 32 != 0;
}

#if defined(__x86_64__) && defined(__linux__)
extern const uint8_t ccpu_near_loop_end[] __attribute__((visibility("hidden")));

// In assembly, for its bytes are copied: they must be all of it, and need no relocation. The loop
// is in one cache line; rbp stays a frame pointer, for profilers.
__asm__(".pushsection .text\n\t"
        ".balign 64\n\t"
        ".globl ccpu_near_loop\n\t"
        ".type ccpu_near_loop, @function\n"
        "ccpu_near_loop:\n\t"
        ".cfi_startproc\n\t"
        "endbr64\n\t"
        "push %rbp\n\t"
        ".cfi_def_cfa_offset 16\n\t"
        ".cfi_offset rbp, -16\n\t"
        "mov %rsp, %rbp\n\t"
        ".cfi_def_cfa_register rbp\n\t"
        "push %rbx\n\t"
        "push %r12\n\t"
        "push %r13\n\t"
        "push %r14\n\t"
        "push %r15\n\t"
        "sub $24, %rsp\n\t"
        ".cfi_offset rbx, -24\n\t"
        ".cfi_offset r12, -32\n\t"
        ".cfi_offset r13, -40\n\t"
        ".cfi_offset r14, -48\n\t"
        ".cfi_offset r15, -56\n\t"
        "mov %rdi, (%rsp)\n\t"   // crypt
        "mov %r9, 8(%rsp)\n\t"   // n
        "mov 16(%rbp), %rbx\n\t" // calls
        "mov %rsi, %r12\n\t"
        "mov %rdx, %r13\n\t"
        "mov %rcx, %r14\n\t"
        "mov %r8, %r15\n\t"
        "test %rbx, %rbx\n\t"
        "jz 2f\n\t"
        ".balign 64\n"
        "1:\n\t"
        "mov %r12, %rdi\n\t"
        "mov %r13, %rsi\n\t"
        "mov %r14, %rdx\n\t"
        "mov %r15, %rcx\n\t"
        "mov 8(%rsp), %r8\n\t"
        "call *(%rsp)\n\t"
        "dec %rbx\n\t"
        "jnz 1b\n"
        "2:\n\t"
        "add $24, %rsp\n\t"
        "pop %r15\n\t"
        "pop %r14\n\t"
        "pop %r13\n\t"
        "pop %r12\n\t"
        "pop %rbx\n\t"
        "pop %rbp\n\t"
        ".cfi_def_cfa rsp, 8\n\t"
        "ret\n\t"
        ".cfi_endproc\n\t"
        ".size ccpu_near_loop, . - ccpu_near_loop\n\t"
        ".globl ccpu_near_loop_end\n\t"
        ".hidden ccpu_near_loop_end\n"
        "ccpu_near_loop_end:\n\t"
        ".popsection");

static ccpu_crypt_loop copy;

/// Where the kernel of the operating system puts what is mapped: among the shared libraries, far
/// from the program, and at the same place within a page as the original.
static void make_copy(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const uint8_t *start = (const uint8_t *)ccpu_near_loop;
  size_t offset = (uintptr_t)start % page;
  uint8_t *memory =
      mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return;
  memcpy(memory + offset, start, (size_t)(ccpu_near_loop_end - start));
  // Refused where nothing that was written may be run.
  if (mprotect(memory, 2 * page, PROT_READ | PROT_EXEC) == 0)
    copy = (ccpu_crypt_loop)(void *)(memory + offset);
  else
    munmap(memory, 2 * page);
}

ccpu_crypt_loop ccpu_far_loop(ccpu_crypt crypt) {
  const void *kernel = (const void *)crypt;
  if (ccpu_is_far((const void *)ccpu_near_loop, kernel))
    return ccpu_near_loop;
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_copy);
  return copy != NULL && ccpu_is_far((const void *)copy, kernel) ? copy : ccpu_near_loop;
}
#else
void ccpu_near_loop(ccpu_crypt crypt, const void *ctx, const uint8_t counter[16], const uint8_t *in,
                    uint8_t *out, size_t n, size_t calls) {
  for (size_t i = 0; i < calls; i++)
    crypt(ctx, counter, in, out, n);
}

ccpu_crypt_loop ccpu_far_loop(ccpu_crypt crypt) {
  (void)crypt;
  return ccpu_near_loop;
}
#endif
