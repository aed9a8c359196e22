//go:build amd64 && !noasm && gc

#include "go_asm.h"
#include "textflag.h"

// The constants of lab.go, in its precision.
#define DOUBLE(name, value) \
	DATA name<>+0(SB)/8, $(value) \
	GLOBL name<>(SB), RODATA|NOPTR, $8

#define SINGLE(name, value) \
	DATA name<>+0(SB)/4, $(value) \
	GLOBL name<>(SB), RODATA|NOPTR, $4

DOUBLE(whiteX, 95.0470)
DOUBLE(whiteY, 100.0)
DOUBLE(whiteZ, 108.8827)
DOUBLE(d16, 16.0)
DOUBLE(d116, 116.0)
DOUBLE(d200, 200.0)
DOUBLE(d500, 500.0)
DOUBLE(d8, 8.0)
DOUBLE(flat, 903.3)
DOUBLE(slope, 7.787)
DOUBLE(offset, 0.13793103448275862)
DOUBLE(start, 0.13793)
DOUBLE(least, 0.2069)
SINGLE(steps, 100000.0)
SINGLE(s16, 16.0)
SINGLE(s100, 100.0)
SINGLE(s116, 116.0)
SINGLE(s200, 200.0)
SINGLE(s500, 500.0)
SINGLE(s255, 255.0)
SINGLE(whole, 8388608.0)
SINGLE(redX, 3.240625)
SINGLE(redY, -1.537208)
SINGLE(redZ, -0.498629)
SINGLE(greenX, -0.968931)
SINGLE(greenY, 1.875756)
SINGLE(greenZ, 0.041518)
SINGLE(blueX, 0.055710)
SINGLE(blueY, -0.204021)
SINGLE(blueZ, 1.056996)

DATA last<>+0(SB)/4, $99998
GLOBL last<>(SB), RODATA|NOPTR, $4

// The first bytes of four words.
DATA firsts<>+0(SB)/8, $0xffffffff0c080400
DATA firsts<>+8(SB)/8, $0xffffffffffffffff
GLOBL firsts<>(SB), RODATA|NOPTR, $16

// LIGHT sets x to the XYZ of pixel R9+k. BX, DX and SI point at the samples,
// R8 at the tables.
#define LIGHT(k, x) \
	MOVBLZX k(BX)(R9*1), AX               \
	SHLQ    $4, AX                        \
	VMOVUPS Space_xyz(R8)(AX*1), x        \
	MOVBLZX k(DX)(R9*1), AX               \
	SHLQ    $4, AX                        \
	VADDPS  Space_xyz+4096(R8)(AX*1), x, x \
	MOVBLZX k(SI)(R9*1), AX               \
	SHLQ    $4, AX                        \
	VADDPS  Space_xyz+8192(R8)(AX*1), x, x

// LUMA sets the first lane of x to the Y of pixel R9+k, as LIGHT does.
#define LUMA(k, x) \
	MOVBLZX k(BX)(R9*1), AX                 \
	SHLQ    $4, AX                          \
	VMOVSS  Space_xyz+4(R8)(AX*1), x        \
	MOVBLZX k(DX)(R9*1), AX                 \
	SHLQ    $4, AX                          \
	VADDSS  Space_xyz+4100(R8)(AX*1), x, x  \
	MOVBLZX k(SI)(R9*1), AX                 \
	SHLQ    $4, AX                          \
	VADDSS  Space_xyz+8196(R8)(AX*1), x, x

// PAIRS sets X9 and X10 to the pairs of floats at the indices in X8, of that
// size, from R11 on: this takes less time than a gather.
#define PAIRS(size) \
	VMOVQ   X8, AX                   \
	MOVL    AX, R13                  \
	SHRQ    $32, AX                  \
	VMOVSD  (R11)(R13*size), X9      \
	VMOVHPD (R11)(AX*size), X9, X9   \
	VPEXTRQ $1, X8, AX               \
	MOVL    AX, R13                  \
	SHRQ    $32, AX                  \
	VMOVSD  (R11)(R13*size), X10     \
	VMOVHPD (R11)(AX*size), X10, X10

