//go:build amd64 && !noasm && gc

#include "textflag.h"

// PAIR is a pair of 16-bit factors or summands; LONG is a 32-bit one.
#define PAIR(name, low, high) \
	DATA  name<>+0(SB)/2, $low         \
	DATA  name<>+2(SB)/2, $high        \
	GLOBL name<>(SB), RODATA|NOPTR, $4

#define LONG(name, value) \
	DATA  name<>+0(SB)/4, $value       \
	GLOBL name<>(SB), RODATA|NOPTR, $4

// 33059 does not fit 16 bits: it is 65536-32477.
PAIR(redGreenY, 16839, -32477)
PAIR(blueY, 6420, 0)
LONG(biasY, 1081344)
PAIR(redGreenCb, -9719, -19081)
PAIR(redGreenCr, 28800, -24116)
PAIR(blueCb, 28800, 0)
PAIR(blueCr, -4684, 0)
LONG(biasC, 33685504)
LONG(byte, 255)
LONG(part, 511)
LONG(parts, 512)
LONG(half, 64)
PAIR(lumaFactor, -28528, -28528)
PAIR(lumaHalf, 512, 512)
PAIR(sixteen, 16, 16)
PAIR(chromaFactor, 31868, 31868)
PAIR(chromaHalf, 1024, 1024)
PAIR(sign, 0x8000, 0x8000)

// STORE16 stores the 16-bit numbers of y, saturated to 8 bits.
#define STORE16(y, x, x2, to) \
	VEXTRACTI128 $1, y, x2 \
	VPACKUSWB    x2, x, x  \
	VMOVDQU      x, to

// func lumaAVX2(y, red, green, blue *uint8, n int)
TEXT ·lumaAVX2(SB), NOSPLIT, $0-40
	MOVQ         y+0(FP), DI
	MOVQ         red+8(FP), R8
	MOVQ         green+16(FP), R10
	MOVQ         blue+24(FP), R11
	MOVQ         n+32(FP), CX
	VPBROADCASTD redGreenY<>(SB), Y15
	VPBROADCASTD blueY<>(SB), Y14
	VPBROADCASTD biasY<>(SB), Y13
	VPXOR        Y7, Y7, Y7
	XORQ         R9, R9

loop:
	VPMOVZXBW  (R8)(R9*1), Y0
	VPMOVZXBW  (R10)(R9*1), Y1
	VPMOVZXBW  (R11)(R9*1), Y2
	VPUNPCKLWD Y1, Y0, Y3
	VPUNPCKHWD Y1, Y0, Y4
	VPUNPCKLWD Y7, Y2, Y5
	VPUNPCKHWD Y7, Y2, Y6
	VPMADDWD   Y15, Y3, Y3
	VPMADDWD   Y15, Y4, Y4
	VPMADDWD   Y14, Y5, Y5
	VPMADDWD   Y14, Y6, Y6
	VPADDD     Y13, Y3, Y3
	VPADDD     Y13, Y4, Y4
	VPADDD     Y5, Y3, Y3
	VPADDD     Y6, Y4, Y4
	VPSRAD     $16, Y3, Y3
	VPSRAD     $16, Y4, Y4
	VPACKSSDW  Y4, Y3, Y3
	VPADDW     Y1, Y3, Y3
	STORE16(Y3, X3, X4, (DI)(R9*1))
	ADDQ       $16, R9
	CMPQ       R9, CX
	JLT        loop
	VZEROUPPER
	RET

// LIGHT adds the light of 16 samples, by pairs, to sum. A gather clears its
// mask.
#define LIGHT(from, sum) \
	VPMOVZXWD  (from)(R9*2), Y0  \
	VPAND      Y15, Y0, Y1       \
	VPSRLD     $8, Y0, Y0        \
	VPCMPEQD   Y3, Y3, Y3        \
	VPGATHERDD Y3, (SI)(Y1*4), Y2 \
	VPADDD     Y2, sum, sum      \
	VPCMPEQD   Y3, Y3, Y3        \
	VPGATHERDD Y3, (SI)(Y0*4), Y2 \
	VPADDD     Y2, sum, sum

// COLOUR makes four times the mean of squares, in out.
#define COLOUR(top, bottom, out) \
	VPXOR      out, out, out      \
	LIGHT(top, out)               \
	LIGHT(bottom, out)            \
	VPSRLD     $9, out, Y0        \
	VPAND      Y14, out, Y1       \
	VPCMPEQD   Y3, Y3, Y3         \
	VPGATHERDD Y3, (DX)(Y0*4), Y2 \
	VPSUBD     Y1, Y13, Y0        \
	VPSLLD     $16, Y1, Y1        \
	VPOR       Y1, Y0, Y0         \
	VPMADDWD   Y0, Y2, out        \
	VPADDD     Y12, out, out      \
	VPSRLD     $7, out, out

