; SPDX-License-Identifier: Apache-2.0
; Computes:  AES-CTR, 128-, 192- and 256-bit keys.
; Technique: AES-NI, 8 blocks in flight, 1 to 9 at the end of a message. The next counter block is one
;            PADDB; batches behind the first one share their first round (see kernel.inc). The end of
;            a message that is no whole block is written in two pieces that overlap.
; Cost:      9.25, 11.25 or 13.25 AES rounds a block and 4.4 other vector instructions. Zen 5, 8 and
;            64 KiB: 0.301 and 0.436 cycles/byte for AES-128 and AES-256, where all rounds of
;            all blocks would take 0.3125 and 0.4375.
; Pays:      on every x86-64 CPU since 2010; those with VAES have something better.
;
;   void caes_asm_aesni(const void *ctx, const uint8_t counter[16],
;                       const uint8_t *in, uint8_t *out, size_t n);
;
; The contract is that of caes_kernel in caes.h. Needs AES and SSSE3. A leaf function: the stack is
; not touched. Branches depend on n, the number of rounds and the counter, never on key or text.

bits 64
default rel
%use smartalign
alignmode p6, 64
%include "kernel.inc"

section .text align=FUNCTION_ALIGNMENT

%define LANES     8             ; state of block i of a batch: xmm<i>
%define base      xmm8          ; next counter block, big-endian
%define spare     xmm9
%define round_key xmm10
%define TEXT      11            ; text of four blocks: xmm11 to xmm14
%define text      xmm11
%define masked    xmm11         ; at a crossing
%define change    xmm15         ; of the prefix, there

; Of batches that share their first round (see kernel.inc).
%define columns0  xmm9          ; of the next four blocks
%define columns1  xmm15         ; and of the four behind them
%define last_byte xmm12         ; of those blocks, in columns
%define white     xmm13         ; what round key 0 adds to them
%define shared    xmm14
%define passing   xmm10         ; at a crossing: change, then the next shared
%define COLUMNS_AFTER 6         ; rounds; 3 to 8 are within 3 % (Zen 5)
%define SHARE_AFTER   3         ; rounds of the first batch

; ---------------------------------------------------------------------- parts of a batch
; %1 is the number of blocks throughout.

; state i = base + i, where base's last byte does not overflow.
%macro counter_blocks 1
%assign i 0
%rep %1
    movdqa xmm %+ i, base
%if i > 0
    paddb  xmm %+ i, [increments + 16 * i]
%endif
%assign i i + 1
%endrep
%endmacro

; The key comes from memory: from a register, AES-128 takes 1 % more on Zen 4.
%macro whiten 1
%assign i 0
%rep %1
    pxor xmm %+ i, [ctx + ROUND_KEYS]
%assign i i + 1
%endrep
%endmacro

; At a crossing the number goes on by a batch. %1: register for what that changes in the prefix.
%macro change_of_prefix 1
    cross  LANES
    movq   %1, change_high
    movq   masked, change_low
    punpcklqdq %1, masked
    lea    r10, [prefix_masks]
    add    crossed, r10
%endmacro

; Adds %2 to those of the first %1 blocks that lie behind the crossing.
%macro add_behind_crossing 2
%assign i 0
%rep %1
    movdqu masked, [crossed + 16 * i]
    pand   masked, %2
    pxor   xmm %+ i, masked
%assign i i + 1
%endrep
%endmacro

; The next blocks at a crossing: from some place on they have another prefix.
%macro crossing_blocks 1
    change_of_prefix change
    counter_blocks %1
    add_behind_crossing %1, change
%endmacro

; A batch at a crossing (see count_batch). %1: its name there.
%macro crossing_batch 1
.crossing_%1:
    crossing_blocks LANES
    pxor   base, change
    jmp    .%1_counted
%endmacro

; The columns of the next batch.
%macro columns 0
    movdqa columns0, last_byte
    movdqa columns1, last_byte
    pxor   columns0, white
    paddb  columns1, [column_steps]
    paddb  last_byte, [column_steps + 16]
    pxor   columns1, white
    aesenc columns0, [prefix_masks]     ; no key: zeros
    aesenc columns1, [prefix_masks]
%endmacro

; %1 = the first round of base's prefix.
%macro share 1
    movdqa %1, base
    pxor   %1, [ctx + ROUND_KEYS]
    pand   %1, [prefix_bytes]
    por    %1, [last_byte_zero]
    aesenc %1, [ctx + ROUND_KEYS + 16]
%endmacro

; What the first shared batch needs, from base.
%macro begin_sharing 0
    movdqa white, [ctx + ROUND_KEYS]
    movdqa last_byte, base
    pshufb last_byte, [last_bytes]
    pshufb white, [last_bytes]
    paddb  last_byte, [column_places]
    share  shared
    columns
%endmacro

; The first round of a batch. PSHUFB and PXOR by turns: in ranks they take slots from the AES units
; (Zen 5: 6 %).
%macro shared_round 0
%assign i 0
%rep LANES
%if i < 4
    movdqa xmm %+ i, columns0
%else
    movdqa xmm %+ i, columns1