// F sets x, the lower half of y, to the f of the four coordinates in x. R11
// points at the roots, X12 is steps, X13 the last index, X14 is 0.
#define F(x, y, white) \
	VMULPS       X12, x, x          \
	VCVTPS2PD    x, y               \
	VDIVPD       white, y, y        \
	VCVTPD2PSY   y, x               \
	VCVTTPS2DQ   x, X8              \
	VPMINSD      X13, X8, X8        \
	VPMAXSD      X14, X8, X8        \
	PAIRS(4)                        \
	VCVTDQ2PS    X8, X8             \
	VSUBPS       X8, x, x           \
	VSHUFPS      $0x88, X10, X9, X8 \
	VSHUFPS      $0xdd, X10, X9, X9 \
	VSUBPS       X8, X9, X9         \
	VMULPS       X9, x, x           \
	VADDPS       X8, x, x

// func lightnessAVX2(s *Space, n int, dst *float32, red, green, blue *uint8)
TEXT ·lightnessAVX2(SB), NOSPLIT, $0-48
	MOVQ         s+0(FP), R8
	MOVQ         n+8(FP), CX
	MOVQ         dst+16(FP), DI
	MOVQ         red+24(FP), BX
	MOVQ         green+32(FP), DX
	MOVQ         blue+40(FP), SI
	LEAQ         Space_root(R8), R11
	VBROADCASTSS steps<>(SB), X12
	VPBROADCASTD last<>(SB), X13
	VPXOR        X14, X14, X14
	VBROADCASTSD whiteY<>(SB), Y7
	VBROADCASTSS s116<>(SB), X11
	VBROADCASTSS s16<>(SB), X15
	XORQ         R9, R9

loop:
	LUMA(0, X0)
	LUMA(1, X1)
	LUMA(2, X2)
	LUMA(3, X3)
	VUNPCKLPS  X1, X0, X0
	VUNPCKLPS  X3, X2, X2
	VMOVLHPS   X2, X0, X0
	F(X0, Y0, Y7)
	VMULPS     X11, X0, X0
	VSUBPS     X15, X0, X0
	VMOVUPS    X0, (DI)(R9*4)
	ADDQ       $4, R9
	CMPQ       R9, CX
	JLT        loop
	VZEROUPPER
	RET

// func fromRGBAVX2(s *Space, n int, l, a, b *float32, red, green, blue *uint8)
TEXT ·fromRGBAVX2(SB), NOSPLIT, $0-64
	MOVQ         s+0(FP), R8
	MOVQ         n+8(FP), CX
	MOVQ         l+16(FP), DI
	MOVQ         a+24(FP), R10
	MOVQ         b+32(FP), R12
	MOVQ         red+40(FP), BX
	MOVQ         green+48(FP), DX
	MOVQ         blue+56(FP), SI
	LEAQ         Space_root(R8), R11
	VBROADCASTSS steps<>(SB), X12
	VPBROADCASTD last<>(SB), X13
	VPXOR        X14, X14, X14
	VBROADCASTSD whiteX<>(SB), Y11
	VBROADCASTSD whiteY<>(SB), Y7
	VBROADCASTSD whiteZ<>(SB), Y15
	XORQ         R9, R9

loop:
	LIGHT(0, X0)
	LIGHT(1, X1)
	LIGHT(2, X2)
	LIGHT(3, X3)
	VUNPCKLPS X1, X0, X4
	VUNPCKLPS X3, X2, X5
	VUNPCKHPS X1, X0, X6
	VUNPCKHPS X3, X2, X2
	VSHUFPS   $0x44, X5, X4, X0
	VSHUFPS   $0xee, X5, X4, X1
	VSHUFPS   $0x44, X2, X6, X2
	F(X0, Y0, Y11)
	F(X1, Y1, Y7)
	F(X2, Y2, Y15)

	VBROADCASTSS s116<>(SB), X3
	VMULPS       X3, X1, X3
	VBROADCASTSS s16<>(SB), X4
	VSUBPS       X4, X3, X3
	VMOVUPS      X3, (DI)(R9*4)
	VSUBPS       X1, X0, X0
	VBROADCASTSS s500<>(SB), X3
	VMULPS       X3, X0, X0
	VMOVUPS      X0, (R10)(R9*4)
	VSUBPS       X2, X1, X1
	VBROADCASTSS s200<>(SB), X3
	VMULPS       X3, X1, X1
	VMOVUPS      X1, (R12)(R9*4)
	ADDQ         $4, R9
	CMPQ         R9, CX
	JLT          loop
	VZEROUPPER
	RET

