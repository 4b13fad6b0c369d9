; SPDX-License-Identifier: Apache-2.0
; Computes:  AES-CTR, 128-, 192- and 256-bit keys.
; Technique: asm-vaes512, with 512-bit registers for whatever has more than 32 bytes.
; Cost:      Zen 5, AES-128: 100 bytes in 13.4 cycles and 256 in 22.6, where asm-vaes512 takes 21.5 and
;            42.0. From 512 bytes on they are the same.
; Pays:      where VAES encrypts 512 bits twice a cycle: Zen 5, but for its small chips.
;
;   void caes_asm_vaes512_wide(const void *ctx, const uint8_t counter[16],
;                              const uint8_t *in, uint8_t *out, size_t n);
;
; Contract, needs and promises are those of asm-vaes512.

%define WIDE_ZMM
%include "asm-vaes512.asm"
