// SPDX-License-Identifier: Apache-2.0
// The template of Contestants/c-example with one fault, which is the library's file name without
// .so: one compilation serves all. By any other name it has the one that FAULT in the environment
// names, and in a folder named good it has none. What the harness says of each is in
// Tests/HarnessTests/PluginTests.swift.

#define _GNU_SOURCE
#define caes_kernels template_kernels
#include "../../Contestants/c-example/c-example.c"
#undef caes_kernels
CAES_API const caes_table *caes_kernels(void);

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FAULTS                                                                                     \
  FAULT(NONE)                                                                                      \
  FAULT(WRONG_BYTE)                                                                                \
  FAULT(WRITES_TOO_FAR)                                                                            \
  FAULT(READS_TOO_FAR)                                                                             \
  FAULT(CLOBBERS_RBX)                                                                              \
  FAULT(SETS_DIRECTION_FLAG)                                                                       \
  FAULT(CRASHES_ON_4097)                                                                           \
  FAULT(LOOPS)                                                                                     \
  FAULT(OTHER_MAJOR)                                                                               \
  FAULT(UNALIGNED)                                                                                 \
  FAULT(WRONG_AT_4097)                                                                             \
  FAULT(EXITS)                                                                                     \
  FAULT(NEWER_MINOR)                                                                               \
  FAULT(SHORT_ROWS)                                                                                \
  FAULT(TWICE_THE_SAME_ID)                                                                         \
  FAULT(NO_TABLE)                                                                                  \
  FAULT(CRASHES_WHILE_LOADING)                                                                     \
  FAULT(CRASHES_WHEN_TIMED)                                                                        \
  FAULT(LOOPS_WHEN_TIMED)                                                                          \
  FAULT(SHARES_A_COUNTER)                                                                          \
  FAULT(SHARES_A_COUNTER_AND_SAYS_SO)                                                              \
  FAULT(TALKS)                                                                                     \
  FAULT(QUARTER_WHEN_REPEATED)                                                                     \
  FAULT(NOTHING_WHEN_REPEATED)                                                                     \
  FAULT(LEAVES_A_CHILD)                                                                            \
  FAULT(LEAVES_A_CHILD_AND_EXITS)                                                                  \
  FAULT(LEAVES_A_DAEMON_AND_LOOPS)                                                                 \
  FAULT(LEAVES_SECRETS)                                                                            \
  FAULT(LEAVES_SECRETS_AND_SAYS_SO)

enum {
#define FAULT(name) name,
  FAULTS
#undef FAULT
};

static const char *const fault_names[] = {
#define FAULT(name) #name,
    FAULTS
#undef FAULT
};

/// The library's.
static int fault;
#define BAD fault

/// Writes the process's number into the current folder, and never ends.
static void stay(void) {
  setsid();
  int file = open("left.pids", O_WRONLY | O_CREAT | O_APPEND, 0666);
  dprintf(file, "%d\n", (int)getpid());
  close(file);
  for (;;)
    pause();
}

static void leave_a_child(int is_daemon) {
  static int is_done;
  if (is_done++ > 0)
    return;
  if (fork() == 0) {
    if (is_daemon && fork() != 0)
      _exit(0);
    stay();
  }
  // It is there before anything goes on.
  while (access("left.pids", F_OK) != 0)
    usleep(1000);
}

__attribute__((used, noinline)) static void good_crypt(const void *ctx, const uint8_t counter[16],
                                                       const uint8_t *in, uint8_t *out, size_t n) {
  crypt_ctr(ctx, counter, in, out, n);
}

#define CALL_THEN(instruction)                                                                     \
  __asm__("sub $8, %rsp\n\tcall good_crypt\n\tadd $8, %rsp\n\t" instruction "\n\tret")
#define UNUSED __attribute__((unused))

__attribute__((naked)) static void clobber_rbx(UNUSED const void *ctx,
                                               UNUSED const uint8_t *counter,
                                               UNUSED const uint8_t *in, UNUSED uint8_t *out,
                                               UNUSED size_t n) {
  CALL_THEN("mov $0x1234, %ebx");
}

__attribute__((naked)) static void set_direction_flag(UNUSED const void *ctx,
                                                      UNUSED const uint8_t *counter,
                                                      UNUSED const uint8_t *in, UNUSED uint8_t *out,
                                                      UNUSED size_t n) {
  CALL_THEN("std");
}

/// Leaves its first bytes of output, which say what the keystream is, in its frame.
__attribute__((noinline)) static void leave_on_stack(const uint8_t *out, size_t n) {
  volatile uint8_t frame[64];
  for (size_t i = 0; i < sizeof frame && i < n; i++)
    frame[i] = out[i];
  (void)frame[0];
}

static const uint8_t *shared_counter;

