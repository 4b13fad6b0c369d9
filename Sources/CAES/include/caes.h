// SPDX-License-Identifier: Apache-2.0

/// @file
/// AES-CTR kernels behind one C ABI.
///
/// A library offers its kernels as a `caes_table`: one row (`caes_kernel`) an implementation. The
/// contract below holds for every row of every table, in whatever language it is written.
///
/// A plugin defines and exports one function of this header, `caes_kernels`, and needs none of the
/// others: those are functions of the library CAES, for programs that link it.
///
/// Source: FIPS 197 (AES) and NIST SP 800-38A, section 6.5 (counter mode).

#ifndef CAES_H
#define CAES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CAES_API __attribute__((visibility("default")))
#else
#define CAES_API
#endif

/// @name Version of this ABI
/// A table of another major version cannot be used. A newer minor version only adds flags,
/// features, and fields at the end of a row, which a reader skips by `row_size`.
/// @{
#define CAES_ABI_MAJOR 1
#define CAES_ABI_MINOR 2
#define CAES_ABI_VERSION ((uint32_t)CAES_ABI_MAJOR << 16 | CAES_ABI_MINOR)
/// @}

/// The CPU features that a kernel can ask for; each is one bit of a feature set (`uint64_t`). The
/// numbers are part of the ABI. `caes_feature_description` says where each is found.
typedef enum caes_feature {
  CAES_SSSE3 = 0,
  CAES_SSE4_1 = 1,
  CAES_SSE4_2 = 2,
  CAES_POPCNT = 3,
  CAES_MOVBE = 4,
  CAES_AES = 5,
  CAES_PCLMULQDQ = 6,
  CAES_AVX = 7,
  CAES_F16C = 8,
  CAES_FMA = 9,
  CAES_AVX2 = 10,
  CAES_BMI1 = 11,
  CAES_BMI2 = 12,
  CAES_LZCNT = 13,
  CAES_ADX = 14,
  CAES_SHA = 15,
  CAES_GFNI = 16,
  CAES_VAES = 17,
  CAES_VPCLMULQDQ = 18,
  CAES_AVX512F = 19,
  CAES_AVX512DQ = 20,
  CAES_AVX512IFMA = 21,
  CAES_AVX512CD = 22,
  CAES_AVX512BW = 23,
  CAES_AVX512VL = 24,
  CAES_AVX512VBMI = 25,
  CAES_AVX512VBMI2 = 26,
  CAES_AVX512VNNI = 27,
  CAES_AVX512BITALG = 28,
  CAES_AVX512VPOPCNTDQ = 29,
  CAES_ERMS = 30,
  CAES_FSRM = 31,
  CAES_AVX10 = 32,
  /// Not a CPUID bit: 512-bit instructions cost this CPU no clock frequency worth naming.
  CAES_FAST_ZMM = 33,
  /// Not a CPUID bit: VAES encrypts 512 bits as often as 256, twice a cycle.
  CAES_WIDE_ZMM = 34,
  CAES_FEATURE_COUNT = 35
} caes_feature;

/// The set that holds just `feature`.
#define CAES_BIT(feature) ((uint64_t)1 << (feature))

/// Results of `set_key`.
enum {
  CAES_OK = 0,
  CAES_BAD_KEY_LENGTH = 1, ///< `key_bytes` is not 16, 24 or 32
  CAES_NO_MEMORY = 2       ///< the library behind the kernel could not allocate
};

/// Properties of a kernel, or-ed together in `caes_kernel.flags`.
enum {
  /// No branch and no address depends on key or data. (On `n` and on the counter, which are no
  /// secrets, they may.)
  CAES_CONSTANT_TIME = 1,
  /// A context is for one thread at a time, where a library behind the kernel allows no more. Since
  /// version 1.1.
  CAES_ONE_THREAD = 2,
  /// Bytes that follow from the key stay behind on the stack, where a library behind the kernel
  /// leaves them. Since version 1.2.
  CAES_LEAVES_SECRETS = 4
};

