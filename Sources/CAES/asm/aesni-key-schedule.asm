; SPDX-License-Identifier: Apache-2.0
; Computes:  the key schedule of AES (FIPS 197, section 5.2), 128-, 192- and 256-bit keys.
; Technique: SubWord by AESENCLAST (see key-schedule.inc).
; Cost:      8 instructions a round key, beside copies; with 128-bit keys an AESENCLAST alone is in the
;            chain of dependences, with longer ones 3 are.
; Pays:      on every CPU with AES-NI; where AESKEYGENASSIST is microcoded (Intel), twice over.
;
;   int  caes_asm_aesni_set_key(void *ctx, const uint8_t *key, size_t key_bytes);
;   void caes_asm_aesni_clear(void *ctx);
;
; The contract is that of caes_kernel in caes.h. Needs AES and SSSE3. Leaf functions: the stack is
; not touched.

bits 64
default rel
%define MOVE movdqa              ; of the instructions in there
%include "key-schedule.inc"

section .text align=64

; w[i] ^= w[i - 1] ^ ... ^ w[0], for the four words of %1. Scratch: %2, of which word 0 is 0, before and
; afterwards. SHUFPS needs no copies, where PSLLDQ would need one each.
%macro prefix_xor 2
    shufps  %2, %1, 0b00_01_00_00   ; 0, 0, w[1], w[0]
    pxor    %1, %2
    shufps  %2, %1, 0b10_00_11_00   ; 0, w[0], w[0], w[1] ^ w[2]
    pxor    %1, %2
%endmacro

; %1 = SubWord(the word of %2 that the mask %3 picks) ^ %4, in all four columns.
%macro sub_word 4
    movdqa     %1, %2
    pshufb     %1, %3
    aesenclast %1, %4
%endmacro

global caes_asm_aesni_set_key:function (caes_asm_aesni_set_key.end - caes_asm_aesni_set_key)
align 64
caes_asm_aesni_set_key:
    endbr64
    cmp key_bytes, 16
    je  .expand128
    cmp key_bytes, 32
    je  .expand256
    cmp key_bytes, 24
    je  .expand192
    mov eax, CAES_BAD_KEY_LENGTH
    ret

.expand128:
%define k            xmm5
%define sum2         xmm6       ; word j: the sum of words j and j + 1 of the key
%define other        xmm7
%define columns_0_2  xmm8
%define columns_0_1  xmm9

    movdqu k, [key]
    movdqa columns_0_2, [mask_columns_0_2]
    movdqa columns_0_1, [mask_columns_0_1]
    store_key 0, k
    pshufd xmm0, k, 0xff                ; W(0) = k[3]
    movdqa sum2, k
    psrldq sum2, 4
    pxor   sum2, k
    movdqa xmm1, sum2                   ; W(-3) = k[0] ^ k[1] ^ k[2] ^ k[3]
    movdqa other, sum2
    pshufb xmm1, [word0_rotated3]
    pshufb other, [word2_rotated3]
    pxor   xmm1, other
    movdqa xmm2, sum2                   ; W(-2) = k[1] ^ k[3]
    movdqa other, sum2
    pshufb xmm2, [word1_rotated2]
    pshufb other, [word2_rotated2]
    pxor   xmm2, other
    movdqa xmm3, sum2                   ; W(-1) = k[2] ^ k[3]
    pshufb xmm3, [word2_rotated1]

; Numbers of registers, which change places from round to round.
%assign u_before  0             ; U(i - 1) to U(i - 4)
%assign u_before2 3
%assign u_before3 2
%assign u_before4 1
%assign u         4             ; U(i)
    first_places
    movdqa xmm10, xmm0
    pshufd xmm12, k, 0b11_10_11_10      ; R(0)
    pshufd xmm13, sum2, 0b10_01_10_01   ; R(-1)

%assign i 1
%rep 10
    pxor   xmm %+ u_before4, [rotated_constants + 16 * (i - 1)]
    movdqa xmm %+ u, xmm %+ u_before
    aesenclast xmm %+ u, xmm %+ u_before4
    movdqa xmm %+ now, xmm %+ u
%if i & 3
    pshufb xmm %+ now, [rotations + 16 * ((i & 3) - 1)]
%endif
    pand   xmm %+ before, columns_0_2
    pxor   xmm %+ before, xmm %+ now
    pand   xmm %+ r_before2, columns_0_1
    pxor   xmm %+ r_before2, xmm %+ before
%if i < 10
    store_key i, xmm %+ r_before2
%else
%assign last r_before2
%endif
%assign free u_before4
%assign u_before4 u_before3
%assign u_before3 u_before2
%assign u_before2 u_before
%assign u_before u
%assign u free
    next_places
%assign i i + 1
%endrep
    finish 10, xmm %+ last
%undef k

; The schedule comes in steps of six words, round keys are four: two steps make three of them.
.expand192:
%define word     xmm1
%define scratch  xmm2
%define rotated  xmm3
%define low      xmm0           ; words 0 to 3 of a step
%define high     xmm4           ; words 4 and 5, in the low half
%define joined   xmm5
%define copy     xmm6

; Words 0 to 3 of the next step. %1: number of the step, from 1.
%macro step_low 1
    sub_word   word, high, rotated, [round_constants + 16 * ((%1) - 1)]
    prefix_xor low, scratch
    pxor       low, word
%endmacro

; Words 4 and 5 of it.
%macro step_high 0
    movdqa  copy, high
    pslldq  copy, 4
    pxor    high, copy
    pshufd  copy, low, 0xff
    pxor    high, copy
%endmacro

    movdqu low, [key]
    movq   high, [key + 16]
    movdqa rotated, [rotated_second_word]
    pxor   scratch, scratch
    store_key 0, low
%assign i 0
%rep 4
    movdqa     joined, high
    step_low   2 * i + 1
    step_high
    punpcklqdq joined, low      ; words 4 5 of the step before, 0 1 of this one
    store_key  3 * i + 1, joined
    movdqa     joined, low
    shufpd     joined, high, 1  ; words 2 3 4 5
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
%define even     xmm0
%define odd      xmm4
%define straight xmm5
%define zero     xmm6
    movdqu even, [key]
    movdqu odd, [key + 16]
    movdqa rotated, [rotated_last_word]
    movdqa straight, [last_word]
    pxor   zero, zero
    pxor   scratch, scratch
    store_key 0, even
    store_key 1, odd
%assign i 1
%rep 7
    sub_word   word, odd, rotated, [round_constants + 16 * (i - 1)]
    prefix_xor even, scratch
    pxor       even, word
%if i < 7
    store_key  2 * i, even
    sub_word   word, even, straight, zero
    prefix_xor odd, scratch
    pxor       odd, word
    store_key  2 * i + 1, odd
%endif
%assign i i + 1
%endrep
    finish 14, even
.end:

global caes_asm_aesni_clear:function (caes_asm_aesni_clear.end - caes_asm_aesni_clear)
align 16
caes_asm_aesni_clear:
    endbr64
    pxor xmm0, xmm0
%assign i 0
%rep CONTEXT_BYTES / 16
    movdqa [ctx + 16 * i], xmm0
%assign i i + 1
%endrep
    ret
.end:

    key_schedule_tables

; PSHUFB masks: RotWord applied once, twice and three times to each column.
rotations:
%assign i 1
%rep 3
%assign j 0
%rep 4
    db 4 * j + ((i + 0) & 3), 4 * j + ((i + 1) & 3), 4 * j + ((i + 2) & 3), 4 * j + ((i + 3) & 3)
%assign j j + 1
%endrep
%assign i i + 1
%endrep
