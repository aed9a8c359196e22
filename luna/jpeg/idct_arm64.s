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

// The factors of idct.go, as they lie in V16, V17 and V18.
DATA factors<>+0x00(SB)/4, $4433  // 0.541196100
DATA factors<>+0x04(SB)/4, $6270  // 0.765366865
DATA factors<>+0x08(SB)/4, $15137 // 1.847759065
DATA factors<>+0x0c(SB)/4, $9633  // 1.175875602
DATA factors<>+0x10(SB)/4, $16069 // 1.961570560
DATA factors<>+0x14(SB)/4, $3196  // 0.390180644
DATA factors<>+0x18(SB)/4, $7373  // 0.899976223
DATA factors<>+0x1c(SB)/4, $20995 // 2.562915447
DATA factors<>+0x20(SB)/4, $2446  // 0.298631336
DATA factors<>+0x24(SB)/4, $16819 // 2.053119869
DATA factors<>+0x28(SB)/4, $25172 // 3.072711026
DATA factors<>+0x2c(SB)/4, $12299 // 1.501321110
GLOBL factors<>(SB), RODATA|NOPTR, $48

// byRow turns eight columns of four samples, one after the other, into rows.
DATA byRow<>+0x00(SB)/8, $0x1c1814100c080400
DATA byRow<>+0x08(SB)/8, $0x1d1915110d090501
DATA byRow<>+0x10(SB)/8, $0x1e1a16120e0a0602
DATA byRow<>+0x18(SB)/8, $0x1f1b17130f0b0703
GLOBL byRow<>(SB), RODATA|NOPTR, $32

// byRow4 does so with four.
DATA byRow4<>+0x00(SB)/8, $0x0d0905010c080400
DATA byRow4<>+0x08(SB)/8, $0x0f0b07030e0a0602
GLOBL byRow4<>(SB), RODATA|NOPTR, $16

// The roundings of the two passes.
#define HALF1 (1<<10)
#define HALF2 (1<<17 + 128<<18)

// PASS8 transforms four rows or columns in V0 to V7, with the rounding in V19.
// It leaves V8 to V15 alone.
#define PASS8(shift) \
	VADD V6.S4, V2.S4, V20.S4   \
	MUL(0, 16, 20, 20)          \
	VMOV V20.B16, V21.B16       \
	MLS(2, 16, 6, 20)           \
	MLA(1, 16, 2, 21)           \
	VADD V4.S4, V0.S4, V22.S4   \
	VSUB V4.S4, V0.S4, V23.S4   \
	VSHL $13, V22.S4, V22.S4    \
	VSHL $13, V23.S4, V23.S4    \
	VADD V19.S4, V22.S4, V22.S4 \
	VADD V19.S4, V23.S4, V23.S4 \
	VADD V21.S4, V22.S4, V24.S4 \
	VSUB V21.S4, V22.S4, V27.S4 \
	VADD V20.S4, V23.S4, V25.S4 \
	VSUB V20.S4, V23.S4, V26.S4 \
	VADD V1.S4, V7.S4, V20.S4   \
	VADD V3.S4, V5.S4, V21.S4   \
	VADD V3.S4, V7.S4, V22.S4   \
	VADD V1.S4, V5.S4, V23.S4   \
	VADD V23.S4, V22.S4, V28.S4 \
	MUL(3, 16, 28, 28)          \
	MUL(2, 17, 20, 20)          \
	MUL(3, 17, 21, 21)          \
	VMOV V28.B16, V29.B16       \
	MLS(0, 17, 22, 28)          \
	MLS(1, 17, 23, 29)          \
	VSUB V20.S4, V28.S4, V30.S4 \
	VSUB V21.S4, V29.S4, V31.S4 \
	VSUB V21.S4, V28.S4, V28.S4 \
	VSUB V20.S4, V29.S4, V29.S4 \
	MLA(0, 18, 7, 30)           \
	MLA(1, 18, 5, 31)           \
	MLA(2, 18, 3, 28)           \
	MLA(3, 18, 1, 29)           \
	VADD V29.S4, V24.S4, V0.S4  \
	VSUB V29.S4, V24.S4, V7.S4  \
	VADD V28.S4, V25.S4, V1.S4  \
	VSUB V28.S4, V25.S4, V6.S4  \
	VADD V31.S4, V26.S4, V2.S4  \
	VSUB V31.S4, V26.S4, V5.S4  \
	VADD V30.S4, V27.S4, V3.S4  \
	VSUB V30.S4, V27.S4, V4.S4  \
	SSHR(shift, 0, 0)           \
	SSHR(shift, 1, 1)           \
	SSHR(shift, 2, 2)           \
	SSHR(shift, 3, 3)           \
	SSHR(shift, 4, 4)           \
	SSHR(shift, 5, 5)           \
	SSHR(shift, 6, 6)           \
	SSHR(shift, 7, 7)

