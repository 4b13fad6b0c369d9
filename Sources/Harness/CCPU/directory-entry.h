// SPDX-License-Identifier: Apache-2.0
// What getdents64 writes: for signal handlers, which may not call readdir, since that allocates.

#ifndef DIRECTORY_ENTRY_H
#define DIRECTORY_ENTRY_H

#include <stdint.h>

/// Source: getdents64(2).
struct entry {
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

#endif
