// SPDX-License-Identifier: Apache-2.0

/// @file
/// What the harness asks of CPU and kernel, and Swift cannot say.

#ifndef CCPU_H
#define CCPU_H

#include "ccpu_affinity.h"
#include "ccpu_build.h"
#include "ccpu_calls.h"
#include "ccpu_clock.h"
#include "ccpu_counter.h"
#include "ccpu_cpuid.h"
#include "ccpu_descriptors.h"
#include "ccpu_interrupt.h"
#include "ccpu_limits.h"
#include "ccpu_perf_trial.h"
#include "ccpu_processes.h"

#endif
