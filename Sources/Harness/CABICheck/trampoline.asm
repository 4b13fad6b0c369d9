; SPDX-License-Identifier: Apache-2.0
; Computes:  nothing: calls a function on a stack of its own, and stores what it left behind.
; Technique: the registers that belong to the caller are set to values that the function cannot
;            know; afterwards no register is trusted, rsp included. The address of the call's
;            record stands at the lowest bytes of the stack's memory, which is aligned to its size,
;            so that rsp leads there also where it came back wrong.
; Pays:      where a kernel is checked.
;
;   void cabi_trampoline(cabi_call *call);
;
; Fields of cabi_call are as in cabi.h; run.c holds the offsets against it. The word above the
; function's return address is 0, where an unwinder that gets so far stops.

bits 64
default rel

section .text align=64

%define FUNCTION             0
%define ARGUMENTS            8
%define GARBAGE              56
%define PRESET               80
%define LEFT                 128
%define STACK_POINTER        176
%define LEFT_STACK_POINTER   184
%define RESULT               192
%define LEFT_FLAGS           200
%define IN_USE_BEFORE        208
%define IN_USE               216
%define RETURN_ADDRESS       224
%define RECOVERY_ADDRESS     232
%define OWN_STACK_POINTER    240
%define OWN_CONTROL          248        ; MXCSR, then the x87 control word
%define MXCSR                264
%define LEFT_MXCSR           268
%define X87_CONTROL          272
%define LEFT_X87_CONTROL     274
%define LEFT_X87_TAGS        276
%define CPU                  278
%define VECTORS              280
%define ENVIRONMENT          536
%define OPTIONS              568

%define HAS_AVX              1
%define HAS_XINUSE           2
%define STACK_BYTES          0x40000
%define TRAP_FLAG            0x100
%define STEP_OR_UNWIND       3

%define call_record          rdi

; %1 = XINUSE, where there is a way to read it. Uses rax, rcx, rdx.
%macro store_in_use 2                   ; record, field
    test    byte [%1 + CPU], HAS_XINUSE
    jz      %%unknown
    mov     ecx, 1
    xgetbv
    shl     rdx, 32
    or      rax, rdx
    mov     [%1 + %2], rax
%%unknown:
%endmacro

global cabi_trampoline:function (cabi_trampoline.end - cabi_trampoline)
align 64
cabi_trampoline:
    endbr64
    push    rbx
    push    rbp
    push    r12
    push    r13
    push    r14
    push    r15
    stmxcsr [call_record + OWN_CONTROL]
    fnstcw  [call_record + OWN_CONTROL + 4]
    mov     [call_record + OWN_STACK_POINTER], rsp
    lea     rax, [.returned]
    mov     [call_record + RETURN_ADDRESS], rax
    lea     rax, [.recovered]
    mov     [call_record + RECOVERY_ADDRESS], rax

    test    byte [call_record + CPU], HAS_AVX
    jz      .upper_is_clean
    vzeroupper
.upper_is_clean:
    store_in_use call_record, IN_USE_BEFORE
%assign i 0
%rep 16
    movdqu  xmm %+ i, [call_record + VECTORS + 16 * i]
%assign i i + 1
%endrep
    fninit
    fldcw   [call_record + X87_CONTROL]
    ldmxcsr [call_record + MXCSR]

    mov     rbx, [call_record + PRESET]
    mov     rbp, [call_record + PRESET + 8]
    mov     r12, [call_record + PRESET + 16]
    mov     r13, [call_record + PRESET + 24]
    mov     r14, [call_record + PRESET + 32]
    mov     r15, [call_record + PRESET + 40]
    mov     rsi, [call_record + ARGUMENTS + 8]
    mov     rdx, [call_record + ARGUMENTS + 16]
    mov     rcx, [call_record + ARGUMENTS + 24]
    mov     r8, [call_record + ARGUMENTS + 32]
    mov     r9, [call_record + ARGUMENTS + 40]
    mov     r10, [call_record + GARBAGE + 8]
    mov     rax, [call_record + FUNCTION]
    cld
    test    byte [call_record + OPTIONS], STEP_OR_UNWIND
    jz      .call
    pushfq
    or      qword [rsp], TRAP_FLAG
    popfq                               ; the instruction after the next one is stopped at
.call:
    mov     rsp, [call_record + STACK_POINTER]
    mov     r11, rax
    mov     rax, [call_record + GARBAGE]
    mov     rdi, [call_record + ARGUMENTS]
    call    r11

.returned:
    lea     rcx, [rsp]
    and     rcx, -STACK_BYTES
    mov     rcx, [rcx]                  ; the record
    mov     [rcx + LEFT_STACK_POINTER], rsp
    mov     rsp, [rcx + OWN_STACK_POINTER]
    pushfq
    pop     qword [rcx + LEFT_FLAGS]
    cld
    mov     [rcx + RESULT], rax
    mov     [rcx + LEFT], rbx
    mov     [rcx + LEFT + 8], rbp
    mov     [rcx + LEFT + 16], r12
    mov     [rcx + LEFT + 24], r13
    mov     [rcx + LEFT + 32], r14
    mov     [rcx + LEFT + 40], r15
    stmxcsr [rcx + LEFT_MXCSR]
    fnstenv [rcx + ENVIRONMENT]
    mov     ax, [rcx + ENVIRONMENT]
    mov     [rcx + LEFT_X87_CONTROL], ax
    mov     ax, [rcx + ENVIRONMENT + 8]
    mov     [rcx + LEFT_X87_TAGS], ax
    mov     rdi, rcx
    store_in_use call_record, IN_USE

; Here, with the record in rdi and the trampoline's own stack, goes on what was stopped by a fault.
.recovered:
    test    byte [call_record + CPU], HAS_AVX
    jz      .restore
    vzeroupper
.restore:
    fninit
    fldcw   [call_record + OWN_CONTROL + 4]
    ldmxcsr [call_record + OWN_CONTROL]
    pop     r15
    pop     r14
    pop     r13
    pop     r12
    pop     rbp
    pop     rbx
    ret
.end:
