// SPDX-License-Identifier: Apache-2.0

/// @file
/// What this program was built with.

#ifndef CCPU_BUILD_H
#define CCPU_BUILD_H

#ifdef __cplusplus
extern "C" {
#endif

/// The C compiler: "Clang 21.0.0 (...)". Lives as long as the program.
const char *ccpu_c_compiler(void);

/// The C library that it runs on: "glibc 2.36". Lives as long as the program.
const char *ccpu_c_library(void);

/// 1 where the C targets, which share one set of flags, were compiled with optimisation.
int ccpu_is_optimised(void);

#ifdef __cplusplus
}
#endif

#endif
