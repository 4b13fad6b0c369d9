// SPDX-License-Identifier: Apache-2.0
// How a plugin's process ends: by a signal that is noted first, or with the process it works for.

#define _GNU_SOURCE
#include "cplugin.h"

#include <errno.h>

#ifdef __linux__
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>
#include <unistd.h>

static cplugin_record *noted;

static void note(int signal, siginfo_t *info, void *context) {
  if (noted != NULL && noted->signal == 0) {
#ifdef __x86_64__
    noted->instruction = (uint64_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#else
    (void)context;
#endif
    noted->address = (uint64_t)(uintptr_t)info->si_addr;
    noted->has_address =
        (signal == SIGSEGV || signal == SIGBUS) && info->si_code > 0 && info->si_code != SI_KERNEL;
    noted->signal = signal;
  }
  // Delivered when this handler returns, and the end of the process.
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigaction(signal, &action, NULL);
  raise(signal);
}

/// The stack on which the signal of a stack that is too deep is handled.
static char signal_stack[64 * 1024];

static void *wait_for_the_end(void *argument) {
  struct pollfd one = {.fd = (int)(intptr_t)argument, .events = POLLRDHUP};
  while (poll(&one, 1, -1) < 0 && errno == EINTR) {
  }
  _exit(EXIT_FAILURE);
}

int cplugin_watch(cplugin_record *record, int socket) {
  noted = record;
  // What a plugin prints must be seen although its process never comes to flush it.
  setvbuf(stdout, NULL, _IOLBF, 0);
  stack_t stack = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack};
  if (sigaltstack(&stack, NULL) != 0)
    return errno;
  static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
  struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
    if (sigaction(signals[i], &action, NULL) != 0)
      return errno;
  // The thread takes no signals: those are for the one that works.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int error = pthread_create(&thread, NULL, wait_for_the_end, (void *)(intptr_t)socket);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error == 0)
    pthread_detach(thread);
  return error;
}

typedef struct search {
  cplugin_record *record;
  uint64_t function;
} search;

static int look_at_library(struct dl_phdr_info *library, size_t size, void *argument) {
  (void)size;
  search *s = argument;
  uint64_t first = UINT64_MAX, end = 0;
  for (int i = 0; i < library->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &library->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD)
      continue;
    uint64_t start = library->dlpi_addr + segment->p_vaddr;
    if (start < first)
      first = start;
    if (start + segment->p_memsz > end)
      end = start + segment->p_memsz;
  }
  if (s->function < first || s->function >= end)
    return 0;
  s->record->first = library->dlpi_addr;
  s->record->end = end;
  return 1;
}

void cplugin_note_library(cplugin_record *record, const void *function) {
  search s = {record, (uint64_t)(uintptr_t)function};
  dl_iterate_phdr(look_at_library, &s);
}
#else
int cplugin_watch(cplugin_record *record, int socket) {
  (void)record;
  (void)socket;
  return ENOSYS;
}

void cplugin_note_library(cplugin_record *record, const void *function) {
  (void)record;
  (void)function;
}
#endif
