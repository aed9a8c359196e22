//go:build arm64 && !noasm && gc

#include "textflag.h"

// Instructions that Go's assembler has no names for, operands in its order.
// .ci/words holds their encodings against GNU as.

// mul Vd.4s, Vn.4s, Vm.s[i]
#define MUL(i, m, n, d) WORD $(0x4f808000 | (i&1)<<21 | (i>>1)<<11 | m<<16 | n<<5 | d)
// mla Vd.4s, Vn.4s, Vm.s[i]
#define MLA(i, m, n, d) WORD $(0x6f800000 | (i&1)<<21 | (i>>1)<<11 | m<<16 | n<<5 | d)
// mls Vd.4s, Vn.4s, Vm.s[i]
#define MLS(i, m, n, d) WORD $(0x6f804000 | (i&1)<<21 | (i>>1)<<11 | m<<16 | n<<5 | d)
// mul Vd.4s, Vn.4s, Vm.4s
#define MULTIPLY(m, n, d) WORD $(0x4ea09c00 | m<<16 | n<<5 | d)
// mla Vd.4s, Vn.4s, Vm.4s
#define ACCUMULATE(m, n, d) WORD $(0x4ea09400 | m<<16 | n<<5 | d)
// sshr Vd.4s, Vn.4s, #s
#define SSHR(s, n, d) WORD $(0x4f000400 | (64-s)<<16 | n<<5 | d)
// sxtl Vd.4s, Vn.4h
#define SXTL(n, d) WORD $(0x0f10a400 | n<<5 | d)
// sxtl2 Vd.4s, Vn.8h
#define SXTL2(n, d) WORD $(0x4f10a400 | n<<5 | d)
// sqxtn Vd.4h, Vn.4s
#define SQXTN(n, d) WORD $(0x0e614800 | n<<5 | d)
// sqxtn2 Vd.8h, Vn.4s
#define SQXTN2(n, d) WORD $(0x4e614800 | n<<5 | d)
// sqxtun Vd.8b, Vn.8h
#define SQXTUN(n, d) WORD $(0x2e212800 | n<<5 | d)
// sqxtun2 Vd.16b, Vn.8h
#define SQXTUN2(n, d) WORD $(0x6e212800 | n<<5 | d)

// The factors of reduce4, as they lie in V16, V17 and V18.
DATA factors4<>+0x00(SB)/4, $15137 // 1.847759065
DATA factors4<>+0x04(SB)/4, $6270  // 0.765366865
DATA factors4<>+0x08(SB)/4, $20995 // 2.562915447
DATA factors4<>+0x0c(SB)/4, $7373  // 0.899976223
DATA factors4<>+0x10(SB)/4, $4926  // 0.601344887
DATA factors4<>+0x14(SB)/4, $4176  // 0.509795579
DATA factors4<>+0x18(SB)/4, $8697  // 1.061594337
DATA factors4<>+0x1c(SB)/4, $17799 // 2.172734803
DATA factors4<>+0x20(SB)/4, $11893 // 1.451774981
DATA factors4<>+0x24(SB)/4, $1730  // 0.211164243
DATA factors4<>+0x28(SB)/4, $0
DATA factors4<>+0x2c(SB)/4, $0
GLOBL factors4<>(SB), RODATA|NOPTR, $48

// Those of reduce2 at the places of their coefficients, as they lie in V16 and
// V17.
DATA factors2<>+0x00(SB)/4, $0
DATA factors2<>+0x04(SB)/4, $29692  // 3.624509785
DATA factors2<>+0x08(SB)/4, $0
DATA factors2<>+0x0c(SB)/4, $-10426 // 1.272758580
DATA factors2<>+0x10(SB)/4, $0
DATA factors2<>+0x14(SB)/4, $6967   // 0.850430095
DATA factors2<>+0x18(SB)/4, $0
DATA factors2<>+0x1c(SB)/4, $-5906  // 0.720959822
GLOBL factors2<>(SB), RODATA|NOPTR, $32

// byRow turns four columns of four samples, one after the other, into rows.
DATA byRow<>+0x00(SB)/8, $0x0d0905010c080400
DATA byRow<>+0x08(SB)/8, $0x0f0b07030e0a0602
GLOBL byRow<>(SB), RODATA|NOPTR, $16