// CUBE sets x, the lower half of y, to white times the cube of the four t in
// y, or to the line that stands in for it where t is small.
#define CUBE(x, y, white, cubed) \
	VBROADCASTSD white<>(SB), Y6    \
	VMULPD       Y6, y, Y7          \
	VMULPD       y, Y7, Y7          \
	VMULPD       y, Y7, Y7          \
	VCVTPD2PSY   Y7, X7             \
	VBROADCASTSD least<>(SB), Y8    \
	VCMPPD       $1, Y8, y, Y8      \
	VMOVMSKPD    Y8, AX             \
	TESTL        AX, AX             \
	JEQ          cubed              \
	VBROADCASTSD start<>(SB), Y9    \
	VSUBPD       Y9, y, y           \
	VMULPD       y, Y6, y           \
	VBROADCASTSD slope<>(SB), Y9    \
	VDIVPD       Y9, y, y           \
	VCVTPD2PSY   y, x               \
	VEXTRACTF128 $1, Y8, X9         \
	VSHUFPS      $0x88, X9, X8, X8  \
	VBLENDVPS    X8, x, X7, X7      \
cubed:                              \
	VMOVAPS      X7, x

// WEIGH sets x to the sum of X0, X1 and X2 times their weights.
#define WEIGH(x, first, second, third) \
	VBROADCASTSS first<>(SB), x    \
	VMULPS       X0, x, x          \
	VBROADCASTSS second<>(SB), X6  \
	VMULPS       X1, X6, X6        \
	VADDPS       X6, x, x          \
	VBROADCASTSS third<>(SB), X6   \
	VMULPS       X2, X6, X6        \
	VADDPS       X6, x, x

// SAMPLE stores the samples of the four lights in x at dst. R11 points at the
// code, X12 is 255, X13 1<<23, X14 0, X15 firsts. A light that is not a number
// is 0.
#define SAMPLE(x, dst) \
	VMULPS       X12, x, x            \
	VMAXPS       X14, x, x            \
	VMINPS       X12, x, x            \
	VCVTTPS2DQ   x, X8                \
	PAIRS(8)                          \
	VCVTDQ2PS    X8, X8               \
	VSUBPS       X8, x, x             \
	VSHUFPS      $0x88, X10, X9, X8   \
	VSHUFPS      $0xdd, X10, X9, X9   \
	VMULPS       X9, x, x             \
	VADDPS       X8, x, x             \
	VADDPS       X13, x, x            \
	VPSHUFB      X15, x, x            \
	VMOVD        x, (dst)(R9*1)

// func toRGBAVX2(s *Space, n int, red, green, blue *uint8, l, a, b *float32)
TEXT ·toRGBAVX2(SB), NOSPLIT, $0-64
	MOVQ         s+0(FP), R8
	MOVQ         n+8(FP), CX
	MOVQ         red+16(FP), BX
	MOVQ         green+24(FP), DX
	MOVQ         blue+32(FP), SI
	MOVQ         l+40(FP), DI
	MOVQ         a+48(FP), R10
	MOVQ         b+56(FP), R12
	LEAQ         Space_code(R8), R11
	VBROADCASTSS s255<>(SB), X12
	VBROADCASTSS whole<>(SB), X13
	VPXOR        X14, X14, X14
	VMOVDQU      firsts<>(SB), X15
	XORQ         R9, R9

