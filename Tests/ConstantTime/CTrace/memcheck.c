// SPDX-License-Identifier: Apache-2.0
// Client requests, without valgrind's header, so that the package builds where there is none.
// Source: the Valgrind manual, section 3.1 (the client request mechanism).

#include "ctrace_memcheck.h"

#include <stdint.h>

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#define SAME(name, ours) _Static_assert((unsigned)(name) == (ours), #name)
SAME(VG_USERREQ__RUNNING_ON_VALGRIND, 0x1001);
SAME(VG_USERREQ__COUNT_ERRORS, 0x1201);
SAME(VG_USERREQ__MAKE_MEM_UNDEFINED, 0x4d430001);
SAME(VG_USERREQ__MAKE_MEM_DEFINED, 0x4d430002);
SAME(VG_USERREQ__GET_VBITS, 0x4d430008);
#endif

enum {
  RUNNING_ON_VALGRIND_REQUEST = 0x1001,
  COUNT_ERRORS_REQUEST = 0x1201,
  // Those of memcheck start at 'M' 'C' 0 0.
  MAKE_MEM_UNDEFINED_REQUEST = 0x4d430001,
  MAKE_MEM_DEFINED_REQUEST = 0x4d430002,
  GET_VBITS_REQUEST = 0x4d430008
};

static uint64_t request(uint64_t code, const void *a, const void *b, uint64_t c) {
  uint64_t result = 0;
#if defined(__x86_64__)
  // Four rotations by 128 bits in all, then an exchange that changes nothing: no compiler writes
  // that, and valgrind looks for it.
  volatile uint64_t arguments[6] = {code, (uint64_t)a, (uint64_t)b, c, 0, 0};
  __asm__ volatile("rolq $3, %%rdi\n\t"
                   "rolq $13, %%rdi\n\t"
                   "rolq $61, %%rdi\n\t"
                   "rolq $51, %%rdi\n\t"
                   "xchgq %%rbx, %%rbx"
                   : "+d"(result)
                   : "a"(&arguments[0])
                   : "cc", "memory");
#else
  (void)code, (void)a, (void)b, (void)c;
#endif
  return result;
}

int ctrace_under_valgrind(void) { return request(RUNNING_ON_VALGRIND_REQUEST, NULL, NULL, 0) != 0; }

void ctrace_make_undefined(const void *memory, size_t bytes) {
  request(MAKE_MEM_UNDEFINED_REQUEST, memory, (const void *)bytes, 0);
}

void ctrace_make_defined(const void *memory, size_t bytes) {
  request(MAKE_MEM_DEFINED_REQUEST, memory, (const void *)bytes, 0);
}

size_t ctrace_count_undefined(const void *memory, size_t bytes) {
  size_t undefined = 0;
  for (size_t i = 0; i < bytes; i++) {
    uint8_t bits = 0;
    if (request(GET_VBITS_REQUEST, (const uint8_t *)memory + i, &bits, 1) == 1 && bits != 0)
      undefined++;
  }
  return undefined;
}

size_t ctrace_errors(void) { return request(COUNT_ERRORS_REQUEST, NULL, NULL, 0); }
