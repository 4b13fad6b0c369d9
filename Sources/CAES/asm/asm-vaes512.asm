; SPDX-License-Identifier: Apache-2.0
; Computes:  AES-CTR, 128-, 192- and 256-bit keys.
; Technique: VAES on 512-bit registers, 32 blocks in flight, round keys in registers for messages of
;            a batch or more. Counter blocks stay in big-endian order: while the counter's last byte
;            does not overflow, four of them are one VPADDB. The 128-bit carry is for one batch in
;            8, without a branch or a mask. The end of a message is read and written under a mask
;            that its length makes; one block goes through 128-bit registers alone.
; Cost:      13, 15 or 17 vector instructions for 4 blocks. Zen 4, 8 KiB to 64 KiB: 0.160 and 0.223
;            cycles/byte for AES-128 and AES-256, where the AES units allow 0.1563 and 0.2188.
; Pays:      where 512-bit instructions do not lower the clock: Zen 4 and later, Sapphire Rapids and
;            later.
;
;   void caes_asm_vaes512(const void *ctx, const uint8_t counter[16],
;                         const uint8_t *in, uint8_t *out, size_t n);
;
; The contract is that of caes_kernel in caes.h. Needs VAES, AVX512F, AVX512BW, AVX512VL and BMI2.
; A leaf function: the stack is not touched. Branches depend on n, the number of rounds and the
; counter, never on key or text; masks depend on n.

bits 64
default rel
%use smartalign
alignmode p6, 64
%include "context.inc"

section .text align=64

%define ctx       rdi
%define counter   rsi
%define in        rdx
%define out       rcx
%define n         r8            ; bytes left
%define n32       r8d
%define last_key  r10           ; address of the last round key
%define rounds32  r11d          ; 10, 12 or 14

; The counter as a number, in messages of more than a block, and where its last byte overflows. It
; is kept beside base because the way from the vector registers back to these is long.
%define high_half rax
%define low_half  rsi           ; over counter
%define low_byte  sil

%define LANES     8             ; registers of a batch: zmm0 to zmm7
%define BLOCKS    (4 * LANES)
%define BYTES     (64 * LANES)
%define TEXT      8             ; text of four registers: zmm8 to zmm11
%define base      zmm12         ; next four counter blocks, big-endian
%define number    zmm13         ; four counters as numbers: 64-bit words, the low one first
%define left      zmm14         ; high words: steps that the low word takes before it overflows
%define KEYS      16            ; round key i of a batch: zmm16 + i, up to zmm29
%define final_key zmm30         ; the last round key
%define round_key zmm31         ; outside of batches: the others, one after the other

; ---------------------------------------------------------------------- parts of a batch
; %1 is the number of registers throughout.

; state i = base + 4 i, where base's last byte does not overflow.
%macro counter_blocks 1
    vmovdqa64 zmm0, base
%assign i 1
%rep %1 - 1
    vpaddb  zmm %+ i, base, [steps + 64 * i]
%assign i i + 1
%endrep
%endmacro

; number and left for the four blocks at high_half:low_half. Changes r9.
%macro start_carry 0
    vmovq   xmm13, low_half
    vpinsrq xmm13, xmm13, high_half, 1
    vshufi32x4 number, number, number, 0
    vpaddq  number, number, [places]
    mov     r9, low_half
    not     r9
    cmp     r9, 2 * BLOCKS      ; more than a batch and the next blocks take is all the same
    jb      %%few
    mov     r9d, 2 * BLOCKS
%%few:
    vmovq   xmm14, r9
    vpslldq xmm14, xmm14, 8
    vshufi32x4 left, left, left, 0
    vpsubq  left, left, [places_above]
%endmacro

; %1 = the four blocks, counted in 128 bits; number and left go on to the next four.
%macro carry_blocks 1
    vpsrlq  %1, left, 63        ; 1 where it is negative
    vpaddq  %1, %1, number
    vpshufb %1, %1, [reverse]
    vpaddq  number, number, [four]
    vpsubq  left, left, [four_above]
%endmacro

; One round of all blocks with the key in register %2.
%macro round 2
%assign i 0
%rep %1
    vaesenc zmm %+ i, zmm %+ i, %2
%assign i i + 1
%endrep
%endmacro

%macro whiten 2
%assign i 0
%rep %1
    vpxorq zmm %+ i, zmm %+ i, %2
%assign i i + 1
%endrep
%endmacro

; Rounds %2 to %3 with keys from registers.
%macro rounds_of_batch 2
%assign r %1
%rep %2 - %1 + 1
%assign k KEYS + r
    round LANES, zmm %+ k