// LOAD4 takes rows 0 to 3 and 5 to 7 of four columns, which begin at R9, and of
// the table at R10, to V0 to V3 and V5 to V7.
#define LOAD4 \
	VLD1.P (R9)(R5), [V0.H4]   \
	VLD1.P (R9)(R5), [V1.H4]   \
	VLD1.P (R9)(R5), [V2.H4]   \
	VLD1.P (R9)(R5), [V3.H4]   \
	ADD    R5, R9              \
	VLD1.P (R9)(R5), [V5.H4]   \
	VLD1.P (R9)(R5), [V6.H4]   \
	VLD1   (R9), [V7.H4]       \
	VLD1.P (R10)(R6), [V20.S4] \
	VLD1.P (R10)(R6), [V21.S4] \
	VLD1.P (R10)(R6), [V22.S4] \
	VLD1.P (R10)(R6), [V23.S4] \
	ADD    R6, R10             \
	VLD1.P (R10)(R6), [V25.S4] \
	VLD1.P (R10)(R6), [V26.S4] \
	VLD1   (R10), [V27.S4]     \
	SXTL(0, 0)                 \
	SXTL(1, 1)                 \
	SXTL(2, 2)                 \
	SXTL(3, 3)                 \
	SXTL(5, 5)                 \
	SXTL(6, 6)                 \
	SXTL(7, 7)                 \
	MULTIPLY(20, 0, 0)         \
	MULTIPLY(21, 1, 1)         \
	MULTIPLY(22, 2, 2)         \
	MULTIPLY(23, 3, 3)         \
	MULTIPLY(25, 5, 5)         \
	MULTIPLY(26, 6, 6)         \
	MULTIPLY(27, 7, 7)

// REDUCE4 is reduce4 of V0 to V3 and V5 to V7, to V0 to V3, with the rounding
// in V19, and shifted.
#define REDUCE4(shift) \
	VSHL $14, V0.S4, V0.S4     \
	VADD V19.S4, V0.S4, V0.S4  \
	MUL(0, 16, 2, 20)          \
	MUL(2, 16, 1, 21)          \
	MUL(2, 17, 1, 22)          \
	MLS(1, 16, 6, 20)          \
	MLA(3, 16, 3, 21)          \
	MLS(3, 17, 3, 22)          \
	MLS(0, 17, 5, 21)          \
	MLA(0, 18, 5, 22)          \
	MLS(1, 17, 7, 21)          \
	MLS(1, 18, 7, 22)          \
	VADD V20.S4, V0.S4, V23.S4 \
	VSUB V20.S4, V0.S4, V24.S4 \
	VADD V21.S4, V23.S4, V0.S4 \
	VADD V22.S4, V24.S4, V1.S4 \
	VSUB V22.S4, V24.S4, V2.S4 \
	VSUB V21.S4, V23.S4, V3.S4 \
	SSHR(shift, 0, 0)          \
	SSHR(shift, 1, 1)          \
	SSHR(shift, 2, 2)          \
	SSHR(shift, 3, 3)

// TRANSPOSE takes V0 to V3 to V4 to V7.
#define TRANSPOSE \
	VTRN1 V1.S4, V0.S4, V20.S4  \
	VTRN2 V1.S4, V0.S4, V21.S4  \
	VTRN1 V3.S4, V2.S4, V22.S4  \
	VTRN2 V3.S4, V2.S4, V23.S4  \
	VZIP1 V22.D2, V20.D2, V4.D2 \
	VZIP1 V23.D2, V21.D2, V5.D2 \
	VZIP2 V22.D2, V20.D2, V6.D2 \
	VZIP2 V23.D2, V21.D2, V7.D2

