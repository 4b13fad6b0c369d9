// SPDX-License-Identifier: Apache-2.0
// Which CPU features count: the one answer for library, harness and tests.

#define _POSIX_C_SOURCE 200809L // strndup

#include "caes.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { XCR0_SSE_AVX = 0x06, XCR0_AVX512 = 0xe6 };

#define BIT(feature) CAES_BIT(CAES_##feature)

static const caes_feature_info descriptions[CAES_FEATURE_COUNT] = {
    // clang-format off
    [CAES_SSSE3]           = {"ssse3",           1, 0, 'c',  9, 0, 0},
    [CAES_SSE4_1]          = {"sse4.1",          1, 0, 'c', 19, 0, BIT(SSSE3)},
    [CAES_SSE4_2]          = {"sse4.2",          1, 0, 'c', 20, 0, BIT(SSE4_1)},
    [CAES_POPCNT]          = {"popcnt",          1, 0, 'c', 23, 0, 0},
    [CAES_MOVBE]           = {"movbe",           1, 0, 'c', 22, 0, 0},
    [CAES_AES]             = {"aes",             1, 0, 'c', 25, 0, 0},
    [CAES_PCLMULQDQ]       = {"pclmulqdq",       1, 0, 'c',  1, 0, 0},
    [CAES_AVX]             = {"avx",             1, 0, 'c', 28, XCR0_SSE_AVX, BIT(SSE4_2)},
    [CAES_F16C]            = {"f16c",            1, 0, 'c', 29, XCR0_SSE_AVX, BIT(AVX)},
    [CAES_FMA]             = {"fma",             1, 0, 'c', 12, XCR0_SSE_AVX, BIT(AVX)},
    [CAES_AVX2]            = {"avx2",            7, 0, 'b',  5, XCR0_SSE_AVX, BIT(AVX)},
    [CAES_BMI1]            = {"bmi1",            7, 0, 'b',  3, 0, 0},
    [CAES_BMI2]            = {"bmi2",            7, 0, 'b',  8, 0, 0},
    [CAES_LZCNT]           = {"lzcnt",  0x80000001, 0, 'c',  5, 0, 0},
    [CAES_ADX]             = {"adx",             7, 0, 'b', 19, 0, 0},
    [CAES_SHA]             = {"sha",             7, 0, 'b', 29, 0, 0},
    [CAES_GFNI]            = {"gfni",            7, 0, 'c',  8, 0, 0},
    [CAES_VAES]            = {"vaes",            7, 0, 'c',  9, XCR0_SSE_AVX, BIT(AES) | BIT(AVX2)},
    [CAES_VPCLMULQDQ]      = {"vpclmulqdq",      7, 0, 'c', 10, XCR0_SSE_AVX, BIT(PCLMULQDQ) | BIT(AVX)},
    [CAES_AVX512F]         = {"avx512f",         7, 0, 'b', 16, XCR0_AVX512, BIT(AVX2) | BIT(FMA) | BIT(F16C)},
    [CAES_AVX512DQ]        = {"avx512dq",        7, 0, 'b', 17, XCR0_AVX512, BIT(AVX512F)},
    [CAES_AVX512IFMA]      = {"avx512ifma",      7, 0, 'b', 21, XCR0_AVX512, BIT(AVX512F)},
    [CAES_AVX512CD]        = {"avx512cd",        7, 0, 'b', 28, XCR0_AVX512, BIT(AVX512F)},
    [CAES_AVX512BW]        = {"avx512bw",        7, 0, 'b', 30, XCR0_AVX512, BIT(AVX512F)},
    [CAES_AVX512VL]        = {"avx512vl",        7, 0, 'b', 31, XCR0_AVX512, BIT(AVX512F)},
    [CAES_AVX512VBMI]      = {"avx512vbmi",      7, 0, 'c',  1, XCR0_AVX512, BIT(AVX512BW)},
    [CAES_AVX512VBMI2]     = {"avx512vbmi2",     7, 0, 'c',  6, XCR0_AVX512, BIT(AVX512BW)},
    [CAES_AVX512VNNI]      = {"avx512vnni",      7, 0, 'c', 11, XCR0_AVX512, BIT(AVX512F)},
    [CAES_AVX512BITALG]    = {"avx512bitalg",    7, 0, 'c', 12, XCR0_AVX512, BIT(AVX512BW)},
    [CAES_AVX512VPOPCNTDQ] = {"avx512vpopcntdq", 7, 0, 'c', 14, XCR0_AVX512, BIT(AVX512F)},
    [CAES_ERMS]            = {"erms",            7, 0, 'b',  9, 0, 0},
    [CAES_FSRM]            = {"fsrm",            7, 0, 'd',  4, 0, 0},
    [CAES_AVX10]           = {"avx10",           7, 1, 'd', 19, XCR0_AVX512, BIT(AVX512VL)},
    [CAES_FAST_ZMM]        = {"fast-zmm",        0, 0,   0,  0, XCR0_AVX512, BIT(AVX512F)},
    [CAES_WIDE_ZMM]        = {"wide-zmm",        0, 0,   0,  0, XCR0_AVX512, BIT(VAES) | BIT(FAST_ZMM)},
    // clang-format on
};

const caes_feature_info *caes_feature_description(unsigned feature) {
  return feature < CAES_FEATURE_COUNT ? &descriptions[feature] : NULL;
}