// func chromaAVX2(cb, cr *uint8, rows *[6]*uint8, linear, gamma *uint32, n int)
TEXT ·chromaAVX2(SB), NOSPLIT, $0-48
	MOVQ         rows+16(FP), AX
	MOVQ         0(AX), R8
	MOVQ         8(AX), R10
	MOVQ         16(AX), R11
	MOVQ         24(AX), R12
	MOVQ         32(AX), R13
	MOVQ         40(AX), BX
	MOVQ         cb+0(FP), DI
	MOVQ         cr+8(FP), AX
	MOVQ         linear+24(FP), SI
	MOVQ         gamma+32(FP), DX
	MOVQ         n+40(FP), CX
	VPBROADCASTD byte<>(SB), Y15
	VPBROADCASTD part<>(SB), Y14
	VPBROADCASTD parts<>(SB), Y13
	VPBROADCASTD half<>(SB), Y12
	VPBROADCASTD biasC<>(SB), Y11
	XORQ         R9, R9

loop:
	COLOUR(R8, R12, Y4)
	COLOUR(R10, R13, Y5)
	COLOUR(R11, BX, Y6)
	VPSLLD       $16, Y5, Y5
	VPOR         Y5, Y4, Y4
	VPBROADCASTD redGreenCb<>(SB), Y0
	VPBROADCASTD blueCb<>(SB), Y1
	VPMADDWD     Y0, Y4, Y7
	VPMADDWD     Y1, Y6, Y8
	VPADDD       Y8, Y7, Y7
	VPBROADCASTD redGreenCr<>(SB), Y0
	VPBROADCASTD blueCr<>(SB), Y1
	VPMADDWD     Y0, Y4, Y9
	VPMADDWD     Y1, Y6, Y10
	VPADDD       Y10, Y9, Y9
	VPADDD       Y11, Y7, Y7
	VPADDD       Y11, Y9, Y9
	VPSRAD       $18, Y7, Y7
	VPSRAD       $18, Y9, Y9
	VPACKSSDW    Y9, Y7, Y7
	VEXTRACTI128 $1, Y7, X8
	VPUNPCKLQDQ  X8, X7, X9
	VPUNPCKHQDQ  X8, X7, X10
	VPACKUSWB    X10, X9, X9
	VMOVQ        X9, (DI)(R9*1)
	VPEXTRQ      $1, X9, (AX)(R9*1)
	ADDQ         $8, R9
	CMPQ         R9, CX
	JLT          loop
	VZEROUPPER
	RET

// What LimitLuma and LimitChroma take off, 36/255 and 31/255, fits 16 bits with
// enough of its fraction: 10 bits and 11. 37008 is 36/255 of 2^18, and as a
// signed number -28528; 31868 is 31/255 of 2^18.

// func limitLumaAVX2(dst, src *uint8, n int)
TEXT ·limitLumaAVX2(SB), NOSPLIT, $0-24
	MOVQ         dst+0(FP), DI
	MOVQ         src+8(FP), SI
	MOVQ         n+16(FP), CX
	VPBROADCASTD lumaFactor<>(SB), Y15
	VPBROADCASTD lumaHalf<>(SB), Y14
	VPBROADCASTD sixteen<>(SB), Y13
	XORQ         R9, R9

loop:
	VPMOVZXBW (SI)(R9*1), Y0
	VPSLLW    $8, Y0, Y1
	VPMULHUW  Y15, Y1, Y1
	VPADDW    Y14, Y1, Y1
	VPSRLW    $10, Y1, Y1
	VPADDW    Y13, Y0, Y0
	VPSUBW    Y1, Y0, Y0
	STORE16(Y0, X0, X1, (DI)(R9*1))
	ADDQ      $16, R9
	CMPQ      R9, CX
	JLT       loop
	VZEROUPPER
	RET

// func limitChromaAVX2(dst, src *uint8, n int)
TEXT ·limitChromaAVX2(SB), NOSPLIT, $0-24
	MOVQ         dst+0(FP), DI
	MOVQ         src+8(FP), SI
	MOVQ         n+16(FP), CX
	VPBROADCASTD chromaFactor<>(SB), Y15
	VPBROADCASTD chromaHalf<>(SB), Y14
	VPBROADCASTD sign<>(SB), Y13
	XORQ         R9, R9

loop:
	VPMOVZXBW (SI)(R9*1), Y0
	VPSLLW    $8, Y0, Y1
	VPXOR     Y13, Y1, Y1
	VPMULHRSW Y15, Y1, Y1
	VPADDW    Y14, Y1, Y1
	VPSRAW    $11, Y1, Y1
	VPSUBW    Y1, Y0, Y0
	STORE16(Y0, X0, X1, (DI)(R9*1))
	ADDQ      $16, R9
	CMPQ      R9, CX
	JLT       loop
	VZEROUPPER
	RET
