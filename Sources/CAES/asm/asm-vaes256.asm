; SPDX-License-Identifier: Apache-2.0
; Computes:  AES-CTR, 128-, 192- and 256-bit keys.
; Technique: VAES on 256-bit registers, 16 blocks in flight, round keys from memory, where a
;            broadcast costs no more than a load. Two counter blocks are one VPADDB; batches behind the
;            first one share their first round (see kernel.inc). Up to two blocks behind the last
;            batch go along with it. One block goes through 128-bit registers, a partial one is
;            written in two pieces that overlap.
; Cost:      9.25, 11.25 or 13.25 AES rounds for 2 blocks and 4.4 other vector instructions. Zen 5, 8
;            and 64 KiB: 0.151 and 0.218 cycles/byte for AES-128 and AES-256, where all rounds
;            of all blocks would take 0.1563 and 0.2188.
; Pays:      where there is VAES without AVX-512, or 512-bit instructions lower the clock: Zen 3,
;            Alder Lake and later, Ice Lake.
;
;   void caes_asm_vaes256(const void *ctx, const uint8_t counter[16],
;                         const uint8_t *in, uint8_t *out, size_t n);
;
; The contract is that of caes_kernel in caes.h. Needs VAES and AVX2. A leaf function: the stack is
; not touched. Branches depend on n, the number of rounds and the counter, never on key or text.

bits 64
default rel
%use smartalign
alignmode p6, 64
%include "kernel.inc"

section .text align=FUNCTION_ALIGNMENT

%define LANES     8             ; registers of a batch: ymm0 to ymm7
%define BLOCKS    (2 * LANES)
%define BYTES     (32 * LANES)
%define base      ymm8          ; next two counter blocks, big-endian
%define round_key ymm9
%define TEXT      10            ; text of four registers: ymm10 to ymm13
%define masked    ymm14
%define change    ymm15         ; of the prefix, at a crossing

; Of batches that share their first round (see kernel.inc).
%define columns0  ymm10         ; of the next four registers
%define columns1  ymm11         ; and of the four behind them
%define last_byte ymm12         ; of those blocks, in columns
%define white     ymm13         ; what round key 0 adds to them
%define shared    ymm14
%define passing   ymm9          ; at a crossing: another mask
%define COLUMNS_AFTER 6         ; rounds; 3 to 8 are within 3 % (Zen 5)
%define SHARE_AFTER   2         ; rounds of the first batch

; ---------------------------------------------------------------------- parts of a batch
; %1 is the number of registers throughout.

; state i = base + 2 i, where base's last byte does not overflow.
%macro counter_blocks 1
    vmovdqa ymm0, base
%assign i 1
%rep %1 - 1
    vpaddb  ymm %+ i, base, [steps + 32 * i]
%assign i i + 1
%endrep
%endmacro

; change: what a crossing changes in the prefix. The number goes on by a batch.
%macro change_of_prefix 0
    cross   BLOCKS
    vmovq   xmm15, change_high
    vpinsrq xmm15, xmm15, change_low, 1
    vinserti128 change, change, xmm15, 1
    lea     r9, [prefix_masks]
    add     crossed, r9
%endmacro

; Adds %2 to those blocks of the first %1 registers that lie behind the crossing. %3: what is masked.
%macro add_behind_crossing 3
%assign i 0
%rep %1
    vpand   %3, %2, [crossed + 32 * i]
    vpxor   ymm %+ i, ymm %+ i, %3
%assign i i + 1
%endrep
%endmacro

; The next blocks at a crossing: from some place on they have another prefix.
%macro crossing_blocks 1
    change_of_prefix
    counter_blocks %1
    add_behind_crossing %1, change, masked
%endmacro

; A batch at a crossing (see count_batch). %1: its name there.
%macro crossing_batch 1
.crossing_%1:
    crossing_blocks LANES
    vpxor   base, base, change
    jmp     .%1_counted
%endmacro

