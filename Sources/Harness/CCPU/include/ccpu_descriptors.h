// SPDX-License-Identifier: Apache-2.0

/// @file
/// How many files this process may still open.

#ifndef CCPU_DESCRIPTORS_H
#define CCPU_DESCRIPTORS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Opens so many descriptors, none of which a child inherits, and closes them again.
///
/// @param error is set to errno where fewer could be opened, and to 0 otherwise.
/// @returns how many could be opened at once, at most `most`.
int ccpu_free_descriptors(int most, int *error);

/// How many descriptors this process may have open (RLIMIT_NOFILE, soft); -1 where that is not
/// known or more than an int holds.
int ccpu_descriptor_limit(void);

/// Raises that limit, as far as the hard one lets it, where it is lower.
void ccpu_raise_descriptor_limit(int to);

/// Makes a file without a name that holds these bytes, to be read from its beginning.
///
/// @returns its descriptor, which a child does not inherit and the caller closes; -1 with errno.
int ccpu_file_of_bytes(const void *bytes, size_t count);

#ifdef __cplusplus
}
#endif

#endif
