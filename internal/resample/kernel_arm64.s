//go:build arm64 && !noasm && gc

#include "textflag.h"

// Instructions that Go's assembler has no names for, operands in its order.
// .ci/words holds their encodings against GNU as.

// urhadd Vd.16b, Vn.16b, Vm.16b
#define URHADD(m, n, d) WORD $(0x6e201400 | m<<16 | n<<5 | d)
// mul Vd.4s, Vn.4s, Vm.4s
#define MUL(m, n, d) WORD $(0x4ea09c00 | m<<16 | n<<5 | d)
// mla Vd.4s, Vn.4s, Vm.4s
#define MLA(m, n, d) WORD $(0x4ea09400 | m<<16 | n<<5 | d)
// smull Vd.4s, Vn.4h, Vm.4h
#define SMULL(m, n, d) WORD $(0x0e60c000 | m<<16 | n<<5 | d)
// smull2 Vd.4s, Vn.8h, Vm.8h
#define SMULL2(m, n, d) WORD $(0x4e60c000 | m<<16 | n<<5 | d)
// smlal Vd.4s, Vn.4h, Vm.4h
#define SMLAL(m, n, d) WORD $(0x0e608000 | m<<16 | n<<5 | d)
// smlal2 Vd.4s, Vn.8h, Vm.8h
#define SMLAL2(m, n, d) WORD $(0x4e608000 | m<<16 | n<<5 | d)
// rshrn Vd.4h, Vn.4s, #s
#define RSHRN(s, n, d) WORD $(0x0f008c00 | (32-s)<<16 | n<<5 | d)
// sqshrun Vd.4h, Vn.4s, #s
#define SQSHRUN(s, n, d) WORD $(0x2f008400 | (32-s)<<16 | n<<5 | d)
// sqshrun2 Vd.8h, Vn.4s, #s
#define SQSHRUN2(s, n, d) WORD $(0x6f008400 | (32-s)<<16 | n<<5 | d)
// uqxtn Vd.8b, Vn.8h
#define UQXTN(n, d) WORD $(0x2e214800 | n<<5 | d)
// uqxtn2 Vd.16b, Vn.8h
#define UQXTN2(n, d) WORD $(0x6e214800 | n<<5 | d)

// LAST points R7 at the last block of size, of the R1 samples, and R8 at the
// first.
#define LAST(size) \
	SUB  $size, R1, R7 \
	MOVD $0, R8

// NEXT advances R8 to the next block of size, or to the last, and ends after
// that.
#define NEXT(size, loop) \
	CMP  R7, R8         \
	BGE  done           \
	ADD  $size, R8      \
	CMP  R7, R8         \
	CSEL LT, R8, R7, R8 \
	B    loop

// HALF fills V31 with the rounding of 12 fractional bits.
#define HALF \
	MOVW $2048, R9  \
	VDUP R9, V31.S4

// func averageRowsNEON(dst *uint8, n int, a, b *uint8)
TEXT ·averageRowsNEON(SB), NOSPLIT, $0-32
	MOVD dst+0(FP), R0
	MOVD n+8(FP), R1
	MOVD a+16(FP), R2
	MOVD b+24(FP), R3
	LAST(32)

loop:
	ADD  R8, R2, R4
	ADD  R8, R3, R5
	ADD  R8, R0, R6
	VLD1 (R4), [V0.B16, V1.B16]
	VLD1 (R5), [V2.B16, V3.B16]
	URHADD(2, 0, 0)
	URHADD(3, 1, 1)
	VST1 [V0.B16, V1.B16], (R6)
	NEXT(32, loop)

done:
	RET

// func accumulateNEON(sums *uint32, row *uint8, n int, times uint32)
TEXT ·accumulateNEON(SB), NOSPLIT, $0-28
	MOVD  sums+0(FP), R0
	MOVD  row+8(FP), R1
	MOVD  n+16(FP), R2
	MOVWU times+24(FP), R3
	VDUP  R3, V7.S4
	AND   $~7, R2

loop:
	VLD1.P 8(R1), [V0.B8]
	VLD1   (R0), [V2.S4, V3.S4]
	VUXTL  V0.B8, V0.H8
	VUXTL2 V0.H8, V1.S4
	VUXTL  V0.H4, V0.S4
	MLA(7, 0, 2)
	MLA(7, 1, 3)
	VST1.P [V2.S4, V3.S4], 32(R0)
	SUBS   $8, R2
	BGT    loop
	RET

// func divideNEON(dst *uint8, n int, sums *uint32, half, factor uint32)
TEXT ·divideNEON(SB), NOSPLIT, $0-32
	MOVD  dst+0(FP), R0
	MOVD  n+8(FP), R1
	MOVD  sums+16(FP), R2
	MOVWU half+24(FP), R3
	VDUP  R3, V6.S4
	MOVWU factor+28(FP), R3
	VDUP  R3, V7.S4
	LAST(16)

