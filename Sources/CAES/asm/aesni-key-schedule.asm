; SPDX-License-Identifier: Apache-2.0
; Computes:  the key schedule of AES (FIPS 197, section 5.2), 128-, 192- and 256-bit keys.
; Technique: SubWord by AESENCLAST: where all four columns of a state are equal, ShiftRows moves
;            nothing, so AESENCLAST is SubBytes and an xor with its second operand, the round
;            constant. PSHUFB has put the (rotated) word into all four columns before.
; Cost:      8 instructions a round key; 4 of them in each step's chain of dependences.
; Pays:      on every CPU with AES-NI; where AESKEYGENASSIST is microcoded (Intel), twice over.
;
;   int  caes_asm_aesni_set_key(void *ctx, const uint8_t *key, size_t key_bytes);
;   void caes_asm_aesni_clear(void *ctx);
;
; The contract is that of caes_kernel in caes.h. Needs AES and SSSE3. Leaf functions: the stack is
; not touched.

bits 64
default rel
%include "context.inc"

section .text align=64

%define ctx       rdi
%define key       rsi
%define key_bytes rdx

%define CAES_OK             0
%define CAES_BAD_KEY_LENGTH 1

; w[i] ^= w[i - 1] ^ ... ^ w[0], for the four words of %1. Scratch: %2.
%macro prefix_xor 2
    movdqa  %2, %1
    pslldq  %2, 4
    pxor    %1, %2
    movdqa  %2, %1
    pslldq  %2, 8
    pxor    %1, %2
%endmacro

; %1 = SubWord(the word of %2 that the mask %3 picks) ^ %4, in all four columns.
%macro sub_word 4
    movdqa     %1, %2
    pshufb     %1, %3
    aesenclast %1, %4
%endmacro

%macro store_key 2              ; number, register
    movdqa [ctx + ROUND_KEYS + 16 * (%1)], %2
%endmacro

%macro finish 2                 ; number of rounds, last round key
    movdqa [ctx + LAST_KEY], %2
    mov dword [ctx + ROUNDS], %1
    xor eax, eax                ; CAES_OK
    ret
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
%define k        xmm0
%define word     xmm1
%define scratch  xmm2
%define rotated  xmm3
    movdqu k, [key]
    movdqa rotated, [rotated_last_word]
    store_key 0, k
%assign i 1
%rep 10
    sub_word   word, k, rotated, [round_constants + 16 * (i - 1)]
    prefix_xor k, scratch
    pxor       k, word
%if i < 10
    store_key  i, k
%endif
%assign i i + 1
%endrep
    finish 10, k
%undef k

; The schedule comes in steps of six words, round keys are four: two steps make three of them.
.expand192:
%define low      xmm0           ; words 0 to 3 of a step
%define high     xmm4           ; words 4 and 5, in the low half
%define joined   xmm5

; Words 0 to 3 of the next step. %1: number of the step, from 1.
%macro step_low 1
    sub_word   word, high, rotated, [round_constants + 16 * ((%1) - 1)]
    prefix_xor low, scratch
    pxor       low, word
%endmacro

; Words 4 and 5 of it.
%macro step_high 0
    movdqa  scratch, high
    pslldq  scratch, 4
    pxor    high, scratch
    pshufd  scratch, low, 0xff
    pxor    high, scratch
%endmacro

    movdqu low, [key]
    movq   high, [key + 16]
    movdqa rotated, [rotated_second_word]
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

align 16
; PSHUFB masks: one word of a round key in all four columns, RotWord applied or not.
rotated_last_word:   times 4 db 13, 14, 15, 12
last_word:           times 4 db 12, 13, 14, 15
rotated_second_word: times 4 db 5, 6, 7, 4

; Rcon[i], in all four columns: the powers of x in GF(2^8).
round_constants:
%assign power 1
%rep 10
    times 4 dd power
%assign power (power << 1) ^ ((power >> 7) * 0x11b)
%endrep
