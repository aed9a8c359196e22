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

// HALF fills r with the rounding of 12 fractional bits, in 32-bit lanes.
#define HALF(x, r) \
	MOVL         $2048, AX \
	VMOVD        AX, x     \
	VPBROADCASTD x, r

// func averageRowsAVX2(dst *uint8, n int, a, b *uint8)
TEXT ·averageRowsAVX2(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ n+8(FP), CX
	MOVQ a+16(FP), SI
	MOVQ b+24(FP), DX
	XORQ R9, R9

loop:
	VMOVDQU (SI)(R9*1), Y0
	VPAVGB  (DX)(R9*1), Y0, Y0
	VMOVDQU Y0, (DI)(R9*1)
	NEXT(R9, CX, 32, loop)

done:
	VZEROUPPER
	RET

// func accumulateAVX2(sums *uint32, row *uint8, n int, times uint32)
TEXT ·accumulateAVX2(SB), NOSPLIT, $0-28
	MOVQ         sums+0(FP), DI
	MOVQ         row+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVL         times+24(FP), AX
	VMOVD        AX, X7
	VPBROADCASTD X7, Y7
	ANDQ         $~7, CX
	XORQ         R9, R9

loop:
	VPMOVZXBD (SI)(R9*1), Y0
	VPMULLD   Y7, Y0, Y0
	VPADDD    (DI)(R9*4), Y0, Y0
	VMOVDQU   Y0, (DI)(R9*4)
	ADDQ      $8, R9
	CMPQ      R9, CX
	JLT       loop
	VZEROUPPER
	RET

// func divideAVX2(dst *uint8, n int, sums *uint32, half, factor uint32)
TEXT ·divideAVX2(SB), NOSPLIT, $0-32
	MOVQ         dst+0(FP), DI
	MOVQ         n+8(FP), CX
	MOVQ         sums+16(FP), SI
	MOVL         half+24(FP), AX
	VMOVD        AX, X6
	VPBROADCASTD X6, Y6
	MOVL         factor+28(FP), AX
	VMOVD        AX, X7
	VPBROADCASTD X7, Y7
	XORQ         R9, R9

loop:
	VPADDD       (SI)(R9*4), Y6, Y0
	VPADDD       32(SI)(R9*4), Y6, Y1
	VPMULLD      Y7, Y0, Y0
	VPMULLD      Y7, Y1, Y1
	VPSRLD       $24, Y0, Y0
	VPSRLD       $24, Y1, Y1
	VPACKSSDW    Y1, Y0, Y0
	VPERMQ       $0xd8, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPACKUSWB    X1, X0, X0
	VMOVDQU      X0, (DI)(R9*1)
	NEXT(R9, CX, 16, loop)

done:
	VZEROUPPER
	RET

// WEIGH adds the 32 samples of Y4 and Y5, by turns, times the pair of weights
// in every lane of Y6 to Y0 to Y3. Y15 is zero.
#define WEIGH \
	VPUNPCKLBW Y5, Y4, Y7    \
	VPUNPCKHBW Y5, Y4, Y8    \
	VPUNPCKLBW Y15, Y7, Y9   \
	VPUNPCKHBW Y15, Y7, Y10  \
	VPUNPCKLBW Y15, Y8, Y11  \
	VPUNPCKHBW Y15, Y8, Y12  \
	VPMADDWD   Y6, Y9, Y9    \
	VPMADDWD   Y6, Y10, Y10  \
	VPMADDWD   Y6, Y11, Y11  \
	VPMADDWD   Y6, Y12, Y12  \
	VPADDD     Y9, Y0, Y0    \
	VPADDD     Y10, Y1, Y1   \
	VPADDD     Y11, Y2, Y2   \
	VPADDD     Y12, Y3, Y3

// func reduceRowsAVX2(dst *uint8, n int, rows *[]uint8, weights *int16, taps int)
TEXT ·reduceRowsAVX2(SB), NOSPLIT, $0-40
	MOVQ  dst+0(FP), DI
	MOVQ  n+8(FP), CX
	MOVQ  rows+16(FP), SI
	MOVQ  weights+24(FP), DX
	MOVQ  taps+32(FP), R8
	VPXOR Y15, Y15, Y15
	HALF(X14, Y14)
	XORQ  R9, R9

block:
	VMOVDQA Y14, Y0
	VMOVDQA Y14, Y1
	VMOVDQA Y14, Y2
	VMOVDQA Y14, Y3
	MOVQ    SI, R10
	MOVQ    DX, R11
	MOVQ    R8, R12
	SUBQ    $2, R12
	JLT     odd

pair:
	MOVQ         (R10), AX
	MOVQ         24(R10), BX
	VPBROADCASTD (R11), Y6
	VMOVDQU      (AX)(R9*1), Y4
	VMOVDQU      (BX)(R9*1), Y5
	WEIGH
	ADDQ         $48, R10
	ADDQ         $4, R11
	SUBQ         $2, R12
	JGE          pair

odd:
	CMPQ         R12, $-2
	JEQ          store
	MOVQ         (R10), AX
	MOVWLZX      (R11), BX
	VMOVD        BX, X6
	VPBROADCASTD X6, Y6
	VMOVDQU      (AX)(R9*1), Y4
	VMOVDQA      Y15, Y5
	WEIGH

store:
	VPSRAD    $12, Y0, Y0
	VPSRAD    $12, Y1, Y1
	VPSRAD    $12, Y2, Y2
	VPSRAD    $12, Y3, Y3
	VPACKSSDW Y1, Y0, Y0
	VPACKSSDW Y3, Y2, Y2
	VPACKUSWB Y2, Y0, Y0
	VMOVDQU   Y0, (DI)(R9*1)
	NEXT(R9, CX, 32, block)

done:
	VZEROUPPER
	RET

// TAPS points AX at the first tap of output R9+i, and BX at its weights.
#define TAPS(i) \
	MOVLQSX 4*i(R8)(R9*4), AX  \
	MOVBLZX i(R10)(R9*1), BX   \
	ADDQ    SI, AX             \
	LEAQ    (BX)(BX*2), BX     \
	MOVQ    (R11)(BX*8), BX

// SUM multiplies an odd eight of taps, if R13, and R12 sixteens of them by
// their weights, and sums them up in the lanes of acc, whose lower half is x.
#define SUM(i, x, acc, sixteens, sixteen, summed) \
	TAPS(i)                    \
	VPXOR     x, x, x          \
	MOVQ      R12, DX          \
	TESTQ     R13, R13         \
	JEQ       sixteens         \
	VPMOVZXBW (AX), x          \
	VPMADDWD  (BX), x, x       \
	ADDQ      $8, AX           \
	ADDQ      $16, BX          \
sixteens:                      \
	TESTQ     DX, DX           \
	JEQ       summed           \
sixteen:                       \
	VPMOVZXBW (AX), Y8         \
	VPMADDWD  (BX), Y8, Y8     \
	VPADDD    Y8, acc, acc     \
	ADDQ      $16, AX          \
	ADDQ      $32, BX          \
	DECQ      DX               \
	JNE       sixteen          \
summed:

// func reduceRowAVX2(dst *uint8, n int, src *uint8, start *int32, phase *uint8, table *[]int16, eights int)
TEXT ·reduceRowAVX2(SB), NOSPLIT, $0-56
	MOVQ dst+0(FP), DI
	MOVQ n+8(FP), CX
	MOVQ src+16(FP), SI
	MOVQ start+24(FP), R8
	MOVQ phase+32(FP), R10
	MOVQ table+40(FP), R11
	MOVQ eights+48(FP), R12
	MOVQ R12, R13
	ANDQ $1, R13
	SHRQ $1, R12
	HALF(X14, Y14)
	XORQ R9, R9

four:
	SUM(0, X0, Y0, sixteens0, sixteen0, summed0)
	SUM(1, X1, Y1, sixteens1, sixteen1, summed1)
	SUM(2, X2, Y2, sixteens2, sixteen2, summed2)
	SUM(3, X3, Y3, sixteens3, sixteen3, summed3)
	VPHADDD      Y1, Y0, Y0
	VPHADDD      Y3, Y2, Y2
	VPHADDD      Y2, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPADDD       X1, X0, X0
	VPADDD       X14, X0, X0
	VPSRAD       $12, X0, X0
	VPACKSSDW    X0, X0, X0
	VPACKUSWB    X0, X0, X0
	VMOVD        X0, (DI)(R9*1)
	NEXT(R9, CX, 4, four)

done:
	VZEROUPPER
	RET

// func enlargeRowAVX2(dst *uint16, n int, src *uint8, start *int32, phase *uint8, table *[]int16)
TEXT ·enlargeRowAVX2(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DI
	MOVQ n+8(FP), CX
	MOVQ src+16(FP), SI
	MOVQ start+24(FP), R8
	MOVQ phase+32(FP), R10
	MOVQ table+40(FP), R11
	HALF(X14, Y14)
	XORQ R9, R9

four:
	TAPS(0)
	VMOVD       (AX), X0
	VMOVQ       (BX), X1
	TAPS(1)
	VPINSRD     $1, (AX), X0, X0
	VPINSRQ     $1, (BX), X1, X1
	TAPS(2)
	VPINSRD     $2, (AX), X0, X0
	VMOVQ       (BX), X2
	TAPS(3)
	VPINSRD     $3, (AX), X0, X0
	VPINSRQ     $1, (BX), X2, X2
	VINSERTI128 $1, X2, Y1, Y1
	VPMOVZXBW   X0, Y0
	VPMADDWD    Y1, Y0, Y0

	// Two lanes an output; the shuffle brings the four sums together.
	VPHADDD   Y0, Y0, Y0
	VPERMQ    $0x08, Y0, Y0
	VPADDD    X14, X0, X0
	VPSRAD    $12, X0, X0
	VPACKSSDW X0, X0, X0
	VMOVQ     X0, (DI)(R9*2)
	NEXT(R9, CX, 4, four)

done:
	VZEROUPPER
	RET

// func enlargeRowsAVX2(dst *uint8, n int, rows *[4][]uint16, weights *int16)
TEXT ·enlargeRowsAVX2(SB), NOSPLIT, $0-32
	MOVQ         dst+0(FP), DI
	MOVQ         n+8(FP), CX
	MOVQ         rows+16(FP), SI
	MOVQ         weights+24(FP), DX
	VPBROADCASTD (DX), Y12
	VPBROADCASTD 4(DX), Y13
	MOVQ         (SI), R10
	MOVQ         24(SI), R11
	MOVQ         48(SI), R12
	MOVQ         72(SI), R13
	HALF(X14, Y14)
	XORQ         R9, R9

loop:
	VMOVDQU      (R10)(R9*2), Y0
	VMOVDQU      (R11)(R9*2), Y1
	VMOVDQU      (R12)(R9*2), Y2
	VMOVDQU      (R13)(R9*2), Y3
	VPUNPCKLWD   Y1, Y0, Y4
	VPUNPCKHWD   Y1, Y0, Y5
	VPUNPCKLWD   Y3, Y2, Y6
	VPUNPCKHWD   Y3, Y2, Y7
	VPMADDWD     Y12, Y4, Y4
	VPMADDWD     Y12, Y5, Y5
	VPMADDWD     Y13, Y6, Y6
	VPMADDWD     Y13, Y7, Y7
	VPADDD       Y6, Y4, Y4
	VPADDD       Y7, Y5, Y5
	VPADDD       Y14, Y4, Y4
	VPADDD       Y14, Y5, Y5
	VPSRAD       $12, Y4, Y4
	VPSRAD       $12, Y5, Y5
	VPACKSSDW    Y5, Y4, Y4
	VEXTRACTI128 $1, Y4, X5
	VPACKUSWB    X5, X4, X4
	VMOVDQU      X4, (DI)(R9*1)
	NEXT(R9, CX, 16, loop)

done:
	VZEROUPPER
	RET
