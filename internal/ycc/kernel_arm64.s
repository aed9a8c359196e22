//go:build arm64 && !noasm && gc

#include "textflag.h"

// Instructions that Go's assembler has no names for, operands in its order.
// .ci/words holds their encodings against GNU as. The vector of factors, m, is
// one of V0 to V15.

// smull Vd.4s, Vn.4h, Vm.h[i]
#define SMULL(i, m, n, d) WORD $(0x0f40a000 | (i>>2)<<11 | (i>>1&1)<<21 | (i&1)<<20 | m<<16 | n<<5 | d)
// smull2 Vd.4s, Vn.8h, Vm.h[i]
#define SMULL2(i, m, n, d) WORD $(0x4f40a000 | (i>>2)<<11 | (i>>1&1)<<21 | (i&1)<<20 | m<<16 | n<<5 | d)
// smlal Vd.4s, Vn.4h, Vm.h[i]
#define SMLAL(i, m, n, d) WORD $(0x0f402000 | (i>>2)<<11 | (i>>1&1)<<21 | (i&1)<<20 | m<<16 | n<<5 | d)
// smlal2 Vd.4s, Vn.8h, Vm.h[i]
#define SMLAL2(i, m, n, d) WORD $(0x4f402000 | (i>>2)<<11 | (i>>1&1)<<21 | (i&1)<<20 | m<<16 | n<<5 | d)
// sqrdmulh Vd.8h, Vn.8h, Vm.h[i]
#define SQRDMULH(i, m, n, d) WORD $(0x4f40d000 | (i>>2)<<11 | (i>>1&1)<<21 | (i&1)<<20 | m<<16 | n<<5 | d)
// umull Vd.4s, Vn.4h, Vm.h[i]
#define UMULL(i, m, n, d) WORD $(0x2f40a000 | (i>>2)<<11 | (i>>1&1)<<21 | (i&1)<<20 | m<<16 | n<<5 | d)
// umull2 Vd.4s, Vn.8h, Vm.h[i]
#define UMULL2(i, m, n, d) WORD $(0x6f40a000 | (i>>2)<<11 | (i>>1&1)<<21 | (i&1)<<20 | m<<16 | n<<5 | d)
// umlal Vd.4s, Vn.4h, Vm.h[i]
#define UMLAL(i, m, n, d) WORD $(0x2f402000 | (i>>2)<<11 | (i>>1&1)<<21 | (i&1)<<20 | m<<16 | n<<5 | d)
// umlal2 Vd.4s, Vn.8h, Vm.h[i]
#define UMLAL2(i, m, n, d) WORD $(0x6f402000 | (i>>2)<<11 | (i>>1&1)<<21 | (i&1)<<20 | m<<16 | n<<5 | d)
// umlsl Vd.4s, Vn.4h, Vm.h[i]
#define UMLSL(i, m, n, d) WORD $(0x2f406000 | (i>>2)<<11 | (i>>1&1)<<21 | (i&1)<<20 | m<<16 | n<<5 | d)
// umlsl2 Vd.4s, Vn.8h, Vm.h[i]
#define UMLSL2(i, m, n, d) WORD $(0x6f406000 | (i>>2)<<11 | (i>>1&1)<<21 | (i&1)<<20 | m<<16 | n<<5 | d)
// mla Vd.8h, Vn.8h, Vm.8h
#define MLA(m, n, d) WORD $(0x4e609400 | m<<16 | n<<5 | d)
// umull Vd.8h, Vn.8b, Vm.8b
#define UMULLB(m, n, d) WORD $(0x2e20c000 | m<<16 | n<<5 | d)
// umull2 Vd.8h, Vn.16b, Vm.16b
#define UMULLB2(m, n, d) WORD $(0x6e20c000 | m<<16 | n<<5 | d)
// usubl Vd.8h, Vn.8b, Vm.8b
#define USUBL(m, n, d) WORD $(0x2e202000 | m<<16 | n<<5 | d)
// usubl2 Vd.8h, Vn.16b, Vm.16b
#define USUBL2(m, n, d) WORD $(0x6e202000 | m<<16 | n<<5 | d)
// uhadd Vd.16b, Vn.16b, Vm.16b
#define UHADD(m, n, d) WORD $(0x6e200400 | m<<16 | n<<5 | d)
// urhadd Vd.16b, Vn.16b, Vm.16b
#define URHADD(m, n, d) WORD $(0x6e201400 | m<<16 | n<<5 | d)
// uadalp Vd.8h, Vn.16b
#define UADALP(n, d) WORD $(0x6e206800 | n<<5 | d)
// rshrn Vd.4h, Vn.4s, #s
#define RSHRN(s, n, d) WORD $(0x0f008c00 | (32-s)<<16 | n<<5 | d)
// rshrn2 Vd.8h, Vn.4s, #s
#define RSHRN2(s, n, d) WORD $(0x4f008c00 | (32-s)<<16 | n<<5 | d)
// shrn Vd.8b, Vn.8h, #s
#define SHRNB(s, n, d) WORD $(0x0f008400 | (16-s)<<16 | n<<5 | d)
// shrn2 Vd.16b, Vn.8h, #s
#define SHRNB2(s, n, d) WORD $(0x4f008400 | (16-s)<<16 | n<<5 | d)
// rshrn Vd.8b, Vn.8h, #s
#define RSHRNB(s, n, d) WORD $(0x0f008c00 | (16-s)<<16 | n<<5 | d)
// rshrn2 Vd.16b, Vn.8h, #s
#define RSHRNB2(s, n, d) WORD $(0x4f008c00 | (16-s)<<16 | n<<5 | d)
// sqxtun Vd.8b, Vn.8h
#define SQXTUN(n, d) WORD $(0x2e212800 | n<<5 | d)
// sqxtun2 Vd.16b, Vn.8h
#define SQXTUN2(n, d) WORD $(0x6e212800 | n<<5 | d)

