// SPDX-License-Identifier: Apache-2.0
// Computes:  AES-CTR, 128-, 192- and 256-bit keys.
// Technique: libcrypto's EVP interface, used as its manual recommends: the cipher is fetched once,
//            the key schedule is kept in a context, and only the counter is set for each message.
// Cost:      what libcrypto costs, and one atomic exchange a message.
// Pays:      wherever OpenSSL is what a program links anyway.

#include "caes_openssl.h"

#if !__has_include(<openssl/evp.h>)
#error "OpenSSL's headers are missing: run 'make setup' (Debian: apt-get install libssl-dev)"
#endif
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <limits.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct openssl_context {
  EVP_CIPHER_CTX *cipher;
  /// EVP keeps the counter in the context; the ABI lets several threads use one. Whoever comes
  /// second works on a copy.
  atomic_flag busy;
} openssl_context;

static void openssl_clear(void *ctx) {
  openssl_context *context = ctx;
  EVP_CIPHER_CTX_free(context->cipher); // wipes the key schedule too
  context->cipher = NULL;
}

static int openssl_set_key(void *ctx, const uint8_t *key, size_t key_bytes) {
  openssl_context *context = ctx;
  const EVP_CIPHER *cipher = key_bytes == 16   ? EVP_aes_128_ctr()
                             : key_bytes == 24 ? EVP_aes_192_ctr()
                             : key_bytes == 32 ? EVP_aes_256_ctr()
                                               : NULL;
  if (cipher == NULL)
    return CAES_BAD_KEY_LENGTH;
  context->cipher = EVP_CIPHER_CTX_new();
  if (context->cipher == NULL)
    return CAES_NO_MEMORY;
  if (EVP_EncryptInit_ex(context->cipher, cipher, NULL, key, NULL) != 1) {
    openssl_clear(ctx);
    return CAES_NO_MEMORY;
  }
  atomic_flag_clear(&context->busy);
  return CAES_OK;
}

static void crypt_with(EVP_CIPHER_CTX *cipher, const uint8_t *counter, const uint8_t *in,
                       uint8_t *out, size_t n) {
  // EVP counts in int: whole blocks keep its counter and ours in step.
  const size_t most = INT_MAX / 16 * 16;
  EVP_EncryptInit_ex(cipher, NULL, NULL, NULL, counter);
  while (n > 0) {
    int part = (int)(n < most ? n : most);
    int written;
    EVP_EncryptUpdate(cipher, out, &written, in, part);
    in += part;
    out += part;
    n -= (size_t)part;
  }
}

static void openssl_crypt(const void *ctx, const uint8_t counter[16], const uint8_t *in,
                          uint8_t *out, size_t n) {
  openssl_context *context = (openssl_context *)ctx;
  if (n == 0)
    return;
  if (!atomic_flag_test_and_set_explicit(&context->busy, memory_order_acquire)) {
    crypt_with(context->cipher, counter, in, out, n);
    atomic_flag_clear_explicit(&context->busy, memory_order_release);
    return;
  }
  EVP_CIPHER_CTX *copy = EVP_CIPHER_CTX_new();
  if (copy != NULL && EVP_CIPHER_CTX_copy(copy, context->cipher) == 1) {
    crypt_with(copy, counter, in, out, n);
    EVP_CIPHER_CTX_free(copy);
    return;
  }
  // Out of memory: wait for the context itself instead.
  EVP_CIPHER_CTX_free(copy);
  while (atomic_flag_test_and_set_explicit(&context->busy, memory_order_acquire))
    ;
  crypt_with(context->cipher, counter, in, out, n);
  atomic_flag_clear_explicit(&context->busy, memory_order_release);
}

/// Bits of CPUID leaf 1, edx then ecx, as libcrypto keeps them (OPENSSL_ia32cap(3)).
enum { BIT_SSSE3 = 32 + 9, BIT_AES = 32 + 25 };

/// What libcrypto thinks this CPU to be, which OPENSSL_ia32cap in the environment changes.
static uint64_t capabilities(void) {
  const char *text = OPENSSL_info(OPENSSL_INFO_CPU_SETTINGS);
  const char *value = text == NULL ? NULL : strstr(text, "OPENSSL_ia32cap=");
  // Of another architecture: as if there were everything.
  return value == NULL ? UINT64_MAX : strtoull(value + strlen("OPENSSL_ia32cap="), NULL, 16);
}

#define ROW(words, properties)                                                                     \
  {                                                                                                \
    .id = "openssl", .language = "OpenSSL", .technique = words, .flags = properties,               \
    .context_alignment = alignof(openssl_context), .context_size = sizeof(openssl_context),        \
    .set_key = openssl_set_key, .crypt = openssl_crypt, .clear = openssl_clear,                    \
  }
#define TABLE(row)                                                                                 \
  { CAES_ABI_VERSION, sizeof(caes_kernel), 1, &row }

const caes_table *caes_openssl_kernels(void) {
  // Without AES instructions libcrypto's counter mode works block by block, and leaves keystream in
  // its frames: by vector permutations with SSSE3, and by tables without.
  static const caes_kernel instructions = ROW("libcrypto EVP", CAES_CONSTANT_TIME);
  static const caes_kernel permutations =
      ROW("libcrypto EVP, which uses no AES instructions here but vector permutations",
          CAES_CONSTANT_TIME | CAES_LEAVES_SECRETS);
  static const caes_kernel lookups =
      ROW("libcrypto EVP, which uses no AES instructions here but tables", CAES_LEAVES_SECRETS);
  static const caes_table by_instructions = TABLE(instructions),
                          by_permutations = TABLE(permutations), by_lookups = TABLE(lookups);
  uint64_t has = capabilities();
  return (has >> BIT_AES & 1) != 0     ? &by_instructions
         : (has >> BIT_SSSE3 & 1) != 0 ? &by_permutations
                                       : &by_lookups;
}

const char *caes_openssl_version(void) { return OpenSSL_version(OPENSSL_VERSION); }