; The columns of the next batch.
%macro columns 0
    vpxor   columns0, last_byte, white
    vpaddb  columns1, last_byte, [column_steps]
    vpxor   columns1, columns1, white
    vpaddb  last_byte, last_byte, [column_steps + 32]
    vaesenc columns0, columns0, [prefix_masks]  ; no key: zeros
    vaesenc columns1, columns1, [prefix_masks]
%endmacro

; %1 = the first round of base's prefix. %2: round keys.
%macro share 2
    vbroadcasti128 %2, [ctx + ROUND_KEYS]
    vpxor   %1, base, %2
    vbroadcasti128 %2, [ctx + ROUND_KEYS + 16]
    vpand   %1, %1, [prefix_bytes]
    vpor    %1, %1, [last_byte_zero]
    vaesenc %1, %1, %2
%endmacro

; What the first shared batch needs, from base.
%macro begin_sharing 0
    vbroadcasti128 white, [ctx + ROUND_KEYS]
    vpshufb last_byte, base, [last_bytes]
    vpshufb white, white, [last_bytes]
    vpaddb  last_byte, last_byte, [column_places]
    share   shared, columns0
    columns
%endmacro

; The first round of a batch. VPSHUFB and VPXOR by turns: in ranks they take slots from the AES units
; (Zen 5: 6 %).
%macro shared_round 0
%assign i 0
%rep LANES
%if i < 4
    vpshufb ymm %+ i, columns0, [column_masks + 32 * (i & 3)]
%else
    vpshufb ymm %+ i, columns1, [column_masks + 32 * (i & 3)]
%endif
    vpxor   ymm %+ i, ymm %+ i, shared
%assign i i + 1
%endrep
%endmacro

; One round of all blocks. %2: number of the round.
%macro round 2
    vbroadcasti128 round_key, [ctx + ROUND_KEYS + 16 * (%2)]
%assign i 0
%rep %1
    vaesenc ymm %+ i, ymm %+ i, round_key
%assign i i + 1
%endrep
%endmacro

; All rounds but the last; afterwards round_key is the last one's. The key's length is the same for
; all batches of a message, so the two branches are predicted. %2: what else is to be done behind
; round %3; %4: 2 where the first round is shared.
%macro rounds 1-4 nop, 0, 1
%if %4 == 1
    vbroadcasti128 round_key, [ctx + ROUND_KEYS]
%assign i 0
%rep %1
    vpxor   ymm %+ i, ymm %+ i, round_key
%assign i i + 1
%endrep
%endif
%assign r %4
%rep 10 - r
    round   %1, r
%if r == %3
    %2
%endif
%assign r r + 1
%endrep
    cmp     dword [ctx + ROUNDS], 12
    jb      %%last
    round   %1, 10
    round   %1, 11
    je      %%last              ; AESENC leaves the flags alone
    round   %1, 12
    round   %1, 13
%%last:
    vbroadcasti128 round_key, [ctx + LAST_KEY]
%endmacro

; Last round, text and store of registers %1 to %1 + %2 - 1, at most four. The text is added to the
; last round key, so that VAESENCLAST adds it; instructions of a kind stand together, because in
; single file they take slots from the AES units.
%macro finish_group 2
%assign i %1
%assign t TEXT
%rep %2
    vpxor   ymm %+ t, round_key, [in + 32 * i]
%assign i i + 1
%assign t t + 1
%endrep
%assign i %1
%assign t TEXT
%rep %2
    vaesenclast ymm %+ i, ymm %+ i, ymm %+ t
%assign i i + 1
%assign t t + 1
%endrep
    store_registers %1, %2
%endmacro

%macro store_registers 2
%assign i %1
%rep %2
    vmovdqu [out + 32 * i], ymm %+ i
%assign i i + 1
%endrep
%endmacro

; The same for the first %1 registers, more than four in halves. Those of a batch in ranks: all last
; rounds, behind them the texts. Ready early, as above, they take slots from the AES units while these
; have all they need; behind VAESENCLAST they wait for a time when the units drain. Zen 4: 1 to 3.6 %
; at 512 bytes to 2 KiB.
%macro finish 1
%if %1 >= LANES
%assign i 0
%rep %1
    vaesenclast ymm %+ i, ymm %+ i, round_key
