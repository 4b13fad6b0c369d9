// SPDX-License-Identifier: Apache-2.0
// The table of this library's kernels, and the choice among them.

#include "kernels.h"

#include <pthread.h>
#include <stdalign.h>

static const caes_kernel rows[] = {
#if defined(__x86_64__)
#define CAES_KERNEL(symbol, id, technique, required, preferred, flags, context, set_key, clear)    \
  {id,      "C",    technique, required, preferred, flags, alignof(context), sizeof(context),      \
   set_key, symbol, clear},
#include "kernels.def"
#undef CAES_KERNEL
#endif
};

const caes_table *caes_kernels(void) {
  static const caes_table table = {CAES_ABI_VERSION, sizeof(caes_kernel),
                                   sizeof rows / sizeof rows[0], rows};
  return &table;
}

const caes_kernel *caes_choose_kernel(uint64_t features) {
  const caes_table *table = caes_kernels();
  for (size_t i = 0; i < table->count; i++)
    if (((table->rows[i].required | table->rows[i].preferred) & ~features) == 0)
      return &table->rows[i];
  return NULL;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const caes_kernel *chosen;

static void choose(void) { chosen = caes_choose_kernel(caes_features()); }

const caes_kernel *caes_chosen_kernel(void) {
  pthread_once(&once, choose);
  return chosen;
}

int caes_is_optimised(void) {
#if defined(__OPTIMIZE__)
  return 1;
#else
  return 0;
#endif
}