// func idct4ReducedNEON(dst *uint8, stride int, c *[64]int16, q *[64]int32)
TEXT ·idct4ReducedNEON(SB), NOSPLIT, $0-32
	MOVD dst+0(FP), R0
	MOVD stride+8(FP), R1
	MOVD c+16(FP), R2
	MOVD q+24(FP), R3
	MOVD $factors4<>(SB), R4
	VLD1 (R4), [V16.S4, V17.S4, V18.S4]
	MOVD $byRow<>(SB), R4
	VLD1 (R4), [V28.B16]
	MOVW $(1<<11), R4
	VDUP R4, V19.S4
	MOVW $128, R4
	VDUP R4, V29.S4
	MOVD $16, R5 // a row of c
	MOVD $32, R6 // a row of q

	// The right columns, then the left ones.
	ADD  $8, R2, R9
	ADD  $16, R3, R10
	LOAD4
	REDUCE4(12)
	TRANSPOSE
	VMOV V5.B16, V13.B16
	VMOV V6.B16, V14.B16
	VMOV V7.B16, V15.B16
	MOVD R2, R9
	MOVD R3, R10
	LOAD4
	REDUCE4(12)
	TRANSPOSE
	VMOV V4.B16, V0.B16
	VMOV V5.B16, V1.B16
	VMOV V6.B16, V2.B16
	VMOV V7.B16, V3.B16
	VMOV V13.B16, V5.B16
	VMOV V14.B16, V6.B16
	VMOV V15.B16, V7.B16

	MOVW $(1<<18), R4
	VDUP R4, V19.S4
	REDUCE4(19)
	VADD V29.S4, V0.S4, V0.S4
	VADD V29.S4, V1.S4, V1.S4
	VADD V29.S4, V2.S4, V2.S4
	VADD V29.S4, V3.S4, V3.S4
	SQXTN(0, 4)
	SQXTN(2, 5)
	SQXTN2(1, 4)
	SQXTN2(3, 5)
	SQXTUN(4, 6)
	SQXTUN2(5, 6)
	VTBL   V28.B16, [V6.B16], V6.B16
	VST1.P V6.S[0], (R0)(R1)
	VST1.P V6.S[1], (R0)(R1)
	VST1.P V6.S[2], (R0)(R1)
	VST1   V6.S[3], (R0)
	RET

// func idct2ReducedNEON(dst *uint8, stride int, c *[64]int16, q *[64]int32)
TEXT ·idct2ReducedNEON(SB), NOSPLIT, $0-32
	MOVD dst+0(FP), R0
	MOVD stride+8(FP), R1
	MOVD c+16(FP), R2
	MOVD q+24(FP), R3
	MOVD $factors2<>(SB), R4
	VLD1 (R4), [V16.S4, V17.S4]
	MOVW $(1<<12), R4
	VDUP R4, V18.S4
	MOVW $(1<<19), R4
	VDUP R4, V19.S4
	MOVW $128, R4
	VDUP R4, V20.S4
	MOVD $32, R5 // two rows of c
	MOVD $64, R6 // two rows of q

	// Rows 0, 1, 3, 5 and 7 of all columns, four in one register.
	VLD1   (R2), [V1.H8]
	VLD1   (R3), [V8.S4, V9.S4]
	ADD    $16, R2
	ADD    $32, R3
	VLD1.P (R2)(R5), [V3.H8]
	VLD1.P (R2)(R5), [V5.H8]
	VLD1.P (R2)(R5), [V7.H8]
	VLD1   (R2), [V21.H8]
	VLD1.P (R3)(R6), [V10.S4, V11.S4]
	VLD1.P (R3)(R6), [V12.S4, V13.S4]
	VLD1.P (R3)(R6), [V14.S4, V15.S4]
	VLD1   (R3), [V22.S4, V23.S4]
	SXTL(1, 0)
	SXTL2(1, 1)
	SXTL(3, 2)
	SXTL2(3, 3)
	SXTL(5, 4)
	SXTL2(5, 5)
	SXTL(7, 6)
	SXTL2(7, 7)
	SXTL(21, 24)
	SXTL2(21, 25)
	MULTIPLY(8, 0, 0)
	MULTIPLY(9, 1, 1)
	MULTIPLY(10, 2, 2)
	MULTIPLY(11, 3, 3)
	MULTIPLY(12, 4, 4)
	MULTIPLY(13, 5, 5)
	MULTIPLY(14, 6, 6)
	MULTIPLY(15, 7, 7)
	MULTIPLY(22, 24, 24)
	MULTIPLY(23, 25, 25)
	VSHL $15, V0.S4, V0.S4
	VSHL $15, V1.S4, V1.S4
	VADD V18.S4, V0.S4, V0.S4
	VADD V18.S4, V1.S4, V1.S4
	MUL(1, 16, 2, 26)
	MUL(1, 16, 3, 27)
	MLA(3, 16, 4, 26)
	MLA(3, 16, 5, 27)
	MLA(1, 17, 6, 26)
	MLA(1, 17, 7, 27)
	MLA(3, 17, 24, 26)
	MLA(3, 17, 25, 27)
	VADD V26.S4, V0.S4, V4.S4
	VADD V27.S4, V1.S4, V5.S4
	VSUB V26.S4, V0.S4, V6.S4
	VSUB V27.S4, V1.S4, V7.S4
	SSHR(13, 4, 4)
	SSHR(13, 5, 5)
	SSHR(13, 6, 6)
	SSHR(13, 7, 7)

	// V4 and V5 are the first row, V6 and V7 the second.
	VZIP1 V6.S4, V4.S4, V0.S4
	VSHL  $15, V0.S4, V0.S4
	VADD  V19.S4, V0.S4, V0.S4
	MULTIPLY(16, 4, 1)
	MULTIPLY(16, 6, 2)
	ACCUMULATE(17, 5, 1)
	ACCUMULATE(17, 7, 2)
	VADDP V2.S4, V1.S4, V1.S4
	VADDP V1.S4, V1.S4, V1.S4
	VADD  V1.S4, V0.S4, V2.S4
	VSUB  V1.S4, V0.S4, V3.S4
	VZIP1 V3.S4, V2.S4, V0.S4
	SSHR(20, 0, 0)
	VADD  V20.S4, V0.S4, V0.S4
	SQXTN(0, 0)
	SQXTUN(0, 0)
	VST1.P V0.H[0], (R0)(R1)
	VST1   V0.H[1], (R0)
	RET

