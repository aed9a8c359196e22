//go:build amd64 && !noasm && gc

#include "textflag.h"

// Eight times each factor of idct_reduced.go and idct.go, and the roundings.
#define EIGHT(name, value) \
	DATA  name<>+0x00(SB)/8, $((value)*0x100000001) \
	DATA  name<>+0x08(SB)/8, $((value)*0x100000001) \
	DATA  name<>+0x10(SB)/8, $((value)*0x100000001) \
	DATA  name<>+0x18(SB)/8, $((value)*0x100000001) \
	GLOBL name<>(SB), RODATA|NOPTR, $32

EIGHT(fix0_211164243, 1730)
EIGHT(fix0_509795579, 4176)
EIGHT(fix0_601344887, 4926)
EIGHT(fix0_720959822, 5906)
EIGHT(fix0_765366865, 6270)
EIGHT(fix0_850430095, 6967)
EIGHT(fix0_899976223, 7373)
EIGHT(fix1_061594337, 8697)
EIGHT(fix1_272758580, 10426)
EIGHT(fix1_451774981, 11893)
EIGHT(fix1_847759065, 15137)
EIGHT(fix2_172734803, 17799)
EIGHT(fix2_562915447, 20995)
EIGHT(fix3_624509785, 29692)
EIGHT(half12, (1<<11))
EIGHT(half13, (1<<12))
EIGHT(half19, (1<<18))
EIGHT(half20, (1<<19))
EIGHT(level, 128)

// odds are the factors of reduce2 at the places of their coefficients.
DATA odds<>+0x00(SB)/4, $0
DATA odds<>+0x04(SB)/4, $29692
DATA odds<>+0x08(SB)/4, $0
DATA odds<>+0x0c(SB)/4, $-10426
DATA odds<>+0x10(SB)/4, $0
DATA odds<>+0x14(SB)/4, $6967
DATA odds<>+0x18(SB)/4, $0
DATA odds<>+0x1c(SB)/4, $-5906
GLOBL odds<>(SB), RODATA|NOPTR, $32

// byRow turns four columns of four samples, one after the other, into rows.
DATA byRow<>+0x00(SB)/8, $0x0d0905010c080400
DATA byRow<>+0x08(SB)/8, $0x0f0b07030e0a0602
GLOBL byRow<>(SB), RODATA|NOPTR, $16

// Of idct2: what is added to the first coefficient of a block, and the signs of
// the second half and of the odd ones.
DATA bias<>+0x00(SB)/8, $1028
DATA bias<>+0x08(SB)/8, $0
DATA bias<>+0x10(SB)/8, $1028
DATA bias<>+0x18(SB)/8, $0
GLOBL bias<>(SB), RODATA|NOPTR, $32

DATA lower<>+0x00(SB)/8, $0x0000000100000001
DATA lower<>+0x08(SB)/8, $0xffffffffffffffff
DATA lower<>+0x10(SB)/8, $0x0000000100000001
DATA lower<>+0x18(SB)/8, $0xffffffffffffffff
GLOBL lower<>(SB), RODATA|NOPTR, $32

DATA right<>+0x00(SB)/8, $0xffffffff00000001
DATA right<>+0x08(SB)/8, $0xffffffff00000001
DATA right<>+0x10(SB)/8, $0xffffffff00000001
DATA right<>+0x18(SB)/8, $0xffffffff00000001
GLOBL right<>(SB), RODATA|NOPTR, $32