// Factors that do not fit 16 bits are taken apart into a multiple of 65536,
// which needs no multiplication, and the rest: 91881 is 65536+26345, -46802 is
// 18734-65536, 116130 is 2*65536-14942. Those that stand alone are halved, for
// SQRDMULH doubles: what 13172 leaves of half of 26345 does not show in any of
// the 256 results.
DATA toRGB<>+0(SB)/2, $13172
DATA toRGB<>+2(SB)/2, $-22554
DATA toRGB<>+4(SB)/2, $18734
DATA toRGB<>+6(SB)/2, $-7471
GLOBL toRGB<>(SB), RODATA|NOPTR, $8

// Those of FromRGB as they are, less their signs.
DATA fromRGB<>+0(SB)/2, $19595
DATA fromRGB<>+2(SB)/2, $38470
DATA fromRGB<>+4(SB)/2, $7471
DATA fromRGB<>+6(SB)/2, $11059
DATA fromRGB<>+8(SB)/2, $21709
DATA fromRGB<>+10(SB)/2, $32768
DATA fromRGB<>+12(SB)/2, $27439
DATA fromRGB<>+14(SB)/2, $5329
GLOBL fromRGB<>(SB), RODATA|NOPTR, $16

// func toRGBNEON(red, green, blue, y, cb, cr *uint8, n int)
TEXT ·toRGBNEON(SB), NOSPLIT, $0-56
	MOVD  red+0(FP), R0
	MOVD  green+8(FP), R1
	MOVD  blue+16(FP), R2
	MOVD  y+24(FP), R3
	MOVD  cb+32(FP), R4
	MOVD  cr+40(FP), R5
	MOVD  n+48(FP), R6
	MOVD  $toRGB<>(SB), R7
	VLD1  (R7), [V15.H4]
	VMOVI $128, V14.B16

loop:
	VLD1.P 16(R3), [V0.B16]
	VLD1.P 16(R4), [V1.B16]
	VLD1.P 16(R5), [V2.B16]
	USUBL(14, 1, 4)
	USUBL2(14, 1, 5)
	USUBL(14, 2, 6)
	USUBL2(14, 2, 7)

	SQRDMULH(0, 15, 6, 16)
	SQRDMULH(0, 15, 7, 17)
	VADD    V6.H8, V16.H8, V16.H8
	VADD    V7.H8, V17.H8, V17.H8
	VUADDW  V0.B8, V16.H8, V16.H8
	VUADDW2 V0.B16, V17.H8, V17.H8
	SQXTUN(16, 18)
	SQXTUN2(17, 18)
	VST1.P  [V18.B16], 16(R0)

	SMULL(1, 15, 4, 16)
	SMULL2(1, 15, 4, 17)
	SMULL(1, 15, 5, 18)
	SMULL2(1, 15, 5, 19)
	SMLAL(2, 15, 6, 16)
	SMLAL2(2, 15, 6, 17)
	SMLAL(2, 15, 7, 18)
	SMLAL2(2, 15, 7, 19)
	RSHRN(16, 16, 20)
	RSHRN(16, 18, 21)
	RSHRN2(16, 17, 20)
	RSHRN2(16, 19, 21)
	VSUB    V6.H8, V20.H8, V20.H8
	VSUB    V7.H8, V21.H8, V21.H8
	VUADDW  V0.B8, V20.H8, V20.H8
	VUADDW2 V0.B16, V21.H8, V21.H8
	SQXTUN(20, 22)
	SQXTUN2(21, 22)
	VST1.P  [V22.B16], 16(R1)

	SQRDMULH(3, 15, 4, 16)
	SQRDMULH(3, 15, 5, 17)
	VADD    V4.H8, V4.H8, V4.H8
	VADD    V5.H8, V5.H8, V5.H8
	VADD    V4.H8, V16.H8, V16.H8
	VADD    V5.H8, V17.H8, V17.H8
	VUADDW  V0.B8, V16.H8, V16.H8
	VUADDW2 V0.B16, V17.H8, V17.H8
	SQXTUN(16, 18)
	SQXTUN2(17, 18)
	VST1.P  [V18.B16], 16(R2)

	SUBS $16, R6
	BGT  loop
	RET

