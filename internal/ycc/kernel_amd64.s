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

// Factors that do not fit 16 bits are taken apart into a multiple of 65536,
// which needs no multiplication, and the rest: 91881 is 65536+26345, -46802 is
// 18734-65536, 116130 is 2*65536-14942, 38470 is 65536-27066, and 32768 is
// 65536-32768.
PAIR(red, 0, 26345)
PAIR(green, -22554, 18734)
PAIR(blue, -14942, 0)
PAIR(redGreenY, 19595, -27066)
PAIR(redGreenCb, -11059, -21709)
PAIR(redGreenCr, -32768, -27439)
PAIR(blueY, 7471, 0)
PAIR(blueCb, -32768, 0)
PAIR(blueCr, -5329, 0)
LONG(half, 32768)
LONG(centre, 8421375)
PAIR(middle, 128, 128)
PAIR(ones, 0x0101, 0x0101)
PAIR(halveBias, 0, 1)
PAIR(quarterBias, 1, 2)
PAIR(one, 1, 1)
PAIR(two, 2, 2)
PAIR(seven, 7, 7)
PAIR(eight, 8, 8)

// STORE16 stores the 16-bit numbers of y, saturated to 8 bits.
#define STORE16(y, x, x2, to) \
	VEXTRACTI128 $1, y, x2 \
	VPACKUSWB    x2, x, x  \
	VMOVDQU      x, to

// PRODUCT makes of the interleaved pairs lo and hi the sums of products with
// factors, plus bias, without their lower 16 bits, in a; b is lost.
#define PRODUCT(factors, lo, hi, bias, a, b) \
	VPMADDWD  factors, lo, a \
	VPMADDWD  factors, hi, b \
	VPADDD    bias, a, a     \
	VPADDD    bias, b, b     \
	VPSRAD    $16, a, a      \
	VPSRAD    $16, b, b      \
	VPACKSSDW b, a, a

// func toRGBAVX2(red, green, blue, y, cb, cr *uint8, n int)
TEXT ·toRGBAVX2(SB), NOSPLIT, $0-56
	MOVQ         red+0(FP), DI
	MOVQ         green+8(FP), SI
	MOVQ         blue+16(FP), DX
	MOVQ         y+24(FP), R8
	MOVQ         cb+32(FP), R10
	MOVQ         cr+40(FP), R11
	MOVQ         n+48(FP), CX
	VPBROADCASTD red<>(SB), Y15
	VPBROADCASTD green<>(SB), Y14
	VPBROADCASTD blue<>(SB), Y13
	VPBROADCASTD half<>(SB), Y12
	VPBROADCASTD middle<>(SB), Y11
	XORQ         R9, R9

loop:
	VPMOVZXBW  (R8)(R9*1), Y0
	VPMOVZXBW  (R10)(R9*1), Y1
	VPMOVZXBW  (R11)(R9*1), Y2
	VPSUBW     Y11, Y1, Y1
	VPSUBW     Y11, Y2, Y2
	VPUNPCKLWD Y2, Y1, Y3
	VPUNPCKHWD Y2, Y1, Y4
	PRODUCT(Y15, Y3, Y4, Y12, Y5, Y8)
	PRODUCT(Y14, Y3, Y4, Y12, Y6, Y8)
	PRODUCT(Y13, Y3, Y4, Y12, Y7, Y8)
	VPADDW Y0, Y5, Y5
	VPADDW Y0, Y6, Y6
	VPADDW Y0, Y7, Y7
	VPADDW Y2, Y5, Y5
	VPSUBW Y2, Y6, Y6
	VPADDW Y1, Y7, Y7
	VPADDW Y1, Y7, Y7
	STORE16(Y5, X5, X8, (DI)(R9*1))
	STORE16(Y6, X6, X8, (SI)(R9*1))
	STORE16(Y7, X7, X8, (DX)(R9*1))
	ADDQ $16, R9
	CMPQ R9, CX
	JLT  loop
	VZEROUPPER
	RET

