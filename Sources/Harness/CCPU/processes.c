// SPDX-License-Identifier: Apache-2.0
// Processes of foreign programs, and the end of all that they have started.

#define _GNU_SOURCE
#include "ccpu_processes.h"

#include <errno.h>

#ifdef __linux__
#include "directory-entry.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int ccpu_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 ? 0 : errno; }

// Starting

int ccpu_start_process(const char *program, int input, int output, int errors, const char *family,
                       pid_t *id) {
  size_t count = 0;
  while (environ[count] != NULL)
    count++;
  char **variables = malloc((count + 2) * sizeof *variables);
  char *own = NULL;
  if (variables == NULL || asprintf(&own, CCPU_FAMILY_VARIABLE "=%s", family) < 0) {
    free(variables);
    return ENOMEM;
  }
  size_t kept = 0;
  variables[kept++] = own;
  for (size_t i = 0; i < count; i++)
    if (strncmp(environ[i], CCPU_FAMILY_VARIABLE "=", sizeof CCPU_FAMILY_VARIABLE) != 0)
      variables[kept++] = environ[i];
  variables[kept] = NULL;

  // Above the standard streams, which may be closed here: one would take another's number.
  int streams[3] = {input, output, errors};
  int error = 0;
  for (int i = 0; i < 3; i++) {
    streams[i] = fcntl(streams[i], F_DUPFD_CLOEXEC, 3);
    if (streams[i] < 0 && error == 0)
      error = errno;
  }
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  for (int i = 0; i < 3 && error == 0; i++)
    error = posix_spawn_file_actions_adddup2(&actions, streams[i], i);
#if __GLIBC_PREREQ(2, 34)
  if (error == 0)
    error = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#endif
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  char *const arguments[] = {(char *)program, NULL};
  if (error == 0)
    error = posix_spawn(id, program, &actions, &attributes, arguments, variables);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  for (int i = 0; i < 3; i++)
    if (streams[i] >= 0)
      close(streams[i]);
  free(own);
  free(variables);
  return error;
}

int ccpu_end_of_process(pid_t id) {
#ifdef SYS_pidfd_open
  return (int)syscall(SYS_pidfd_open, id, 0);
#else
  (void)id;
  return -1;
#endif
}

int ccpu_has_ended(pid_t id) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  return waitid(P_PID, (id_t)id, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == id;
}

int ccpu_wait_for(pid_t id, int *is_exit) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  while (waitid(P_PID, (id_t)id, &info, WEXITED) != 0)
    if (errno != EINTR)
      return -1;
  // Those of its group that became children of this process have ended with it.
  while (waitpid(-id, NULL, WNOHANG) > 0)
    ;
  *is_exit = info.si_code == CLD_EXITED;
  return info.si_status;
}

// Who there is. Only what a signal handler may call: no malloc, no stdio.

typedef struct process {
  pid_t id, parent;
  char state;
  /// Whether it is to end.
  char is_member;
} process;

enum { MOST_PROCESSES = 1 << 16, BUFFER = 1 << 18 };

typedef struct snapshot {
  process processes[MOST_PROCESSES];
  size_t count;
  pid_t killed[MOST_PROCESSES];
  size_t killed_count;
  char buffer[BUFFER];
} snapshot;

/// "/proc/ID/NAME".
static void write_path(char *path, pid_t id, const char *name) {
  memcpy(path, "/proc/", 6);
  char digits[12];
  int count = 0;
  do
    digits[count++] = (char)('0' + id % 10);
  while ((id /= 10) > 0);
  path += 6;
  while (count > 0)
    *path++ = digits[--count];
  *path++ = '/';
  memcpy(path, name, strlen(name) + 1);
}

/// @returns how many bytes of a file were read.
static size_t read_file(pid_t id, const char *name, char *bytes, size_t most) {
  char path[64];
  write_path(path, id, name);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return 0;
  size_t have = 0;
  while (have < most) {
    ssize_t count = read(file, bytes + have, most - have);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      break;
    have += (size_t)count;
  }
  close(file);
  return have;
}

/// State and parent stand behind the name, which is in brackets and may hold any character.
static int read_status(process *one) {
  char text[512];
  size_t length = read_file(one->id, "stat", text, sizeof text - 1);
  text[length] = 0;
  const char *end = strrchr(text, ')');
  if (end == NULL || end[1] != ' ' || end[2] == 0 || end[3] != ' ')
    return 0;
  one->state = end[2];
  one->parent = 0;
  for (const char *digit = end + 4; *digit >= '0' && *digit <= '9'; digit++)
    one->parent = one->parent * 10 + (*digit - '0');
  return 1;
}