// RGB loads 16 pixels: red in V4 and V5, green in V6 and V7, blue in V8 and V9.
#define RGB \
	VLD1.P 16(R3), [V0.B16] \
	VLD1.P 16(R4), [V1.B16] \
	VLD1.P 16(R5), [V2.B16] \
	VUXTL  V0.B8, V4.H8     \
	VUXTL2 V0.B16, V5.H8    \
	VUXTL  V1.B8, V6.H8     \
	VUXTL2 V1.B16, V7.H8    \
	VUXTL  V2.B8, V8.H8     \
	VUXTL2 V2.B16, V9.H8

// LUMA makes eight samples, number d, of number red, green and blue.
#define LUMA(red, green, blue, d) \
	UMULL(0, 15, red, 16)    \
	UMULL2(0, 15, red, 17)   \
	UMLAL(1, 15, green, 16)  \
	UMLAL2(1, 15, green, 17) \
	UMLAL(2, 15, blue, 16)   \
	UMLAL2(2, 15, blue, 17)  \
	RSHRN(16, 16, d)         \
	RSHRN2(16, 17, d)

// CHROMA makes eight samples, d, of the colour that counts half, and a and b,
// which count by the factors i and j.
#define CHROMA(colour, i, a, j, b, d) \
	VMOV  V14.B16, V16.B16        \
	VMOV  V14.B16, V17.B16        \
	UMLAL(5, 15, colour, 16)      \
	UMLAL2(5, 15, colour, 17)     \
	UMLSL(i, 15, a, 16)           \
	UMLSL2(i, 15, a, 17)          \
	UMLSL(j, 15, b, 16)           \
	UMLSL2(j, 15, b, 17)          \
	VUZP2 V17.H8, V16.H8, d.H8

// NARROW stores the lower bytes of low and high.
#define NARROW(low, high, to) \
	VUZP1  high.B16, low.B16, low.B16 \
	VST1.P [low.B16], 16(to)

// func fromRGBNEON(y, cb, cr, red, green, blue *uint8, n int)
TEXT ·fromRGBNEON(SB), NOSPLIT, $0-56
	MOVD y+0(FP), R0
	MOVD cb+8(FP), R1
	MOVD cr+16(FP), R2
	MOVD red+24(FP), R3
	MOVD green+32(FP), R4
	MOVD blue+40(FP), R5
	MOVD n+48(FP), R6
	MOVD $fromRGB<>(SB), R7
	VLD1 (R7), [V15.H8]
	MOVW $(128<<16 + 32767), R7
	VDUP R7, V14.S4

loop:
	RGB
	LUMA(4, 6, 8, 20)
	LUMA(5, 7, 9, 21)
	CHROMA(8, 3, 4, 4, 6, V22)
	CHROMA(9, 3, 5, 4, 7, V23)
	CHROMA(4, 6, 6, 7, 8, V24)
	CHROMA(5, 6, 7, 7, 9, V25)
	NARROW(V20, V21, R0)
	NARROW(V22, V23, R1)
	NARROW(V24, V25, R2)
	SUBS $16, R6
	BGT  loop
	RET

// func lumaNEON(y, red, green, blue *uint8, n int)
TEXT ·lumaNEON(SB), NOSPLIT, $0-40
	MOVD y+0(FP), R0
	MOVD red+8(FP), R3
	MOVD green+16(FP), R4
	MOVD blue+24(FP), R5
	MOVD n+32(FP), R6
	MOVD $fromRGB<>(SB), R7
	VLD1 (R7), [V15.H8]

loop:
	RGB
	LUMA(4, 6, 8, 20)
	LUMA(5, 7, 9, 21)
	NARROW(V20, V21, R0)
	SUBS $16, R6
	BGT  loop
	RET

// func halveNEON(dst, src *uint8, n int)
TEXT ·halveNEON(SB), NOSPLIT, $0-24
	MOVD dst+0(FP), R0
	MOVD src+8(FP), R1
	MOVD n+16(FP), R2
	MOVD $0xff00ff00ff00ff00, R3
	VDUP R3, V4.D2

	// Halves go down in even columns and up in odd ones.
loop:
	VLD2.P 32(R1), [V0.B16, V1.B16]
	UHADD(1, 0, 2)
	URHADD(1, 0, 3)
	VBIT   V4.B16, V3.B16, V2.B16
	VST1.P [V2.B16], 16(R0)
	SUBS   $16, R2
	BGT    loop
	RET

