//go:build amd64 && !noasm && gc

#include "textflag.h"

// NEXT advances offset to the next block of size, or to the last n-size, and
// ends when n is reached.
#define NEXT(offset, n, size, loop) \
	ADDQ    $size, offset    \
	CMPQ    offset, n        \
	JGE     done             \
	LEAQ    -size(n), AX     \
	CMPQ    offset, AX       \
	CMOVQGT AX, offset       \
	JMP     loop

// SPREAD fills y, whose lower half is x, with the 32 bits of AX.
#define SPREAD(x, y) \
	VMOVD        AX, x \
	VPBROADCASTD x, y

// ADD adds the eight words of x to the sums at off, by way of y, whose lower
// half x is.
#define ADD(x, y, off) \
	VPMOVSXWD x, y                \
	VPADDD    off(DI)(R9*4), y, y \
	VMOVDQU   y, off(DI)(R9*4)

// func slide8AVX2(sums *int32, n int, base *uint8, moves *move, count int)
//
// A difference times its weight has 15 bits, and so have their sums, since the
// weights' sum is a mask's greatest weight.
TEXT ·slide8AVX2(SB), NOSPLIT, $0-40
	MOVQ sums+0(FP), DI
	MOVQ n+8(FP), CX
	MOVQ base+16(FP), SI
	MOVQ moves+24(FP), R8
	MOVQ count+32(FP), R12
	XORQ R9, R9

block:
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	MOVQ  R8, R10
	MOVQ  R12, R11

move:
	MOVQ         (R10), AX
	MOVQ         8(R10), BX
	VPBROADCASTD 20(R10), Y6
	VMOVDQU      (SI)(AX*1), Y2
	VMOVDQU      (SI)(BX*1), Y3
	VPUNPCKLBW   Y3, Y2, Y4
	VPUNPCKHBW   Y3, Y2, Y5
	VPMADDUBSW   Y6, Y4, Y4
	VPMADDUBSW   Y6, Y5, Y5
	VPADDW       Y4, Y0, Y0
	VPADDW       Y5, Y1, Y1
	ADDQ         $24, R10
	DECQ         R11
	JNE          move

	VEXTRACTI128 $1, Y0, X2
	VEXTRACTI128 $1, Y1, X3
	ADD(X0, Y0, 0)
	ADD(X1, Y1, 32)
	ADD(X2, Y2, 64)
	ADD(X3, Y3, 96)
	ADDQ $32, SI
	ADDQ $32, R9
	CMPQ R9, CX
	JLT  block
	VZEROUPPER
	RET

// func slide16AVX2(sums *int32, n int, base *uint16, moves *move, count int)
TEXT ·slide16AVX2(SB), NOSPLIT, $0-40
	MOVQ sums+0(FP), DI
	MOVQ n+8(FP), CX
	MOVQ base+16(FP), SI
	MOVQ moves+24(FP), R8
	MOVQ count+32(FP), R12
	XORQ R9, R9

block:
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	MOVQ  R8, R10
	MOVQ  R12, R11

move:
	MOVQ         (R10), AX
	MOVQ         8(R10), BX
	VPBROADCASTD 20(R10), Y6
	VMOVDQU      (SI)(AX*2), Y2
	VMOVDQU      (SI)(BX*2), Y3
	VPUNPCKLWD   Y3, Y2, Y4
	VPUNPCKHWD   Y3, Y2, Y5
	VPMADDWD     Y6, Y4, Y4
	VPMADDWD     Y6, Y5, Y5
	VPADDD       Y4, Y0, Y0
	VPADDD       Y5, Y1, Y1
	ADDQ         $24, R10
	DECQ         R11
	JNE          move

	VPERM2I128 $0x20, Y1, Y0, Y2
	VPERM2I128 $0x31, Y1, Y0, Y3
	VPADDD     (DI)(R9*4), Y2, Y2
	VPADDD     32(DI)(R9*4), Y3, Y3
	VMOVDQU    Y2, (DI)(R9*4)
	VMOVDQU    Y3, 32(DI)(R9*4)
	ADDQ       $32, SI
	ADDQ       $16, R9
	CMPQ       R9, CX
	JLT        block
	VZEROUPPER
	RET