loop:
	ADD   R8<<2, R2, R4
	ADD   R8, R0, R6
	VLD1  (R4), [V0.S4, V1.S4, V2.S4, V3.S4]
	VADD  V6.S4, V0.S4, V0.S4
	VADD  V6.S4, V1.S4, V1.S4
	VADD  V6.S4, V2.S4, V2.S4
	VADD  V6.S4, V3.S4, V3.S4
	MUL(7, 0, 0)
	MUL(7, 1, 1)
	MUL(7, 2, 2)
	MUL(7, 3, 3)

	// The highest byte of each.
	VUZP2 V1.H8, V0.H8, V0.H8
	VUZP2 V3.H8, V2.H8, V2.H8
	VUZP2 V2.B16, V0.B16, V0.B16
	VST1  [V0.B16], (R6)
	NEXT(16, loop)

done:
	RET

// func reduceRowsNEON(dst *uint8, n int, rows *[]uint8, weights *int16, taps int)
TEXT ·reduceRowsNEON(SB), NOSPLIT, $0-40
	MOVD dst+0(FP), R0
	MOVD n+8(FP), R1
	MOVD rows+16(FP), R2
	MOVD weights+24(FP), R3
	MOVD taps+32(FP), R4
	HALF
	LAST(32)

block:
	VMOV V31.B16, V16.B16
	VMOV V31.B16, V17.B16
	VMOV V31.B16, V18.B16
	VMOV V31.B16, V19.B16
	VMOV V31.B16, V20.B16
	VMOV V31.B16, V21.B16
	VMOV V31.B16, V22.B16
	VMOV V31.B16, V23.B16
	MOVD R2, R10
	MOVD R3, R11
	MOVD R4, R12

tap:
	MOVD.P  24(R10), R5
	VLD1R.P 2(R11), [V4.H8]
	ADD     R8, R5
	VLD1    (R5), [V0.B16, V1.B16]
	VUXTL   V0.B8, V5.H8
	VUXTL2  V0.B16, V6.H8
	VUXTL   V1.B8, V24.H8
	VUXTL2  V1.B16, V25.H8
	SMLAL(4, 5, 16)
	SMLAL2(4, 5, 17)
	SMLAL(4, 6, 18)
	SMLAL2(4, 6, 19)
	SMLAL(4, 24, 20)
	SMLAL2(4, 24, 21)
	SMLAL(4, 25, 22)
	SMLAL2(4, 25, 23)
	SUBS    $1, R12
	BNE     tap

	SQSHRUN(12, 16, 0)
	SQSHRUN(12, 18, 1)
	SQSHRUN(12, 20, 2)
	SQSHRUN(12, 22, 3)
	SQSHRUN2(12, 17, 0)
	SQSHRUN2(12, 19, 1)
	SQSHRUN2(12, 21, 2)
	SQSHRUN2(12, 23, 3)
	UQXTN(0, 4)
	UQXTN(2, 5)
	UQXTN2(1, 4)
	UQXTN2(3, 5)
	ADD  R8, R0, R6
	VST1 [V4.B16, V5.B16], (R6)
	NEXT(32, block)

done:
	RET

// FOUR points R9 at the starts of the four outputs from R8 on, and R10 at
// their phases.
#define FOUR \
	ADD R8<<2, R3, R9 \
	ADD R8, R4, R10

// TAPS points tap at the first tap of output i of the four, and weight at its
// weights.
#define TAPS(i, tap, weight) \
	MOVW  (4*i)(R9), tap             \
	MOVBU i(R10), weight             \
	ADD   R2, tap                    \
	ADD   weight<<1, weight, weight  \
	MOVD  (R5)(weight<<3), weight

// func reduceRowNEON(dst *uint8, n int, src *uint8, start *int32, phase *uint8, table *[]int16, eights int)
TEXT ·reduceRowNEON(SB), NOSPLIT, $0-56
	MOVD dst+0(FP), R0
	MOVD n+8(FP), R1
	MOVD src+16(FP), R2
	MOVD start+24(FP), R3
	MOVD phase+32(FP), R4
	MOVD table+40(FP), R5
	MOVD eights+48(FP), R6
	HALF
	LAST(4)

four:
	FOUR
	TAPS(0, R11, R19)
	TAPS(1, R12, R20)
	TAPS(2, R13, R21)
	TAPS(3, R14, R22)
	VEOR V0.B16, V0.B16, V0.B16
	VEOR V1.B16, V1.B16, V1.B16
	VEOR V2.B16, V2.B16, V2.B16
	VEOR V3.B16, V3.B16, V3.B16
	MOVD R6, R15

