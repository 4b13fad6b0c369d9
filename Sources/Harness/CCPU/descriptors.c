// SPDX-License-Identifier: Apache-2.0
// How many files this process may still open.

#define _GNU_SOURCE
#include "ccpu_descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

int ccpu_free_descriptors(int most, int *error) {
  *error = 0;
  if (most <= 0)
    return 0;
  int *taken = malloc((size_t)most * sizeof *taken);
  if (taken == NULL) {
    *error = ENOMEM;
    return 0;
  }
  int count = 0;
  for (; count < most; count++) {
    taken[count] = count == 0 ? open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                              : fcntl(taken[0], F_DUPFD_CLOEXEC, 0);
    if (taken[count] < 0) {
      *error = errno;
      break;
    }
  }
  for (int i = 0; i < count; i++)
    close(taken[i]);
  free(taken);
  return count;
}

int ccpu_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > INT_MAX)
    return -1;
  return (int)limit.rlim_cur;
}

void ccpu_raise_descriptor_limit(int to) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= (rlim_t)to)
    return;
  limit.rlim_cur = limit.rlim_max < (rlim_t)to ? limit.rlim_max : (rlim_t)to;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int ccpu_file_of_bytes(const void *bytes, size_t count) {
#ifdef __linux__
  int file = memfd_create("optlab", MFD_CLOEXEC);
  if (file < 0)
    return -1;
  for (size_t done = 0; done < count;) {
    ssize_t written = pwrite(file, (const char *)bytes + done, count - done, (off_t)done);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0) {
      int error = written < 0 ? errno : EIO;
      close(file);
      errno = error;
      return -1;
    }
    done += (size_t)written;
  }
  return file;
#else
  (void)bytes, (void)count;
  errno = ENOSYS;
  return -1;
#endif
}
