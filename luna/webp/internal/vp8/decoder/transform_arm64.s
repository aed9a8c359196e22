//go:build arm64 && !noasm && gc

#include "textflag.h"

// Instructions that Go's assembler has no names for, operands in its order.
// .ci/words holds their encodings against GNU as. The vector of factors, m, is
// one of V0 to V15.

// sqdmulh Vd.8h, Vn.8h, Vm.h[i]
#define SQDMULH(i, m, n, d) WORD $(0x4f40c000 | (i&1)<<20 | (i>>1&1)<<21 | (i>>2)<<11 | m<<16 | n<<5 | d)
// sshr Vd.8h, Vn.8h, #s
#define SSHRH(s, n, d) WORD $(0x4f000400 | (32-s)<<16 | n<<5 | d)
// ssra Vd.8h, Vn.8h, #s
#define SSRAH(s, n, d) WORD $(0x4f001400 | (32-s)<<16 | n<<5 | d)
// uaddw Vd.8h, Vn.8h, Vm.8b
#define UADDW(m, n, d) WORD $(0x2e201000 | m<<16 | n<<5 | d)
// usubl Vd.8h, Vn.8b, Vm.8b
#define USUBL(m, n, d) WORD $(0x2e202000 | m<<16 | n<<5 | d)
// sqxtun Vd.8b, Vn.8h
#define SQXTUN(n, d) WORD $(0x2e212800 | n<<5 | d)

// 20091, and half of 35468: products are doubled.
DATA factors<>+0(SB)/8, $0x0000000045464e7b
GLOBL factors<>(SB), RODATA|NOPTR, $8

// PASS transforms V0 to V3 in place; V15 has the factors.
#define PASS \
	VADD V2.H8, V0.H8, V4.H8 \
	VSUB V2.H8, V0.H8, V5.H8 \
	SQDMULH(1, 15, 1, 6)     \
	SQDMULH(0, 15, 3, 7)     \
	SQDMULH(0, 15, 1, 8)     \
	SQDMULH(1, 15, 3, 9)     \
	SSRAH(1, 7, 3)           \
	SSRAH(1, 8, 1)           \
	VSUB V3.H8, V6.H8, V6.H8 \
	VADD V1.H8, V9.H8, V9.H8 \
	VADD V9.H8, V4.H8, V0.H8 \
	VADD V6.H8, V5.H8, V1.H8 \
	VSUB V6.H8, V5.H8, V2.H8 \
	VSUB V9.H8, V4.H8, V3.H8

// TURN transposes the 4x4 words in each half of V0 to V3.
#define TURN \
	VTRN1 V1.H8, V0.H8, V4.H8 \
	VTRN2 V1.H8, V0.H8, V5.H8 \
	VTRN1 V3.H8, V2.H8, V6.H8 \
	VTRN2 V3.H8, V2.H8, V7.H8 \
	VTRN1 V6.S4, V4.S4, V0.S4 \
	VTRN1 V7.S4, V5.S4, V1.S4 \
	VTRN2 V6.S4, V4.S4, V2.S4 \
	VTRN2 V7.S4, V5.S4, V3.S4

#define TRANSFORM \
	MOVD  $factors<>(SB), R2  \
	VLD1  (R2), [V15.H4]      \
	VMOVI $4, V14.B16         \
	VUSHR $8, V14.H8, V14.H8  \
	PASS                      \
	TURN                      \
	VADD  V14.H8, V0.H8, V0.H8 \
	PASS                      \
	SSHRH(3, 0, 0)            \
	SSHRH(3, 1, 1)            \
	SSHRH(3, 2, 2)            \
	SSHRH(3, 3, 3)            \
	TURN

// func addPairNEON(dst *uint8, c *[16]int16)
TEXT ·addPairNEON(SB), NOSPLIT, $0-16
	MOVD dst+0(FP), R0
	MOVD c+8(FP), R1
	VLD1 (R1), [V10.B16, V11.B16, V12.B16, V13.B16]
	VZIP1 V12.D2, V10.D2, V0.D2
	VZIP2 V12.D2, V10.D2, V1.D2
	VZIP1 V13.D2, V11.D2, V2.D2
	VZIP2 V13.D2, V11.D2, V3.D2
	TRANSFORM
	MOVD R0, R3
	MOVD $32, R4
	VLD1.P (R3)(R4), [V4.B8]
	VLD1.P (R3)(R4), [V5.B8]
	VLD1.P (R3)(R4), [V6.B8]
	VLD1.P (R3)(R4), [V7.B8]
	UADDW(4, 0, 0)
	UADDW(5, 1, 1)
	UADDW(6, 2, 2)
	UADDW(7, 3, 3)
	SQXTUN(0, 0)
	SQXTUN(1, 1)
	SQXTUN(2, 2)
	SQXTUN(3, 3)
	VST1.P [V0.B8], (R0)(R4)
	VST1.P [V1.B8], (R0)(R4)
	VST1.P [V2.B8], (R0)(R4)
	VST1.P [V3.B8], (R0)(R4)
	RET

// func addBlockNEON(dst *uint8, c *[16]int16)
TEXT ·addBlockNEON(SB), NOSPLIT, $0-16
	MOVD dst+0(FP), R0
	MOVD c+8(FP), R1
	VLD1 (R1), [V0.H4, V1.H4, V2.H4, V3.H4]
	TRANSFORM
	FMOVS (R0), F4
	FMOVS 32(R0), F5
	FMOVS 64(R0), F6
	FMOVS 96(R0), F7
	UADDW(4, 0, 0)
	UADDW(5, 1, 1)
	UADDW(6, 2, 2)
	UADDW(7, 3, 3)
	SQXTUN(0, 0)
	SQXTUN(1, 1)
	SQXTUN(2, 2)
	SQXTUN(3, 3)
	FMOVS F0, (R0)
	FMOVS F1, 32(R0)
	FMOVS F2, 64(R0)
	FMOVS F3, 96(R0)
	RET

// func motionNEON(dst, edge *uint8, rows int)
TEXT ·motionNEON(SB), NOSPLIT, $0-24
	MOVD dst+0(FP), R0
	MOVD edge+8(FP), R1
	MOVD rows+16(FP), R2
	SUB  $32, R0, R3
	VLD1 (R3), [V0.B8]
	SUB  $32, R1, R3
	MOVBU (R3), R4
	VDUP R4, V1.B8
	USUBL(1, 0, 0)

motion:
	MOVBU (R1), R4
	VDUP  R4, V1.B8
	UADDW(1, 0, 2)
	SQXTUN(2, 2)
	VST1  [V2.B8], (R0)
	ADD   $32, R0
	ADD   $32, R1
	SUBS  $1, R2
	BNE   motion
	RET
