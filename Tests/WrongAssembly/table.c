// SPDX-License-Identifier: Apache-2.0
// The table of wrong functions.

#include "wrong_assembly.h"

#if defined(__x86_64__)
#define WRONG(symbol, name, needs_avx, needs_avx512)                                               \
  __attribute__((visibility("hidden"))) void symbol(const void *ctx, const uint8_t counter[16],    \
                                                    const uint8_t *in, uint8_t *out, size_t n);
#include "functions.def"
#undef WRONG

static const wrong_function functions[] = {
#define WRONG(symbol, name, needs_avx, needs_avx512) {name, symbol, needs_avx, needs_avx512},
#include "functions.def"
#undef WRONG
};

const wrong_function *wrong_functions(size_t *count) {
  *count = sizeof functions / sizeof functions[0];
  return functions;
}
#else
const wrong_function *wrong_functions(size_t *count) {
  *count = 0;
  return NULL;
}
#endif
