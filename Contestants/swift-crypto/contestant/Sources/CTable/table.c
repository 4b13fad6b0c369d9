// SPDX-License-Identifier: Apache-2.0
// Computes:  AES-CTR, 128-, 192- and 256-bit keys, by swift-crypto's AES._CTR (CryptoExtras).
// Technique: BoringSSL behind a Swift API that takes the key anew and returns a new Data for each
//            message; both are in the time, as they are for whoever calls it.
//
// A contestant to measure beside the lab's own kernels, as a shared library of the ABI in caes.h.
// The library leaves the key on the stack; the contract forbids that, so it is wiped here, in the
// time.

#include "caes.h"

#include <stdalign.h>
#include <string.h>

// Written in Swift, beside this file.
int optlab_swift_crypto_set_key(void *ctx, const uint8_t *key, size_t key_bytes);
void optlab_swift_crypto_crypt(const void *ctx, const uint8_t counter[16], const uint8_t *in,
                               uint8_t *out, size_t n);
void optlab_swift_crypto_clear(void *ctx);

/// Overwrites what a call has left of its stack, some of which lay 1.4 KiB deep.
__attribute__((noinline)) static void wipe_stack(void) {
  uint8_t deep[4096];
  explicit_bzero(deep, sizeof deep);
}

static int set_key(void *ctx, const uint8_t *key, size_t key_bytes) {
  int code = optlab_swift_crypto_set_key(ctx, key, key_bytes);
  wipe_stack();
  return code;
}

static void crypt(const void *ctx, const uint8_t counter[16], const uint8_t *in, uint8_t *out,
                  size_t n) {
  optlab_swift_crypto_crypt(ctx, counter, in, out, n);
  wipe_stack();
}

const caes_table *caes_kernels(void) {
  static const caes_kernel row = {"swift-crypto",
                                  "swift-crypto",
                                  "AES._CTR: BoringSSL, key schedule and a fresh Data a message",
                                  0,
                                  0,
                                  CAES_CONSTANT_TIME,
                                  alignof(void *),
                                  sizeof(void *),
                                  set_key,
                                  crypt,
                                  optlab_swift_crypto_clear};
  static const caes_table table = {CAES_ABI_VERSION, sizeof(caes_kernel), 1, &row};
  return &table;
}
