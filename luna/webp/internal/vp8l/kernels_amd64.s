//go:build amd64 && !noasm && gc

#include "textflag.h"

// EIGHT is 32 bytes of one double word.
#define EIGHT(name, value) \
	DATA  name<>+0x00(SB)/4, value \
	DATA  name<>+0x04(SB)/4, value \
	DATA  name<>+0x08(SB)/4, value \
	DATA  name<>+0x0c(SB)/4, value \
	DATA  name<>+0x10(SB)/4, value \
	DATA  name<>+0x14(SB)/4, value \
	DATA  name<>+0x18(SB)/4, value \
	DATA  name<>+0x1c(SB)/4, value \
	GLOBL name<>(SB), RODATA|NOPTR, $32

// TWICE is 16 bytes in both halves of a register.
#define TWICE(name, low, high) \
	DATA  name<>+0x00(SB)/8, low  \
	DATA  name<>+0x08(SB)/8, high \
	DATA  name<>+0x10(SB)/8, low  \
	DATA  name<>+0x18(SB)/8, high \
	GLOBL name<>(SB), RODATA|NOPTR, $32

EIGHT(bias, $127)
EIGHT(mantissa, $0x7fffff)
EIGHT(one, $0x3f800000)
EIGHT(log1, $0x3fb890b7)
EIGHT(log2, $0xbf3586f8)
EIGHT(log3, $0x3ed4c861)
EIGHT(log4, $0xbe4634b5)
EIGHT(log5, $0x3d38e86d)
EIGHT(ones, $0x01010101)
EIGHT(words, $0x00010001)
EIGHT(nibbles, $0x0f0f0f0f)
EIGHT(above15, $0x70707070)
EIGHT(black, $0xff000000)
TWICE(low, $0x18161513100d0800, $0x201f1e1e1d1c1b19)
TWICE(high, $0x383634322f2b2500, $0x0000000000000039)

// func measureAVX2(m *measure, x, y *uint32, n int)
TEXT ·measureAVX2(SB), NOSPLIT, $0-32
	MOVQ m+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ y+16(FP), DX
	MOVQ n+24(FP), CX
	VMOVDQU log1<>(SB), Y7
	VMOVDQU log2<>(SB), Y8
	VMOVDQU log3<>(SB), Y9
	VMOVDQU log4<>(SB), Y10
	VPXOR   Y11, Y11, Y11
	VMOVDQU one<>(SB), Y12
	VMOVDQU mantissa<>(SB), Y13
	VMOVDQU bias<>(SB), Y14
	VPXOR   Y15, Y15, Y15
	VPXOR   Y6, Y6, Y6
	VPXOR   Y5, Y5, Y5
	VPXOR   Y4, Y4, Y4
	SHRQ $3, CX
	XORQ BX, BX

loop:
	VMOVDQU (SI), Y0
	VPADDD  (DX), Y0, Y0

	// What is 0, and what equals the count before.
	VPCMPEQD   Y15, Y0, Y1
	VMOVMSKPS  Y1, AX
	MOVB       AX, 16(DI)(BX*1)
	VPERM2I128 $0x21, Y0, Y11, Y1
	VPALIGNR   $12, Y1, Y0, Y1
	VPCMPEQD   Y1, Y0, Y1
	VMOVMSKPS  Y1, AX
	MOVB       AX, 184(DI)(BX*1)
	VMOVDQA    Y0, Y11
	VPADDD     Y0, Y5, Y5
	VPMAXUD    Y0, Y4, Y4

	// x*log2(x)
	VCVTDQ2PS Y0, Y0
	VPSRLD    $23, Y0, Y1
	VPSUBD    Y14, Y1, Y1
	VCVTDQ2PS Y1, Y1
	VPAND     Y13, Y0, Y2
	VPOR      Y12, Y2, Y2
	VSUBPS    Y12, Y2, Y2
	VMULPS    log5<>(SB), Y2, Y3
	VADDPS    Y10, Y3, Y3
	VMULPS    Y2, Y3, Y3
	VADDPS    Y9, Y3, Y3
	VMULPS    Y2, Y3, Y3
	VADDPS    Y8, Y3, Y3
	VMULPS    Y2, Y3, Y3
	VADDPS    Y7, Y3, Y3
	VMULPS    Y2, Y3, Y3
	VADDPS    Y1, Y3, Y3
	VMULPS    Y0, Y3, Y3
	VADDPS    Y3, Y6, Y6
	ADDQ $32, SI
	ADDQ $32, DX
	INCQ BX
	DECQ CX
	JNZ  loop

	ANDB $0xfe, 184(DI)
	VEXTRACTF128 $1, Y6, X0
	VADDPS       X0, X6, X6
	VMOVHLPS     X6, X6, X0
	VADDPS       X0, X6, X6
	VMOVSHDUP    X6, X0
	VADDSS       X0, X6, X6
	VMOVSS       X6, 0(DI)
	VEXTRACTI128 $1, Y5, X0
	VPADDD       X0, X5, X5
	VPSHUFD      $0x4e, X5, X0
	VPADDD       X0, X5, X5
	VPSHUFD      $0xb1, X5, X0
	VPADDD       X0, X5, X5
	VMOVD        X5, 4(DI)
	VEXTRACTI128 $1, Y4, X0
	VPMAXUD      X0, X4, X4
	VPSHUFD      $0x4e, X4, X0
	VPMAXUD      X0, X4, X4
	VPSHUFD      $0xb1, X4, X0
	VPMAXUD      X0, X4, X4
	VMOVD        X4, 8(DI)
	VZEROUPPER
	RET


// Predictions of eight pixels: Y0 left, Y1 above, Y2 above left, Y3 above right,
// Y4 the pixels, Y15 zeros, Y14 ones in bytes.

// AVERAGE rounds down.
#define AVERAGE(a, b, t, r) \
	VPXOR  a, b, t     \
	VPAND  Y14, t, t   \
	VPAVGB a, b, r     \
	VPSUBB t, r, r

// CHOOSE takes left where it is closer to the gradient.
#define CHOOSE(r) \
	VPSUBUSB   Y2, Y0, Y5  \
	VPSUBUSB   Y0, Y2, Y6  \
	VPOR       Y5, Y6, Y5  \
	VPSUBUSB   Y2, Y1, Y6  \
	VPSUBUSB   Y1, Y2, Y7  \
	VPOR       Y6, Y7, Y6  \
	VPMADDUBSW Y14, Y5, Y5 \
	VPMADDUBSW Y14, Y6, Y6 \
	VPSUBW     Y6, Y5, Y5  \
	VPMADDWD   words<>(SB), Y5, Y5 \
	VPCMPGTD   Y15, Y5, Y5 \
	VPBLENDVB  Y5, Y0, Y1, r

// GRADIENT is left + above - above left, clamped.
#define GRADIENT(r) \
	VPUNPCKLBW Y15, Y0, Y5 \
	VPUNPCKLBW Y15, Y1, Y6 \
	VPADDW     Y6, Y5, Y5  \
	VPUNPCKLBW Y15, Y2, Y6 \
	VPSUBW     Y6, Y5, Y5  \
	VPUNPCKHBW Y15, Y0, Y6 \
	VPUNPCKHBW Y15, Y1, Y7 \
	VPADDW     Y7, Y6, Y6  \
	VPUNPCKHBW Y15, Y2, Y7 \
	VPSUBW     Y7, Y6, Y6  \
	VPACKUSWB  Y6, Y5, r

// HALF is the mean m of left and above, and half of m - above left more, rounded
// to zero.
#define HALF(m, r) \
	VPUNPCKLBW Y15, m, Y5  \
	VPUNPCKLBW Y15, Y2, Y6 \
	VPSUBW     Y6, Y5, Y6  \
	VPSRLW     $15, Y6, Y7 \
	VPADDW     Y7, Y6, Y6  \
	VPSRAW     $1, Y6, Y6  \
	VPADDW     Y6, Y5, Y5  \
	VPUNPCKHBW Y15, m, Y6  \
	VPUNPCKHBW Y15, Y2, Y7 \
	VPSUBW     Y7, Y6, Y7  \
	VPSRLW     $15, Y7, Y8 \
	VPADDW     Y8, Y7, Y7  \
	VPSRAW     $1, Y7, Y7  \
	VPADDW     Y7, Y6, Y6  \
	VPACKUSWB  Y6, Y5, r

// SCORE adds what the residuals of a prediction cost to the sums at 32*mode.
#define SCORE(prediction, mode) \
	VPSUBB   prediction, Y4, Y5 \
	VPABSB   Y5, Y5             \
	VPADDUSB Y13, Y5, Y6        \
	VPSHUFB  Y6, Y11, Y6        \
	VPSRLW   $4, Y5, Y5         \
	VPAND    Y12, Y5, Y5        \
	VPSHUFB  Y5, Y10, Y5        \
	VPOR     Y6, Y5, Y5         \
	VPSADBW  Y15, Y5, Y5        \
	VPADDQ   (32*mode)(R9), Y5, Y5 \
	VMOVDQU  Y5, (32*mode)(R9)

// func scoreAVX2(sums *[14][4]uint64, pixels *uint32, stride, eights, rows int)
TEXT ·scoreAVX2(SB), NOSPLIT, $0-40
	MOVQ sums+0(FP), R9
	MOVQ pixels+8(FP), DI
	MOVQ stride+16(FP), R8
	MOVQ eights+24(FP), R10
	MOVQ rows+32(FP), R11
	SHLQ $2, R8
	VPXOR   Y15, Y15, Y15
	VMOVDQU ones<>(SB), Y14
	VMOVDQU above15<>(SB), Y13
	VMOVDQU nibbles<>(SB), Y12
	VMOVDQU low<>(SB), Y11
	VMOVDQU high<>(SB), Y10

row:
	MOVQ DI, SI
	MOVQ DI, DX
	SUBQ R8, DX
	MOVQ R10, CX

columns:
	VMOVDQU -4(SI), Y0
	VMOVDQU (DX), Y1
	VMOVDQU -4(DX), Y2
	VMOVDQU 4(DX), Y3
	VMOVDQU (SI), Y4
	VMOVDQU black<>(SB), Y9
	SCORE(Y9, 0)
	SCORE(Y0, 1)
	SCORE(Y1, 2)
	SCORE(Y3, 3)
	SCORE(Y2, 4)
	AVERAGE(Y0, Y3, Y5, Y9)
	AVERAGE(Y9, Y1, Y5, Y9)
	SCORE(Y9, 5)
	AVERAGE(Y0, Y2, Y5, Y9)
	SCORE(Y9, 6)
	AVERAGE(Y1, Y3, Y5, Y8)
	SCORE(Y8, 9)
	AVERAGE(Y9, Y8, Y5, Y9)
	SCORE(Y9, 10)
	AVERAGE(Y2, Y1, Y5, Y9)
	SCORE(Y9, 8)
	AVERAGE(Y0, Y1, Y5, Y9)
	SCORE(Y9, 7)
	HALF(Y9, Y9)
	SCORE(Y9, 13)
	CHOOSE(Y9)
	SCORE(Y9, 11)
	GRADIENT(Y9)
	SCORE(Y9, 12)
	ADDQ $32, SI
	ADDQ $32, DX
	DECQ CX
	JNZ  columns
	ADDQ R8, DI
	DECQ R11
	JNZ  row
	VZEROUPPER
	RET

