//go:build amd64 && !noasm && gc

#include "textflag.h"

// MIX3 shuffles x, y and z into 16 bytes, and stores them.
#define MIX3(x, y, z, sx, sy, sz, to) \
	VPSHUFB sx, x, X3  \
	VPSHUFB sy, y, X4  \
	VPSHUFB sz, z, X5  \
	VPOR    X4, X3, X3 \
	VPOR    X5, X3, X3 \
	VMOVDQU X3, to

#define SHUFFLES(r) \
	VMOVDQU 0(r), X6    \
	VMOVDQU 16(r), X7   \
	VMOVDQU 32(r), X8   \
	VMOVDQU 48(r), X9   \
	VMOVDQU 64(r), X10  \
	VMOVDQU 80(r), X11  \
	VMOVDQU 96(r), X12  \
	VMOVDQU 112(r), X13 \
	VMOVDQU 128(r), X14

// func split3AVX2(a, b, c, packed *uint8, n int, shuffles *[9][16]uint8)
TEXT ·split3AVX2(SB), NOSPLIT, $0-48
	MOVQ a+0(FP), DI
	MOVQ b+8(FP), R8
	MOVQ c+16(FP), R9
	MOVQ packed+24(FP), SI
	MOVQ n+32(FP), CX
	MOVQ shuffles+40(FP), AX
	SHUFFLES(AX)
	XORQ DX, DX

loop:
	VMOVDQU 0(SI), X0
	VMOVDQU 16(SI), X1
	VMOVDQU 32(SI), X2
	MIX3(X0, X1, X2, X6, X7, X8, (DI)(DX*1))
	MIX3(X0, X1, X2, X9, X10, X11, (R8)(DX*1))
	MIX3(X0, X1, X2, X12, X13, X14, (R9)(DX*1))
	ADDQ    $48, SI
	ADDQ    $16, DX
	CMPQ    DX, CX
	JB      loop
	VZEROUPPER
	RET

// func join3AVX2(packed, a, b, c *uint8, n int, shuffles *[9][16]uint8)
TEXT ·join3AVX2(SB), NOSPLIT, $0-48
	MOVQ packed+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), R8
	MOVQ c+24(FP), R9
	MOVQ n+32(FP), CX
	MOVQ shuffles+40(FP), AX
	SHUFFLES(AX)
	XORQ DX, DX

loop:
	VMOVDQU (SI)(DX*1), X0
	VMOVDQU (R8)(DX*1), X1
	VMOVDQU (R9)(DX*1), X2
	MIX3(X0, X1, X2, X6, X9, X12, 0(DI))
	MIX3(X0, X1, X2, X7, X10, X13, 16(DI))
	MIX3(X0, X1, X2, X8, X11, X14, 32(DI))
	ADDQ    $48, DI
	ADDQ    $16, DX
	CMPQ    DX, CX
	JB      loop
	VZEROUPPER
	RET

// fours gathers the first samples of four pixels, their second ones, and so on.
DATA  fours<>+0(SB)/8, $0x0d0905010c080400
DATA  fours<>+8(SB)/8, $0x0f0b07030e0a0602
GLOBL fours<>(SB), RODATA|NOPTR, $16

// func split4AVX2(a, b, c, d, packed *uint8, n int)
TEXT ·split4AVX2(SB), NOSPLIT, $0-48
	MOVQ    a+0(FP), DI
	MOVQ    b+8(FP), R8
	MOVQ    c+16(FP), R9
	MOVQ    d+24(FP), R10
	MOVQ    packed+32(FP), SI
	MOVQ    n+40(FP), CX
	VMOVDQU fours<>(SB), X8
	XORQ    DX, DX

loop:
	VMOVDQU     0(SI), X0
	VMOVDQU     16(SI), X1
	VMOVDQU     32(SI), X2
	VMOVDQU     48(SI), X3
	VPSHUFB     X8, X0, X0
	VPSHUFB     X8, X1, X1
	VPSHUFB     X8, X2, X2
	VPSHUFB     X8, X3, X3
	VPUNPCKLDQ  X1, X0, X4
	VPUNPCKHDQ  X1, X0, X5
	VPUNPCKLDQ  X3, X2, X6
	VPUNPCKHDQ  X3, X2, X7
	VPUNPCKLQDQ X6, X4, X0
	VPUNPCKHQDQ X6, X4, X1
	VPUNPCKLQDQ X7, X5, X2
	VPUNPCKHQDQ X7, X5, X3
	VMOVDQU     X0, (DI)(DX*1)
	VMOVDQU     X1, (R8)(DX*1)
	VMOVDQU     X2, (R9)(DX*1)
	VMOVDQU     X3, (R10)(DX*1)
	ADDQ        $64, SI
	ADDQ        $16, DX
	CMPQ        DX, CX
	JB          loop
	VZEROUPPER
	RET

// func join4AVX2(packed, a, b, c, d *uint8, n int)
TEXT ·join4AVX2(SB), NOSPLIT, $0-48
	MOVQ packed+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), R8
	MOVQ c+24(FP), R9
	MOVQ d+32(FP), R10
	MOVQ n+40(FP), CX
	XORQ DX, DX

loop:
	VMOVDQU    (SI)(DX*1), X0
	VMOVDQU    (R8)(DX*1), X1
	VMOVDQU    (R9)(DX*1), X2
	VMOVDQU    (R10)(DX*1), X3
	VPUNPCKLBW X1, X0, X4
	VPUNPCKHBW X1, X0, X5
	VPUNPCKLBW X3, X2, X6
	VPUNPCKHBW X3, X2, X7
	VPUNPCKLWD X6, X4, X0
	VPUNPCKHWD X6, X4, X1
	VPUNPCKLWD X7, X5, X2
	VPUNPCKHWD X7, X5, X3
	VMOVDQU    X0, 0(DI)
	VMOVDQU    X1, 16(DI)
	VMOVDQU    X2, 32(DI)
	VMOVDQU    X3, 48(DI)
	ADDQ       $64, DI
	ADDQ       $16, DX
	CMPQ       DX, CX
	JB         loop
	VZEROUPPER
	RET
