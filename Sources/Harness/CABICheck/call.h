// SPDX-License-Identifier: Apache-2.0
// What the parts of this library share.

#ifndef CABI_CALL_H
#define CABI_CALL_H

#define _GNU_SOURCE
#include "cabi.h"

#if defined(__x86_64__) && defined(__linux__)
#define CABI_HIDDEN __attribute__((visibility("hidden")))

/// Aligned to its size; trampoline.asm knows both. From the bottom: the address of the call's
/// record, a guard page, the stack, and another guard page.
#define CABI_STACK_BYTES ((size_t)0x40000)
#define CABI_PAGE ((size_t)4096)
/// Watched bytes from the caller's stack pointer on.
#define CABI_ABOVE ((size_t)1024)
/// x86-64 psABI, section 3.2.2: a function may use so many bytes below its stack pointer.
#define CABI_RED_ZONE 128

/// The call that this thread is in, or NULL.
extern CABI_HIDDEN _Thread_local cabi_call *cabi_active;

CABI_HIDDEN void cabi_trampoline(cabi_call *call);

/// @{ Counted: the last to leave gives the handlers back.
CABI_HIDDEN void cabi_enter_handlers(void);
CABI_HIDDEN void cabi_leave_handlers(void);
/// @}
#endif

#endif
