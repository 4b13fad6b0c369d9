; SPDX-License-Identifier: Apache-2.0
; Computes:  AES-CTR, 128-, 192- and 256-bit keys.
; Technique: VAES on 512-bit registers, 32 blocks in flight, round keys in registers. Four counter
;            blocks are one VPADDB; batches behind the first one share their first round (see
;            kernel.inc). Messages of up to 256 bytes, and up to 32 bytes after a batch, go through
;            256-bit registers, one block through a 128-bit one; what is no whole register is read and
;            written under a mask that n makes. Round keys are read between the rounds up to the end of a
;            message's first batch, because loading all of them first would keep the first round
;            waiting. Messages of 8 MiB or more are written past the caches.
; Cost:      9.25, 11.25 or 13.25 AES rounds for 4 blocks and 4.4 other vector instructions. Zen 5, 8
;            KiB: 0.0753 and 0.1088 cycles/byte for AES-128 and AES-256, where all rounds of all
;            blocks would take 0.0781 and 0.1094 there, and twice that on Zen 4.
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
%ifdef WIDE_ZMM                 ; by asm-vaes512-wide.asm
%define NAME       caes_asm_vaes512_wide
%define WIDE       1
%define YMM_ALONE  32           ; bytes of a message for which 256-bit registers are the better ones,
%else
%define NAME       caes_asm_vaes512
%define WIDE       0
%define YMM_ALONE  256
%endif
%define YMM_AFTER  32           ; and of what batches leave of one
%define STREAMED   (8 << 20)    ; bytes of a message that no cache keeps for its reader

; Vector registers by number, because each is used at two widths or three.
%define STATE      0            ; 0 to 7
%define TEXT       8            ; 8 to 11
%define KEY        12           ; where round keys come from memory; last of all the last one
%define BASE       13           ; the next four (two) counter blocks
%define CHANGE     14           ; of the prefix, at a crossing
%define WINDOW     15           ; text of a partial register
%define KEYS       16           ; of a batch: round key i is 16 + i, up to 29
%define LAST       30           ; the last round key of a batch

; Of batches that share their first round (see kernel.inc).
%define COLUMNS_0  14           ; of the next four registers
%define COLUMNS_1  KEYS         ; and of the four behind them, over round key 0
%define LAST_BYTE  12           ; of those blocks, in columns
%define WHITE      15           ; what round key 0 adds to them
%define SHARED     31
%define PASSING    8            ; at a crossing: change, then the next shared
%define COLUMNS_AFTER 7         ; rounds; 3 to 8 are within 3 % (Zen 5)
%define SHARE_AFTER   3         ; rounds of the first batch

; What depends on the width. With 256 bits it is the VEX form, because the EVEX form of a broadcast
; from memory takes a slot of the vector units, on Zen 4 at least.
%define SIZE_zmm         64
%define steps_zmm        steps_of_four
%define broadcast_zmm    vbroadcasti32x4
%define move_zmm         vmovdqu64
%define SIZE_ymm         32
%define steps_ymm        steps_of_two
%define broadcast_ymm    vbroadcasti128
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

; At a crossing the number goes on by a batch. %2: number of the register for what that changes in the
; prefix.
%macro change_of_prefix 2
    cross   BLOCKS
    vmovq   xmm %+ %2, change_high
%assign t TEXT + 1
    vmovq   xmm %+ t, change_low
    lea     r9, [prefix_masks]
    vpunpcklqdq xmm %+ %2, xmm %+ %2, xmm %+ t
    vshufi32x4 %1 %+ %2, %1 %+ %2, %1 %+ %2, 0
    add     crossed, r9
%endmacro

; Adds register %3 to those blocks that lie behind the crossing.
%macro add_behind_crossing 3
%assign i 0
%rep %2
%assign s STATE + i
    ; block ^ (change & mask)
    vpternlogq %1 %+ s, %1 %+ %3, [crossed + SIZE_%1 * i], 0x78
%assign i i + 1
%endrep
%endmacro

; The next blocks at a crossing: from some place on they have another prefix.
%macro crossing_blocks 2
    change_of_prefix %1, CHANGE
    counter_blocks %1, %2
    add_behind_crossing %1, %2, CHANGE
%endmacro

; %1<%2> = %1<%3> ^ %4. For 256 bits it is the VEX form where that reaches the register: up to a
; cycle less in messages of two registers.
%macro xor_blocks 4
%ifidn %1, zmm
    vpxorq  %1 %+ %2, %1 %+ %3, %4
