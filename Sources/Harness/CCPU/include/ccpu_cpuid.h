// SPDX-License-Identifier: Apache-2.0

/// @file
/// The CPUID instruction and extended control register 0, undecoded.
///
/// Source: Intel SDM volume 2A (CPUID) and volume 1, section 13.3 (XCR0); AMD APM volume 3,
/// appendix E.

#ifndef CCPU_CPUID_H
#define CCPU_CPUID_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Executes CPUID on the logical CPU that the thread is running on.
///
/// No range is checked: an Intel CPU answers a leaf above its highest one with the data of another
/// leaf, so ask leaf 0 (0x80000000, 0x40000000) first.
///
/// @param registers receives eax, ebx, ecx, edx; all zero where there is no CPUID.
/// @returns 1, or 0 on an architecture without CPUID.
int ccpu_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]);

/// Reads XCR0: which register states the operating system saves, and so which may be used.
///
/// Only where OSXSAVE (leaf 1, ecx bit 27) is set; elsewhere the instruction faults.
///
/// @returns XCR0, or 0 on an architecture without it.
uint64_t ccpu_xcr0(void);

#ifdef __cplusplus
}
#endif

#endif