// PRODUCT3 is PRODUCT of two interleaved pairs.
#define PRODUCT3(factors, factor, lo, hi, lo2, hi2, bias, a, b, c) \
	VPMADDWD  factors, lo, a \
	VPMADDWD  factors, hi, b \
	VPADDD    bias, a, a     \
	VPADDD    bias, b, b     \
	VPMADDWD  factor, lo2, c \
	VPADDD    c, a, a        \
	VPMADDWD  factor, hi2, c \
	VPADDD    c, b, b        \
	VPSRAD    $16, a, a      \
	VPSRAD    $16, b, b      \
	VPACKSSDW b, a, a

// RGB interleaves 16 pixels of red and green, and of blue and 0.
#define RGB \
	VPMOVZXBW  (R8)(R9*1), Y0  \
	VPMOVZXBW  (R10)(R9*1), Y1 \
	VPMOVZXBW  (R11)(R9*1), Y2 \
	VPXOR      Y7, Y7, Y7      \
	VPUNPCKLWD Y1, Y0, Y3      \
	VPUNPCKHWD Y1, Y0, Y4      \
	VPUNPCKLWD Y7, Y2, Y5      \
	VPUNPCKHWD Y7, Y2, Y6

// func fromRGBAVX2(y, cb, cr, red, green, blue *uint8, n int)
TEXT ·fromRGBAVX2(SB), NOSPLIT, $96-56
	MOVQ         y+0(FP), DI
	MOVQ         cb+8(FP), SI
	MOVQ         cr+16(FP), DX
	MOVQ         red+24(FP), R8
	MOVQ         green+32(FP), R10
	MOVQ         blue+40(FP), R11
	MOVQ         n+48(FP), CX
	VPBROADCASTD redGreenY<>(SB), Y15
	VPBROADCASTD redGreenCb<>(SB), Y14
	VPBROADCASTD redGreenCr<>(SB), Y13
	VPBROADCASTD blueY<>(SB), Y0
	VMOVDQU      Y0, factorY-32(SP)
	VPBROADCASTD blueCb<>(SB), Y0
	VMOVDQU      Y0, factorCb-64(SP)
	VPBROADCASTD blueCr<>(SB), Y0
	VMOVDQU      Y0, factorCr-96(SP)
	VPBROADCASTD half<>(SB), Y12
	VPBROADCASTD centre<>(SB), Y11
	XORQ         R9, R9

loop:
	RGB
	PRODUCT3(Y15, factorY-32(SP), Y3, Y4, Y5, Y6, Y12, Y7, Y8, Y10)
	VPADDW Y1, Y7, Y7
	PRODUCT3(Y14, factorCb-64(SP), Y3, Y4, Y5, Y6, Y11, Y1, Y8, Y10)
	VPADDW Y2, Y1, Y1
	PRODUCT3(Y13, factorCr-96(SP), Y3, Y4, Y5, Y6, Y11, Y9, Y8, Y10)
	VPADDW Y0, Y9, Y9
	STORE16(Y7, X7, X8, (DI)(R9*1))
	STORE16(Y1, X1, X8, (SI)(R9*1))
	STORE16(Y9, X9, X8, (DX)(R9*1))
	ADDQ $16, R9
	CMPQ R9, CX
	JLT  loop
	VZEROUPPER
	RET

// func lumaAVX2(y, red, green, blue *uint8, n int)
TEXT ·lumaAVX2(SB), NOSPLIT, $0-40
	MOVQ         y+0(FP), DI
	MOVQ         red+8(FP), R8
	MOVQ         green+16(FP), R10
	MOVQ         blue+24(FP), R11
	MOVQ         n+32(FP), CX
	VPBROADCASTD redGreenY<>(SB), Y15
	VPBROADCASTD blueY<>(SB), Y14
	VPBROADCASTD half<>(SB), Y12
	XORQ         R9, R9

loop:
	RGB
	PRODUCT3(Y15, Y14, Y3, Y4, Y5, Y6, Y12, Y7, Y8, Y10)
	VPADDW Y1, Y7, Y7
	STORE16(Y7, X7, X8, (DI)(R9*1))
	ADDQ $16, R9
	CMPQ R9, CX
	JLT  loop
	VZEROUPPER
	RET

// func halveAVX2(dst, src *uint8, n int)
TEXT ·halveAVX2(SB), NOSPLIT, $0-24
	MOVQ         dst+0(FP), DI
	MOVQ         src+8(FP), SI
	MOVQ         n+16(FP), CX
	VPBROADCASTD ones<>(SB), Y15
	VPBROADCASTD halveBias<>(SB), Y14
	XORQ         R9, R9

