// SPDX-License-Identifier: Apache-2.0
// The compiler that built the C kernels, by its own name for itself, and the C library.

#include "ccpu_build.h"

#include <stdio.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

const char *ccpu_c_compiler(void) { return __VERSION__; }

const char *ccpu_c_library(void) {
#ifdef __GLIBC__
  static char name[32];
  snprintf(name, sizeof name, "glibc %s", gnu_get_libc_version());
  return name;
#else
  return "unknown";
#endif
}

int ccpu_is_optimised(void) {
#ifdef __OPTIMIZE__
  return 1;
#else
  return 0;
#endif
}
