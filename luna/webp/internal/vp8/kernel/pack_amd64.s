//go:build amd64 && !noasm && gc

#include "textflag.h"

// BLOCKS stores four blocks beside each other, whose rows are in X0 to X3.
#define BLOCKS(place) \
	VPUNPCKLDQ  X1, X0, X4 \
	VPUNPCKHDQ  X1, X0, X5 \
	VPUNPCKLDQ  X3, X2, X6 \
	VPUNPCKHDQ  X3, X2, X7 \
	VPUNPCKLQDQ X6, X4, X0 \
	VPUNPCKHQDQ X6, X4, X1 \
	VPUNPCKLQDQ X7, X5, X2 \
	VPUNPCKHQDQ X7, X5, X3 \
	VMOVDQU     X0, (place)   \
	VMOVDQU     X1, 16(place) \
	VMOVDQU     X2, 32(place) \
	VMOVDQU     X3, 48(place)

// PAIR loads 8 samples of Cb and of Cr, and goes to the next row.
#define PAIR(x) \
	VMOVQ   (SI), x         \
	VPINSRQ $1, (DX), x, x  \
	ADDQ    R9, SI          \
	ADDQ    R9, DX

// func packAVX2(y *[256]uint8, c *[128]uint8, py, pcb, pcr *uint8, yStride, cStride int)
TEXT ·packAVX2(SB), NOSPLIT, $0-56
	MOVQ y+0(FP), DI
	MOVQ c+8(FP), R10
	MOVQ py+16(FP), AX
	MOVQ pcb+24(FP), SI
	MOVQ pcr+32(FP), DX
	MOVQ yStride+40(FP), R8
	MOVQ cStride+48(FP), R9
	LEAQ (R8)(R8*2), BX
	MOVQ $4, CX

rows:
	VMOVDQU (AX), X0
	VMOVDQU (AX)(R8*1), X1
	VMOVDQU (AX)(R8*2), X2
	VMOVDQU (AX)(BX*1), X3
	BLOCKS(DI)
	LEAQ (AX)(R8*4), AX
	ADDQ $64, DI
	DECQ CX
	JNE  rows

	// Blocks 0 and 1 of Cb and of Cr, then 2 and 3.
	PAIR(X0)
	PAIR(X1)
	PAIR(X2)
	PAIR(X3)
	VPUNPCKLDQ  X1, X0, X4
	VPUNPCKHDQ  X1, X0, X5
	VPUNPCKLDQ  X3, X2, X6
	VPUNPCKHDQ  X3, X2, X7
	VPUNPCKLQDQ X6, X4, X0
	VPUNPCKHQDQ X6, X4, X1
	VPUNPCKLQDQ X7, X5, X2
	VPUNPCKHQDQ X7, X5, X3
	VMOVDQU X0, (R10)
	VMOVDQU X1, 16(R10)
	VMOVDQU X2, 64(R10)
	VMOVDQU X3, 80(R10)
	PAIR(X0)
	PAIR(X1)
	PAIR(X2)
	PAIR(X3)
	VPUNPCKLDQ  X1, X0, X4
	VPUNPCKHDQ  X1, X0, X5
	VPUNPCKLDQ  X3, X2, X6
	VPUNPCKHDQ  X3, X2, X7
	VPUNPCKLQDQ X6, X4, X0
	VPUNPCKHQDQ X6, X4, X1
	VPUNPCKLQDQ X7, X5, X2
	VPUNPCKHQDQ X7, X5, X3
	VMOVDQU X0, 32(R10)
	VMOVDQU X1, 48(R10)
	VMOVDQU X2, 96(R10)
	VMOVDQU X3, 112(R10)
	RET
