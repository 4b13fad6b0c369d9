; SPDX-License-Identifier: Apache-2.0
; Computes:  AES-CTR, 128-, 192- and 256-bit keys.
; Technique: VAES on 512-bit registers, 32 blocks in flight, round keys in registers. Four counter
;            blocks are one VPADDB (see kernel.inc). Messages of up to 256 bytes, and up to 64 bytes
;            after a batch, go through 256-bit registers, one block through a 128-bit one; what is no
;            whole register is read and written under a mask that n makes.
;            Messages of 8 MiB or more are written past the caches.
; Cost:      13, 15 or 17 vector instructions for 4 blocks, and one in 8 batches has 11 more. Zen 4, 8
;            and 64 KiB: 0.157 and 0.220 cycles/byte for AES-128 and AES-256, where the AES units
;            allow 0.1563 and 0.2188.
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
%include "kernel.inc"

section .text align=FUNCTION_ALIGNMENT

%define LANES      8            ; registers of a batch
%define BLOCKS     (4 * LANES)
%define BYTES      (64 * LANES)
%define YMM_ALONE  256          ; bytes of a message for which 256-bit registers are the better ones,
%define YMM_AFTER  64           ; and of what batches leave of one
%define STREAMED   (8 << 20)    ; bytes of a message that no cache keeps for its reader

; Vector registers by number, because each is used at two widths or three.
%define STATE      0            ; 0 to 7
%define TEXT       8            ; 8 to 11
%define KEY        12           ; where round keys come from memory
%define BASE       13           ; the next four (two) counter blocks
%define CHANGE     14           ; of the prefix, at a crossing
%define WINDOW     15           ; text of a partial register
%define KEYS       16           ; of a batch: round key i is 16 + i, up to 29
%define LAST       30           ; the last round key of a batch

; What depends on the width. With 256 bits it is the VEX form, because the EVEX form of a broadcast
; from memory takes a slot of the vector units, on Zen 4 at least.
%define SIZE_zmm         64
%define steps_zmm        steps_of_four
%define broadcast_zmm    vbroadcasti32x4
%define xor_zmm          vpxorq
%define move_zmm         vmovdqu64
%define SIZE_ymm         32
%define steps_ymm        steps_of_two
%define broadcast_ymm    vbroadcasti128
%define xor_ymm          vpxor
%define move_ymm         vmovdqu

; ---------------------------------------------------------------------- parts of a batch
; %1 is the width, ymm or zmm, %2 the number of registers throughout.

; The next blocks, where no prefix changes.
%macro counter_blocks 2
    move_%1 %1 %+ STATE, %1 %+ BASE
%assign i 1
%rep %2 - 1
%assign s STATE + i
    vpaddb  %1 %+ s, %1 %+ BASE, [steps_%1 + SIZE_%1 * i]
%assign i i + 1
%endrep
%endmacro

; The next blocks at a crossing: from some place on they have another prefix. The number goes on by a
; batch.
%macro crossing_blocks 2
    cross   BLOCKS
    vmovq   xmm %+ CHANGE, change_high
    vmovq   xmm %+ TEXT, change_low
    lea     r9, [prefix_masks]
    vpunpcklqdq xmm %+ CHANGE, xmm %+ CHANGE, xmm %+ TEXT
    vshufi32x4 %1 %+ CHANGE, %1 %+ CHANGE, %1 %+ CHANGE, 0
    add     crossed, r9
    counter_blocks %1, %2
%assign i 0
%rep %2
%assign s STATE + i
    ; block ^ (change & mask)
    vpternlogq %1 %+ s, %1 %+ CHANGE, [crossed + SIZE_%1 * i], 0x78
%assign i i + 1
%endrep
%endmacro

; One round of all blocks. %3: number of the round.
%macro round 3
    broadcast_%1 %1 %+ KEY, [ctx + ROUND_KEYS + 16 * (%3)]
%assign s STATE
%rep %2
    vaesenc %1 %+ s, %1 %+ s, %1 %+ KEY
%assign s s + 1
%endrep
%endmacro

; All rounds but the last; afterwards KEY is the last round key. The key's length is the same for all
; batches of a message, so the two branches are predicted.
%macro rounds 2
    broadcast_%1 %1 %+ KEY, [ctx + ROUND_KEYS]
%assign s STATE
%rep %2
    xor_%1 %1 %+ s, %1 %+ s, %1 %+ KEY
%assign s s + 1
%endrep
%assign r 1
%rep 9
    round   %1, %2, r
%assign r r + 1
%endrep
    cmp     dword [ctx + ROUNDS], 12
    jb      %%last
    round   %1, %2, 10
    round   %1, %2, 11
    je      %%last              ; AESENC leaves the flags alone
    round   %1, %2, 12
    round   %1, %2, 13
