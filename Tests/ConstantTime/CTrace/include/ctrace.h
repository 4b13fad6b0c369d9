// SPDX-License-Identifier: Apache-2.0

/// @file
/// What the constant-time check cannot do in Swift: recording every step of a kernel, talking to
/// valgrind, and kernels that leak on purpose.

#ifndef CTRACE_H
#define CTRACE_H

#include "ctrace_leaks.h"
#include "ctrace_memcheck.h"
#include "ctrace_stepper.h"

#endif
