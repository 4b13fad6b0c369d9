// SPDX-License-Identifier: Apache-2.0
// One input of the fuzzer: every kernel against the reference.

#define _DEFAULT_SOURCE // MAP_ANONYMOUS, posix_memalign

#include "cfuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LONGEST = 1299, CANARY = 64, CANARY_BYTE = 0xa5 };

static const caes_kernel *kernels;
static size_t kernel_count;
static const caes_kernel *reference;

/// A buffer of the fuzzer's choice.
typedef struct buffer {
  uint8_t *bytes;
  /// What is to be freed, or NULL for the buffer before a guard page.
  void *memory;
} buffer;

/// Memory whose last byte is followed by a page that may not be touched, for `which` of two. NASM
/// is not instrumented: there only the page can tell.
static uint8_t *guarded_end(int which) {
  static uint8_t *ends[2];
  if (ends[which] == NULL) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *memory =
        mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory + 2 * page, page, PROT_NONE) != 0) {
      perror("fuzz-aes: guard page");
      exit(1);
    }
    ends[which] = memory + 2 * page;
  }
  return ends[which];
}

static buffer make_buffer(int is_guarded, int which, size_t offset, size_t n) {
  buffer made;
  if (is_guarded) {
    made.memory = NULL;
    made.bytes = guarded_end(which) - n;
    memset(made.bytes - CANARY, CANARY_BYTE, CANARY);
    return made;
  }
  // AddressSanitizer sees the first byte behind it.
  if (posix_memalign(&made.memory, 64, offset + n + (offset + n == 0)) != 0)
    abort();
  memset(made.memory, CANARY_BYTE, offset);
  made.bytes = (uint8_t *)made.memory + offset;
  return made;
}

/// Whether nothing before it was written.
static int is_intact(const buffer *made, int is_guarded, size_t offset) {
  size_t before = is_guarded ? CANARY : offset;
  for (size_t i = 1; i <= before; i++)
    if (made->bytes[-(ptrdiff_t)i] != CANARY_BYTE)
      return 0;
  return 1;
}

static void add_blocks(uint8_t counter[16], size_t blocks) {
  for (int i = 15; i >= 0 && blocks > 0; i--) {
    blocks += counter[i];
    counter[i] = (uint8_t)blocks;
    blocks >>= 8;
  }
}

static void *make_context(const caes_kernel *kernel, const uint8_t *key, size_t key_bytes) {
  void *context;
  size_t alignment = kernel->context_alignment < 16 ? 16 : kernel->context_alignment;
  if (posix_memalign(&context, alignment, kernel->context_size) != 0)
    abort();
  if (kernel->set_key(context, key, key_bytes) != CAES_OK) {
    fprintf(stderr, "fuzz-aes: %s refuses a key of %zu bytes\n", kernel->id, key_bytes);
    abort();
  }
  return context;
}

static void fail(const caes_kernel *kernel, const char *what, size_t at, size_t n, size_t split) {
  fprintf(stderr, "fuzz-aes: %s %s at byte %zu of %zu, split after block %zu\n", kernel->id, what,
          at, n, split);
  abort();
}

static int one_input(const uint8_t *data, size_t size) {
  uint8_t input[CFUZZ_INPUT_BYTES] = {0};
  memcpy(input, data, size < sizeof input ? size : sizeof input);
  size_t key_bytes = 16 + 8 * (size_t)(input[CFUZZ_KEY_SIZE] % 3);
  int in_place = input[CFUZZ_FLAGS] & 1, is_guarded = input[CFUZZ_FLAGS] >> 1 & 1;
  size_t n = (size_t)(input[CFUZZ_LENGTH] | input[CFUZZ_LENGTH + 1] << 8) % (LONGEST + 1);
  size_t in_offset = input[CFUZZ_IN_OFFSET] % 64, out_offset = input[CFUZZ_OUT_OFFSET] % 64;
  size_t split = (size_t)(input[CFUZZ_SPLIT] | input[CFUZZ_SPLIT + 1] << 8) % (n / 16 + 1);
  const uint8_t *counter = &input[CFUZZ_COUNTER], *key = &input[CFUZZ_KEY];

  static uint8_t text[LONGEST], expected[LONGEST];
  uint64_t state;
  memcpy(&state, &input[CFUZZ_TEXT_SEED], 8);
  for (size_t i = 0; i < n; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u; // Knuth's MMIX
    text[i] = (uint8_t)(state >> 56);
  }
  void *context = make_context(reference, key, key_bytes);
  reference->crypt(context, counter, text, expected, n);
  reference->clear(context);
  free(context);

  for (size_t k = 0; k < kernel_count; k++) {
    const caes_kernel *kernel = &kernels[k];
    buffer in = make_buffer(is_guarded, 0, in_offset, n);
    buffer out = in_place ? in : make_buffer(is_guarded, 1, out_offset, n);
    memcpy(in.bytes, text, n);
    uint8_t block[16], unchanged[16];
    memcpy(block, counter, 16);

    context = make_context(kernel, key, key_bytes);
    kernel->crypt(context, block, in.bytes, out.bytes, 16 * split);
    add_blocks(block, split);
    memcpy(unchanged, block, 16);
    kernel->crypt(context, block, in.bytes + 16 * split, out.bytes + 16 * split, n - 16 * split);
    kernel->clear(context);
    free(context);

    for (size_t i = 0; i < n; i++)
      if (out.bytes[i] != expected[i])
        fail(kernel, "differs from the reference", i, n, split);
    if (!in_place && memcmp(in.bytes, text, n) != 0)
      fail(kernel, "changes its input", 0, n, split);
    if (memcmp(block, unchanged, 16) != 0)
      fail(kernel, "changes the counter", 0, n, split);
    if (!is_intact(&in, is_guarded, in_offset) ||
        !is_intact(&out, is_guarded, in_place ? in_offset : out_offset))
      fail(kernel, "writes before its buffer", 0, n, split);
    free(in.memory);
    if (!in_place)
      free(out.memory);
  }
  return 0;
}

#if defined(OPTLAB_LIBFUZZER)
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one_input)(const uint8_t *, size_t));
#endif

int cfuzz_run(int argc, char **argv, const caes_kernel *rows, size_t count,
              const caes_kernel *against) {
  kernels = rows;
  kernel_count = count;
  reference = against;
#if defined(OPTLAB_LIBFUZZER)
  return LLVMFuzzerRunDriver(&argc, &argv, one_input);
#else
  (void)argc, (void)argv, (void)one_input;
  fputs("fuzz-aes was built without libFuzzer: run 'make fuzz'\n", stderr);
  return 64;
#endif
}
