// SPDX-License-Identifier: Apache-2.0
// The table of the kernels written in assembly.

#include "kernels.h"

#include <stdalign.h>

#if defined(__x86_64__)
static const caes_kernel rows[] = {
#define CAES_KERNEL(symbol, id, technique, required, preferred, flags, context, set_key, clear)    \
  {id,      "NASM", technique, required, preferred, flags, alignof(context), sizeof(context),      \
   set_key, symbol, clear},
#include "kernels.def"
#undef CAES_KERNEL
};

const caes_table *caes_asm_kernels(void) {
  static const caes_table table = {CAES_ABI_VERSION, sizeof(caes_kernel),
                                   sizeof rows / sizeof rows[0], rows};
  return &table;
}
#else
const caes_table *caes_asm_kernels(void) {
  static const caes_table table = {CAES_ABI_VERSION, sizeof(caes_kernel), 0, NULL};
  return &table;
}
#endif
