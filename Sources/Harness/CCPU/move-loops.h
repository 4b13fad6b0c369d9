// SPDX-License-Identifier: Apache-2.0
// The loops that move bytes, for one width of register. limits.c includes this once for each, with
// these defined:
//   NAME(action)      the function's name at this width
//   FEATURES          what the compiler may use
//   VECTOR            the register's type
//   LOAD STORE STREAM the intrinsics that move it, of any alignment but for STREAM
//   ZERO              the intrinsic that makes one
//   USE HIDE          see limits.c
//
// `n` is at least STEP in all of them.

#define LOAD_AT(offset) LOAD((const void *)(in + (offset)))
#define COPY_TEMPORAL(offset) STORE((void *)(out + (offset)), LOAD_AT(offset))
#define COPY_STREAM(offset) STREAM((void *)(out + (offset)), LOAD_AT(offset))
#define STORE_TEMPORAL(offset) STORE((void *)(out + (offset)), value)
#define STORE_STREAM(offset) STREAM((void *)(out + (offset)), value)
#define ONLY_LOAD(offset) USE(LOAD_AT(offset))

LOOP(FEATURES) NAME(copy)(int temporal, uint8_t *out, const uint8_t *in, size_t n) {
  if (temporal)
    WALK(VECTOR, COPY_TEMPORAL, COPY_TEMPORAL);
  else
    WALK(VECTOR, COPY_STREAM, COPY_TEMPORAL);
}

LOOP(FEATURES) NAME(store)(int temporal, uint8_t *out, size_t n) {
  VECTOR value = ZERO();
  HIDE(value);
  if (temporal)
    WALK(VECTOR, STORE_TEMPORAL, STORE_TEMPORAL);
  else
    WALK(VECTOR, STORE_STREAM, STORE_TEMPORAL);
}

LOOP(FEATURES) NAME(load)(const uint8_t *in, size_t n) { WALK(VECTOR, ONLY_LOAD, ONLY_LOAD); }

#undef LOAD_AT
#undef COPY_TEMPORAL
#undef COPY_STREAM
#undef STORE_TEMPORAL
#undef STORE_STREAM
#undef ONLY_LOAD
#undef NAME
#undef FEATURES
#undef VECTOR
#undef LOAD
#undef STORE
#undef STREAM
#undef ZERO
#undef USE
#undef HIDE
