; SPDX-License-Identifier: Apache-2.0
bits 64
default rel
section .text align=64
global caes_asm_aesni:function (caes_asm_aesni.end - caes_asm_aesni)
caes_asm_aesni:
    endbr64
    movdqa xmm0, [rel one]
    ret
.end:
align 16
one: dq 1, 0