%elif %3 > 15
    vpxorq  %1 %+ %2, %1 %+ %3, %4
%else
    vpxor   %1 %+ %2, %1 %+ %3, %4
%endif
%endmacro

; Round %3 of all blocks, %4: number of its key's register.
%macro round 4
%assign s STATE
%rep %2
%if %3 == 0
    xor_blocks %1, s, %4, %1 %+ s
%else
    vaesenc %1 %+ s, %1 %+ s, %1 %+ %4
%endif
%assign s s + 1
%endrep
%endmacro

; All rounds but the last, of a message without a batch: round keys from memory, the last one stays in
; KEY. The key's length is the same for all batches of a message, so the branches are predicted.
%macro rounds_alone 2
%assign r 0
%rep 14
%if r == 10
    cmp     dword [ctx + ROUNDS], 12
    jb      %%last
%elif r == 12
    je      %%last              ; AESENC leaves the flags alone
%endif
    broadcast_%1 %1 %+ KEY, [ctx + ROUND_KEYS + 16 * r]
    round   %1, %2, r, KEY
%assign r r + 1
%endrep
%%last:
    broadcast_%1 %1 %+ KEY, [ctx + LAST_KEY]
%endmacro

; All rounds of a message's first batch but the last: round keys from memory, into the registers where
; what follows finds them. %1: what else is to be done behind round %2.
%macro rounds_first 0-2 nop, -1
%assign r 0
%rep 14
%assign k KEYS + r
%if r == 10
    cmp     dword [ctx + ROUNDS], 12
    jb      %%last
%elif r == 12
    je      %%last              ; AESENC leaves the flags alone
%endif
    vbroadcasti32x4 zmm %+ k, [ctx + ROUND_KEYS + 16 * r]
    round   zmm, LANES, r, k
%if r == %2
    %1
%endif
%assign r r + 1
%endrep
%%last:
    vbroadcasti32x4 zmm %+ LAST, [ctx + LAST_KEY]
%endmacro

; All rounds but the last, with the keys from there. %3: what else is to be done behind round %4; %5: 2
; where the first round is shared.
%macro rounds_after 2-5 nop, -1, 0
%assign r %5
%rep 14 - r
%assign k KEYS + r
%if r == 10
    cmp     dword [ctx + ROUNDS], 12
    jb      %%last
%elif r == 12
    je      %%last              ; AESENC leaves the flags alone
%endif
    round   %1, %2, r, k
%if r == %4
    %3
%endif
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
    xor_blocks %1, t, %4, [in + SIZE_%1 * i]
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

; The same for the first %2 registers, more than four in halves, and seven by twos in a message without
; a batch where 512 bits are encrypted twice a cycle. %3: number of the last round key's register; %4:
; instruction that stores.
%macro finish 4
%if WIDE && %2 == 7 && %3 == KEY
    finish_group %1, 0, 2, %3, %4
    finish_group %1, 2, 2, %3, %4
    finish_group %1, 4, 2, %3, %4
    finish_group %1, 6, 1, %3, %4
%elif %2 > 4
    finish_group %1, 0, %2 - (%2) / 2, %3, %4
    finish_group %1, %2 - (%2) / 2, (%2) / 2, %3, %4
%else
    finish_group %1, 0, %2, %3, %4
%endif
%endmacro

; A batch at a crossing (see count_batch). %1: its name there.
%macro crossing_batch 1
.crossing_%1:
    crossing_blocks zmm, LANES
    vpxorq  zmm %+ BASE, zmm %+ BASE, zmm %+ CHANGE
    jmp     .%1_counted
%endmacro

; The columns of the next batch.
%macro columns 0
    vpxorq  zmm %+ COLUMNS_0, zmm %+ LAST_BYTE, zmm %+ WHITE
    vpaddb  zmm %+ COLUMNS_1, zmm %+ LAST_BYTE, [column_steps]
    vpxorq  zmm %+ COLUMNS_1, zmm %+ COLUMNS_1, zmm %+ WHITE
    vpaddb  zmm %+ LAST_BYTE, zmm %+ LAST_BYTE, [column_steps + 64]
    vaesenc zmm %+ COLUMNS_0, zmm %+ COLUMNS_0, [prefix_masks]  ; no key: zeros
    vaesenc zmm %+ COLUMNS_1, zmm %+ COLUMNS_1, [prefix_masks]
%endmacro