// func idct8NEON(dst *uint8, stride int, c *[64]int16, q *[64]int32)
TEXT ·idct8NEON(SB), NOSPLIT, $256-32
	MOVD dst+0(FP), R0
	MOVD stride+8(FP), R1
	MOVD c+16(FP), R2
	MOVD q+24(FP), R3
	MOVD $factors<>(SB), R4
	VLD1 (R4), [V16.S4, V17.S4, V18.S4]
	MOVW $HALF1, R4
	VDUP R4, V19.S4
	MOVD $16, R5 // a row of c
	MOVD $32, R6 // a row of q

	// Columns, four at a time, into work: eight rows of the left ones, then of
	// the right ones.
	MOVD $work-256(SP), R7
	MOVD $2, R8

columns:
	MOVD   R2, R9
	MOVD   R3, R10
	VLD1.P (R9)(R5), [V0.H4]
	VLD1.P (R9)(R5), [V1.H4]
	VLD1.P (R9)(R5), [V2.H4]
	VLD1.P (R9)(R5), [V3.H4]
	VLD1.P (R9)(R5), [V4.H4]
	VLD1.P (R9)(R5), [V5.H4]
	VLD1.P (R9)(R5), [V6.H4]
	VLD1.P (R9)(R5), [V7.H4]
	VLD1.P (R10)(R6), [V8.S4]
	VLD1.P (R10)(R6), [V9.S4]
	VLD1.P (R10)(R6), [V10.S4]
	VLD1.P (R10)(R6), [V11.S4]
	VLD1.P (R10)(R6), [V12.S4]
	VLD1.P (R10)(R6), [V13.S4]
	VLD1.P (R10)(R6), [V14.S4]
	VLD1.P (R10)(R6), [V15.S4]

	VORR V1.B8, V2.B8, V20.B8
	VORR V3.B8, V4.B8, V21.B8
	VORR V5.B8, V6.B8, V22.B8
	VORR V7.B8, V20.B8, V20.B8
	VORR V21.B8, V22.B8, V21.B8
	VORR V20.B8, V21.B8, V20.B8
	SXTL(0, 0)
	SXTL(1, 1)
	SXTL(2, 2)
	SXTL(3, 3)
	SXTL(4, 4)
	SXTL(5, 5)
	SXTL(6, 6)
	SXTL(7, 7)
	MULTIPLY(8, 0, 0)
	MULTIPLY(9, 1, 1)
	MULTIPLY(10, 2, 2)
	MULTIPLY(11, 3, 3)
	MULTIPLY(12, 4, 4)
	MULTIPLY(13, 5, 5)
	MULTIPLY(14, 6, 6)
	MULTIPLY(15, 7, 7)

	// V8 marks the columns with alternating coefficients. The portable code
	// does not carry the others through the sums; it shows where those
	// overflow.
	SXTL(20, 8)
	VCMTST V8.S4, V8.S4, V8.S4
	VSHL   $2, V0.S4, V9.S4
	PASS8(11)
	VBIF   V8.B16, V9.B16, V0.B16
	VBIF   V8.B16, V9.B16, V1.B16
	VBIF   V8.B16, V9.B16, V2.B16
	VBIF   V8.B16, V9.B16, V3.B16
	VBIF   V8.B16, V9.B16, V4.B16
	VBIF   V8.B16, V9.B16, V5.B16
	VBIF   V8.B16, V9.B16, V6.B16
	VBIF   V8.B16, V9.B16, V7.B16
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R7)
	VST1.P [V4.S4, V5.S4, V6.S4, V7.S4], 64(R7)
	ADD    $8, R2
	ADD    $16, R3
	SUBS   $1, R8
	BNE    columns

	// Rows, four at a time.
	MOVD $byRow<>(SB), R4
	VLD1 (R4), [V14.B16, V15.B16]
	MOVW $HALF2, R4
	VDUP R4, V19.S4
	MOVD $work-256(SP), R7
	MOVD $work-128(SP), R9
	MOVD $2, R8

