; SPDX-License-Identifier: Apache-2.0
; Computes:  AES-CTR, 128-, 192- and 256-bit keys.
; Technique: AES-NI, 8 blocks in flight, 1 to 9 at the end of a message. The next counter block is one
;            PADDB (see kernel.inc). The end of a message that is no whole block is written in one
;            piece with the end of the block before.
; Cost:      13, 15 or 17 vector instructions a block. Three of them are beside the rounds (PADDB,
;            PXOR, PXOR), where a counter in little-endian lanes needs a PSHUFB more. Zen 4, 8 and
;            64 KiB: 0.313 and 0.439 cycles/byte for AES-128 and AES-256, where the AES units allow
;            0.3125 and 0.4375.
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

section .text align=64

%define blocks    r9d           ; at the end of a message: blocks left, a partial one included

%define LANES     8             ; state of block i of a batch: xmm<i>
%define base      xmm8          ; next counter block, big-endian
%define round_key xmm10
%define TEXT      11            ; text of four blocks: xmm11 to xmm14
%define text      xmm11
%define window    xmm9          ; last 16 bytes of the text, where its end is a partial block
%define masked    xmm11         ; at a crossing
%define change    xmm15         ; of the prefix, there

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

; The next blocks at a crossing: from some place on they have another prefix. The number goes on by a
; batch.
%macro crossing_blocks 1
    cross  LANES
    movq   change, change_high
    movq   masked, change_low
    punpcklqdq change, masked
    lea    r10, [prefix_masks]
    add    crossed, r10
    counter_blocks %1
%assign i 0
%rep %1
    movdqu masked, [crossed + 16 * i]
    pand   masked, change
    pxor   xmm %+ i, masked
%assign i i + 1
%endrep
%endmacro

; One round of all blocks. %2: number of the round.
%macro round 2
%if %1 == 1
    aesenc xmm0, [ctx + ROUND_KEYS + 16 * (%2)]
%else
    movdqa round_key, [ctx + ROUND_KEYS + 16 * (%2)]
%assign i 0
%rep %1
    aesenc xmm %+ i, round_key
%assign i i + 1
%endrep
%endif
%endmacro

; All rounds but the last; afterwards round_key is the last one's. The key's length is the same for
; all batches of a message, so the two branches are predicted.
%macro rounds 1
    whiten %1
%assign r 1
%rep 9
    round %1, r
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

; Last round, text and store of the first %1 blocks, one after the other.
%macro finish_in_file 1
%assign i 0
%rep %1
    movdqu     text, [in + 16 * i]
    aesenclast xmm %+ i, round_key
    pxor       xmm %+ i, text
    movdqu     [out + 16 * i], xmm %+ i
%assign i i + 1
%endrep
%endmacro

; Last round and text of blocks %1 to %1 + %2 - 1, at most four. The text is added to the last round
; key, so that AESENCLAST adds it, and instructions of a kind stand together. In single file, as
; above, the XORs take slots from the AES units wherever a neighbour on the core's other thread leaves
; a batch less room to overlap with the next one: 2 to 3 % of the whole.
%macro last_round 2
%assign i %1
%assign t TEXT
%rep %2
    movdqu     xmm %+ t, [in + 16 * i]
    pxor       xmm %+ t, round_key
%assign i i + 1
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

%macro store_blocks 2
%assign i %1
%rep %2
    movdqu     [out + 16 * i], xmm %+ i
%assign i i + 1
%endrep
%endmacro

%macro finish_batch 0
    last_round 0, 4
    last_round 4, 4
    store_blocks 0, LANES
%endmacro

; The end of a message of %1 whole blocks. Zen 4: in halves, six of them take 5 cycles less behind
; five batches; two take one less in single file.
%macro finish_end 1
%if %1 > 2
%assign half (%1 + 1) / 2
%assign rest %1 - half
    last_round 0, half
    store_blocks 0, half
    last_round half, rest
    store_blocks half, rest
%else
    finish_in_file %1
%endif
%endmacro

; ---------------------------------------------------------------------- the function

function caes_asm_aesni
    cmp    n, 16
    ja     .blocks
    test   n, n
    jz     .done
    movdqu xmm0, [counter]      ; nothing to count
.counted1:
    rounds 1
    aesenclast xmm0, round_key
    test   n32, 15
    jz     .block
; A partial block with no other in reach, keystream in xmm0: two pieces that overlap.
    lea    rsi, [slide + 16]
    cmp    n, 8
    jb     .under8
    movdqu xmm1, [rsi + n - 8]
    movq   rax, xmm0
    pshufb xmm0, xmm1
    movq   r9, xmm0
    store_both_ends rax, r9, 8
