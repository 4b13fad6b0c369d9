// SPDX-License-Identifier: Apache-2.0
// Preloaded into a process, lets calls of one function of the system fail: OPTLAB_FAULT is
// FUNCTION:NUMBER:ERRNO for the call of that number, from 1, and FUNCTION:NUMBER+:ERRNO for it and
// all after it. Each failure adds a line to the file that OPTLAB_FAULT_LOG names. What the process
// starts is spared.
//
// `open` counts where it may make a file; `write` and `close` count on regular files alone, since
// libraries wake their threads by the same calls.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

static char function[32];
static int number, error, is_lasting, record = -1;
static atomic_int calls;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
  const char *fault = getenv("OPTLAB_FAULT"), *path = getenv("OPTLAB_FAULT_LOG");
  char last[2] = "";
  if (fault == NULL || path == NULL)
    return;
  if (sscanf(fault, "%31[^:]:%d%1[+]:%d", function, &number, last, &error) != 4 &&
      sscanf(fault, "%31[^:]:%d:%d", function, &number, &error) != 3)
    abort();
  is_lasting = last[0] == '+';
  record = REAL(open)(path, O_WRONLY | O_APPEND | O_CLOEXEC);
  unsetenv("LD_PRELOAD");
  unsetenv("OPTLAB_FAULT");
}

static int fails(const char *name) {
  if (record < 0 || strcmp(name, function) != 0)
    return 0;
  int call = atomic_fetch_add(&calls, 1) + 1;
  if (call != number && !(is_lasting && call > number))
    return 0;
  if (REAL(write)(record, "failed\n", 7) != 7)
    abort();
  errno = error;
  return 1;
}

static int is_regular(int file) {
  struct stat status;
  struct statfs system;
  // What the kernel tells in files of /proc depends on how many processes there are.
  return fstat(file, &status) == 0 && S_ISREG(status.st_mode) && fstatfs(file, &system) == 0 &&
         system.f_type != PROC_SUPER_MAGIC;
}

ssize_t write(int file, const void *bytes, size_t count) {
  if (is_regular(file) && fails("write")) {
    // Some of it may be there already.
    if (error == ENOSPC && REAL(write)(file, bytes, count / 2) < 0)
      return -1;
    errno = error;
    return -1;
  }
  return REAL(write)(file, bytes, count);
}

int fsync(int file) { return fails("fsync") ? -1 : REAL(fsync)(file); }

int close(int file) {
  int fault = is_regular(file) && fails("close");
  int result = REAL(close)(file);
  if (!fault)
    return result;
  errno = error;
  return -1;
}

int rename(const char *from, const char *to) {
  return fails("rename") ? -1 : REAL(rename)(from, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to,
              unsigned int flags) {
  return fails("rename") ? -1 : REAL(renameat2)(from_folder, from, to_folder, to, flags);
}

int mkdir(const char *path, mode_t mode) { return fails("mkdir") ? -1 : REAL(mkdir)(path, mode); }

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return flags & O_CREAT && fails("open") ? -1 : REAL(open)(path, flags, mode);
}

int pipe(int pair[2]) { return fails("pipe") ? -1 : REAL(pipe)(pair); }

int pipe2(int pair[2], int flags) { return fails("pipe") ? -1 : REAL(pipe2)(pair, flags); }

int socketpair(int domain, int type, int protocol, int pair[2]) {
  return fails("pipe") ? -1 : REAL(socketpair)(domain, type, protocol, pair);
}

pid_t fork(void) { return fails("fork") ? -1 : REAL(fork)(); }

int posix_spawn(pid_t *id, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const arguments[],
                char *const environment[]) {
  return fails("fork") ? error
                       : REAL(posix_spawn)(id, path, actions, attributes, arguments, environment);
}

long syscall(long call, ...) {
  va_list rest;
  va_start(rest, call);
  long a[6];
  for (int i = 0; i < 6; i++)
    a[i] = va_arg(rest, long);
  va_end(rest);
  if (call == SYS_clone3 && fails("fork"))
    return -1;
  return REAL(syscall)(call, a[0], a[1], a[2], a[3], a[4], a[5]);
}