%assign r r + 1
%endrep
%endmacro

; Last round, text and store of a batch, four registers at a time. The text is added to the last
; round key, so that VAESENCLAST adds it; instructions of a kind stand together, because in single
; file they take slots from the AES units.
%macro finish_batch 0
%assign first 0
%rep LANES / 4
%assign i first
%assign t TEXT
%rep 4
    vpxorq  zmm %+ t, final_key, [in + 64 * i]
%assign i i + 1
%assign t t + 1
%endrep
%assign i first
%assign t TEXT
%rep 4
    vaesenclast zmm %+ i, zmm %+ i, zmm %+ t
%assign i i + 1
%assign t t + 1
%endrep
%assign i first
%rep 4
    vmovdqu64 [out + 64 * i], zmm %+ i
%assign i i + 1
%endrep
%assign first first + 4
%endrep
%endmacro

; ---------------------------------------------------------------------- the function

global caes_asm_vaes512:function (caes_asm_vaes512.end - caes_asm_vaes512)
align 64
caes_asm_vaes512:
    endbr64
    test    n, n
    jz      .nothing
    mov     rounds32, [ctx + ROUNDS]
    mov     r10d, rounds32
    shl     r10d, 4
    add     last_key, ctx
    cmp     n, 16
    jbe     .block

    vbroadcasti32x4 base, [counter]
    vpaddb  base, base, [steps]
    mov     high_half, [counter]
    mov     low_half, [counter + 8]     ; over counter
    bswap   high_half
    bswap   low_half
    cmp     n, 64
    jbe     .one_register
    cmp     n, BYTES
    jb      .end_of_message

    vbroadcasti32x4 final_key, [last_key]
%assign r 0
%rep 10
%assign k KEYS + r
    vbroadcasti32x4 zmm %+ k, [ctx + ROUND_KEYS + 16 * r]
%assign r r + 1
%endrep
    cmp     rounds32, 12
    jb      .batch
    vbroadcasti32x4 zmm26, [ctx + ROUND_KEYS + 16 * 10]
    vbroadcasti32x4 zmm27, [ctx + ROUND_KEYS + 16 * 11]
    je      .batch
    vbroadcasti32x4 zmm28, [ctx + ROUND_KEYS + 16 * 12]
    vbroadcasti32x4 zmm29, [ctx + ROUND_KEYS + 16 * 13]

align 64
.batch:
    cmp     low_byte, 256 - BLOCKS
    jae     .carry_batch        ; equal: not in this batch, but in the base of the next
    counter_blocks LANES
    vpaddb  base, base, [steps + 64 * LANES]
    add     low_half, BLOCKS
.batch_counted:
    whiten  LANES, zmm16
    rounds_of_batch 1, 9
    ; The key's length is the same for all batches: the branches are predicted.
    cmp     rounds32, 12
    jb      .last_round
    rounds_of_batch 10, 11
    je      .last_round
    rounds_of_batch 12, 13
.last_round:
    finish_batch
    add     in, BYTES
    add     out, BYTES
    sub     n, BYTES
    cmp     n, BYTES
    jae     .batch
    test    n, n
    jz      .done

; 1 to 511 bytes: 1 to 8 registers side by side.
; Goes to %1<registers>.
%macro to_registers 1
    cmp     n, 256
    ja      %%5_to_8
    cmp     n, 128
    ja      %%3_or_4
    cmp     n, 64
    jbe     %1 %+ 1
    jmp     %1 %+ 2
%%3_or_4:
    cmp     n, 192
    jbe     %1 %+ 3
    jmp     %1 %+ 4
%%5_to_8:
    cmp     n, 384
    ja      %%7_or_8
    cmp     n, 320
    jbe     %1 %+ 5
    jmp     %1 %+ 6
%%7_or_8:
    cmp     n, 448
    jbe     %1 %+ 7
    jmp     %1 %+ 8
%endmacro
.end_of_message:
    movzx   r9d, low_byte       ; with as many blocks as the message may have here
    cmp     r9d, 256 - BLOCKS
    ja      .carry
    to_registers .count

; %1 registers, of which the last may be partial.
%macro end_of_message 1
align 16
.count%1:
    counter_blocks %1
.counted%1:
    vbroadcasti32x4 round_key, [ctx + ROUND_KEYS]
    whiten  %1, round_key
%assign r 1
%rep 9
    vbroadcasti32x4 round_key, [ctx + ROUND_KEYS + 16 * r]
    round   %1, round_key
