//go:build arm64 && !noasm && gc

#include "textflag.h"

// Instructions that Go's assembler has no names for, operands in its order.
// .ci/words holds their encodings against GNU as.

// smull Vd.4s, Vn.4h, Vm.h[i]
#define SMULL(i, m, n, d) WORD $(0x0f40a000 | (i&1)<<20 | (i>>1&1)<<21 | (i>>2)<<11 | m<<16 | n<<5 | d)
// smull2 Vd.4s, Vn.8h, Vm.h[i]
#define SMULL2(i, m, n, d) WORD $(0x4f40a000 | (i&1)<<20 | (i>>1&1)<<21 | (i>>2)<<11 | m<<16 | n<<5 | d)
// smlal Vd.4s, Vn.4h, Vm.h[i]
#define SMLAL(i, m, n, d) WORD $(0x0f402000 | (i&1)<<20 | (i>>1&1)<<21 | (i>>2)<<11 | m<<16 | n<<5 | d)
// smlal2 Vd.4s, Vn.8h, Vm.h[i]
#define SMLAL2(i, m, n, d) WORD $(0x4f402000 | (i&1)<<20 | (i>>1&1)<<21 | (i>>2)<<11 | m<<16 | n<<5 | d)
// rshrn Vd.4h, Vn.4s, #s
#define RSHRN(s, n, d) WORD $(0x0f008c00 | (32-s)<<16 | n<<5 | d)
// rshrn2 Vd.8h, Vn.4s, #s
#define RSHRN2(s, n, d) WORD $(0x4f008c00 | (32-s)<<16 | n<<5 | d)
// srshr Vd.8h, Vn.8h, #s
#define SRSHR(s, n, d) WORD $(0x4f002400 | (32-s)<<16 | n<<5 | d)
// sshr Vd.8h, Vn.8h, #s
#define SSHR(s, n, d) WORD $(0x4f000400 | (32-s)<<16 | n<<5 | d)
// abs Vd.8h, Vn.8h
#define ABS(n, d) WORD $(0x4e60b800 | n<<5 | d)
// umull Vd.4s, Vn.4h, Vm.4h
#define UMULL(m, n, d) WORD $(0x2e60c000 | m<<16 | n<<5 | d)
// umull2 Vd.4s, Vn.8h, Vm.8h
#define UMULL2(m, n, d) WORD $(0x6e60c000 | m<<16 | n<<5 | d)
// uqxtn Vd.8b, Vn.8h
#define UQXTN(n, d) WORD $(0x2e214800 | n<<5 | d)
// uqxtn2 Vd.16b, Vn.8h
#define UQXTN2(n, d) WORD $(0x6e214800 | n<<5 | d)
// add Vd.8h, Vn.8h, Vm.8h
#define PLUS(m, n, d) WORD $(0x4e608400 | m<<16 | n<<5 | d)
// sub Vd.8h, Vn.8h, Vm.8h
#define MINUS(m, n, d) WORD $(0x6e608400 | m<<16 | n<<5 | d)
// eor Vd.16b, Vn.16b, Vm.16b
#define EXOR(m, n, d) WORD $(0x6e201c00 | m<<16 | n<<5 | d)
// uzp2 Vd.8h, Vn.8h, Vm.8h
#define HIGH(m, n, d) WORD $(0x4e405800 | m<<16 | n<<5 | d)
// cmhi Vd.16b, Vn.16b, Vm.16b
#define CMHI(m, n, d) WORD $(0x6e203400 | m<<16 | n<<5 | d)