loop:
	// Y4 becomes fy, X1 becomes Y.
	VCVTPS2PD    (DI)(R9*4), Y0
	VBROADCASTSD d16<>(SB), Y1
	VADDPD       Y1, Y0, Y4
	VBROADCASTSD d116<>(SB), Y1
	VDIVPD       Y1, Y4, Y4
	VBROADCASTSD whiteY<>(SB), Y5
	VMULPD       Y5, Y4, Y1
	VMULPD       Y4, Y1, Y1
	VMULPD       Y4, Y1, Y1
	VCVTPD2PSY   Y1, X1
	VBROADCASTSD d8<>(SB), Y2
	VCMPPD       $1, Y2, Y0, Y2
	VMOVMSKPD    Y2, AX
	TESTL        AX, AX
	JEQ          light
	VMULPD       Y5, Y0, Y0
	VBROADCASTSD flat<>(SB), Y3
	VDIVPD       Y3, Y0, Y0
	VCVTPD2PSY   Y0, X0
	VCVTPS2PD    X0, Y3
	VDIVPD       Y5, Y3, Y3
	VBROADCASTSD slope<>(SB), Y6
	VMULPD       Y6, Y3, Y3
	VBROADCASTSD offset<>(SB), Y6
	VADDPD       Y6, Y3, Y3
	VBLENDVPD    Y2, Y3, Y4, Y4
	VEXTRACTF128 $1, Y2, X3
	VSHUFPS      $0x88, X3, X2, X2
	VBLENDVPS    X2, X0, X1, X1

light:
	VCVTPS2PD    (R10)(R9*4), Y0
	VBROADCASTSD d500<>(SB), Y2
	VDIVPD       Y2, Y0, Y0
	VADDPD       Y4, Y0, Y0
	VCVTPS2PD    (R12)(R9*4), Y2
	VBROADCASTSD d200<>(SB), Y3
	VDIVPD       Y3, Y2, Y2
	VSUBPD       Y2, Y4, Y2
	CUBE(X0, Y0, whiteX, cubedX)
	CUBE(X2, Y2, whiteZ, cubedZ)
	VBROADCASTSS s100<>(SB), X3
	VDIVPS       X3, X0, X0
	VDIVPS       X3, X1, X1
	VDIVPS       X3, X2, X2
	WEIGH(X3, redX, redY, redZ)
	WEIGH(X4, greenX, greenY, greenZ)
	WEIGH(X5, blueX, blueY, blueZ)
	SAMPLE(X3, BX)
	SAMPLE(X4, DX)
	SAMPLE(X5, SI)
	ADDQ         $4, R9
	CMPQ         R9, CX
	JLT          loop
	VZEROUPPER
	RET

// GRAY sets the first lane of x to the light of pixel R9+k. BX, DX and SI
// point at the samples, R10 at the tables.
#define GRAY(k, x) \
	MOVBLZX k(BX)(R9*1), AX         \
	VMOVSS  (R10)(AX*4), x          \
	MOVBLZX k(DX)(R9*1), AX         \
	VADDSS  1024(R10)(AX*4), x, x   \
	MOVBLZX k(SI)(R9*1), AX         \
	VADDSS  2048(R10)(AX*4), x, x

// func grayAVX2(s *Space, n int, dst, red, green, blue *uint8)
TEXT ·grayAVX2(SB), NOSPLIT, $0-48
	MOVQ         s+0(FP), R8
	MOVQ         n+8(FP), CX
	MOVQ         dst+16(FP), DI
	MOVQ         red+24(FP), BX
	MOVQ         green+32(FP), DX
	MOVQ         blue+40(FP), SI
	LEAQ         Space_code(R8), R11
	LEAQ         Space_bw(R8), R10
	VBROADCASTSS s255<>(SB), X12
	VBROADCASTSS whole<>(SB), X13
	VPXOR        X14, X14, X14
	VMOVDQU      firsts<>(SB), X15
	XORQ         R9, R9

loop:
	GRAY(0, X0)
	GRAY(1, X1)
	GRAY(2, X2)
	GRAY(3, X3)
	VUNPCKLPS X1, X0, X0
	VUNPCKLPS X3, X2, X2
	VMOVLHPS  X2, X0, X0
	SAMPLE(X0, DI)
	ADDQ       $4, R9
	CMPQ       R9, CX
	JLT        loop
	VZEROUPPER
	RET
