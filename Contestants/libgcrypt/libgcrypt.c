// SPDX-License-Identifier: Apache-2.0
// Computes:  AES-CTR, 128-, 192- and 256-bit keys, by libgcrypt's cipher API.
// Technique: one handle a context; for each message the counter is set anew.
//
// A contestant to measure beside the lab's own kernels, as a shared library of the ABI in caes.h.
// A handle holds the counter, so a context is for one thread at a time.

#include "caes.h"

#include <gcrypt.h>
#include <stdalign.h>
#include <stdlib.h>

typedef struct context {
  gcry_cipher_hd_t cipher;
} context;

__attribute__((constructor)) static void initialise(void) {
  if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
    return;
  gcry_check_version(NULL);
  gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
  gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

static int set_key(void *ctx, const uint8_t *key, size_t key_bytes) {
  context *c = ctx;
  int algorithm = key_bytes == 16   ? GCRY_CIPHER_AES128
                  : key_bytes == 24 ? GCRY_CIPHER_AES192
                  : key_bytes == 32 ? GCRY_CIPHER_AES256
                                    : GCRY_CIPHER_NONE;
  if (algorithm == GCRY_CIPHER_NONE)
    return CAES_BAD_KEY_LENGTH;
  if (gcry_cipher_open(&c->cipher, algorithm, GCRY_CIPHER_MODE_CTR, 0) != 0)
    return CAES_NO_MEMORY;
  if (gcry_cipher_setkey(c->cipher, key, key_bytes) != 0)
    abort(); // of the right length, so there is no reason
  return CAES_OK;
}

static void crypt(const void *ctx, const uint8_t counter[16], const uint8_t *in, uint8_t *out,
                  size_t n) {
  const context *c = ctx;
  if (n == 0)
    return;
  if (gcry_cipher_setctr(c->cipher, counter, 16) != 0)
    abort();
  gcry_error_t error = in == out ? gcry_cipher_encrypt(c->cipher, out, n, NULL, 0)
                                 : gcry_cipher_encrypt(c->cipher, out, n, in, n);
  if (error != 0)
    abort();
}

static void clear(void *ctx) {
  context *c = ctx;
  gcry_cipher_close(c->cipher); // wipes the key schedule
  c->cipher = NULL;
}

const caes_table *caes_kernels(void) {
  static const caes_kernel row = {"libgcrypt",
                                  "libgcrypt",
                                  "libgcrypt " GCRYPT_VERSION ", gcry_cipher_encrypt",
                                  0,
                                  0,
                                  CAES_CONSTANT_TIME | CAES_ONE_THREAD,
                                  alignof(context),
                                  sizeof(context),
                                  set_key,
                                  crypt,
                                  clear};
  static const caes_table table = {CAES_ABI_VERSION, sizeof(caes_kernel), 1, &row};
  return &table;
}