%assign r r + 1
%endrep
    cmp     rounds32, 12
    jb      %%last
%rep 2
    vbroadcasti32x4 round_key, [ctx + ROUND_KEYS + 16 * r]
    round   %1, round_key
%assign r r + 1
%endrep
    je      %%last
%rep 2
    vbroadcasti32x4 round_key, [ctx + ROUND_KEYS + 16 * r]
    round   %1, round_key
%assign r r + 1
%endrep
%%last:
    vbroadcasti32x4 final_key, [last_key]
%assign i 0
%rep %1 - 1
    vpxorq  zmm8, final_key, [in + 64 * i]
    vaesenclast zmm %+ i, zmm %+ i, zmm8
    vmovdqu64 [out + 64 * i], zmm %+ i
%assign i i + 1
%endrep
    test    n, 63
    jnz     %%partial
    vpxorq  zmm8, final_key, [in + 64 * i]
    vaesenclast zmm0, zmm %+ i, zmm8
    vmovdqu64 [out + 64 * i], zmm0
    vzeroupper
    ret
%%partial:
    and     n32, 63
    mov     r9, -1
    bzhi    r9, r9, n
    kmovq   k1, r9
    vmovdqu8 zmm8{k1}{z}, [in + 64 * i]
    vpxorq  zmm8, zmm8, final_key
    vaesenclast zmm0, zmm %+ i, zmm8
    vmovdqu8 [out + 64 * i]{k1}, zmm0
    vzeroupper
    ret
%endmacro

%assign lanes 1
%rep LANES
    end_of_message %[lanes]
%assign lanes lanes + 1
%endrep

; 17 to 64 bytes.
align 16
.one_register:
    cmp     low_byte, 256 - 4
    jbe     .count1
; The counter's last byte may overflow before the end: count in 128 bits.
.carry:
    start_carry
%assign i 0
%rep LANES
    carry_blocks zmm %+ i
%assign i i + 1
%endrep
    to_registers .counted

; The same for a batch and the blocks after it.
align 16
.carry_batch:
    start_carry
%assign i 0
%rep LANES
    carry_blocks zmm %+ i
%assign i i + 1
%endrep
    carry_blocks base
    add     low_half, BLOCKS
    adc     high_half, 0
    jmp     .batch_counted

; 1 to 16 bytes, in 128-bit registers.
align 16
.block:
    vmovdqu xmm0, [counter]
    vpxor   xmm0, xmm0, [ctx + ROUND_KEYS]
%assign r 1
%rep 9
    vaesenc xmm0, xmm0, [ctx + ROUND_KEYS + 16 * r]
%assign r r + 1
%endrep
    cmp     rounds32, 12
    jb      .last_of_block
    vaesenc xmm0, xmm0, [ctx + ROUND_KEYS + 16 * 10]
    vaesenc xmm0, xmm0, [ctx + ROUND_KEYS + 16 * 11]
    je      .last_of_block
    vaesenc xmm0, xmm0, [ctx + ROUND_KEYS + 16 * 12]
    vaesenc xmm0, xmm0, [ctx + ROUND_KEYS + 16 * 13]
.last_of_block:
    vaesenclast xmm0, xmm0, [last_key]
    cmp     n32, 16
    jb      .under16
    vpxor   xmm0, xmm0, [in]
    vmovdqu [out], xmm0
.nothing:
    ret
.under16:
    mov     r9d, -1
    bzhi    r9d, r9d, n32
    kmovd   k1, r9d
    vmovdqu8 xmm1{k1}{z}, [in]
    vpxor   xmm0, xmm0, xmm1
    vmovdqu8 [out]{k1}, xmm0
    ret
.done:
    vzeroupper
    ret
.end:

align 64
; 4 i in the last byte of each block; in the first row, each block's place among the four.
steps:
%assign i 0
%rep LANES + 1
%assign lane 0
%rep 4
    times 15 db 0
%if i == 0
    db lane
%else
    db 4 * i
%endif
%assign lane lane + 1
%endrep
%assign i i + 1
%endrep
; A block's place among the four: in the low word, in the high word.
places:
    dq 0, 0, 1, 0, 2, 0, 3, 0
places_above:
    dq 0, 0, 0, 1, 0, 2, 0, 3
four:
    dq 4, 0, 4, 0, 4, 0, 4, 0
four_above:
    dq 0, 4, 0, 4, 0, 4, 0, 4
; VPSHUFB mask: from a number to a counter block.
reverse:
%rep 4
    db 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0
%endrep
