// SPDX-License-Identifier: Apache-2.0
// Computes:  AES-CTR, 128-, 192- and 256-bit keys: caes_c_vaes512_wide.
// Technique: c-vaes512, with 512-bit registers for whatever has more than 32 bytes.
// Cost:      Zen 5, AES-128: 100 bytes in 16.1 cycles and 256 in 22.7, where c-vaes512 takes 21.6
//            and 42.2. From 257 bytes on they are the same.
// Pays:      where VAES encrypts 512 bits twice a cycle: Zen 5, but for its small chips.

#define WIDE_ZMM
#include "c-vaes512.c"