// What the factors of fdct.go come to in sums of two products, as they lie in
// V0 and V1.
DATA factors<>+0x00(SB)/2, $4433
DATA factors<>+0x02(SB)/2, $10703
DATA factors<>+0x04(SB)/2, $-10704
DATA factors<>+0x06(SB)/2, $-6436
DATA factors<>+0x08(SB)/2, $9633
DATA factors<>+0x0a(SB)/2, $6437
DATA factors<>+0x0c(SB)/2, $-7373
DATA factors<>+0x0e(SB)/2, $4926
DATA factors<>+0x10(SB)/2, $-4927
DATA factors<>+0x12(SB)/2, $-4176
DATA factors<>+0x14(SB)/2, $-20995
DATA factors<>+0x16(SB)/2, $4177
DATA factors<>+0x18(SB)/2, $1024
DATA factors<>+0x1a(SB)/2, $0
DATA factors<>+0x1c(SB)/2, $0
DATA factors<>+0x1e(SB)/2, $0
GLOBL factors<>(SB), RODATA|NOPTR, $32

// zigzag has the place of each of its coefficients in natural order.
DATA zigzag<>+0x00(SB)/8, $0x0a03020910080100
DATA zigzag<>+0x08(SB)/8, $0x05040b1219201811
DATA zigzag<>+0x10(SB)/8, $0x22293028211a130c
DATA zigzag<>+0x18(SB)/8, $0x1c150e07060d141b
DATA zigzag<>+0x20(SB)/8, $0x242b323938312a23
DATA zigzag<>+0x28(SB)/8, $0x332c251e170f161d
DATA zigzag<>+0x30(SB)/8, $0x2e271f262d343b3a
DATA zigzag<>+0x38(SB)/8, $0x3f3e372f363d3c35
GLOBL zigzag<>(SB), RODATA|NOPTR, $64

// TRANSPOSE takes the 8x8 words in V16 to V23 to V24 to V31.
#define TRANSPOSE \
	VTRN1 V17.H8, V16.H8, V24.H8 \
	VTRN2 V17.H8, V16.H8, V25.H8 \
	VTRN1 V19.H8, V18.H8, V26.H8 \
	VTRN2 V19.H8, V18.H8, V27.H8 \
	VTRN1 V21.H8, V20.H8, V28.H8 \
	VTRN2 V21.H8, V20.H8, V29.H8 \
	VTRN1 V23.H8, V22.H8, V30.H8 \
	VTRN2 V23.H8, V22.H8, V31.H8 \
	VTRN1 V26.S4, V24.S4, V16.S4 \
	VTRN2 V26.S4, V24.S4, V18.S4 \
	VTRN1 V27.S4, V25.S4, V17.S4 \
	VTRN2 V27.S4, V25.S4, V19.S4 \
	VTRN1 V30.S4, V28.S4, V20.S4 \
	VTRN2 V30.S4, V28.S4, V22.S4 \
	VTRN1 V31.S4, V29.S4, V21.S4 \
	VTRN2 V31.S4, V29.S4, V23.S4 \
	VTRN1 V20.D2, V16.D2, V24.D2 \
	VTRN2 V20.D2, V16.D2, V28.D2 \
	VTRN1 V21.D2, V17.D2, V25.D2 \
	VTRN2 V21.D2, V17.D2, V29.D2 \
	VTRN1 V22.D2, V18.D2, V26.D2 \
	VTRN2 V22.D2, V18.D2, V30.D2 \
	VTRN1 V23.D2, V19.D2, V27.D2 \
	VTRN2 V23.D2, V19.D2, V31.D2