/// Removes every feature that builds on one that is not in the set.
static uint64_t without_orphans(uint64_t set) {
  // A feature only builds on ones of a lower number, so one pass is enough.
  for (unsigned f = 0; f < CAES_FEATURE_COUNT; f++)
    if ((descriptions[f].implies & ~set) != 0)
      set &= ~CAES_BIT(f);
  return set;
}

static int is_vendor(const caes_cpuid *leaves, const char name[12]) {
  const uint32_t letters[3] = {leaves->leaf0[1], leaves->leaf0[3], leaves->leaf0[2]};
  return memcmp(letters, name, sizeof letters) == 0;
}

static uint32_t family_of(const caes_cpuid *leaves) {
  uint32_t family = leaves->leaf1[0] >> 8 & 15;
  return family == 15 ? family + (leaves->leaf1[0] >> 20 & 0xff) : family;
}

static uint32_t model_of(const caes_cpuid *leaves) {
  uint32_t signature = leaves->leaf1[0];
  return (signature >> 4 & 15) | (signature >> 12 & 0xf0);
}

/// Zen 5 with data paths of 512 bits (measured: `harness --cpu-report`). In its smaller chips, and
/// in everything before, VAES takes twice as long for 512 bits as for 256.
static int is_wide_for_zmm(const caes_cpuid *leaves) {
  if (!is_vendor(leaves, "AuthenticAMD") || family_of(leaves) != 0x1a)
    return 0;
  uint32_t model = model_of(leaves);
  return model < 0x20                        // Turin
         || (model >= 0x40 && model < 0x50); // Granite Ridge
}

/// Skylake-SP to Tiger Lake lower the clock for 512-bit instructions, by so much that 256-bit code
/// is the better choice for short bursts (Intel 64 and IA-32 Optimization Reference Manual,
/// section 2.6.3 on power licences). AMD and Intel from Sapphire Rapids on do not.
static int lowers_clock_for_zmm(const caes_cpuid *leaves) {
  if (!is_vendor(leaves, "GenuineIntel") || family_of(leaves) != 6)
    return 0;
  switch (model_of(leaves)) {
  case 0x55: // Skylake-SP, Cascade Lake, Cooper Lake
  case 0x66: // Cannon Lake
  case 0x6a: // Ice Lake-SP
  case 0x6c: // Ice Lake-D
  case 0x7d: // Ice Lake, client
  case 0x7e: // Ice Lake, client
  case 0x8c: // Tiger Lake
  case 0x8d: // Tiger Lake
  case 0xa7: // Rocket Lake
    return 1;
  default:
    return 0;
  }
}

uint64_t caes_decode_features(const caes_cpuid *leaves) {
  uint64_t set = 0;
  for (unsigned f = 0; f < CAES_FEATURE_COUNT; f++) {
    const caes_feature_info *info = &descriptions[f];
    const uint32_t *registers = info->leaf == 1            ? leaves->leaf1
                                : info->leaf == 0x80000001 ? leaves->extended1
                                : info->subleaf == 0       ? leaves->leaf7_0
                                                           : leaves->leaf7_1;
    int offered = f == CAES_FAST_ZMM   ? !lowers_clock_for_zmm(leaves)
                  : f == CAES_WIDE_ZMM ? is_wide_for_zmm(leaves)
                                       : registers[info->reg - 'a'] >> info->bit & 1;
    int enabled = (leaves->xcr0 & info->xcr0) == info->xcr0;
    if (offered && enabled)
      set |= CAES_BIT(f);
  }
  return without_orphans(set);
}

#if defined(__x86_64__)
#include <cpuid.h>

static void read_leaf(uint32_t leaf, uint32_t subleaf, uint32_t out[4]) {
  if (!__get_cpuid_count(leaf, subleaf, &out[0], &out[1], &out[2], &out[3]))
    memset(out, 0, 4 * sizeof *out);
}

uint64_t caes_detected_features(void) {
  caes_cpuid leaves = {0};
  read_leaf(0, 0, leaves.leaf0);
  read_leaf(1, 0, leaves.leaf1);
  read_leaf(7, 0, leaves.leaf7_0);
  if (leaves.leaf7_0[0] >= 1)
    read_leaf(7, 1, leaves.leaf7_1);
  read_leaf(0x80000001, 0, leaves.extended1);
  if (leaves.leaf1[2] >> 27 & 1) {
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    leaves.xcr0 = (uint64_t)high << 32 | low;
  }
  return caes_decode_features(&leaves);
}
#else
uint64_t caes_detected_features(void) { return 0; }
#endif

static pthread_once_t once = PTHREAD_ONCE_INIT;
static uint64_t features;
static char *unknown_name;

static void resolve(void) {
  features = caes_detected_features();
  const char *mask = getenv("OPTLAB_MASK");
  while (mask != NULL && *mask != 0) {
    size_t length = strcspn(mask, ",");
    unsigned f = 0;
    while (f < CAES_FEATURE_COUNT && !(strlen(descriptions[f].name) == length &&
                                       memcmp(descriptions[f].name, mask, length) == 0))
      f++;
    if (f < CAES_FEATURE_COUNT)
      features &= ~CAES_BIT(f);
    else if (length > 0 && unknown_name == NULL)
      unknown_name = strndup(mask, length);
    mask += length + (mask[length] == ',');
  }
  features = without_orphans(features);
}

uint64_t caes_features(void) {
  pthread_once(&once, resolve);
  return features;
}

const char *caes_unknown_mask_name(void) {
  pthread_once(&once, resolve);
  return unknown_name;
}
