// SPDX-License-Identifier: Apache-2.0

/// @file
/// Interruption by SIGINT and SIGTERM, to be asked for where a run can stop.

#ifndef CCPU_INTERRUPT_H
#define CCPU_INTERRUPT_H

#ifdef __cplusplus
extern "C" {
#endif

/// From now on the first SIGINT or SIGTERM only sets a flag; a second one ends the process as
/// usual.
///
/// @returns 0, or errno.
int ccpu_catch_interrupts(void);

/// The signal that came since ccpu_catch_interrupts, or 0.
int ccpu_interrupted_by(void);

#ifdef __cplusplus
}
#endif

#endif