%%last:
    broadcast_%1 %1 %+ KEY, [ctx + LAST_KEY]
%endmacro

; The round keys of a batch into their registers.
%macro load_keys 0
%assign r 0
%rep 14
%assign k KEYS + r
%if r == 10 || r == 12
    cmp     dword [ctx + ROUNDS], r
    je      %%last
%endif
    vbroadcasti32x4 zmm %+ k, [ctx + ROUND_KEYS + 16 * r]
%assign r r + 1
%endrep
%%last:
    vbroadcasti32x4 zmm %+ LAST, [ctx + LAST_KEY]
%endmacro

; All rounds of a batch but the last, with the keys from there.
%macro rounds_of_batch 0
%assign r 0
%rep 14
%assign k KEYS + r
%if r == 10 || r == 12
    cmp     dword [ctx + ROUNDS], r
    je      %%last
%endif
%assign s STATE
%rep LANES
%if r == 0
    vpxorq  zmm %+ s, zmm %+ s, zmm %+ k
%else
    vaesenc zmm %+ s, zmm %+ s, zmm %+ k
%endif
%assign s s + 1
%endrep
%assign r r + 1
%endrep
%%last:
%endmacro

; Last round, text and store of registers %2 to %2 + %3 - 1, at most four. %4: number of the last
; round key's register; %5: instruction that stores. The text is added to the
; last round key, so that VAESENCLAST adds it; instructions of a kind stand together, because in
; single file they take slots from the AES units.
%macro finish_group 5
%assign i %2
%assign t TEXT
%rep %3
    xor_%1 %1 %+ t, %1 %+ %4, [in + SIZE_%1 * i]
%assign i i + 1
%assign t t + 1
%endrep
%assign s STATE + %2
%assign t TEXT
%rep %3
    vaesenclast %1 %+ s, %1 %+ s, %1 %+ t
%assign s s + 1
%assign t t + 1
%endrep
%assign i %2
%assign s STATE + %2
%rep %3
    %5 [out + SIZE_%1 * i], %1 %+ s
%assign i i + 1
%assign s s + 1
%endrep
%endmacro

; The same for the first %2 registers, more than four in halves. %3: number of the last round key's
; register; %4: instruction that stores.
%macro finish 4
%if %2 > 4
    finish_group %1, 0, %2 - (%2) / 2, %3, %4
    finish_group %1, %2 - (%2) / 2, (%2) / 2, %3, %4
%else
    finish_group %1, 0, %2, %3, %4
%endif
%endmacro

; All whole batches. %1: the loop's label; %2: where a crossing goes, which comes back to
; %1_counted; %3: instruction that stores.
%macro batches 3
align 64
%1:
    cmp     low_byte, 256 - BLOCKS
    jae     %2                  ; equal: not in this batch, but in the base of the next
    counter_blocks zmm, LANES
    add     low_half, BLOCKS
%1_counted:
    vpaddb  zmm %+ BASE, zmm %+ BASE, [steps_zmm + 64 * LANES]
    rounds_of_batch
    finish  zmm, LANES, LAST, %3
    add     in, BYTES
    add     out, BYTES
    sub     n, BYTES
    cmp     n, BYTES
    jae     %1
%endmacro

; ---------------------------------------------------------------------- the end of a message

; k1 = the bytes of a partial register, of which n is left as the number.
%macro mask_of_rest 1
    mov     r9, -1
    and     n32, SIZE_%1 - 1
    bzhi    r9, r9, n
    kmovq   k1, r9
%endmacro

; The text of a partial register, number %2, with the last round key added.
%macro fetch_window 2
    vmovdqu8 %1 %+ WINDOW{k1}{z}, [in + SIZE_%1 * (%2)]
    xor_%1 %1 %+ WINDOW, %1 %+ WINDOW, %1 %+ KEY
%endmacro

; Its last round and its store.
%macro finish_window 2
%assign s STATE + %2
    vaesenclast %1 %+ s, %1 %+ s, %1 %+ WINDOW
    vmovdqu8 [out + SIZE_%1 * (%2)]{k1}, %1 %+ s
%endmacro

; The last %2 registers, of which the last one may be partial.
%macro end_of_message 2
%assign last %2 - 1
%assign s STATE + last
align 16
.%1%2:
    counter_blocks %1, %2
.counted_%1%2:
    test    n32, SIZE_%1 - 1
    jnz     %%partial
    rounds  %1, %2
    finish  %1, %2, KEY, move_%1
    vzeroupper
    ret