// func addUpAVX2(sums *int32, n int)
TEXT ·addUpAVX2(SB), NOSPLIT, $0-16
	MOVQ  sums+0(FP), DI
	MOVQ  n+8(FP), CX
	VPXOR Y7, Y7, Y7 // the sum so far, in every lane
	XORQ  R9, R9

loop:
	VMOVDQU    (DI)(R9*4), Y0
	VPSLLDQ    $4, Y0, Y1
	VPADDD     Y1, Y0, Y0
	VPSLLDQ    $8, Y0, Y1
	VPADDD     Y1, Y0, Y0
	VPERM2I128 $0x08, Y0, Y0, Y1 // the lower half, above
	VPSHUFD    $0xff, Y1, Y1
	VPADDD     Y1, Y0, Y0
	VPERM2I128 $0x11, Y0, Y0, Y2
	VPSHUFD    $0xff, Y2, Y2
	VPADDD     Y7, Y0, Y0
	VPADDD     Y2, Y7, Y7
	VMOVDQU    Y0, (DI)(R9*4)
	ADDQ       $8, R9
	CMPQ       R9, CX
	JLT        loop
	VZEROUPPER
	RET

// func shift8AVX2(dst *uint8, n int, sums *int32, round, shift uint32)
TEXT ·shift8AVX2(SB), NOSPLIT, $0-32
	MOVQ  dst+0(FP), DI
	MOVQ  n+8(FP), CX
	MOVQ  sums+16(FP), SI
	MOVL round+24(FP), AX
	SPREAD(X6, Y6)
	MOVL  shift+28(FP), AX
	VMOVD AX, X7
	XORQ  R9, R9

loop:
	VPADDD       (SI)(R9*4), Y6, Y0
	VPADDD       32(SI)(R9*4), Y6, Y1
	VPSRLD       X7, Y0, Y0
	VPSRLD       X7, Y1, Y1
	VPACKSSDW    Y1, Y0, Y0
	VPERMQ       $0xd8, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPACKUSWB    X1, X0, X0
	VMOVDQU      X0, (DI)(R9*1)
	NEXT(R9, CX, 16, loop)

done:
	VZEROUPPER
	RET

// DIVIDE sets y to (y+Y5)*Y6>>X7, by way of t.
#define DIVIDE(y, t) \
	VPADDD   Y5, y, y        \
	VPSRLQ   $32, y, t       \
	VPMULUDQ Y6, y, y        \
	VPMULUDQ Y6, t, t        \
	VPSRLQ   X7, y, y        \
	VPSRLQ   X7, t, t        \
	VPSLLQ   $32, t, t       \
	VPOR     t, y, y

// func divide8AVX2(dst *uint8, n int, sums *int32, round, factor uint32, shift uint64)
TEXT ·divide8AVX2(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ n+8(FP), CX
	MOVQ sums+16(FP), SI
	MOVL round+24(FP), AX
	SPREAD(X5, Y5)
	MOVL factor+28(FP), AX
	SPREAD(X6, Y6)
	VMOVQ shift+32(FP), X7
	XORQ R9, R9

loop:
	VMOVDQU      (SI)(R9*4), Y0
	VMOVDQU      32(SI)(R9*4), Y1
	DIVIDE(Y0, Y2)
	DIVIDE(Y1, Y3)
	VPACKSSDW    Y1, Y0, Y0
	VPERMQ       $0xd8, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPACKUSWB    X1, X0, X0
	VMOVDQU      X0, (DI)(R9*1)
	NEXT(R9, CX, 16, loop)

done:
	VZEROUPPER
	RET

// func divide16AVX2(dst *uint16, n int, sums *int32, round, factor uint32, shift uint64)
TEXT ·divide16AVX2(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ n+8(FP), CX
	MOVQ sums+16(FP), SI
	MOVL round+24(FP), AX
	SPREAD(X5, Y5)
	MOVL factor+28(FP), AX
	SPREAD(X6, Y6)
	VMOVQ shift+32(FP), X7
	XORQ R9, R9

loop:
	VMOVDQU   (SI)(R9*4), Y0
	VMOVDQU   32(SI)(R9*4), Y1
	DIVIDE(Y0, Y2)
	DIVIDE(Y1, Y3)
	VPACKUSDW Y1, Y0, Y0
	VPERMQ    $0xd8, Y0, Y0
	VMOVDQU   Y0, (DI)(R9*2)
	NEXT(R9, CX, 16, loop)

done:
	VZEROUPPER
	RET
