// SPDX-License-Identifier: Apache-2.0

/// @file
/// AES-CTR kernels in hand-written assembly, behind the ABI of caes.h.

#ifndef CAES_ASM_H
#define CAES_ASM_H

#include "caes.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The kernels of this library; empty where the architecture is not x86-64.
CAES_API const caes_table *caes_asm_kernels(void);

#ifdef __cplusplus
}
#endif

#endif
