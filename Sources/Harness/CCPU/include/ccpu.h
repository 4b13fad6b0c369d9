#ifndef CCPU_H
#define CCPU_H
#include "ccpu_cpuid.h"
#include "ccpu_perf_trial.h"
#include <stdint.h>
#endif