; Register %1 = the first round of BASE's prefix.
%macro share 1
%assign second KEYS + 1
    vbroadcasti32x4 zmm %+ %1, [ctx + ROUND_KEYS]
    vpxorq  zmm %+ %1, zmm %+ %1, zmm %+ BASE
    vpandq  zmm %+ %1, zmm %+ %1, [prefix_bytes]
    vporq   zmm %+ %1, zmm %+ %1, [last_byte_zero]
    vaesenc zmm %+ %1, zmm %+ %1, zmm %+ second
%endmacro

; What the first shared batch needs, from BASE.
%macro begin_sharing 0
    vpshufb zmm %+ LAST_BYTE, zmm %+ BASE, [last_bytes]
    vpshufb zmm %+ WHITE, zmm %+ KEYS, [last_bytes]
    vpaddb  zmm %+ LAST_BYTE, zmm %+ LAST_BYTE, [column_places]
    share   SHARED
    columns
%endmacro

; The first round of a batch. VPSHUFB and VPXORQ by turns: in ranks they take slots from the AES units
; (Zen 5: 6 %).
%macro shared_round 0
%assign i 0
%rep LANES
%assign s STATE + i
%if i < 4
    vpshufb zmm %+ s, zmm %+ COLUMNS_0, [column_masks + 64 * (i & 3)]
%else
    vpshufb zmm %+ s, zmm %+ COLUMNS_1, [column_masks + 64 * (i & 3)]
%endif
    vpxorq  zmm %+ s, zmm %+ s, zmm %+ SHARED
%assign i i + 1
%endrep
%endmacro

; Last round, text and store of a batch. %1: instruction that stores.
%macro finish_batch 1
    finish  zmm, LANES, LAST, %1
    add     in, BYTES
    add     out, BYTES
    sub     n, BYTES
%endmacro

; All whole batches behind the first one. %1: the loop's label; %2: instruction that stores.
%macro shared_batches 2
align 64
.%1:
    cmp     low_byte, 256 - BLOCKS
    jae     .crossing_%1        ; equal: not in this batch, but in the base of the next
    shared_round
    add     low_half, BLOCKS
.%1_counted:
    vpaddb  zmm %+ BASE, zmm %+ BASE, [steps_zmm + 64 * LANES]
    rounds_after zmm, LANES, columns, COLUMNS_AFTER, 2
    finish_batch %2
    cmp     n, BYTES
    jae     .%1
%endmacro

; One of them at a crossing.
%macro shared_crossing 1
.crossing_%1:
    change_of_prefix zmm, PASSING
    vpxorq  zmm %+ BASE, zmm %+ BASE, zmm %+ PASSING
    shared_round
    share   PASSING
    vpxorq  zmm %+ SHARED, zmm %+ SHARED, zmm %+ PASSING    ; what it changes in the first round
    add_behind_crossing zmm, LANES, SHARED
    vmovdqa64 zmm %+ SHARED, zmm %+ PASSING
    jmp     .%1_counted
%endmacro

; ---------------------------------------------------------------------- the end of a message

; k1 = the bytes of a partial register, of which n is left as the number.
%macro mask_of_rest 1
    mov     r9, -1
    and     n32, SIZE_%1 - 1
    bzhi    r9, r9, n
    kmovq   k1, r9
%endmacro

; Last round, text and store of the partial register, number %2. %3: number of the last round key's
; register.
%macro finish_partial 3
%assign s STATE + %2
    vmovdqu8 %1 %+ WINDOW{k1}{z}, [in + SIZE_%1 * (%2)]
    xor_blocks %1, WINDOW, %3, %1 %+ WINDOW
    vaesenclast %1 %+ s, %1 %+ s, %1 %+ WINDOW
    vmovdqu8 [out + SIZE_%1 * (%2)]{k1}, %1 %+ s
%endmacro

; The last %2 registers, of which the last one may be partial. %3: alone or after, whether in a message
; without a batch or after one.
%macro end_of_message 3
%assign whole %2 - 1            ; registers, where one is partial
%ifidn %3, alone
%assign last_key KEY
%else
%assign last_key LAST
%endif
align 16
.%3_%1%2:
    counter_blocks %1, %2
.counted_%3_%1%2:
    test    n32, SIZE_%1 - 1
    jnz     %%partial
    rounds_%3 %1, %2
    finish  %1, %2, last_key, move_%1
    vzeroupper
    ret
%%partial:
; Where the mask is made, and when the partial register is finished, decides over one to four cycles
; (Zen 4): the mask behind the rounds. The register behind the others where they have 256 bits; with
; 512 between their halves, the smaller one first, but alone from 6 registers on before them. In
; ranks, which the narrower kernels finish a batch in, 512-bit batches take 1 to 7 % more. Where 512
; bits are encrypted twice a cycle it is behind the others too, if alone: up to 1 cycle (Zen 5).
    rounds_%3 %1, %2
    mask_of_rest %1