rows:
	VLD4.P 64(R7), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD4.P 64(R9), [V4.S4, V5.S4, V6.S4, V7.S4]
	PASS8(18)
	SQXTN(0, 8)
	SQXTN(2, 9)
	SQXTN(4, 10)
	SQXTN(6, 11)
	SQXTN2(1, 8)
	SQXTN2(3, 9)
	SQXTN2(5, 10)
	SQXTN2(7, 11)
	SQXTUN(8, 12)
	SQXTUN(10, 13)
	SQXTUN2(9, 12)
	SQXTUN2(11, 13)
	VTBL   V14.B16, [V12.B16, V13.B16], V8.B16
	VTBL   V15.B16, [V12.B16, V13.B16], V9.B16
	VST1.P V8.D[0], (R0)(R1)
	VST1.P V8.D[1], (R0)(R1)
	VST1.P V9.D[0], (R0)(R1)
	VST1.P V9.D[1], (R0)(R1)
	SUBS   $1, R8
	BNE    rows
	RET

// PASS4 transforms V0 to V3, with 0.541196100 and 1.306562965 in V16, and the
// rounding in V19.
#define PASS4(shift) \
	VADD V2.S4, V0.S4, V4.S4  \
	VSUB V2.S4, V0.S4, V5.S4  \
	VSHL $13, V4.S4, V4.S4    \
	VSHL $13, V5.S4, V5.S4    \
	VADD V19.S4, V4.S4, V4.S4 \
	VADD V19.S4, V5.S4, V5.S4 \
	MUL(1, 16, 1, 6)          \
	MUL(0, 16, 1, 7)          \
	MLA(0, 16, 3, 6)          \
	MLS(1, 16, 3, 7)          \
	VADD V6.S4, V4.S4, V0.S4  \
	VADD V7.S4, V5.S4, V1.S4  \
	VSUB V7.S4, V5.S4, V2.S4  \
	VSUB V6.S4, V4.S4, V3.S4  \
	SSHR(shift, 0, 0)         \
	SSHR(shift, 1, 1)         \
	SSHR(shift, 2, 2)         \
	SSHR(shift, 3, 3)

// func idct4NEON(dst *uint8, stride int, c *[16]int16, q *[64]int32)
TEXT ·idct4NEON(SB), NOSPLIT, $0-32
	MOVD   dst+0(FP), R0
	MOVD   stride+8(FP), R1
	MOVD   c+16(FP), R2
	MOVD   q+24(FP), R3
	MOVD   $32, R6
	MOVD   $(10703<<32 | 4433), R4
	VMOV   R4, V16.D[0]
	MOVW   $HALF1, R4
	VDUP   R4, V19.S4
	MOVD   $byRow4<>(SB), R4
	VLD1   (R4), [V20.B16]
	VLD1   (R2), [V4.H8, V5.H8]
	VLD1.P (R3)(R6), [V8.S4]
	VLD1.P (R3)(R6), [V9.S4]
	VLD1.P (R3)(R6), [V10.S4]
	VLD1   (R3), [V11.S4]
	SXTL(4, 0)
	SXTL2(4, 1)
	SXTL(5, 2)
	SXTL2(5, 3)
	MULTIPLY(8, 0, 0)
	MULTIPLY(9, 1, 1)
	MULTIPLY(10, 2, 2)
	MULTIPLY(11, 3, 3)
	PASS4(11)

	// Transpose.
	VTRN1 V1.S4, V0.S4, V4.S4
	VTRN2 V1.S4, V0.S4, V5.S4
	VTRN1 V3.S4, V2.S4, V6.S4
	VTRN2 V3.S4, V2.S4, V7.S4
	VZIP1 V6.D2, V4.D2, V0.D2
	VZIP1 V7.D2, V5.D2, V1.D2
	VZIP2 V6.D2, V4.D2, V2.D2
	VZIP2 V7.D2, V5.D2, V3.D2

	MOVW $HALF2, R4
	VDUP R4, V19.S4
	PASS4(18)
	SQXTN(0, 4)
	SQXTN(2, 5)
	SQXTN2(1, 4)
	SQXTN2(3, 5)
	SQXTUN(4, 6)
	SQXTUN2(5, 6)
	VTBL   V20.B16, [V6.B16], V6.B16
	VST1.P V6.S[0], (R0)(R1)
	VST1.P V6.S[1], (R0)(R1)
	VST1.P V6.S[2], (R0)(R1)
	VST1   V6.S[3], (R0)
	RET