// func quarterNEON(dst, a, b *uint8, n int)
TEXT ·quarterNEON(SB), NOSPLIT, $0-32
	MOVD dst+0(FP), R0
	MOVD a+8(FP), R1
	MOVD b+16(FP), R2
	MOVD n+24(FP), R3
	MOVW $0x00020001, R4
	VDUP R4, V6.S4

loop:
	VLD1.P 32(R1), [V0.B16, V1.B16]
	VLD1.P 32(R2), [V2.B16, V3.B16]
	VMOV   V6.B16, V4.B16
	VMOV   V6.B16, V5.B16
	UADALP(0, 4)
	UADALP(1, 5)
	UADALP(2, 4)
	UADALP(3, 5)
	SHRNB(2, 4, 0)
	SHRNB2(2, 5, 0)
	VST1.P [V0.B16], 16(R0)
	SUBS   $16, R3
	BGT    loop
	RET

// STOREPAIRS stores 16 pairs, V16 and V17, for R3, and ends when that is R6,
// the last.
#define STOREPAIRS \
	ADD  R3<<1, R0, R4            \
	VST2 [V16.B16, V17.B16], (R4) \
	CMP  R6, R3                   \
	BGE  done                     \
	ADD  $16, R3                  \
	CMP  R6, R3                   \
	CSEL LT, R3, R6, R3           \
	B    loop

// func widenNEON(dst, src *uint8, n int)
TEXT ·widenNEON(SB), NOSPLIT, $0-24
	MOVD  dst+0(FP), R0
	MOVD  src+8(FP), R1
	MOVD  n+16(FP), R2
	SUB   $16, R2, R6
	MOVD  $0, R3
	MOVD  $1, R5
	VMOVI $3, V14.B16
	VDUP  R5, V15.H8

loop:
	ADD    R1, R3, R4
	VLD1.P (R4)(R5), [V0.B16]
	VLD1.P (R4)(R5), [V1.B16]
	VLD1   (R4), [V2.B16]
	UMULLB(14, 1, 4)
	UMULLB2(14, 1, 5)
	VUADDW  V0.B8, V4.H8, V6.H8
	VUADDW2 V0.B16, V5.H8, V7.H8
	VUADDW  V2.B8, V4.H8, V4.H8
	VUADDW2 V2.B16, V5.H8, V5.H8
	VADD    V15.H8, V6.H8, V6.H8
	VADD    V15.H8, V7.H8, V7.H8
	SHRNB(2, 6, 16)
	RSHRNB(2, 4, 17)
	SHRNB2(2, 7, 16)
	RSHRNB2(2, 5, 17)
	STOREPAIRS

done:
	RET

// COLUMNS adds a chroma row, V1, to thrice the nearer one, V0. The results are
// low and high, of those numbers.
#define COLUMNS(low, numberLow, high, numberHigh) \
	UMULLB(14, 0, numberLow)       \
	UMULLB2(14, 0, numberHigh)     \
	VUADDW  V1.B8, low.H8, low.H8  \
	VUADDW2 V1.B16, high.H8, high.H8

// func widenBetweenNEON(dst, near, far *uint8, n int)
TEXT ·widenBetweenNEON(SB), NOSPLIT, $0-32
	MOVD  dst+0(FP), R0
	MOVD  near+8(FP), R1
	MOVD  far+16(FP), R7
	MOVD  n+24(FP), R2
	SUB   $16, R2, R6
	MOVD  $0, R3
	MOVD  $1, R5
	VMOVI $3, V14.B16
	MOVD  $3, R4
	VDUP  R4, V13.H8
	MOVD  $7, R4
	VDUP  R4, V15.H8

loop:
	ADD    R1, R3, R4
	ADD    R7, R3, R8
	VLD1.P (R4)(R5), [V0.B16]
	VLD1.P (R8)(R5), [V1.B16]
	COLUMNS(V4, 4, V5, 5)
	VLD1.P (R4)(R5), [V0.B16]
	VLD1.P (R8)(R5), [V1.B16]
	COLUMNS(V6, 6, V7, 7)
	VLD1   (R4), [V0.B16]
	VLD1   (R8), [V1.B16]
	COLUMNS(V18, 18, V19, 19)
	VADD   V15.H8, V18.H8, V18.H8
	VADD   V15.H8, V19.H8, V19.H8
	MLA(13, 6, 4)
	MLA(13, 7, 5)
	MLA(13, 6, 18)
	MLA(13, 7, 19)
	RSHRNB(4, 4, 16)
	SHRNB(4, 18, 17)
	RSHRNB2(4, 5, 16)
	SHRNB2(4, 19, 17)
	STOREPAIRS

done:
	RET