/// One implementation of AES in counter mode.
///
/// A caller provides `context_size` bytes, aligned to `context_alignment`, calls `set_key` once,
/// `crypt` any number of times, and `clear` at the end.
typedef struct caes_kernel {
  /// Language or library, then technique: "c-vaes512". ASCII, unique in its table.
  const char *id;
  /// "C", "NASM", "Swift", or the name of a library.
  const char *language;
  /// One line for people: what makes this implementation what it is.
  const char *technique;
  /// Features that it cannot run without, a set of `caes_feature`.
  uint64_t required;
  /// Features without which dispatch passes over it, although it could run.
  uint64_t preferred;
  /// A set of the flags above.
  uint32_t flags;
  /// In bytes, a power of two.
  uint32_t context_alignment;
  /// In bytes.
  size_t context_size;

  /// Computes the key schedule of `key` into `ctx`.
  ///
  /// @param ctx `context_size` bytes at `context_alignment`, of any content; not one that holds a
  ///        key already (`clear` it first).
  /// @param key `key_bytes` bytes, of any alignment; not kept.
  /// @param key_bytes 16, 24 or 32.
  /// @returns `CAES_OK`, or an error, after which `ctx` holds no key and needs no `clear`.
  int (*set_key)(void *ctx, const uint8_t *key, size_t key_bytes);

  /// Writes `in` xor the keystream to `out`. Encryption and decryption are the same.
  ///
  /// - `counter` is the first counter block: 16 bytes, big-endian, read and never written. It
  ///   increments by one a block over all 128 bits, and wraps.
  /// - `n` is in bytes and may be anything, 0 included; a last partial block uses the first bytes
  ///   of its keystream block. With `n` 0 no pointer is read.
  /// - No pointer needs an alignment. `in` and `out` may be equal; they may not overlap otherwise.
  /// - No byte outside [in, in + n) is read, none outside [out, out + n) is written.
  /// - `ctx` is not changed in any way that another caller can see: several threads may use it at
  ///   once, unless `flags` has `CAES_ONE_THREAD`.
  /// - Registers, direction flag and upper vector state are left as the System V ABI asks.
  /// - Nothing secret stays behind on the stack, unless `flags` has `CAES_LEAVES_SECRETS`.
  void (*crypt)(const void *ctx, const uint8_t counter[16], const uint8_t *in, uint8_t *out,
                size_t n);

  /// Overwrites the key schedule, and frees whatever the context holds. `set_key` may follow.
  void (*clear)(void *ctx);
} caes_kernel;

/// What a library of kernels exports.
typedef struct caes_table {
  /// `CAES_ABI_VERSION` of the header that the library was compiled with.
  uint32_t abi_version;
  /// `sizeof(caes_kernel)` there: the distance between rows, in bytes.
  uint32_t row_size;
  /// Number of rows.
  size_t count;
  const caes_kernel *rows;
} caes_table;

/// The kernels of this library, fastest first within equal features; never empty on x86-64. A
/// plugin defines it, for its own kernels in any order, one at least.
///
/// @returns a table that lives as long as the program.
CAES_API const caes_table *caes_kernels(void);

/// The kernel that dispatch chooses where `features` (a set of `caes_feature`) count: the first one
/// whose `required` and `preferred` features are all among them.
///
/// @returns a row of `caes_kernels()`, or NULL where none can run.
CAES_API const caes_kernel *caes_choose_kernel(uint64_t features);

/// The kernel that dispatch chose: `caes_choose_kernel(caes_features())`. Resolved once.
///
/// @returns a row of `caes_kernels()`, or NULL where none can run.
CAES_API const caes_kernel *caes_chosen_kernel(void);

/// @name Which features count
/// @{

/// The features in force: what CPU and operating system offer, less what the environment variable
/// OPTLAB_MASK takes away ("vaes,avx512f"; taking one away takes those that build on it away too).
/// Read once, on the first call.
CAES_API uint64_t caes_features(void);

/// What CPU and operating system offer, whatever OPTLAB_MASK says.
CAES_API uint64_t caes_detected_features(void);

/// The name in OPTLAB_MASK that is not a feature's, or NULL when all are known.
CAES_API const char *caes_unknown_mask_name(void);

/// The registers of the CPUID leaves that features are read from, and XCR0.
typedef struct caes_cpuid {
  /// Leaves 0, 1, 7 (subleaves 0 and 1) and 0x80000001, as the CPUID instruction returns them:
  /// eax, ebx, ecx, edx. All zero where the CPU has no such leaf.
  uint32_t leaf0[4], leaf1[4], leaf7_0[4], leaf7_1[4], extended1[4];
  /// Extended control register 0, or 0 where OSXSAVE (leaf 1, ecx bit 27) is off.
  uint64_t xcr0;
} caes_cpuid;

/// Decodes recorded leaves; `caes_detected_features()` is this over the leaves of the machine.
CAES_API uint64_t caes_decode_features(const caes_cpuid *leaves);

/// Where a feature is found: Intel SDM volume 2A (CPUID), AMD APM volume 3, appendix E.
typedef struct caes_feature_info {
  /// As OPTLAB_MASK takes it: "avx512vl".
  const char *name;
  uint32_t leaf, subleaf;
  /// 'a', 'b', 'c' or 'd' for eax to edx; 0 for a feature that is no CPUID bit.
  char reg;
  uint8_t bit;
  /// The bits of XCR0 that the operating system must have set.
  uint8_t xcr0;
  /// The features that it builds on: without one of them it does not count.
  uint64_t implies;
} caes_feature_info;

/// @returns the description of `feature`, or NULL for a number that is none.
CAES_API const caes_feature_info *caes_feature_description(unsigned feature);

/// @}

/// 1 when the kernels here were compiled with optimisation, else 0: timing those is meaningless.
CAES_API int caes_is_optimised(void);

#ifdef __cplusplus
}
#endif

#endif
