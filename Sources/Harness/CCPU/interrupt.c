// SPDX-License-Identifier: Apache-2.0
// The end by a signal.

#define _GNU_SOURCE
#include "ccpu_interrupt.h"
#include "ccpu_processes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include "directory-entry.h"

#include <sys/syscall.h>
#endif

static volatile sig_atomic_t interrupted_by = 0;
/// Whether the first signal only sets the flag.
static volatile sig_atomic_t is_caught = 0;
/// The process that handlers are for, and not one that it has forked.
static volatile pid_t owner = 0;

// What is to be gone

enum { MOST_TEMPORARIES = 64, MOST_NEW_FOLDERS = 16, LONGEST_PATH = 4096 };
enum { FREE, BEING_WRITTEN, NOTED };

static struct {
  atomic_int state;
  char path[LONGEST_PATH];
} temporaries[MOST_TEMPORARIES];

int ccpu_note_temporary(const char *path) {
  size_t length = strlen(path);
  if (length == 0 || length >= LONGEST_PATH)
    return -1;
  for (int i = 0; i < MOST_TEMPORARIES; i++) {
    int expected = FREE;
    if (!atomic_compare_exchange_strong(&temporaries[i].state, &expected, BEING_WRITTEN))
      continue;
    memcpy(temporaries[i].path, path, length + 1);
    atomic_store(&temporaries[i].state, NOTED);
    return i;
  }
  return -1;
}

void ccpu_forget_temporary(int number) {
  if (number >= 0 && number < MOST_TEMPORARIES)
    atomic_store(&temporaries[number].state, FREE);
}

static struct {
  atomic_int state;
  char path[LONGEST_PATH];
} new_folders[MOST_NEW_FOLDERS];

int ccpu_note_new_folder(const char *path) {
  size_t length = strlen(path);
  if (length == 0 || length >= LONGEST_PATH)
    return -1;
  for (int i = 0; i < MOST_NEW_FOLDERS; i++) {
    int expected = FREE;
    if (!atomic_compare_exchange_strong(&new_folders[i].state, &expected, BEING_WRITTEN))
      continue;
    memcpy(new_folders[i].path, path, length + 1);
    atomic_store(&new_folders[i].state, NOTED);
    return i;
  }
  return -1;
}

void ccpu_forget_new_folder(int number) {
  if (number >= 0 && number < MOST_NEW_FOLDERS)
    atomic_store(&new_folders[number].state, FREE);
}

#ifdef __linux__
/// A file, or a folder with all in it; no malloc, and no link is followed.
static void take_away(int folder, const char *name, int depth) {
  if (unlinkat(folder, name, 0) == 0 || errno == ENOENT || depth > 16)
    return;
  int inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (inner < 0)
    return;
  char bytes[2048];
  long length;
  // From the beginning again, until nothing goes any more: entries vanish while it is read.
  for (int is_new = 1; is_new;) {
    is_new = 0;
    lseek(inner, 0, SEEK_SET);
    while ((length = syscall(SYS_getdents64, inner, bytes, sizeof bytes)) > 0)
      for (long at = 0; at < length;) {
        const struct entry *entry = (const void *)(bytes + at);
        at += entry->length;
        if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0)
          continue;
        take_away(inner, entry->name, depth + 1);
        struct stat status;
        is_new |= fstatat(inner, entry->name, &status, AT_SYMLINK_NOFOLLOW) != 0;
      }
  }
  close(inner);
  unlinkat(folder, name, AT_REMOVEDIR);
}
#else
static void take_away(int folder, const char *name, int depth) {
  (void)depth;
  unlinkat(folder, name, 0);
}
#endif

static void clean_up(void) {
  if (getpid() != owner)
    return;
  // First those that could write there.
  ccpu_end_descendants();
  for (int i = 0; i < MOST_TEMPORARIES; i++)
    if (atomic_load(&temporaries[i].state) == NOTED)
      take_away(AT_FDCWD, temporaries[i].path, 0);
  // The inner ones were made last. Nothing that is in one goes.
  for (int i = MOST_NEW_FOLDERS - 1; i >= 0; i--)
    if (atomic_load(&new_folders[i].state) == NOTED)
      rmdir(new_folders[i].path);
}

// Signals

static int can_wait(int number) {
  return number == SIGINT || number == SIGTERM || number == SIGHUP;
}

static void end(int number) {
  int error = errno;
  if (is_caught && interrupted_by == 0 && can_wait(number)) {
    interrupted_by = number;
    errno = error;
    return;
  }
  clean_up();
  // Delivered when this handler returns, and the end of the process.
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigaction(number, &action, NULL);
  raise(number);
}

static void go_on(int number) { (void)number; }

static int handle(int number, void (*handler)(int), int even_if_ignored) {
  struct sigaction before;
  if (sigaction(number, NULL, &before) != 0)
    return errno;
  if (before.sa_handler == SIG_IGN && !even_if_ignored)
    return 0;
  // SA_RESTART: files and pipes see nothing of it. One at a time: all are blocked meanwhile.
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigfillset(&action.sa_mask);
  return sigaction(number, &action, NULL) == 0 ? 0 : errno;
}

static int handle_all(int even_if_ignored) {
  static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU};
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
    int is_meant = even_if_ignored && (ends[i] == SIGINT || ends[i] == SIGTERM);
    int error = handle(ends[i], end, is_meant);
    if (error != 0)
      return error;
  }
  return handle(SIGXFSZ, go_on, 0);
}

int ccpu_leave_nothing_behind(void) {
  if (owner != getpid()) {
    owner = getpid();
    atexit(clean_up);
  }
  ccpu_adopt_orphans();
  return handle_all(0);
}

int ccpu_catch_interrupts(void) {
  // A run can be stopped also where a shell has put it into the background and SIGINT is ignored.
  interrupted_by = 0;
  is_caught = 1;
  if (owner == 0)
    owner = getpid();
  return handle_all(1);
}

int ccpu_interrupted_by(void) { return interrupted_by; }
