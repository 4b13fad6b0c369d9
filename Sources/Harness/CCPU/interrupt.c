// SPDX-License-Identifier: Apache-2.0
// A flag that the first SIGINT or SIGTERM sets.

#define _GNU_SOURCE
#include "ccpu_interrupt.h"

#include <errno.h>
#include <signal.h>

static volatile sig_atomic_t interrupted_by = 0;

static void note(int number) { interrupted_by = number; }

int ccpu_catch_interrupts(void) {
  // SA_RESETHAND: the second signal finds the default action, so that nobody has to wait for the
  // place where a run can stop. SA_RESTART: files and pipes see nothing of the first.
  struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESETHAND | SA_RESTART};
  sigemptyset(&action.sa_mask);
  interrupted_by = 0;
  for (int i = 0; i < 2; i++)
    if (sigaction(i == 0 ? SIGINT : SIGTERM, &action, NULL) != 0)
      return errno;
  return 0;
}

int ccpu_interrupted_by(void) { return interrupted_by; }