%%partial:
; Where the mask is made, and when the partial register is finished, decides over one to four cycles
; (Zen 4): the mask behind the rounds, the register between the halves of the others, or with 256 bits
; behind them. In ranks, which the narrower kernels finish a batch in, 512-bit batches take 1 to 7 % more.
    rounds  %1, %2
    mask_of_rest %1
%ifidn %1, zmm
    finish_group %1, 0, last - last / 2, KEY, move_%1
    fetch_window %1, last
    finish_window %1, last
    finish_group %1, last - last / 2, last / 2, KEY, move_%1
%else
    finish  %1, last, KEY, move_%1
    fetch_window %1, last
    finish_window %1, last
%endif
    vzeroupper
    ret
%endmacro

; ---------------------------------------------------------------------- the function

function caes_asm_vaes512
    cmp     n, 16
    ja      .registers
    test    n, n
    jz      .nothing
; 1 to 16 bytes, in 128-bit registers.
    vmovdqu xmm0, [counter]
    vpxor   xmm0, xmm0, [ctx + ROUND_KEYS]
%assign r 1
%rep 9
    vaesenc xmm0, xmm0, [ctx + ROUND_KEYS + 16 * r]
%assign r r + 1
%endrep
    cmp     dword [ctx + ROUNDS], 12
    jb      .last_of_block
    vaesenc xmm0, xmm0, [ctx + ROUND_KEYS + 16 * 10]
    vaesenc xmm0, xmm0, [ctx + ROUND_KEYS + 16 * 11]
    je      .last_of_block
    vaesenc xmm0, xmm0, [ctx + ROUND_KEYS + 16 * 12]
    vaesenc xmm0, xmm0, [ctx + ROUND_KEYS + 16 * 13]
.last_of_block:
    vaesenclast xmm0, xmm0, [ctx + LAST_KEY]
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

.registers:
    cmp     n, YMM_ALONE
    ja      .zmm_alone
    vbroadcasti128 ymm %+ BASE, [counter]
    vpaddb  ymm %+ BASE, ymm %+ BASE, [places]
    cmp     byte [counter + 15], 256 - 16
    ja      .crossing_ymm_number
.ymm:
    to_registers .ymm, 32

.zmm_alone:
    vbroadcasti32x4 zmm %+ BASE, [counter]
    vpaddb  zmm %+ BASE, zmm %+ BASE, [places]
    load_number
    cmp     n, BYTES
    jb      .end_zmm
    load_keys

    cmp     n, STREAMED
    jae     .perhaps_streamed
    batches .batch, .crossing_batch, vmovdqu64
.rest:
    cmp     n, YMM_AFTER
    ja      .end_zmm
    test    n, n
    jz      .done
    cmp     low_byte, 256 - 16
    jbe     .ymm
    jmp     .crossing_ymm

.done:
    vzeroupper
    ret

.end_zmm:
    cmp     low_byte, 256 - BLOCKS      ; as many blocks as the message may have here
    ja      .crossing_zmm
    to_registers .zmm, 64

.crossing_batch:
    crossing_blocks zmm, LANES
    vpxorq  zmm %+ BASE, zmm %+ BASE, zmm %+ CHANGE
    jmp     .batch_counted

; Stores past the caches: to whole cache lines, and not to those that the text has just fetched.
align 16
.perhaps_streamed:
    test    out, 63
    jnz     .batch
    cmp     in, out
    je      .batch
    batches .streamed, .crossing_streamed, vmovntdq
    sfence                      ; such stores are not in order by themselves
    jmp     .rest

.crossing_streamed:
    crossing_blocks zmm, LANES
    vpxorq  zmm %+ BASE, zmm %+ BASE, zmm %+ CHANGE
    jmp     .streamed_counted

.crossing_zmm:
    crossing_blocks zmm, 8
    to_registers .counted_zmm, 64

.crossing_ymm_number:
    load_number
.crossing_ymm:
    crossing_blocks ymm, 8
    to_registers .counted_ymm, 32

%assign lanes 1
%rep 8
    end_of_message ymm, %[lanes]
%assign lanes lanes + 1
%endrep
%assign lanes 1
%rep 8
    end_of_message zmm, %[lanes]
%assign lanes lanes + 1
%endrep
.end:

align 64
; Each block's place among the next ones.
places:
%assign i 0
%rep 4
    times 15 db 0
    db i
%assign i i + 1
%endrep
; 4 i and 2 i in the last byte of each block.
steps_of_four:
%assign i 0
%rep LANES + 1
%rep 4
    times 15 db 0
    db 4 * i
%endrep
%assign i i + 1
%endrep
steps_of_two:
%assign i 0
%rep 8
%rep 2
    times 15 db 0
    db 2 * i
%endrep
%assign i i + 1
%endrep
prefix_masks:
    crossing_masks BLOCKS