loop:
	VMOVDQU    (SI)(R9*2), Y0
	VPMADDUBSW Y15, Y0, Y0
	VPADDW     Y14, Y0, Y0
	VPSRLW     $1, Y0, Y0
	STORE16(Y0, X0, X1, (DI)(R9*1))
	ADDQ $16, R9
	CMPQ R9, CX
	JLT  loop
	VZEROUPPER
	RET

// func quarterAVX2(dst, a, b *uint8, n int)
TEXT ·quarterAVX2(SB), NOSPLIT, $0-32
	MOVQ         dst+0(FP), DI
	MOVQ         a+8(FP), SI
	MOVQ         b+16(FP), DX
	MOVQ         n+24(FP), CX
	VPBROADCASTD ones<>(SB), Y15
	VPBROADCASTD quarterBias<>(SB), Y14
	XORQ         R9, R9

loop:
	VMOVDQU    (SI)(R9*2), Y0
	VMOVDQU    (DX)(R9*2), Y1
	VPMADDUBSW Y15, Y0, Y0
	VPMADDUBSW Y15, Y1, Y1
	VPADDW     Y1, Y0, Y0
	VPADDW     Y14, Y0, Y0
	VPSRLW     $2, Y0, Y0
	STORE16(Y0, X0, X1, (DI)(R9*1))
	ADDQ $16, R9
	CMPQ R9, CX
	JLT  loop
	VZEROUPPER
	RET

// TRIPLE stores three times x in to.
#define TRIPLE(x, to) \
	VPADDW x, x, to  \
	VPADDW x, to, to

// PAIRS stores 16 pairs made of the columns Y1, their left neighbours Y0 and
// their right ones Y2.
#define PAIRS(shift) \
	TRIPLE(Y1, Y3) \
	VPADDW  Y3, Y0, Y0     \
	VPADDW  Y3, Y2, Y2     \
	VPADDW  Y15, Y0, Y0    \
	VPADDW  Y14, Y2, Y2    \
	VPSRLW  $shift, Y0, Y0 \
	VPSRLW  $shift, Y2, Y2 \
	VPSLLW  $8, Y2, Y2     \
	VPOR    Y2, Y0, Y0     \
	VMOVDQU Y0, (DI)(R9*2)

// NEXT advances to the next 16 pairs, or to the last, and ends after those.
#define NEXT \
	ADDQ    $16, R9     \
	CMPQ    R9, CX      \
	JGE     done        \
	LEAQ    -16(CX), AX \
	CMPQ    R9, AX      \
	CMOVQGT AX, R9      \
	JMP     loop

// func widenAVX2(dst, src *uint8, n int)
TEXT ·widenAVX2(SB), NOSPLIT, $0-24
	MOVQ         dst+0(FP), DI
	MOVQ         src+8(FP), SI
	MOVQ         n+16(FP), CX
	VPBROADCASTD one<>(SB), Y15
	VPBROADCASTD two<>(SB), Y14
	XORQ         R9, R9

loop:
	VPMOVZXBW (SI)(R9*1), Y0
	VPMOVZXBW 1(SI)(R9*1), Y1
	VPMOVZXBW 2(SI)(R9*1), Y2
	PAIRS(2)
	NEXT

done:
	VZEROUPPER
	RET

// COLUMNS adds a chroma row to thrice the nearer one.
#define COLUMNS(at, to) \
	VPMOVZXBW at(SI)(R9*1), Y4 \
	VPMOVZXBW at(DX)(R9*1), Y5 \
	TRIPLE(Y4, to) \
	VPADDW Y5, to, to

// func widenBetweenAVX2(dst, near, far *uint8, n int)
TEXT ·widenBetweenAVX2(SB), NOSPLIT, $0-32
	MOVQ         dst+0(FP), DI
	MOVQ         near+8(FP), SI
	MOVQ         far+16(FP), DX
	MOVQ         n+24(FP), CX
	VPBROADCASTD eight<>(SB), Y15
	VPBROADCASTD seven<>(SB), Y14
	XORQ         R9, R9

loop:
	COLUMNS(0, Y0)
	COLUMNS(1, Y1)
	COLUMNS(2, Y2)
	PAIRS(4)
	NEXT

done:
	VZEROUPPER
	RET