// PASS transforms V24 to V31 to V16 to V23, but for the scale of V16 and V20. It
// writes over V2 to V7.
#define PASS(shift) \
	VADD V31.H8, V24.H8, V16.H8 \
	VSUB V31.H8, V24.H8, V31.H8 \
	VADD V30.H8, V25.H8, V17.H8 \
	VSUB V30.H8, V25.H8, V30.H8 \
	VADD V29.H8, V26.H8, V18.H8 \
	VSUB V29.H8, V26.H8, V29.H8 \
	VADD V28.H8, V27.H8, V19.H8 \
	VSUB V28.H8, V27.H8, V28.H8 \
	VADD V19.H8, V16.H8, V24.H8 \
	VSUB V19.H8, V16.H8, V25.H8 \
	VADD V18.H8, V17.H8, V26.H8 \
	VSUB V18.H8, V17.H8, V27.H8 \
	VADD V26.H8, V24.H8, V16.H8 \
	VSUB V26.H8, V24.H8, V20.H8 \
	SMULL(0, 0, 27, 2)          \
	SMULL2(0, 0, 27, 3)         \
	SMLAL(1, 0, 25, 2)          \
	SMLAL2(1, 0, 25, 3)         \
	RSHRN(shift, 2, 18)         \
	RSHRN2(shift, 3, 18)        \
	SMULL(2, 0, 27, 4)          \
	SMULL2(2, 0, 27, 5)         \
	SMLAL(0, 0, 25, 4)          \
	SMLAL2(0, 0, 25, 5)         \
	RSHRN(shift, 4, 22)         \
	RSHRN2(shift, 5, 22)        \
	VADD V30.H8, V28.H8, V24.H8 \
	VADD V31.H8, V29.H8, V25.H8 \
	SMULL(3, 0, 24, 2)          \
	SMULL2(3, 0, 24, 3)         \
	SMLAL(4, 0, 25, 2)          \
	SMLAL2(4, 0, 25, 3)         \
	SMULL(4, 0, 24, 4)          \
	SMULL2(4, 0, 24, 5)         \
	SMLAL(5, 0, 25, 4)          \
	SMLAL2(5, 0, 25, 5)         \
	VMOV V2.B16, V6.B16         \
	VMOV V3.B16, V7.B16         \
	VMOV V4.B16, V26.B16        \
	VMOV V5.B16, V27.B16        \
	SMLAL(6, 0, 28, 26)         \
	SMLAL2(6, 0, 28, 27)        \
	SMLAL(7, 0, 31, 26)         \
	SMLAL2(7, 0, 31, 27)        \
	RSHRN(shift, 26, 17)        \
	RSHRN2(shift, 27, 17)       \
	SMLAL(0, 1, 28, 6)          \
	SMLAL2(0, 1, 28, 7)         \
	SMLAL(6, 0, 31, 6)          \
	SMLAL2(6, 0, 31, 7)         \
	RSHRN(shift, 6, 23)         \
	RSHRN2(shift, 7, 23)        \
	SMLAL(1, 1, 29, 4)          \
	SMLAL2(1, 1, 29, 5)         \
	SMLAL(2, 1, 30, 4)          \
	SMLAL2(2, 1, 30, 5)         \
	RSHRN(shift, 4, 21)         \
	RSHRN2(shift, 5, 21)        \
	SMLAL(2, 1, 29, 2)          \
	SMLAL2(2, 1, 29, 3)         \
	SMLAL(3, 1, 30, 2)          \
	SMLAL2(3, 1, 30, 3)         \
	RSHRN(shift, 2, 19)         \
	RSHRN2(shift, 3, 19)

// QUANTIZE divides a row by those that R7, R8 and R9 point to, stores it, and
// leaves its magnitudes in abs.
#define QUANTIZE(row, abs) \
	ABS(row, abs)             \
	VLD1.P (R7)(R5), [V24.H8] \
	VLD1.P (R8)(R5), [V25.H8] \
	VLD1.P (R9)(R5), [V26.H8] \
	PLUS(24, abs, abs)        \
	UMULL(25, abs, 27)        \
	UMULL2(25, abs, 28)       \
	HIGH(28, 27, abs)         \
	UMULL(26, abs, 27)        \
	UMULL2(26, abs, 28)       \
	HIGH(28, 27, abs)         \
	SSHR(15, row, 29)         \
	EXOR(29, abs, 30)         \
	MINUS(29, 30, 30)         \
	VST1.P [V30.H8], 16(R6)

