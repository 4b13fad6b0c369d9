// SPDX-License-Identifier: Apache-2.0
// Computes:  AES-CTR, 128-, 192- and 256-bit keys, by Intel's Multi-Buffer Crypto for IPsec.
// Technique: one manager a context, one job a message, submitted without its checks.
//
// A contestant to measure beside the lab's own kernels, as a shared library of the ABI in caes.h.
// A manager holds the jobs, so a context is for one thread at a time.

#include "caes.h"

#include <intel-ipsec-mb.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

typedef struct context {
  _Alignas(16) uint8_t round_keys[16 * 15];
  size_t key_bytes;
  IMB_MGR *manager;
} context;

static int set_key(void *ctx, const uint8_t *key, size_t key_bytes) {
  context *c = ctx;
  if (key_bytes != 16 && key_bytes != 24 && key_bytes != 32)
    return CAES_BAD_KEY_LENGTH;
  IMB_MGR *manager = alloc_mb_mgr(0);
  if (manager == NULL)
    return CAES_NO_MEMORY;
  init_mb_mgr_auto(manager, NULL);
  uint8_t _Alignas(16) unused[16 * 15]; // for decryption
  if (key_bytes == 16)
    IMB_AES_KEYEXP_128(manager, key, c->round_keys, unused);
  else if (key_bytes == 24)
    IMB_AES_KEYEXP_192(manager, key, c->round_keys, unused);
  else
    IMB_AES_KEYEXP_256(manager, key, c->round_keys, unused);
  explicit_bzero(unused, sizeof unused);
  c->key_bytes = key_bytes;
  c->manager = manager;
  return CAES_OK;
}

static void crypt_piece(const context *c, const uint8_t counter[16], const uint8_t *in,
                        uint8_t *out, size_t n) {
  IMB_JOB *job = IMB_GET_NEXT_JOB(c->manager);
  job->cipher_mode = IMB_CIPHER_CNTR;
  job->cipher_direction = IMB_DIR_ENCRYPT;
  job->chain_order = IMB_ORDER_CIPHER_HASH;
  job->hash_alg = IMB_AUTH_NULL;
  job->enc_keys = c->round_keys;
  job->dec_keys = c->round_keys;
  job->key_len_in_bytes = c->key_bytes;
  job->iv = counter;
  job->iv_len_in_bytes = 16;
  job->src = in;
  job->dst = out;
  job->cipher_start_src_offset_in_bytes = 0;
  job->msg_len_to_cipher_in_bytes = n;
  job = IMB_SUBMIT_JOB_NOCHECK(c->manager);
  if (job == NULL || job->status != IMB_STATUS_COMPLETED)
    abort(); // this mode completes at once
}

static void crypt(const void *ctx, const uint8_t counter[16], const uint8_t *in, uint8_t *out,
                  size_t n) {
  if (n == 0)
    return;
  // The library counts in the last 32 bits alone: a message that leaves them comes in pieces.
  uint32_t low;
  memcpy(&low, counter + 12, 4);
  uint64_t reach = 16 * (((uint64_t)1 << 32) - __builtin_bswap32(low));
  if (n <= reach) {
    crypt_piece(ctx, counter, in, out, n);
    return;
  }
  uint8_t next[16] = {0};
  memcpy(next, counter, 12);
  for (int i = 11; i >= 0 && ++next[i] == 0; i--) {
  }
  crypt_piece(ctx, counter, in, out, reach);
  crypt(ctx, next, in + reach, out + reach, n - reach);
}

static void clear(void *ctx) {
  context *c = ctx;
  free_mb_mgr(c->manager);
  explicit_bzero(c, sizeof *c);
}

const caes_table *caes_kernels(void) {
  static const caes_kernel row = {"ipsec-mb",
                                  "ipsec-mb",
                                  "ipsec-mb " IMB_VERSION_STR ", one job a message",
                                  CAES_BIT(CAES_AES) | CAES_BIT(CAES_SSE4_2),
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