%assign i i + 1
%endrep
%assign i 0
%rep %1
    vpxor   ymm %+ i, ymm %+ i, [in + 32 * i]
%assign i i + 1
%endrep
    store_registers 0, %1
%elif %1 > 4
%assign half (%1 + 1) / 2
%assign rest %1 - half
    finish_group 0, half
    finish_group half, rest
%else
    finish_group 0, %1
%endif
%endmacro

; Last round, text and store of a batch.
%macro finish_batch 0
    finish  LANES
    add     in, BYTES
    add     out, BYTES
    sub     n, BYTES
%endmacro

; 1 to 15 bytes, keystream in xmm0: two pieces that overlap.
%macro finish_under16 0
    lea     rsi, [slide + 16]
    cmp     n32, 8
    jb      %%under8
    vpshufb xmm1, xmm0, [rsi + n - 8]   ; from byte n - 8 to the front
    vmovq   rax, xmm0
    vmovq   r9, xmm1
    store_both_ends rax, r9, 8
%%under8:
    cmp     n32, 4
    jb      %%under4
    vpshufb xmm1, xmm0, [rsi + n - 4]
    vmovd   eax, xmm0
    vmovd   r9d, xmm1
    store_both_ends eax, r9d, 4
%%under4:
    vmovd   eax, xmm0
    store_under4
%endmacro

; ---------------------------------------------------------------------- the function

function caes_asm_vaes256
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
    je      .block
.under16:
    finish_under16
.block:
    vpxor   xmm0, xmm0, [in]
    vmovdqu [out], xmm0
.nothing:
    ret

align 32
.registers:
    cmp     n, 32
    jbe     .one_register
.more:                          ; or a crossing
    vbroadcasti128 base, [counter]
    vpaddb  base, base, [places]
    cmp     n, BYTES
    jae     .batches
    cmp     byte [counter + 15], 256 - BLOCKS   ; as many blocks as the message may have here
    ja      .crossing_number
    jmp     .end_of_message

.batches:
    balance_units 2, vpaddb masked, masked, masked
    load_number
    cmp     n, 2 * BYTES
    jae     .first_batch
    cmp     n, BYTES + 32
    jbe     .last_batch

; A batch by itself.
align 64
.batch:
    count_batch batch, BLOCKS, counter_blocks LANES
    vpaddb  base, base, [steps + 32 * LANES]
    rounds  LANES
    finish_batch
.rest:
    test    n, n
    jz      .done
    cmp     low_byte, 256 - BLOCKS
    ja      .crossing

; 1 to 255 bytes: 1 to 8 registers side by side.
.end_of_message:
    to_registers .count, 32

; %1 registers, of which the last may be partial.
%macro end_of_message 1
%assign last %1 - 1
align 16
.count%1:
    counter_blocks %1
.counted%1:
%if %1 == 2
    balance_units 2, vpaddb masked, masked, masked
%endif
    rounds  %1
    test    n, 31
    jnz     .partial%1
    finish  %1
    vzeroupper
    ret
.partial%1:
    vaesenclast ymm %+ last, ymm %+ last, round_key     ; first, for it has the longest way to go
    finish  last
    vmovdqa ymm0, ymm %+ last
    add     in, 32 * last
    add     out, 32 * last
    jmp     .partial
%endmacro

%assign lanes 2
%rep LANES - 1
    end_of_message %[lanes]
%assign lanes lanes + 1
%endrep

; 17 to 32 bytes.
align 32
.one_register:
    cmp     byte [counter + 15], 255
    je      .more               ; a crossing
    vbroadcasti128 ymm0, [counter]
    vpaddb  ymm0, ymm0, [places]
; One register, which may be partial.
.counted1:
    rounds  1
    test    n, 31
    jnz     .partial_alone
    finish  1
    vzeroupper
    ret