static void take_snapshot(snapshot *all) {
  all->count = 0;
  int folder = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    return;
  long length;
  while ((length = syscall(SYS_getdents64, folder, all->buffer, sizeof all->buffer)) > 0) {
    for (long at = 0; at < length;) {
      const struct entry *entry = (const void *)(all->buffer + at);
      at += entry->length;
      process one = {0, 0, 0, 0};
      const char *digit = entry->name;
      for (; *digit >= '0' && *digit <= '9'; digit++)
        one.id = one.id * 10 + (*digit - '0');
      if (*digit == 0 && one.id > 0 && all->count < MOST_PROCESSES && read_status(&one))
        all->processes[all->count++] = one;
    }
  }
  close(folder);
}

static int carries(snapshot *all, pid_t id, const char *family) {
  size_t length = read_file(id, "environ", all->buffer, sizeof all->buffer);
  const size_t name = sizeof CCPU_FAMILY_VARIABLE - 1, value = strlen(family);
  for (size_t at = 0; at + name + 1 + value < length;) {
    const char *variable = all->buffer + at;
    if (memcmp(variable, CCPU_FAMILY_VARIABLE "=", name + 1) == 0 &&
        memcmp(variable + name + 1, family, value + 1) == 0)
      return 1;
    const char *end = memchr(variable, 0, length - at);
    if (end == NULL)
      break;
    at = (size_t)(end - all->buffer) + 1;
  }
  return 0;
}

/// Marks all that descends from members.
static void mark_descendants(snapshot *all) {
  for (int is_new = 1; is_new;) {
    is_new = 0;
    for (size_t i = 0; i < all->count; i++) {
      process *one = &all->processes[i];
      for (size_t j = 0; j < all->count && !one->is_member; j++)
        if (all->processes[j].is_member && all->processes[j].id == one->parent)
          is_new = one->is_member = 1;
    }
  }
}

static void wait_a_little(void) {
  const struct timespec millisecond = {0, 1000000};
  nanosleep(&millisecond, NULL);
}

/// Kills who is to end until nobody is left: some may have been started meanwhile.
///
/// @param family NULL for every child.
static void end_all(pid_t root, const char *family, int waits) {
  snapshot *all =
      mmap(NULL, sizeof(snapshot), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED) {
    if (root > 0)
      kill(root, SIGKILL);
    return;
  }
  const pid_t own = getpid();
  // Those that stay longer than two seconds cannot be killed now: they wait for a device.
  for (int pass = 0; pass < 2000; pass++) {
    take_snapshot(all);
    for (size_t i = 0; i < all->count; i++) {
      process *one = &all->processes[i];
      one->is_member = (root > 0 && one->id == root) ||
                       (one->parent == own && one->id != own && one->state != 'Z' &&
                        (family == NULL || carries(all, one->id, family)));
    }
    mark_descendants(all);
    int is_alive = 0;
    for (size_t i = 0; i < all->count; i++) {
      const process *one = &all->processes[i];
      if (!one->is_member || one->state == 'Z' || one->state == 'X')
        continue;
      is_alive = 1;
      kill(one->id, SIGKILL);
      int is_known = one->id == root;
      for (size_t j = 0; j < all->killed_count && !is_known; j++)
        is_known = all->killed[j] == one->id;
      if (!is_known && all->killed_count < MOST_PROCESSES)
        all->killed[all->killed_count++] = one->id;
    }
    if (!is_alive)
      break;
    wait_a_little();
  }
  // Those of a parent that is gone are this process's to wait for; others are not its children.
  for (size_t i = 0; waits && i < all->killed_count; i++)
    for (int pass = 0; pass < 1000 && waitpid(all->killed[i], NULL, WNOHANG) == 0; pass++)
      wait_a_little();
  munmap(all, sizeof(snapshot));
}

void ccpu_end_family(pid_t id, const char *family) {
  // At once, before it is looked who else there is.
  if (id > 0)
    kill(-id, SIGKILL);
  end_all(id, family, 1);
}

void ccpu_end_descendants(void) { end_all(0, NULL, 0); }
#else
int ccpu_adopt_orphans(void) { return ENOSYS; }

int ccpu_start_process(const char *program, int input, int output, int errors, const char *family,
                       pid_t *id) {
  (void)program, (void)input, (void)output, (void)errors, (void)family, (void)id;
  return ENOSYS;
}

int ccpu_end_of_process(pid_t id) {
  (void)id;
  return -1;
}

int ccpu_has_ended(pid_t id) {
  (void)id;
  return 1;
}

int ccpu_wait_for(pid_t id, int *is_exit) {
  (void)id, (void)is_exit;
  return -1;
}

void ccpu_end_family(pid_t id, const char *family) { (void)id, (void)family; }

void ccpu_end_descendants(void) {}
#endif