// func residualsAVX2(dst, pixels *uint32, stride, eights, mode int)
TEXT ·residualsAVX2(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ pixels+8(FP), SI
	MOVQ stride+16(FP), DX
	MOVQ eights+24(FP), CX
	MOVQ mode+32(FP), AX
	SHLQ $2, DX
	NEGQ DX
	ADDQ SI, DX
	SUBQ SI, DI
	SUBQ SI, DX
	VPXOR   Y15, Y15, Y15
	VMOVDQU ones<>(SB), Y14
	CMPQ AX, $0
	JEQ  mode0
	CMPQ AX, $1
	JEQ  mode1
	CMPQ AX, $2
	JEQ  mode2
	CMPQ AX, $3
	JEQ  mode3
	CMPQ AX, $4
	JEQ  mode4
	CMPQ AX, $5
	JEQ  mode5
	CMPQ AX, $6
	JEQ  mode6
	CMPQ AX, $7
	JEQ  mode7
	CMPQ AX, $8
	JEQ  mode8
	CMPQ AX, $9
	JEQ  mode9
	CMPQ AX, $10
	JEQ  mode10
	CMPQ AX, $11
	JEQ  mode11
	CMPQ AX, $12
	JEQ  mode12

mode13:
	VMOVDQU -4(SI), Y0
	VMOVDQU (SI)(DX*1), Y1
	VMOVDQU -4(SI)(DX*1), Y2
	AVERAGE(Y0, Y1, Y5, Y9)
	HALF(Y9, Y9)
	VMOVDQU (SI), Y4
	VPSUBB  Y9, Y4, Y4
	VMOVDQU Y4, (DI)(SI*1)
	ADDQ    $32, SI
	DECQ    CX
	JNZ     mode13
	VZEROUPPER
	RET

mode0:
	VMOVDQU black<>(SB), Y9
	VMOVDQU (SI), Y4
	VPSUBB  Y9, Y4, Y4
	VMOVDQU Y4, (DI)(SI*1)
	ADDQ    $32, SI
	DECQ    CX
	JNZ     mode0
	VZEROUPPER
	RET

mode1:
	VMOVDQU -4(SI), Y9
	VMOVDQU (SI), Y4
	VPSUBB  Y9, Y4, Y4
	VMOVDQU Y4, (DI)(SI*1)
	ADDQ    $32, SI
	DECQ    CX
	JNZ     mode1
	VZEROUPPER
	RET

mode2:
	VMOVDQU (SI)(DX*1), Y9
	VMOVDQU (SI), Y4
	VPSUBB  Y9, Y4, Y4
	VMOVDQU Y4, (DI)(SI*1)
	ADDQ    $32, SI
	DECQ    CX
	JNZ     mode2
	VZEROUPPER
	RET

mode3:
	VMOVDQU 4(SI)(DX*1), Y9
	VMOVDQU (SI), Y4
	VPSUBB  Y9, Y4, Y4
	VMOVDQU Y4, (DI)(SI*1)
	ADDQ    $32, SI
	DECQ    CX
	JNZ     mode3
	VZEROUPPER
	RET

mode4:
	VMOVDQU -4(SI)(DX*1), Y9
	VMOVDQU (SI), Y4
	VPSUBB  Y9, Y4, Y4
	VMOVDQU Y4, (DI)(SI*1)
	ADDQ    $32, SI
	DECQ    CX
	JNZ     mode4
	VZEROUPPER
	RET

mode5:
	VMOVDQU -4(SI), Y0
	VMOVDQU (SI)(DX*1), Y1
	VMOVDQU 4(SI)(DX*1), Y3
	AVERAGE(Y0, Y3, Y5, Y9)
	AVERAGE(Y9, Y1, Y5, Y9)
	VMOVDQU (SI), Y4
	VPSUBB  Y9, Y4, Y4
	VMOVDQU Y4, (DI)(SI*1)
	ADDQ    $32, SI
	DECQ    CX
	JNZ     mode5
	VZEROUPPER
	RET

mode6:
	VMOVDQU -4(SI), Y0
	VMOVDQU -4(SI)(DX*1), Y2
	AVERAGE(Y0, Y2, Y5, Y9)
	VMOVDQU (SI), Y4
	VPSUBB  Y9, Y4, Y4
	VMOVDQU Y4, (DI)(SI*1)
	ADDQ    $32, SI
	DECQ    CX
	JNZ     mode6
	VZEROUPPER
	RET

mode7:
	VMOVDQU -4(SI), Y0
	VMOVDQU (SI)(DX*1), Y1
	AVERAGE(Y0, Y1, Y5, Y9)
	VMOVDQU (SI), Y4
	VPSUBB  Y9, Y4, Y4
	VMOVDQU Y4, (DI)(SI*1)
	ADDQ    $32, SI
	DECQ    CX
	JNZ     mode7
	VZEROUPPER
	RET

mode8:
	VMOVDQU -4(SI)(DX*1), Y2
	VMOVDQU (SI)(DX*1), Y1
	AVERAGE(Y2, Y1, Y5, Y9)
	VMOVDQU (SI), Y4
	VPSUBB  Y9, Y4, Y4
	VMOVDQU Y4, (DI)(SI*1)
	ADDQ    $32, SI
	DECQ    CX
	JNZ     mode8
	VZEROUPPER
	RET

mode9:
	VMOVDQU 4(SI)(DX*1), Y3
	VMOVDQU (SI)(DX*1), Y1
	AVERAGE(Y1, Y3, Y5, Y9)
	VMOVDQU (SI), Y4
	VPSUBB  Y9, Y4, Y4
	VMOVDQU Y4, (DI)(SI*1)
	ADDQ    $32, SI
	DECQ    CX
	JNZ     mode9
	VZEROUPPER
	RET

mode10:
	VMOVDQU -4(SI), Y0
	VMOVDQU (SI)(DX*1), Y1
	VMOVDQU -4(SI)(DX*1), Y2
	VMOVDQU 4(SI)(DX*1), Y3
	AVERAGE(Y0, Y2, Y5, Y9)
	AVERAGE(Y1, Y3, Y5, Y8)
	AVERAGE(Y9, Y8, Y5, Y9)
	VMOVDQU (SI), Y4
	VPSUBB  Y9, Y4, Y4
	VMOVDQU Y4, (DI)(SI*1)
	ADDQ    $32, SI
	DECQ    CX
	JNZ     mode10
	VZEROUPPER
	RET

mode11:
	VMOVDQU -4(SI), Y0
	VMOVDQU (SI)(DX*1), Y1
	VMOVDQU -4(SI)(DX*1), Y2
	CHOOSE(Y9)
	VMOVDQU (SI), Y4
	VPSUBB  Y9, Y4, Y4
	VMOVDQU Y4, (DI)(SI*1)
	ADDQ    $32, SI
	DECQ    CX
	JNZ     mode11
	VZEROUPPER
	RET

mode12:
	VMOVDQU -4(SI), Y0
	VMOVDQU (SI)(DX*1), Y1
	VMOVDQU -4(SI)(DX*1), Y2
	GRADIENT(Y9)
	VMOVDQU (SI), Y4
	VPSUBB  Y9, Y4, Y4
	VMOVDQU Y4, (DI)(SI*1)
	ADDQ    $32, SI
	DECQ    CX
	JNZ     mode12
	VZEROUPPER
	RET

EIGHT(green, $0x0000ff00)
EIGHT(lowest, $0x000000ff)
EIGHT(redBlue, $0x00ff00ff)

// func subtractGreenAVX2(pixels *uint32, eights int)
TEXT ·subtractGreenAVX2(SB), NOSPLIT, $0-16
	MOVQ pixels+0(FP), SI
	MOVQ eights+8(FP), CX
	VMOVDQU redBlue<>(SB), Y15

loop:
	VMOVDQU (SI), Y0
	VPSRLD  $8, Y0, Y1
	VPSLLD  $16, Y1, Y2
	VPBLENDW $0xaa, Y2, Y1, Y1
	VPAND   Y15, Y1, Y1
	VPSUBB  Y1, Y0, Y0
	VMOVDQU Y0, (SI)
	ADDQ    $32, SI
	DECQ    CX
	JNZ     loop
	VZEROUPPER
	RET

// func decorrelateAVX2(pixels *uint32, eights int, green, red uint32)
TEXT ·decorrelateAVX2(SB), NOSPLIT, $0-24
	MOVQ pixels+0(FP), SI
	MOVQ eights+8(FP), CX
	MOVL green+16(FP), AX
	VMOVD AX, X12
	VPBROADCASTD X12, Y12
	MOVL red+20(FP), AX
	VMOVD AX, X13
	VPBROADCASTD X13, Y13
	VMOVDQU green<>(SB), Y14
	VMOVDQU redBlue<>(SB), Y15

loop:
	VMOVDQU (SI), Y0
	VPAND   Y14, Y0, Y1
	VPSLLD  $16, Y1, Y2
	VPOR    Y2, Y1, Y1
	VPMULHW Y12, Y1, Y1
	VPSLLW  $8, Y0, Y2
	VPMULHW Y13, Y2, Y2
	VPSRLD  $16, Y2, Y2
	VPADDB  Y2, Y1, Y1
	VPAND   Y15, Y1, Y1
	VPSUBB  Y1, Y0, Y0
	VMOVDQU Y0, (SI)
	ADDQ    $32, SI
	DECQ    CX
	JNZ     loop
	VZEROUPPER
	RET

// func leftoverAVX2(pixels *uint32, stride, eights, rows, shift int, green, red uint32) uint64
TEXT ·leftoverAVX2(SB), NOSPLIT, $0-56
	MOVQ pixels+0(FP), DI
	MOVQ stride+8(FP), R8
	MOVQ eights+16(FP), R10
	MOVQ rows+24(FP), R11
	VMOVQ shift+32(FP), X6
	MOVL green+40(FP), AX
	VMOVD AX, X7
	VPBROADCASTD X7, Y7
	MOVL red+44(FP), AX
	VMOVD AX, X8
	VPBROADCASTD X8, Y8
	VMOVDQU green<>(SB), Y9
	VMOVDQU high<>(SB), Y10
	VMOVDQU low<>(SB), Y11
	VMOVDQU nibbles<>(SB), Y12
	VMOVDQU above15<>(SB), Y13
	VMOVDQU lowest<>(SB), Y14
	VPXOR   Y15, Y15, Y15
	VPXOR   Y5, Y5, Y5
	SHLQ $2, R8

row:
	MOVQ DI, SI
	MOVQ R10, CX

columns:
	VMOVDQU  (SI), Y0
	VPAND    Y9, Y0, Y1
	VPMULHW  Y7, Y1, Y1
	VPSRLD   $8, Y0, Y2
	VPAND    Y9, Y2, Y2
	VPMULHW  Y8, Y2, Y2
	VPSRLD   X6, Y0, Y0
	VPSUBB   Y1, Y0, Y0
	VPSUBB   Y2, Y0, Y0
	VPAND    Y14, Y0, Y0
	VPABSB   Y0, Y0
	VPADDUSB Y13, Y0, Y1
	VPSHUFB  Y1, Y11, Y1
	VPSRLW   $4, Y0, Y0
	VPAND    Y12, Y0, Y0
	VPSHUFB  Y0, Y10, Y0
	VPOR     Y1, Y0, Y0
	VPADDD   Y0, Y5, Y5
	ADDQ     $32, SI
	DECQ     CX
	JNZ      columns
	ADDQ R8, DI
	DECQ R11
	JNZ  row
	VEXTRACTI128 $1, Y5, X0
	VPADDD       X0, X5, X5
	VPSHUFD      $0x4e, X5, X0
	VPADDD       X0, X5, X5
	VPSHUFD      $0xb1, X5, X0
	VPADDD       X0, X5, X5
	VMOVD        X5, AX
	MOVQ         AX, ret+48(FP)
	VZEROUPPER
	RET

// func mismatchAVX2(a, b *uint32, eights int) int
TEXT ·mismatchAVX2(SB), NOSPLIT, $0-32
	MOVQ a+0(FP), SI
	MOVQ b+8(FP), DX
	MOVQ eights+16(FP), CX
	XORQ BX, BX

loop:
	VMOVDQU  (SI)(BX*1), Y0
	VPCMPEQD (DX)(BX*1), Y0, Y0
	VPMOVMSKB Y0, AX
	XORL     $-1, AX
	JNZ      differs
	ADDQ     $32, BX
	DECQ     CX
	JNZ      loop
	SHRQ     $2, BX
	MOVQ     BX, ret+24(FP)
	VZEROUPPER
	RET

differs:
	BSFL AX, AX
	ADDQ AX, BX
	SHRQ $2, BX
	MOVQ BX, ret+24(FP)
	VZEROUPPER
	RET

// TIMESLOG is x*log2(x) of the counts in x, as above, with temporaries.
#define TIMESLOG(x, r, e, t) \
	VCVTDQ2PS x, r                 \
	VPSRLD    $23, r, e            \
	VPSUBD    Y14, e, e            \
	VCVTDQ2PS e, e                 \
	VPAND     Y13, r, t            \
	VPOR      Y12, t, t            \
	VSUBPS    Y12, t, t            \
	VMULPS    Y11, t, x            \
	VADDPS    Y10, x, x            \
	VMULPS    t, x, x              \
	VADDPS    Y9, x, x             \
	VMULPS    t, x, x              \
	VADDPS    Y8, x, x             \
	VMULPS    t, x, x              \
	VADDPS    Y7, x, x             \
	VMULPS    t, x, x              \
	VADDPS    e, x, x              \
	VMULPS    r, x, r

// func gainAVX2(x, y *[256]uint32) float32
TEXT ·gainAVX2(SB), NOSPLIT, $0-20
	MOVQ x+0(FP), SI
	MOVQ y+8(FP), DX
	VMOVDQU log1<>(SB), Y7
	VMOVDQU log2<>(SB), Y8
	VMOVDQU log3<>(SB), Y9
	VMOVDQU log4<>(SB), Y10
	VMOVDQU log5<>(SB), Y11
	VMOVDQU one<>(SB), Y12
	VMOVDQU mantissa<>(SB), Y13
	VMOVDQU bias<>(SB), Y14
	VPXOR   Y15, Y15, Y15
	MOVQ $32, CX

loop:
	VMOVDQU (SI), Y0
	VPTEST  Y0, Y0
	JZ      next
	VMOVDQU (DX), Y1
	VPADDD  Y1, Y0, Y2
	TIMESLOG(Y1, Y3, Y4, Y5)
	TIMESLOG(Y2, Y1, Y4, Y5)
	VSUBPS  Y3, Y1, Y1
	TIMESLOG(Y0, Y2, Y4, Y5)
	VADDPS  Y1, Y2, Y1
	VADDPS  Y1, Y15, Y15

next:
	ADDQ $32, SI
	ADDQ $32, DX
	DECQ CX
	JNZ  loop
	VEXTRACTF128 $1, Y15, X0
	VADDPS       X0, X15, X15
	VMOVHLPS     X15, X15, X0
	VADDPS       X0, X15, X15
	VMOVSHDUP    X15, X0
	VADDSS       X0, X15, X15
	VMOVSS       X15, ret+16(FP)
	VZEROUPPER
	RET