static void bad_crypt(const void *ctx, const uint8_t counter[16], const uint8_t *in, uint8_t *out,
                      size_t n) {
  // As often as a message of 16 bytes is timed, but never verified with the same counter.
  static uint8_t last[16];
  static int repeats;
  repeats = n == 16 && memcmp(last, counter, 16) == 0 ? repeats + 1 : 0;
  if (n == 16)
    memcpy(last, counter, 16);
  int is_timed = repeats == 5000;

  if (BAD == SHARES_A_COUNTER || BAD == SHARES_A_COUNTER_AND_SAYS_SO) {
    // Others get the time to come between: always where there is one, and a while where one may yet
    // begin.
    static _Thread_local int early = 100;
    static int *_Atomic latest;
    shared_counter = counter;
    if (n > 600 && (latest != &early || early-- > 0))
      usleep(20);
    latest = &early;
    good_crypt(ctx, shared_counter, in, out, n);
    return;
  }
  if (BAD == UNALIGNED && n > 0)
    __asm__ volatile("movdqa (%0), %%xmm0" : : "r"(in) : "xmm0");
  if (BAD == LOOPS || (BAD == LOOPS_WHEN_TIMED && is_timed))
    for (;;)
      usleep(1000);
  if ((BAD == CRASHES_ON_4097 && n == 4097) || (BAD == CRASHES_WHEN_TIMED && is_timed))
    __asm__ volatile("movb $0, 8");
  if (BAD == EXITS && n == 4097)
    _exit(7);
  if ((BAD == LEAVES_A_CHILD || BAD == LEAVES_A_CHILD_AND_EXITS) && n == 4097)
    leave_a_child(0);
  if (BAD == LEAVES_A_CHILD_AND_EXITS && n == 4097)
    _exit(7);
  if (BAD == LEAVES_A_DAEMON_AND_LOOPS && n > 0) {
    leave_a_child(1);
    for (;;)
      __asm__ volatile("pause");
  }
  if (BAD == TALKS && n == 4097)
    puts("this is a plugin speaking");
  // The same message a hundred times, at the same place: as when it is timed.
  static __thread const uint8_t *last_in;
  static __thread int times;
  times = in == last_in && repeats > 0 ? times + 1 : 0;
  last_in = in;
  if (BAD == NOTHING_WHEN_REPEATED && times > 100)
    return;
  if (BAD == QUARTER_WHEN_REPEATED && times > 100)
    n /= 4;
  good_crypt(ctx, counter, in, out, n);
  if (BAD == LEAVES_SECRETS || BAD == LEAVES_SECRETS_AND_SAYS_SO)
    leave_on_stack(out, n);
  if (BAD == WRONG_BYTE && n > 5)
    out[5] ^= 1;
  if (BAD == WRONG_AT_4097 && n == 4097)
    out[4096] ^= 1;
  if (BAD == WRITES_TOO_FAR && n > 0)
    out[n] = 0;
  if (BAD == READS_TOO_FAR && n > 0)
    (void)((volatile const uint8_t *)in)[n];
}

__attribute__((constructor)) static void begin(void) {
  Dl_info self;
  if (dladdr((const void *)caes_kernels, &self) == 0)
    abort();
  const char *slash = strrchr(self.dli_fname, '/');
  const char *file = slash == NULL ? self.dli_fname : slash + 1;
  const char *named = getenv("FAULT");
  for (int i = 0; i < (int)(sizeof fault_names / sizeof fault_names[0]); i++)
    if (named != NULL && strcmp(named, fault_names[i]) == 0)
      fault = i;
  for (int i = 0; i < (int)(sizeof fault_names / sizeof fault_names[0]); i++) {
    size_t length = strlen(fault_names[i]);
    if (strncmp(file, fault_names[i], length) == 0 && strcmp(file + length, ".so") == 0)
      fault = i;
  }
  if (strstr(self.dli_fname, "/good/") != NULL)
    fault = NONE;
  if (BAD == CRASHES_WHILE_LOADING)
    abort();
}

const caes_table *caes_kernels(void) {
  // A row of a version to come: with fields that nobody knows yet.
  typedef struct longer_row {
    caes_kernel row;
    uint64_t unknown[3];
  } longer_row;
  static longer_row rows[2];
  static caes_table table = {CAES_ABI_VERSION, sizeof(longer_row), 1, &rows[0].row};
  for (int i = 0; i < 2; i++) {
    rows[i].row = *template_kernels()->rows;
    rows[i].row.id = "bad";
    rows[i].row.crypt = BAD == CLOBBERS_RBX          ? clobber_rbx
                        : BAD == SETS_DIRECTION_FLAG ? set_direction_flag
                                                     : bad_crypt;
    rows[i].unknown[0] = ~(uint64_t)0;
  }
  if (BAD == SHARES_A_COUNTER_AND_SAYS_SO)
    rows[0].row.flags |= CAES_ONE_THREAD;
  if (BAD == LEAVES_SECRETS_AND_SAYS_SO)
    rows[0].row.flags |= CAES_LEAVES_SECRETS;
  if (BAD == OTHER_MAJOR)
    table.abi_version = (uint32_t)(CAES_ABI_MAJOR + 1) << 16 | 3;
  if (BAD == NEWER_MINOR)
    table.abi_version = CAES_ABI_VERSION + 1;
  if (BAD == SHORT_ROWS)
    table.row_size = 40;
  if (BAD == TWICE_THE_SAME_ID)
    table.count = 2;
  return BAD == NO_TABLE ? NULL : &table;
}
