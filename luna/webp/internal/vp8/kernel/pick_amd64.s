//go:build amd64 && !noasm && gc

#include "textflag.h"

// func pickAMD64(cs *Candidate, list *uint8, n int, headers *[10]uint16, texture uint32, w *Weights) int
//
// Without branches, which could not be foreseen.
TEXT ·pickAMD64(SB), NOSPLIT, $0-56
	MOVQ cs+0(FP), DI
	MOVQ list+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ headers+24(FP), DX
	MOVL texture+32(FP), R8
	MOVQ w+40(FP), R9
	MOVQ $0x7fffffffffffffff, R10 // the least
	XORL R11, R11                 // its place
	XORL BX, BX

candidate:
	MOVBLZX (SI)(BX*1), R12

	// What is too flat pays, but not where it is DC that makes it.
	MOVL    48(DI), AX
	SHRL    $1, AX
	POPCNTL AX, AX
	CMPL    AX, $4
	SBBL    R13, R13
	MOVL    R12, AX
	NEGL    AX
	SBBL    AX, AX
	ANDL    AX, R13
	ANDL    $140, R13
	MOVWLZX (DX)(R12*2), AX
	ADDL    60(DI), R13
	ADDL    AX, R13
	IMULQ   (R9), R13

	MOVL    56(DI), AX
	SUBL    R8, AX
	MOVL    AX, R12
	NEGL    R12
	CMOVLPL R12, AX
	SHRL    $5, AX
	IMULQ   16(R9), AX
	ADDQ    $128, AX
	SARQ    $8, AX
	MOVL    52(DI), R12
	ADDQ    R12, AX
	IMULQ   8(R9), AX
	ADDQ    R13, AX

	CMPQ    AX, R10
	CMOVQLT AX, R10
	CMOVQLT BX, R11
	ADDQ    $64, DI
	INCQ    BX
	CMPQ    BX, CX
	JNE     candidate
	MOVQ    R11, ret+48(FP)
	RET