// REDUCE4 is reduce4 of the registers 0, 1, 2, 3, 5, 6 and 7 of one width, to 0
// to 3, rounded and shifted.
#define REDUCE4(R0, R1, R2, R3, R5, R6, R7, R8, R9, R10, R11, half, shift) \
	VPSLLD  $14, R0, R0                   \
	VPADDD  half<>(SB), R0, R0            \
	VPMULLD fix1_847759065<>(SB), R2, R2  \
	VPMULLD fix0_765366865<>(SB), R6, R6  \
	VPSUBD  R6, R2, R2                    \
	VPADDD  R2, R0, R8                    \
	VPSUBD  R2, R0, R9                    \
	VPMULLD fix2_562915447<>(SB), R1, R10 \
	VPMULLD fix0_899976223<>(SB), R3, R11 \
	VPADDD  R11, R10, R10                 \
	VPMULLD fix0_601344887<>(SB), R5, R11 \
	VPSUBD  R11, R10, R10                 \
	VPMULLD fix0_509795579<>(SB), R7, R11 \
	VPSUBD  R11, R10, R10                 \
	VPMULLD fix1_061594337<>(SB), R1, R1  \
	VPMULLD fix2_172734803<>(SB), R3, R3  \
	VPSUBD  R3, R1, R1                    \
	VPMULLD fix1_451774981<>(SB), R5, R5  \
	VPADDD  R5, R1, R1                    \
	VPMULLD fix0_211164243<>(SB), R7, R7  \
	VPSUBD  R7, R1, R11                   \
	VPADDD  R10, R8, R0                   \
	VPADDD  R11, R9, R1                   \
	VPSUBD  R11, R9, R2                   \
	VPSUBD  R10, R8, R3                   \
	VPSRAD  $shift, R0, R0                \
	VPSRAD  $shift, R1, R1                \
	VPSRAD  $shift, R2, R2                \
	VPSRAD  $shift, R3, R3

// func idct4ReducedAVX2(dst *uint8, stride int, c *[64]int16, q *[64]int32)
TEXT ·idct4ReducedAVX2(SB), NOSPLIT, $0-32
	MOVQ      dst+0(FP), DI
	MOVQ      stride+8(FP), CX
	MOVQ      c+16(FP), SI
	MOVQ      q+24(FP), DX
	VPMOVSXWD 0(SI), Y0
	VPMOVSXWD 16(SI), Y1
	VPMOVSXWD 32(SI), Y2
	VPMOVSXWD 48(SI), Y3
	VPMOVSXWD 80(SI), Y5
	VPMOVSXWD 96(SI), Y6
	VPMOVSXWD 112(SI), Y7
	VPMULLD   0(DX), Y0, Y0
	VPMULLD   32(DX), Y1, Y1
	VPMULLD   64(DX), Y2, Y2
	VPMULLD   96(DX), Y3, Y3
	VPMULLD   160(DX), Y5, Y5
	VPMULLD   192(DX), Y6, Y6
	VPMULLD   224(DX), Y7, Y7
	REDUCE4(Y0, Y1, Y2, Y3, Y5, Y6, Y7, Y8, Y9, Y10, Y11, half12, 12)

	// Transpose: columns 0 to 3 below, 4 to 7 above.
	VPUNPCKLDQ   Y1, Y0, Y8
	VPUNPCKHDQ   Y1, Y0, Y9
	VPUNPCKLDQ   Y3, Y2, Y10
	VPUNPCKHDQ   Y3, Y2, Y11
	VPUNPCKLQDQ  Y10, Y8, Y0
	VPUNPCKHQDQ  Y10, Y8, Y1
	VPUNPCKLQDQ  Y11, Y9, Y2
	VPUNPCKHQDQ  Y11, Y9, Y3
	VEXTRACTI128 $1, Y1, X5
	VEXTRACTI128 $1, Y2, X6
	VEXTRACTI128 $1, Y3, X7
	REDUCE4(X0, X1, X2, X3, X5, X6, X7, X8, X9, X10, X11, half19, 19)
	VPADDD       level<>(SB), X0, X0
	VPADDD       level<>(SB), X1, X1
	VPADDD       level<>(SB), X2, X2
	VPADDD       level<>(SB), X3, X3
	VPACKSSDW    X1, X0, X0
	VPACKSSDW    X3, X2, X2
	VPACKUSWB    X2, X0, X0
	VPSHUFB      byRow<>(SB), X0, X0
	LEAQ         (CX)(CX*2), R8
	VMOVD        X0, (DI)
	VPEXTRD      $1, X0, (DI)(CX*1)
	VPEXTRD      $2, X0, (DI)(CX*2)
	VPEXTRD      $3, X0, (DI)(R8*1)
	VZEROUPPER
	RET

