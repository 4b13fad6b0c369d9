// SPDX-License-Identifier: Apache-2.0

/// @file
/// Processes of foreign programs, and the end of all that they have started.
///
/// A process that leaves its group and session (setsid, a daemon) can still be found: it has, or
/// after the end of its parent gets, this process among its ancestors (PR_SET_CHILD_SUBREAPER), and
/// it carries on the environment. What cannot be told by either, because it has cleared its
/// environment and lost its parent, ends with this process at the latest.

#ifndef CCPU_PROCESSES_H
#define CCPU_PROCESSES_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The variable in the environment of a foreign program by which what it starts is known again.
#define CCPU_FAMILY_VARIABLE "OPTLAB_FAMILY"

/// From now on whoever loses its parent, and descends from this process, becomes its child.
///
/// For a program that waits for its children one by one. Who waits for any of them, as libraries of
/// tests do, would find one that has ended and that nobody takes away, over and over.
///
/// @returns 0, or errno.
int ccpu_adopt_orphans(void);

/// Starts a program without arguments, from this thread and so on its CPUs, in a process group of
/// its own, with the default action for every signal and no descriptors but the three.
///
/// @param program its path.
/// @param input,output,errors become its standard streams; they stay open here.
/// @param family what CCPU_FAMILY_VARIABLE is set to.
/// @param id is set to the new process.
/// @returns 0, or errno.
int ccpu_start_process(const char *program, int input, int output, int errors, const char *family,
                       pid_t *id);

/// A descriptor, closed on exec, that can be read when the process has ended; -1 where there are
/// none. The caller closes it.
int ccpu_end_of_process(pid_t id);

/// Whether a child has ended that nobody has waited for yet. It can still be waited for.
int ccpu_has_ended(pid_t id);

/// Waits for a child that has ended, or is about to, and for those of its group that are children
/// of this process by now.
///
/// @param is_exit is set to whether it ended by itself, and not by a signal.
/// @returns its exit code, or the signal's number; -1 where it cannot be waited for.
int ccpu_wait_for(pid_t id, int *is_exit);

/// Kills a process with all that descends from it, and children of this process that carry the
/// family in their environment, with theirs. Waits for those, and not for the process itself.
///
/// @param id a child that nobody has waited for, or 0 where only the others are left.
void ccpu_end_family(pid_t id, const char *family);

/// Kills all that descends from this process. May be called from a signal handler.
void ccpu_end_descendants(void);

#ifdef __cplusplus
}
#endif

#endif
