// SPDX-License-Identifier: Apache-2.0

/// @file
/// How many files this process may still open.

#ifndef CCPU_DESCRIPTORS_H
#define CCPU_DESCRIPTORS_H

#ifdef __cplusplus
extern "C" {
#endif

/// Opens so many descriptors, none of which a child inherits, and closes them again.
///
/// @param error is set to errno where fewer could be opened, and to 0 otherwise.
/// @returns how many could be opened at once, at most `most`.
int ccpu_free_descriptors(int most, int *error);

/// How many descriptors this process may have open (RLIMIT_NOFILE, soft); -1 where that is not known
/// or more than an int holds.
int ccpu_descriptor_limit(void);

/// Raises that limit, as far as the hard one lets it, where it is lower.
void ccpu_raise_descriptor_limit(int to);

#ifdef __cplusplus
}
#endif

#endif