// func idct2ReducedAVX2(dst *uint8, stride int, c *[64]int16, q *[64]int32)
TEXT ·idct2ReducedAVX2(SB), NOSPLIT, $0-32
	MOVQ      dst+0(FP), DI
	MOVQ      stride+8(FP), CX
	MOVQ      c+16(FP), SI
	MOVQ      q+24(FP), DX
	VPMOVSXWD 0(SI), Y0
	VPMOVSXWD 16(SI), Y1
	VPMOVSXWD 48(SI), Y3
	VPMOVSXWD 80(SI), Y5
	VPMOVSXWD 112(SI), Y7
	VPMULLD   0(DX), Y0, Y0
	VPMULLD   32(DX), Y1, Y1
	VPMULLD   96(DX), Y3, Y3
	VPMULLD   160(DX), Y5, Y5
	VPMULLD   224(DX), Y7, Y7
	VPMULLD   fix3_624509785<>(SB), Y1, Y1
	VPMULLD   fix1_272758580<>(SB), Y3, Y3
	VPMULLD   fix0_850430095<>(SB), Y5, Y5
	VPMULLD   fix0_720959822<>(SB), Y7, Y7
	VPSUBD    Y3, Y1, Y1
	VPSUBD    Y7, Y5, Y5
	VPADDD    Y5, Y1, Y1
	VPSLLD    $15, Y0, Y0
	VPADDD    half13<>(SB), Y0, Y0
	VPSUBD    Y1, Y0, Y2
	VPADDD    Y1, Y0, Y0
	VPSRAD    $13, Y0, Y0
	VPSRAD    $13, Y2, Y2

	// Y0 and Y2 are the two rows.
	VPUNPCKLDQ   X2, X0, X4
	VPSLLD       $15, X4, X4
	VPADDD       half20<>(SB), X4, X4
	VPMULLD      odds<>(SB), Y0, Y0
	VPMULLD      odds<>(SB), Y2, Y2
	VPHADDD      Y2, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPADDD       X1, X0, X0
	VPHADDD      X0, X0, X0
	VPADDD       X0, X4, X1
	VPSUBD       X0, X4, X2
	VPUNPCKLDQ   X2, X1, X0
	VPSRAD       $20, X0, X0
	VPADDD       level<>(SB), X0, X0
	VPACKSSDW    X0, X0, X0
	VPACKUSWB    X0, X0, X0
	VPEXTRW      $0, X0, (DI)
	VPEXTRW      $1, X0, (DI)(CX*1)
	VZEROUPPER
	RET

// func idct2AVX2(dst *uint8, stride int, c *int16, q *[64]int32, fours int)
TEXT ·idct2AVX2(SB), NOSPLIT, $0-40
	MOVQ        dst+0(FP), DI
	MOVQ        stride+8(FP), CX
	MOVQ        c+16(FP), SI
	MOVQ        q+24(FP), DX
	MOVQ        fours+32(FP), BX
	VMOVQ       (DX), X2
	VMOVQ       32(DX), X3
	VPUNPCKLQDQ X3, X2, X2
	VINSERTI128 $1, X2, Y2, Y2
	VMOVDQU     bias<>(SB), Y4
	VMOVDQU     lower<>(SB), Y5
	VMOVDQU     right<>(SB), Y6

loop:
	VPMOVSXWD (SI), Y0
	VPMOVSXWD 16(SI), Y1
	VPMULLD   Y2, Y0, Y0
	VPMULLD   Y2, Y1, Y1
	VPADDD    Y4, Y0, Y0
	VPADDD    Y4, Y1, Y1

	// The upper coefficients plus and minus the lower ones, then so by column.
	VPSHUFD      $0x4e, Y0, Y8
	VPSHUFD      $0x4e, Y1, Y9
	VPSIGND      Y5, Y0, Y0
	VPSIGND      Y5, Y1, Y1
	VPADDD       Y8, Y0, Y0
	VPADDD       Y9, Y1, Y1
	VPSHUFD      $0xb1, Y0, Y8
	VPSHUFD      $0xb1, Y1, Y9
	VPSIGND      Y6, Y0, Y0
	VPSIGND      Y6, Y1, Y1
	VPADDD       Y8, Y0, Y0
	VPADDD       Y9, Y1, Y1
	VPSRAD       $3, Y0, Y0
	VPSRAD       $3, Y1, Y1
	VPACKSSDW    Y1, Y0, Y0
	VPACKUSWB    Y0, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPUNPCKLWD   X1, X0, X0
	VPSHUFD      $0xd8, X0, X0
	VMOVQ        X0, (DI)
	VPEXTRQ      $1, X0, (DI)(CX*1)
	ADDQ         $8, DI
	ADDQ         $32, SI
	DECQ         BX
	JNZ          loop
	VZEROUPPER
	RET
