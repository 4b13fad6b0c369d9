// SPDX-License-Identifier: Apache-2.0
// The record that a plugin's process shares with the one that started it.

#define _GNU_SOURCE
#include "cplugin.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __linux__
cplugin_record *cplugin_create(int *descriptor) {
  int file = memfd_create("optlab-plugin", MFD_CLOEXEC);
  if (file < 0)
    return NULL;
  cplugin_record *record =
      ftruncate(file, sizeof(cplugin_record)) == 0 ? cplugin_attach(file) : NULL;
  if (record == NULL)
    close(file);
  else
    *descriptor = file;
  return record;
}

int cplugin_connect(int sockets[2]) {
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0 ? 0 : errno;
}
#else
cplugin_record *cplugin_create(int *descriptor) {
  (void)descriptor;
  return NULL;
}

int cplugin_connect(int sockets[2]) {
  (void)sockets;
  return ENOSYS;
}
#endif

cplugin_record *cplugin_attach(int descriptor) {
  void *memory =
      mmap(NULL, sizeof(cplugin_record), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

void cplugin_release(cplugin_record *record) { munmap(record, sizeof *record); }

void cplugin_announce(cplugin_record *record, const char *step) {
  size_t length = strnlen(step, sizeof record->step - 1);
  memcpy(record->step, step, length);
  record->step[length] = 0;
  // The text is there before it counts, also where the next instruction never ends.
  __atomic_store_n(&record->steps, record->steps + 1, __ATOMIC_RELEASE);
}

const char *cplugin_step(const cplugin_record *record) { return record->step; }

uint64_t cplugin_steps(const cplugin_record *record) {
  return __atomic_load_n(&record->steps, __ATOMIC_ACQUIRE);
}