// func idct2NEON(dst *uint8, stride int, c *int16, q *[64]int32, fours int)
TEXT ·idct2NEON(SB), NOSPLIT, $0-40
	MOVD dst+0(FP), R0
	MOVD stride+8(FP), R1
	MOVD c+16(FP), R2
	MOVD q+24(FP), R3
	MOVD fours+32(FP), R4
	ADD  R0, R1
	ADD  $32, R3, R5
	VLD1 (R3), [V16.S2]
	VLD1 (R5), [V17.S2]
	MOVW $(128<<3 + 4), R5
	VDUP R5, V18.S4

loop:
	// One coefficient of four blocks in each register.
	VLD4.P 32(R2), [V0.H4, V1.H4, V2.H4, V3.H4]
	SXTL(0, 0)
	SXTL(1, 1)
	SXTL(2, 2)
	SXTL(3, 3)
	VMOV   V18.B16, V4.B16
	MLA(0, 16, 0, 4)
	MUL(1, 16, 1, 5)
	MUL(0, 17, 2, 6)
	MUL(1, 17, 3, 7)
	VADD   V6.S4, V4.S4, V0.S4
	VSUB   V6.S4, V4.S4, V1.S4
	VADD   V7.S4, V5.S4, V2.S4
	VSUB   V7.S4, V5.S4, V3.S4
	VADD   V2.S4, V0.S4, V4.S4
	VSUB   V2.S4, V0.S4, V5.S4
	VADD   V3.S4, V1.S4, V6.S4
	VSUB   V3.S4, V1.S4, V7.S4
	SSHR(3, 4, 4)
	SSHR(3, 5, 5)
	SSHR(3, 6, 6)
	SSHR(3, 7, 7)
	SQXTN(4, 4)
	SQXTN(5, 5)
	SQXTN(6, 6)
	SQXTN(7, 7)
	VZIP1  V5.H8, V4.H8, V4.H8
	VZIP1  V7.H8, V6.H8, V6.H8
	SQXTUN(4, 4)
	SQXTUN(6, 6)
	VST1.P [V4.B8], 8(R0)
	VST1.P [V6.B8], 8(R1)
	SUBS   $1, R4
	BNE    loop
	RET