.block:
    movdqu text, [in]
    pxor   xmm0, text
    movdqu [out], xmm0
.done:
    ret
.under8:
    cmp    n, 4
    jb     .under4
    movdqu xmm1, [rsi + n - 4]
    movd   eax, xmm0
    pshufb xmm0, xmm1
    movd   r9d, xmm0
    store_both_ends eax, r9d, 4
.under4:
    movd   eax, xmm0
    store_under4

.count1:
    movdqa xmm0, base
    jmp    .counted1

align 16
.blocks:
    movdqu base, [counter]
    cmp    n, 16 * LANES
    jb     .short
    load_number
    cmp    n, 16 * (LANES + 1)
    jbe    .last_batch

align 64
.batch:
    cmp    low_byte, 256 - LANES
    jae    .crossing_batch      ; equal: not in this batch, but in the base of the next
    counter_blocks LANES
    add    low_half, LANES
.batch_counted:
    paddb  base, [increments + 16 * LANES]
    rounds LANES
    finish_batch
    add    in, 16 * LANES
    add    out, 16 * LANES
    sub    n, 16 * LANES
    cmp    n, 16 * (LANES + 1)
    ja     .batch
    cmp    n, 16 * LANES
    jae    .last_batch
    test   n, n
    jz     .done
    cmp    low_byte, 256 - LANES        ; as many blocks as the message may have here
    ja     .crossing
    jmp    .end_of_message

.short:
    cmp    byte [counter + 15], 256 - LANES
    ja     .crossing_number

; 1 to 127 bytes: 1 to 8 blocks side by side.
.end_of_message:
    lea    blocks, [n + 15]
    shr    blocks, 4
; Goes to %1<blocks>.
%macro to_blocks 1
    cmp    blocks, 4
    ja     %%5_to_8
    je     %1 %+ 4
    cmp    blocks, 2
    jb     %1 %+ 1
    je     %1 %+ 2
    jmp    %1 %+ 3
%%5_to_8:
    cmp    blocks, 6
    jb     %1 %+ 5
    je     %1 %+ 6
    cmp    blocks, 8
    jb     %1 %+ 7
    jmp    %1 %+ 8
%endmacro
    to_blocks .count

; %1 blocks, at least 2, of which the last may be partial.
%macro end_of_message 1
%assign last %1 - 1
%assign previous %1 - 2
align 16
.count%1:
    counter_blocks %1
.counted%1:
    rounds %1
    test   n, 15
    jnz    .partial%1
    finish_end %1
    ret
.partial%1:
    movdqu window, [in + n - 16]        ; before a store may change it: in == out is allowed
    finish_in_file last
    aesenclast xmm %+ last, round_key
%if %1 > 2
    movdqa xmm0, xmm %+ previous
    movdqa xmm1, xmm %+ last
%endif
    jmp    .store_window
%endmacro

%assign lanes 2
%rep LANES - 1
    end_of_message %[lanes]
%assign lanes lanes + 1
%endrep

; xmm0 is the ciphertext of the block before, xmm1 the keystream of the partial one. The last 16
; bytes of the output are written in one piece: the end of the former, then the latter's.
align 16
.store_window:
    mov    eax, n32
    and    eax, 15
    lea    rsi, [slide + 16]
    movdqu xmm2, [rsi + rax]            ; from byte n % 16 to the front
    pshufb xmm0, xmm2
    movdqu xmm2, [rsi + rax - 16]       ; from the front to byte 16 - n % 16
    pshufb xmm1, xmm2
    ; The keystream's bytes are where the text's are; in front of them the window holds text of the
    ; block before, which is in the ciphertext already.
    pcmpeqd xmm3, xmm3
    pshufb xmm3, xmm2
    pand   window, xmm3
    pxor   xmm0, xmm1
    pxor   xmm0, window
    movdqu [out + n - 16], xmm0
    ret

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
    finish_batch
    last_round LANES, 1
    store_blocks LANES, 1
    ret
.partial_ninth:
    movdqu window, [in + n - 16]        ; before a store may change it: in == out is allowed
    finish_batch
    aesenclast base, round_key
    movdqa xmm0, xmm7
    movdqa xmm1, base
    jmp    .store_window

; The end of a message at a crossing.
align 16
.crossing_number:
    load_number
.crossing:
    crossing_blocks LANES
    lea    blocks, [n + 15]
    shr    blocks, 4
    to_blocks .counted

; A batch at a crossing.
align 16
.crossing_batch:
    crossing_blocks LANES
    pxor   base, change
    jmp    .batch_counted
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

prefix_masks:
    crossing_masks LANES

slide:
    slide_masks
