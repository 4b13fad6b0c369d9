; SPDX-License-Identifier: Apache-2.0
; Computes:  the key schedule of AES (FIPS 197, section 5.2), 128-, 192- and 256-bit keys.
; Technique: as aesni-key-schedule.asm (see key-schedule.inc). VPTERNLOG adds a part of a register, and
;            VPRORD rotates.
; Cost:      128-bit keys: 6 instructions a round key, an AESENCLAST alone in the chain of dependences.
;            Longer ones: 7, of which 3 are in the chain.
; Pays:      where the kernels for 512-bit registers run.
;
;   int  caes_asm_avx512_set_key(void *ctx, const uint8_t *key, size_t key_bytes);
;   void caes_asm_avx512_clear(void *ctx);
;
; The contract is that of caes_kernel in caes.h. Needs AES, AVX512F and AVX512VL. Leaf functions: the
; stack is not touched.

bits 64
default rel
%define MOVE vmovdqa             ; of the instructions in there
%include "key-schedule.inc"

section .text align=64

%define ALL_THREE 0x96          ; VPTERNLOG: the sum of all operands
%define PART_OF_FIRST 0x6c      ; the second operand, plus the first one where the third has ones

global caes_asm_avx512_set_key:function (caes_asm_avx512_set_key.end - caes_asm_avx512_set_key)
align 64
caes_asm_avx512_set_key:
    endbr64
    cmp key_bytes, 16
    jne .longer

; ---------------------------------------------------------------------- 128-bit keys
; U(i) is in xmm<i mod 4>.
%define k            xmm4
%define sum2         xmm5       ; word j: the sum of words j and j + 1 of the key
%define other        xmm6
%define columns_0_2  xmm8
%define columns_0_1  xmm9

    vmovdqu k, [key]
    vmovdqa columns_0_2, [mask_columns_0_2]
    vmovdqa columns_0_1, [mask_columns_0_1]
    store_key 0, k
    vpbroadcastd xmm0, [key + 12]       ; W(0) = k[3]
    vpsrldq sum2, k, 4
    vpxor   sum2, sum2, k
; W(-3) = k[0] ^ k[1] ^ k[2] ^ k[3], W(-2) = k[1] ^ k[3] and W(-1) = k[2] ^ k[3], with the constants of
; their first rounds.
    vpshufb xmm1, sum2, [word0_rotated3]
    vpshufb other, sum2, [word2_rotated3]
    vpternlogq xmm1, other, [rotated_constants], ALL_THREE
    vpshufb xmm2, sum2, [word1_rotated2]
    vpshufb other, sum2, [word2_rotated2]
    vpternlogq xmm2, other, [rotated_constants + 16], ALL_THREE
    vpshufb xmm3, sum2, [word2_rotated1]
    vpxor   xmm3, xmm3, [rotated_constants + 32]

    first_places
    vmovdqa xmm10, xmm0
    vpbroadcastq xmm12, [key + 8]       ; R(0)
    vpshufd xmm13, sum2, 0b10_01_10_01  ; R(-1)

%assign i 1
%rep 10
%assign u i % 4
%assign u_before (i - 1) % 4
%if i > 3
    vpxor   xmm %+ u, xmm %+ u, [rotated_constants + 16 * (i - 1)]
%endif
    vaesenclast xmm %+ u, xmm %+ u_before, xmm %+ u
%if u > 0
    vprord  xmm %+ now, xmm %+ u, 8 * u
%else
    vmovdqa xmm %+ now, xmm %+ u
%endif
    vpternlogq xmm %+ before, xmm %+ now, columns_0_2, PART_OF_FIRST
    vpternlogq xmm %+ r_before2, xmm %+ before, columns_0_1, PART_OF_FIRST
%if i < 10
    store_key i, xmm %+ r_before2
%else
%assign last r_before2
%endif
    next_places
%assign i i + 1
%endrep
    finish 10, xmm %+ last
%undef k

; ---------------------------------------------------------------------- longer keys
%define word      xmm1
%define pairs     xmm2
%define rotated   xmm3

; %1 = SubWord(the word of %2 that the mask %3 picks) ^ %4, in all four columns.
%macro sub_word 4
    vpshufb %1, %2, %3
    vaesenclast %1, %1, %4
%endmacro

; w[i] ^= w[i - 1] ^ ... ^ w[0] for the four words of %1, and word. Two VPXOR instead of VPTERNLOG
; take 0.3 cycles a round key less where the key waits for something, and 0.2 more where it does not
; (Zen 5).
%macro next_words 1
    vpslldq pairs, %1, 4
    vpxor   pairs, pairs, %1
    vpslldq %1, pairs, 8
    vpternlogq %1, pairs, word, ALL_THREE
%endmacro

.longer:
    cmp key_bytes, 32
    je  .expand256
    cmp key_bytes, 24
    je  .expand192
    mov eax, CAES_BAD_KEY_LENGTH
    ret

; The schedule comes in steps of six words, round keys are four: two steps make three of them.
.expand192:
%define low       xmm0          ; words 0 to 3 of a step
%define high      xmm4          ; words 4 and 5, in the low half
%define joined    xmm5
%define scratch   xmm6

; Words 0 to 3 of the next step. %1: number of the step, from 1.
%macro step_low 1
    sub_word   word, high, rotated, [round_constants + 16 * ((%1) - 1)]
    next_words low
%endmacro

; Words 4 and 5 of it.
%macro step_high 0
    vpslldq scratch, high, 4
    vpxor   high, high, scratch
    vpshufd scratch, low, 0xff
    vpxor   high, high, scratch
%endmacro

    vmovdqu low, [key]
    vmovq   high, [key + 16]
    vmovdqa rotated, [rotated_second_word]
    store_key 0, low
%assign i 0
%rep 4
    vmovdqa    joined, high
    step_low   2 * i + 1
    step_high
    vpunpcklqdq joined, joined, low     ; words 4 5 of the step before, 0 1 of this one
    store_key  3 * i + 1, joined
    vshufpd    joined, low, high, 1     ; words 2 3 4 5
    store_key  3 * i + 2, joined
    step_low   2 * i + 2
%if i < 3
    step_high
    store_key  3 * i + 3, low
%endif
%assign i i + 1
%endrep
    finish 12, low
%undef low
%undef high

.expand256:
%define even      xmm0
%define odd       xmm4
%define straight  xmm5
%define zero      xmm6
    vmovdqu even, [key]
    vmovdqu odd, [key + 16]
    vmovdqa rotated, [rotated_last_word]
    vmovdqa straight, [last_word]
    vpxor   zero, zero, zero
    store_key 0, even
    store_key 1, odd
%assign i 1
%rep 6
    sub_word   word, odd, rotated, [round_constants + 16 * (i - 1)]
    next_words even
    store_key  2 * i, even
    sub_word   word, even, straight, zero
    next_words odd
    store_key  2 * i + 1, odd
%assign i i + 1
%endrep
    sub_word   word, odd, rotated, [round_constants + 16 * 6]
    next_words even
    finish 14, even
.end:

global caes_asm_avx512_clear:function (caes_asm_avx512_clear.end - caes_asm_avx512_clear)
align 16
caes_asm_avx512_clear:
    endbr64
    vpxor xmm0, xmm0, xmm0      ; zeroes the whole register, and leaves no upper half in use
%assign i 0
%rep CONTEXT_BYTES / 64
    vmovdqu64 [ctx + 64 * i], zmm0
%assign i i + 1
%endrep
    ret
.end:

    key_schedule_tables