%endif
    pshufb xmm %+ i, [column_masks + 16 * (i & 3)]
    pxor   xmm %+ i, shared
%assign i i + 1
%endrep
%endmacro

; One round of all blocks. %2: number of the round.
%macro round 2
    movdqa round_key, [ctx + ROUND_KEYS + 16 * (%2)]
%assign i 0
%rep %1
    aesenc xmm %+ i, round_key
%assign i i + 1
%endrep
%endmacro

; All rounds but the last; afterwards round_key is the last one's. The key's length is the same for
; all batches of a message, so the two branches are predicted. %2: what else is to be done behind
; round %3; %4: 2 where the first round is shared.
%macro rounds 1-4 nop, 0, 1
%if %4 == 1
    whiten %1
%endif
%assign r %4
%rep 10 - r
    round %1, r
%if r == %3
    %2
%endif
%assign r r + 1
%endrep
    cmp   dword [ctx + ROUNDS], 12
    jb    %%last
    round %1, 10
    round %1, 11
    je    %%last                ; AESENC leaves the flags alone
    round %1, 12
    round %1, 13
%%last:
    movdqa round_key, [ctx + LAST_KEY]
%endmacro

; Last round, text and store of the first %1 blocks. From five on in ranks: all last rounds, behind
; them the texts, a block at a time. Added to the last round key instead, so that AESENCLAST adds
; them, the texts would be ready early and take slots from the AES units while these have all they
; need; behind AESENCLAST they wait for a time when the units drain. Zen 4, AES-256: 2.6 % at 1 KiB.
; Fewer than five have room for both.
%macro finish 1
%if %1 >= 5
%assign i 0
%rep %1
    aesenclast xmm %+ i, round_key
%assign i i + 1
%endrep
%assign i 0
%rep %1
    movdqu text, [in + 16 * i]
    pxor   text, xmm %+ i
    movdqu [out + 16 * i], text
%assign i i + 1
%endrep
%else
%assign half (%1 + 1) / 2
%assign rest %1 - half
    last_rounds 0, half
    store_blocks 0, half
    last_rounds half, rest
    store_blocks half, rest
%endif
%endmacro

; Last round and text in one, of blocks %1 to %1 + %2 - 1, at most four.
%macro last_rounds 2
%assign i %1
%assign t TEXT
%rep %2
    movdqu     xmm %+ t, [in + 16 * i]
%assign i i + 1
%assign t t + 1
%endrep
%assign t TEXT
%rep %2
    pxor       xmm %+ t, round_key
%assign t t + 1
%endrep
%assign i %1
%assign t TEXT
%rep %2
    aesenclast xmm %+ i, xmm %+ t
%assign i i + 1
%assign t t + 1
%endrep
%endmacro

; Last round, text and store of a batch.
%macro finish_batch 0
    finish LANES
    add    in, 16 * LANES
    add    out, 16 * LANES
    sub    n, 16 * LANES
%endmacro

%macro store_blocks 2
%assign i %1
%rep %2
    movdqu     [out + 16 * i], xmm %+ i
%assign i i + 1
%endrep
%endmacro

; ---------------------------------------------------------------------- the function

; Messages of one and of two blocks have a way of their own for each length of key, %1 rounds: what
; bounds them is not the AES units but branches that are taken, and the vector registers of all the
; messages in flight, so that a round key in a register is one too many.

; The keystream of %1 blocks, counted already, with %2 rounds.
%macro keystream 2
    whiten %1
%assign r 1
%rep %2 - 1
%assign i 0
%rep %1
    aesenc xmm %+ i, [ctx + ROUND_KEYS + 16 * r]
%assign i i + 1
%endrep
%assign r r + 1
%endrep
%assign i 0
%rep %1
    aesenclast xmm %+ i, [ctx + LAST_KEY]
%assign i i + 1
%endrep
%endmacro

; Text and store of block %1, which is keystream.
%macro finish_keystream 1
    movdqu text, [in + 16 * %1]
    pxor   text, xmm%1
    movdqu [out + 16 * %1], text
%endmacro

%macro one_block 1
.one_of_%1:
    keystream 1, %1
    test   n32, 15
    jnz    .under16
    finish_keystream 0
    ret
%endmacro

%macro two_blocks 1
.two_of_%1:
    keystream 2, %1
    finish_keystream 0
    test   n32, 15
    jnz    .second
    finish_keystream 1
    ret
%endmacro

function caes_asm_aesni
    cmp    n, 16
    ja     .blocks
    test   n, n
    jz     .done
    movdqu xmm0, [counter]      ; nothing to count
.counted1:
    cmp    dword [ctx + ROUNDS], 12
    je     .one_of_12
    ja     .one_of_14
    one_block 10
; The second of two blocks, partial, keystream in xmm1.
.second:
    movdqa xmm0, xmm1
    add    in, 16
    add    out, 16
; The last block of a message, partial, keystream in xmm0: two pieces that overlap.
.partial:
    and    n32, 15