eight:
	VLD1.P 8(R11), [V4.B8]
	VLD1.P 8(R12), [V5.B8]
	VLD1.P 8(R13), [V6.B8]
	VLD1.P 8(R14), [V7.B8]
	VLD1.P 16(R19), [V16.H8]
	VLD1.P 16(R20), [V17.H8]
	VLD1.P 16(R21), [V18.H8]
	VLD1.P 16(R22), [V19.H8]
	VUXTL  V4.B8, V4.H8
	VUXTL  V5.B8, V5.H8
	VUXTL  V6.B8, V6.H8
	VUXTL  V7.B8, V7.H8
	SMLAL(16, 4, 0)
	SMLAL(17, 5, 1)
	SMLAL(18, 6, 2)
	SMLAL(19, 7, 3)
	SMLAL2(16, 4, 0)
	SMLAL2(17, 5, 1)
	SMLAL2(18, 6, 2)
	SMLAL2(19, 7, 3)
	SUBS   $1, R15
	BNE    eight

	VADDP V1.S4, V0.S4, V0.S4
	VADDP V3.S4, V2.S4, V2.S4
	VADDP V2.S4, V0.S4, V0.S4
	VADD  V31.S4, V0.S4, V0.S4
	SQSHRUN(12, 0, 0)
	UQXTN(0, 0)
	VMOV  V0.S[0], R9
	MOVW  R9, (R0)(R8)
	NEXT(4, four)

done:
	RET

// func enlargeRowNEON(dst *uint16, n int, src *uint8, start *int32, phase *uint8, table *[]int16)
TEXT ·enlargeRowNEON(SB), NOSPLIT, $0-48
	MOVD dst+0(FP), R0
	MOVD n+8(FP), R1
	MOVD src+16(FP), R2
	MOVD start+24(FP), R3
	MOVD phase+32(FP), R4
	MOVD table+40(FP), R5
	LAST(4)

four:
	FOUR
	TAPS(0, R11, R19)
	TAPS(1, R12, R20)
	TAPS(2, R13, R21)
	TAPS(3, R14, R22)
	VLD1   (R11), V4.S[0]
	VLD1   (R12), V4.S[1]
	VLD1   (R13), V4.S[2]
	VLD1   (R14), V4.S[3]
	VLD1   (R19), V16.D[0]
	VLD1   (R20), V16.D[1]
	VLD1   (R21), V17.D[0]
	VLD1   (R22), V17.D[1]
	VUXTL  V4.B8, V5.H8
	VUXTL2 V4.B16, V6.H8
	SMULL(16, 5, 0)
	SMULL2(16, 5, 1)
	SMULL(17, 6, 2)
	SMULL2(17, 6, 3)
	VADDP  V1.S4, V0.S4, V0.S4
	VADDP  V3.S4, V2.S4, V2.S4
	VADDP  V2.S4, V0.S4, V0.S4
	RSHRN(12, 0, 0)
	ADD    R8<<1, R0, R9
	VST1   [V0.H4], (R9)
	NEXT(4, four)

done:
	RET

// WEIGH adds 16 numbers of the row at row, times weight, to V16 to V19.
#define WEIGH(row, weight) \
	ADD  R8<<1, row, R9       \
	VLD1 (R9), [V0.H8, V1.H8] \
	SMLAL(weight, 0, 16)      \
	SMLAL2(weight, 0, 17)     \
	SMLAL(weight, 1, 18)      \
	SMLAL2(weight, 1, 19)

// func enlargeRowsNEON(dst *uint8, n int, rows *[4][]uint16, weights *int16)
TEXT ·enlargeRowsNEON(SB), NOSPLIT, $0-32
	MOVD    dst+0(FP), R0
	MOVD    n+8(FP), R1
	MOVD    rows+16(FP), R2
	MOVD    weights+24(FP), R3
	MOVD    (R2), R10
	MOVD    24(R2), R11
	MOVD    48(R2), R12
	MOVD    72(R2), R13
	VLD1R.P 2(R3), [V4.H8]
	VLD1R.P 2(R3), [V5.H8]
	VLD1R.P 2(R3), [V6.H8]
	VLD1R   (R3), [V7.H8]
	HALF
	LAST(16)

loop:
	VMOV V31.B16, V16.B16
	VMOV V31.B16, V17.B16
	VMOV V31.B16, V18.B16
	VMOV V31.B16, V19.B16
	WEIGH(R10, 4)
	WEIGH(R11, 5)
	WEIGH(R12, 6)
	WEIGH(R13, 7)
	SQSHRUN(12, 16, 0)
	SQSHRUN(12, 18, 1)
	SQSHRUN2(12, 17, 0)
	SQSHRUN2(12, 19, 1)
	UQXTN(0, 2)
	UQXTN2(1, 2)
	ADD  R8, R0, R6
	VST1 [V2.B16], (R6)
	NEXT(16, loop)

done:
	RET
