; SPDX-License-Identifier: Apache-2.0
; Computes:  what the right function computes, whose address stands at the beginning of the context.
; Technique: each breaks one rule on the way, as named; wrong_assembly.h has the rest.

bits 64
default rel

section .text align=64

%define PREFIX 64

%macro wrong 1
global %1:function (%1.end - %1)
align 16
%1:
%endmacro

; Goes on as the right function.
%macro go_on 0
    add     rdi, PREFIX
    jmp     [rdi - PREFIX]
.end:
%endmacro

; Calls the right function, and comes back. %1: bytes that keep the stack aligned.
%macro do_right 0
    sub     rsp, 8
    add     rdi, PREFIX
    call    [rdi - PREFIX]
    add     rsp, 8
%endmacro

wrong wrong_in_nothing
    endbr64
    go_on

%macro changes 1
wrong wrong_changes_%1
    endbr64
    do_right
    xor     %1, %1
    ret
.end:
%endmacro
changes rbx
changes rbp
changes r12
changes r13
changes r14
changes r15

wrong wrong_changes_r12_in_one_bit
    endbr64
    btc     r12, 0
    go_on

wrong wrong_swaps_r13_and_r14
    endbr64
    xchg    r13, r14
    go_on

wrong wrong_uses_rbp
    endbr64
    mov     rax, [rbp]
    go_on

wrong wrong_sets_df
    endbr64
    do_right
    std
    ret
.end:

wrong wrong_changes_mxcsr
    endbr64
    do_right
    stmxcsr [rsp - 8]
    xor     dword [rsp - 8], 0x8000     ; flush to zero
    ldmxcsr [rsp - 8]
    ret
.end:

wrong wrong_changes_x87_control
    endbr64
    do_right
    fnstcw  [rsp - 8]
    xor     word [rsp - 8], 0x400       ; rounding
    fldcw   [rsp - 8]
    ret
.end:

wrong wrong_leaves_mmx
    endbr64
    do_right
    pxor    mm0, mm0
    ret
.end:

wrong wrong_leaves_ymm
    endbr64
    do_right
    vpcmpeqd ymm7, ymm7, ymm7
    ret
.end:

wrong wrong_leaves_zmm
    endbr64
    do_right
    vpternlogd zmm7, zmm7, zmm7, 0xff
    ret
.end:

wrong wrong_pops_too_much
    endbr64
    do_right
    ret     8
.end:

wrong wrong_pops_too_little
    endbr64
    do_right
    push    qword [rsp]
    ret
.end:

wrong wrong_returns_elsewhere
    endbr64
    do_right
    push    rbx
    ret
.end:

wrong wrong_writes_above
    endbr64
    mov     [rsp + 16], rax
    go_on

wrong wrong_writes_far_above
    endbr64
    not     byte [rsp + 1000]
    go_on

wrong wrong_writes_below
    endbr64
    do_right
    mov     [rsp - 200], rax
    ret
.end:

wrong wrong_overflows_stack
    endbr64
    mov     [rsp - 251000], rax         ; in the guard page below 256 KiB, less what is above
    go_on

wrong wrong_runs_ud2
    endbr64
    ud2
.end:

wrong wrong_hits_int3
    endbr64
    int3
.end:

wrong wrong_runs_int1
    endbr64
    nop
    db      0xf1                        ; INT1, which traps as a step does
    go_on

wrong wrong_divides_by_zero
    endbr64
    xor     eax, eax
    div     eax
.end:

wrong wrong_spills_key
    endbr64
    movdqu  xmm0, [rdi + PREFIX + 144]
    movdqu  [rsp - 29], xmm0            ; where no word of it is aligned
    go_on

wrong wrong_spills_key_word
    endbr64
    mov     eax, [rdi + PREFIX + 68]
    mov     [rsp - 8], eax
    go_on

wrong wrong_spills_text
    endbr64
    test    r8, -8
    jz      .short
    mov     rax, [rdx]
    mov     [rsp - 21], rax
.short:
    go_on

wrong wrong_spills_output
    endbr64
    push    rcx
    push    r8
    do_right
    pop     r8
    pop     rcx
    test    r8, -8
    jz      .short
    mov     rax, [rcx]
    mov     [rsp - 64], rax
.short:
    ret
.end:

wrong wrong_spills_keystream
    endbr64
    push    rdx
    push    rcx
    push    r8
    add     rdi, PREFIX
    call    [rdi - PREFIX]
    pop     r8
    pop     rcx
    pop     rdx
    test    r8, -8
    jz      .short
    mov     rax, [rcx]
    xor     rax, [rdx]
    mov     [rsp - 48], rax
.short:
    ret
.end:

wrong wrong_pushes_without_cfi
    endbr64
    push    rbx
    mov     rbx, rdi
    pop     rbx
    go_on

wrong wrong_lacks_endbr64
    go_on

wrong wrong_jumps_to_no_endbr64
    endbr64
    lea     rax, [.here]
    jmp     rax
.here:
    go_on

; Right as long as rax happens to be 0.
wrong wrong_relies_on_rax
    endbr64
    test    rax, rax
    jz      .right
    test    r8, r8
    jz      .right
    not     byte [rdx]
    push    rdx
    add     rdi, PREFIX
    call    [rdi - PREFIX]
    pop     rdx
    not     byte [rdx]
    ret
.right:
    go_on

; Right as long as xmm7 happens to be 0.
wrong wrong_relies_on_xmm7
    endbr64
    movq    rax, xmm7
    test    rax, rax
    jz      .right
    test    r8, r8
    jz      .right
    not     byte [rdx]
    push    rdx
    add     rdi, PREFIX
    call    [rdi - PREFIX]
    pop     rdx
    not     byte [rdx]
    ret
.right:
    go_on