.under16:
    cmp    n, 4
    jb     .under4
    lea    rsi, [slide + 16]
    cmp    n, 8
    jb     .under8
    movdqu xmm1, [rsi + n - 8]
    movq   rax, xmm0
    pshufb xmm0, xmm1
    movq   r9, xmm0
    store_both_ends rax, r9, 8
.under8:
    movdqu xmm1, [rsi + n - 4]
    movd   eax, xmm0
    pshufb xmm0, xmm1
    movd   r9d, xmm0
    store_both_ends eax, r9d, 4
.under4:
    movd   eax, xmm0
    store_under4

    one_block 14
    one_block 12
.done:
    ret

.count1:
    movdqa xmm0, base
    jmp    .counted1

align 16
.blocks:
    movdqu base, [counter]
    cmp    n, 32
    ja     .more
    cmp    byte [counter + 15], 255
    je     .crossing_number
.count2:
    counter_blocks 2
.counted2:
    cmp    dword [ctx + ROUNDS], 12
    je     .two_of_12
    ja     .two_of_14
    two_blocks 10
    two_blocks 14
    two_blocks 12

; More than two blocks.
align 16
.more:
    cmp    n, 16 * LANES
    jae    .long
    cmp    byte [counter + 15], 256 - LANES     ; as many blocks as the message may have here
    ja     .crossing_number
    cmp    n, 16 * 4
    ja     .count_5_to_8
    cmp    n, 16 * 3
    ja     .count4
; Falls through to .count3.

; %1 blocks of which the last may be partial.
%macro end_of_message 1
%assign last %1 - 1
%if %1 != 3
align 16
%endif
.count%1:
    counter_blocks %1
.counted%1:
    rounds %1
    test   n, 15
    jnz    .partial%1
    finish %1
    ret
.partial%1:
%if last <= 4                   ; there is room for all their texts: up to 1 cycle less (Zen 5)
    last_rounds 0, last
    aesenclast xmm %+ last, round_key
    store_blocks 0, last
%else
    aesenclast xmm %+ last, round_key   ; first, for it has the longest way to go
    finish last
%endif
    movdqa xmm0, xmm %+ last
    add    in, 16 * last
    add    out, 16 * last
    jmp    .partial
%endmacro

%assign lanes 3
%rep LANES - 2
    end_of_message %[lanes]
%assign lanes lanes + 1
%endrep

; A batch or more.
.long:
    balance_units 2, paddb spare, spare
    load_number
    cmp    n, 16 * 2 * LANES
    jae    .first_batch
    cmp    n, 16 * (LANES + 1)
    jbe    .last_batch

; A batch by itself.
align 64
.batch:
    count_batch batch, LANES, counter_blocks LANES
    paddb  base, [increments + 16 * LANES]
    rounds LANES
    finish_batch
.rest:
    test   n, n
    jz     .done
    cmp    low_byte, 256 - LANES        ; as many blocks as the message may have here
    ja     .crossing
; 1 to 127 bytes behind batches.
    to_registers .count, 16

; The first of several batches.
align 64
.first_batch:
    count_batch first, LANES, counter_blocks LANES
    paddb  base, [increments + 16 * LANES]
    rounds LANES, begin_sharing, SHARE_AFTER
    finish_batch

align 64
.shared_batch:
    cmp    low_byte, 256 - LANES
    jae    .crossing_shared
    shared_round
    add    low_half, LANES
.shared_counted:
    paddb  base, [increments + 16 * LANES]
    rounds LANES, columns, COLUMNS_AFTER, 2
    finish_batch
    cmp    n, 16 * (LANES + 1)
    ja     .shared_batch
    cmp    n, 16 * LANES
    je     .shared_batch
    jb     .rest

; A batch and up to one block: that one goes along, where alone it would keep the AES units waiting
; for each round. It is the base of the next batch.
.last_batch:
    cmp    n, 16 * LANES
    je     .batch               ; nothing goes along
    cmp    low_byte, 256 - LANES - 1
    ja     .batch               ; a crossing: apart
    counter_blocks LANES
    paddb  base, [increments + 16 * LANES]
    rounds LANES + 1
    cmp    n, 16 * (LANES + 1)
    jb     .partial_ninth
    finish LANES
    last_rounds LANES, 1
    store_blocks LANES, 1
    ret
.partial_ninth:
    aesenclast base, round_key
    finish LANES
    movdqa xmm0, base
    add    in, 16 * LANES
    add    out, 16 * LANES
    jmp    .partial

; The end of a message at a crossing.
align 16
.crossing_number:
    load_number
.crossing:
    crossing_blocks LANES
    to_registers .counted, 16

; Batches at a crossing.
align 16
    crossing_batch batch
    crossing_batch first
.crossing_shared:
    change_of_prefix passing
    pxor   base, passing
    shared_round
    share  passing
    pxor   shared, passing      ; what it changes in the first round
    add_behind_crossing LANES, shared
    movdqa shared, passing
    jmp    .shared_counted
.end:

align 16
; Block i of a batch is i further: added to the last byte of a counter block.
increments:
%assign i 0
%rep LANES + 1
    times 15 db 0
    db i
%assign i i + 1
%endrep

    shared_tables 1

prefix_masks:
    crossing_masks LANES

slide:
    slide_masks