.count1:
    vmovdqa ymm0, base
    jmp     .counted1

; The first of several batches.
align 64
.first_batch:
    count_batch first, BLOCKS, counter_blocks LANES
    vpaddb  base, base, [steps + 32 * LANES]
    rounds  LANES, begin_sharing, SHARE_AFTER
    finish_batch

align 64
.shared_batch:
    cmp     low_byte, 256 - BLOCKS
    jae     .crossing_shared
    shared_round
    add     low_half, BLOCKS
.shared_counted:
    vpaddb  base, base, [steps + 32 * LANES]
    rounds  LANES, columns, COLUMNS_AFTER, 2
    finish_batch
    cmp     n, BYTES + 32
    ja      .shared_batch
    cmp     n, BYTES
    je      .shared_batch
    jb      .rest

; A batch and up to one register: that one goes along, where alone it would keep the AES units waiting
; for each round. Its blocks are the base of the next batch.
.last_batch:
    cmp     n, BYTES
    je      .batch              ; nothing goes along
    cmp     low_byte, 256 - BLOCKS - 2
    ja      .batch              ; a crossing: apart
    counter_blocks LANES
    vpaddb  base, base, [steps + 32 * LANES]
    rounds  LANES + 1
    cmp     n, BYTES + 32
    jne     .partial_ninth
    finish  LANES
    finish_group LANES, 1
    vzeroupper
    ret
.partial_ninth:
    vaesenclast base, base, round_key
    finish LANES
    vmovdqa ymm0, base
    add     in, BYTES
    add     out, BYTES
    jmp     .partial

; The end of a message at a crossing.
.crossing_number:
    load_number
.crossing:
    crossing_blocks LANES
    to_registers .counted, 32

; Batches at a crossing.
    crossing_batch batch
    crossing_batch first
.crossing_shared:
    change_of_prefix
    vpxor   base, base, change
    shared_round
    share   change, passing
    vpxor   shared, shared, change      ; what it changes in the first round
    add_behind_crossing LANES, shared, passing
    vmovdqa shared, change
    jmp     .shared_counted

; The end of a message that is partial, with the keystream of two blocks in ymm0: out of the way of
; the short messages above.
align 16
.partial:
    and     n32, 31
    cmp     n32, 16
    jb      .partial_block
    vpxor   xmm1, xmm0, [in]
    vmovdqu [out], xmm1
    je      .done
    vextracti128 xmm0, ymm0, 1
    add     in, 16
    add     out, 16
    sub     n32, 16
.partial_block:
    vzeroupper
    finish_under16

; The same where these are all that is left: nothing else keeps the AES units busy meanwhile, and the
; last 16 of 17 to 31 bytes are written in one piece, over the end of the block before.
align 16
.partial_alone:
    vaesenclast ymm0, ymm0, round_key
    vextracti128 xmm1, ymm0, 1
    vzeroupper
    and     n32, 31
    cmp     n32, 16
    jb      .under16
    je      .block
    lea     rsi, [slide + 16]
    vmovdqu xmm2, [in + n - 16]         ; before a store may change it: in == out is allowed
    vpshufb xmm3, xmm0, [rsi + n - 16]  ; from byte n - 16 to the front
    vpshufb xmm1, xmm1, [rsi + n - 32]  ; to the back by 32 - n
    vpxor   xmm0, xmm0, [in]
    vpxor   xmm1, xmm1, xmm3
    vpxor   xmm1, xmm1, xmm2
    vmovdqu [out], xmm0
    vmovdqu [out + n - 16], xmm1
    ret

.done:
    vzeroupper
    ret
.end:

align 32
; Each block's place in its pair.
places:
    times 31 db 0
    db 1
; 2 i in the last byte of both blocks.
steps:
%assign i 0
%rep LANES + 1
%rep 2
    times 15 db 0
    db 2 * i
%endrep
%assign i i + 1
%endrep
    shared_tables 2
prefix_masks:
    crossing_masks BLOCKS

slide:
    slide_masks
