// SPDX-License-Identifier: Apache-2.0
#include "caes_asm.h"
extern void caes_asm_aesni(void);
const caes_table *caes_asm_kernels(void) {
  caes_asm_aesni();
  static const caes_table table = {CAES_ABI_VERSION, sizeof(caes_kernel), 0, 0};
  return &table;
}
