// SPDX-License-Identifier: Apache-2.0

/// @file
/// The end by a signal: to be asked for where a run can stop, and without anything left behind
/// where nobody asks.

#ifndef CCPU_INTERRUPT_H
#define CCPU_INTERRUPT_H

#ifdef __cplusplus
extern "C" {
#endif

/// From now on a signal that ends this process (SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU) ends all
/// that descends from it too, and takes away what ccpu_note_temporary named; so does the ordinary
/// end. A file that grows beyond its limit is an error of the write (EFBIG) and no signal. What is
/// ignored already, as SIGHUP below nohup, stays so.
///
/// @returns 0, or errno.
int ccpu_leave_nothing_behind(void);

/// From now on the first SIGINT, SIGTERM or SIGHUP only sets a flag; a second one ends the process
/// as above, so that nobody has to wait for the place where a run can stop.
///
/// @returns 0, or errno.
int ccpu_catch_interrupts(void);

/// The signal that came since ccpu_catch_interrupts, or 0.
int ccpu_interrupted_by(void);

/// Names a file, or a folder with all in it, that is to be gone when this process has ended.
///
/// @param path of 4095 bytes at most.
/// @returns what ccpu_forget_temporary takes, or -1 where there is no place for it.
int ccpu_note_temporary(const char *path);

/// The path is not to go any more, or is gone.
void ccpu_forget_temporary(int number);

/// Names a folder that this process is about to make, and that is to be gone when it has ended,
/// unless there is something in it by then.
///
/// @param path of 4095 bytes at most.
/// @returns what ccpu_forget_new_folder takes, or -1 where there is no place for it.
int ccpu_note_new_folder(const char *path);

/// It was not made after all.
void ccpu_forget_new_folder(int number);

#ifdef __cplusplus
}
#endif

#endif