// BITMAP stores the places of the bytes of V16 to V19 that are above those of m.
#define BITMAP(m) \
	CMHI(m, 16, 20)                  \
	CMHI(m, 17, 21)                  \
	CMHI(m, 18, 22)                  \
	CMHI(m, 19, 23)                  \
	VAND   V12.B16, V20.B16, V20.B16 \
	VAND   V12.B16, V21.B16, V21.B16 \
	VAND   V12.B16, V22.B16, V22.B16 \
	VAND   V12.B16, V23.B16, V23.B16 \
	VADDP  V21.B16, V20.B16, V20.B16 \
	VADDP  V23.B16, V22.B16, V22.B16 \
	VADDP  V22.B16, V20.B16, V20.B16 \
	VADDP  V20.B16, V20.B16, V20.B16 \
	VST1.P [V20.B8], 8(R0)

// func forwardNEON(dst *block, src *uint8, stride, n int, q *quantizer)
TEXT ·forwardNEON(SB), NOSPLIT, $0-40
	MOVD  dst+0(FP), R0
	MOVD  src+8(FP), R1
	MOVD  stride+16(FP), R2
	MOVD  n+24(FP), R3
	MOVD  q+32(FP), R4
	MOVD  $factors<>(SB), R5
	VLD1  (R5), [V0.H8, V1.H8]
	MOVD  $zigzag<>(SB), R5
	VLD1  (R5), [V8.B16, V9.B16, V10.B16, V11.B16]
	MOVD  $0x8040201008040201, R5
	VDUP  R5, V12.D2
	VMOVI $1, V13.B16
	VMOVI $3, V14.B16
	VEOR  V15.B16, V15.B16, V15.B16
	MOVD  $32, R5                   // from row to row of a quantizer

loop:
	MOVD   R1, R6
	VLD1.P (R6)(R2), [V16.B8]
	VLD1.P (R6)(R2), [V17.B8]
	VLD1.P (R6)(R2), [V18.B8]
	VLD1.P (R6)(R2), [V19.B8]
	VLD1.P (R6)(R2), [V20.B8]
	VLD1.P (R6)(R2), [V21.B8]
	VLD1.P (R6)(R2), [V22.B8]
	VLD1.P (R6)(R2), [V23.B8]
	VUXTL  V16.B8, V16.H8
	VUXTL  V17.B8, V17.H8
	VUXTL  V18.B8, V18.H8
	VUXTL  V19.B8, V19.H8
	VUXTL  V20.B8, V20.H8
	VUXTL  V21.B8, V21.H8
	VUXTL  V22.B8, V22.H8
	VUXTL  V23.B8, V23.H8
	TRANSPOSE
	PASS(11)
	VDUP   V1.H[4], V24.H8
	VSUB   V24.H8, V16.H8, V16.H8
	VSHL   $2, V16.H8, V16.H8
	VSHL   $2, V20.H8, V20.H8
	TRANSPOSE
	PASS(15)
	SRSHR(2, 16, 16)
	SRSHR(2, 20, 20)

	ADD  $24, R0, R6
	MOVD R4, R7
	ADD  $256, R4, R8
	ADD  $512, R4, R9
	QUANTIZE(16, 2)
	QUANTIZE(17, 3)
	UQXTN(2, 4)
	UQXTN2(3, 4)
	QUANTIZE(18, 2)
	QUANTIZE(19, 3)
	UQXTN(2, 5)
	UQXTN2(3, 5)
	QUANTIZE(20, 2)
	QUANTIZE(21, 3)
	UQXTN(2, 6)
	UQXTN2(3, 6)
	QUANTIZE(22, 2)
	QUANTIZE(23, 3)
	UQXTN(2, 7)
	UQXTN2(3, 7)

	VTBL V8.B16, [V4.B16, V5.B16, V6.B16, V7.B16], V16.B16
	VTBL V9.B16, [V4.B16, V5.B16, V6.B16, V7.B16], V17.B16
	VTBL V10.B16, [V4.B16, V5.B16, V6.B16, V7.B16], V18.B16
	VTBL V11.B16, [V4.B16, V5.B16, V6.B16, V7.B16], V19.B16
	BITMAP(15)
	BITMAP(13)
	BITMAP(14)

	MOVD R6, R0
	ADD  $8, R1
	SUBS $1, R3
	BNE  loop
	RET
