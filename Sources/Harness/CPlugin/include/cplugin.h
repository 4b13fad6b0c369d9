// SPDX-License-Identifier: Apache-2.0

/// @file
/// The process in which a plugin lives: what it says of itself while it works, and when it dies.
///
/// The process that starts it shares a piece of memory with it. What is under way stands there
/// before it begins, so that it can be read when the plugin has crashed, has ended its process, or
/// never comes back.

#ifndef CPLUGIN_H
#define CPLUGIN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What both processes see.
typedef struct cplugin_record {
  /// Grows with every step: where it stands still, nothing moves on.
  uint64_t steps;
  /// What is under way, ended by a zero byte.
  char step[512];
  /// Where the library's code is in memory, from its first byte to behind its last; 0 before it is
  /// loaded.
  uint64_t first, end;
  /// The signal that ended the process, or 0; then only what follows is filled in.
  int32_t signal;
  /// Whether `address` is known: not where the CPU refused it (a general-protection fault).
  int32_t has_address;
  /// What was touched, and the instruction that did it.
  uint64_t address, instruction;
} cplugin_record;

/// Makes a record in memory that a process can share.
///
/// @param descriptor is set to what the other process has to be given. It is closed on exec.
/// @returns NULL where there is no memory.
cplugin_record *cplugin_create(int *descriptor);

/// Takes the record that stands behind a descriptor, which can be closed afterwards.
///
/// @returns NULL where there is none.
cplugin_record *cplugin_attach(int descriptor);

void cplugin_release(cplugin_record *record);

/// Makes two connected sockets, both closed on exec.
///
/// @returns 0, or errno.
int cplugin_connect(int sockets[2]);

/// Notes in the record which signal ends this process; and ends it when nobody is at the other end
/// of the socket any more, also out of an endless loop.
///
/// @returns 0, or errno.
int cplugin_watch(cplugin_record *record, int socket);

/// Says what is under way.
void cplugin_announce(cplugin_record *record, const char *step);

/// Notes where the library is that has the function.
void cplugin_note_library(cplugin_record *record, const void *function);

/// What is under way, as the other process sees it.
const char *cplugin_step(const cplugin_record *record);

/// The number of steps, as the other process sees it.
uint64_t cplugin_steps(const cplugin_record *record);

#ifdef __cplusplus
}
#endif

#endif