%ifidn %1, ymm
%assign behind 1
%assign before 0
%elifidn %3, alone
%assign behind WIDE
%assign before whole >= 5
%else
%assign behind 0
%assign before 0
%endif
%if behind
    finish  %1, whole, last_key, move_%1
    finish_partial %1, whole, last_key
%else
%if before
    finish_partial %1, whole, last_key
%endif
    finish_group %1, 0, whole / 2, last_key, move_%1
%if !before
    finish_partial %1, whole, last_key
%endif
    finish_group %1, whole / 2, whole - whole / 2, last_key, move_%1
%endif
    vzeroupper
    ret
%endmacro

; To %1<registers>, for a message of less than a batch in 512-bit registers.
%macro to_zmm 1
%if YMM_ALONE < 256
    to_registers %1, 64
%else
    to_5_to_8_registers %1, 64
%endif
%endmacro

; ---------------------------------------------------------------------- the function

function NAME
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
    ja      .crossing_ymm
%if YMM_ALONE > 32
    to_registers .alone_ymm, 32
%endif
%assign registers 1
%rep YMM_ALONE / 32
    end_of_message ymm, %[registers], alone
%assign registers registers + 1
%endrep
.crossing_ymm:
    load_number
    crossing_blocks ymm, 8
%if YMM_ALONE > 32
    to_registers .counted_alone_ymm, 32
%else
    jmp     .counted_alone_ymm1
%endif

.zmm_alone:
    vbroadcasti32x4 zmm %+ BASE, [counter]
    vpaddb  zmm %+ BASE, zmm %+ BASE, [places]
    cmp     n, BYTES
    jb      .zmm
    load_number
    balance_units 2, vpaddb xmm %+ CHANGE, xmm %+ CHANGE, xmm %+ CHANGE

    cmp     n, 2 * BYTES
    jae     .first_batch

; A batch by itself.
align 64
    count_batch batch, BLOCKS, counter_blocks zmm, LANES
    rounds_first
    vpaddb  zmm %+ BASE, zmm %+ BASE, [steps_zmm + 64 * LANES]
    finish_batch vmovdqu64
.rest:
    test    n, n
    jz      .done
    cmp     low_byte, 256 - BLOCKS      ; as many blocks as the message may have here
    ja      .crossing_after
    cmp     n, YMM_AFTER
    jbe     .after_ymm1
    to_registers .after_zmm, 64

.done:
    vzeroupper
    ret

.zmm:
    cmp     byte [counter + 15], 256 - BLOCKS
    ja      .crossing_zmm
    to_zmm  .alone_zmm

    crossing_batch batch

; The first of several batches.
align 64
.first_batch:
    count_batch first, BLOCKS, counter_blocks zmm, LANES
    vpaddb  zmm %+ BASE, zmm %+ BASE, [steps_zmm + 64 * LANES]
    rounds_first begin_sharing, SHARE_AFTER
    finish_batch vmovdqu64
    cmp     n, STREAMED - BYTES
    jae     .perhaps_streamed
    shared_batches shared, vmovdqu64
.after_shared:
    vbroadcasti32x4 zmm %+ KEYS, [ctx + ROUND_KEYS]     ; COLUMNS_1 was there
    jmp     .rest

    crossing_batch first
    shared_crossing shared

; Stores past the caches: to whole cache lines, and not to those that the text has just fetched.
align 16
.perhaps_streamed:
    test    out, 63
    jnz     .shared
    cmp     in, out
    je      .shared
    shared_batches streamed, vmovntdq
    sfence                      ; such stores are not in order by themselves
    jmp     .after_shared
    shared_crossing streamed

.crossing_after:
    crossing_blocks zmm, 8
    cmp     n, YMM_AFTER
    jbe     .counted_after_ymm1
    to_registers .counted_after_zmm, 64

.crossing_zmm:
    load_number
    crossing_blocks zmm, 8
    to_zmm  .counted_alone_zmm

%assign registers YMM_ALONE / 64 + 1
%rep LANES - YMM_ALONE / 64
    end_of_message zmm, %[registers], alone
%assign registers registers + 1
%endrep
    end_of_message ymm, 1, after
%assign registers 1
%rep 8
    end_of_message zmm, %[registers], after
%assign registers registers + 1
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
align 64
    shared_tables 4
prefix_masks:
    crossing_masks BLOCKS
