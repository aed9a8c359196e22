//go:build arm64 && !noasm && gc

#include "textflag.h"

// Instructions that Go's assembler has no names for, operands in its order.
// .ci/words holds their encodings against GNU as.

// ucvtf Vd.4s, Vn.4s
#define UCVTF(n, d) WORD $(0x6e21d800 | n<<5 | d)
// fcvtzu Vd.4s, Vn.4s
#define FCVTZU(n, d) WORD $(0x6ea1b800 | n<<5 | d)
// fadd Vd.4s, Vn.4s, Vm.4s
#define FADD(m, n, d) WORD $(0x4e20d400 | m<<16 | n<<5 | d)
// fsub Vd.4s, Vn.4s, Vm.4s
#define FSUB(m, n, d) WORD $(0x4ea0d400 | m<<16 | n<<5 | d)
// fmul Vd.4s, Vn.4s, Vm.4s
#define FMUL(m, n, d) WORD $(0x6e20dc00 | m<<16 | n<<5 | d)
// fdiv Vd.4s, Vn.4s, Vm.4s
#define FDIV(m, n, d) WORD $(0x6e20fc00 | m<<16 | n<<5 | d)
// fmin Vd.4s, Vn.4s, Vm.4s
#define FMIN(m, n, d) WORD $(0x4ea0f400 | m<<16 | n<<5 | d)

// FACTORS fills V31 with 255 and V30 with 1/255.
// To multiply by the latter is not quite to divide by the former, but the
// truncated results are the same; the tests try all there are.
#define FACTORS \
	MOVW $0x437f0000, R3 \
	VDUP R3, V31.S4      \
	MOVW $0x3b808081, R3 \
	VDUP R3, V30.S4

// LOAD makes floats of eight samples, in V0 and V2, and their alpha, in V1 and
// V3, whose bytes are left in V4.
#define LOAD \
	VLD1   (R0), [V0.B8]    \
	VLD1.P 8(R1), [V4.B8]   \
	VUXTL  V0.B8, V0.H8     \
	VUXTL  V4.B8, V1.H8     \
	VUXTL2 V0.H8, V2.S4     \
	VUXTL  V0.H4, V0.S4     \
	VUXTL2 V1.H8, V3.S4     \
	VUXTL  V1.H4, V1.S4     \
	UCVTF(0, 0)             \
	UCVTF(2, 2)             \
	UCVTF(1, 1)             \
	UCVTF(3, 3)

// NARROW truncates V0 and V2 to bytes in V0.
#define NARROW \
	FCVTZU(0, 0)                    \
	FCVTZU(2, 2)                    \
	VUZP1 V2.H8, V0.H8, V0.H8       \
	VUZP1 V0.B16, V0.B16, V0.B16

// STORE stores eight bytes and goes on.
#define STORE \
	VST1.P [V0.B8], 8(R0) \
	SUBS   $8, R2         \
	BGT    loop           \
	RET

// func premultiplyNEON(row, alpha *uint8, n int)
TEXT ·premultiplyNEON(SB), NOSPLIT, $0-24
	MOVD row+0(FP), R0
	MOVD alpha+8(FP), R1
	MOVD n+16(FP), R2
	FACTORS

loop:
	LOAD
	FMUL(30, 1, 1)
	FMUL(30, 3, 3)
	FMUL(1, 0, 0)
	FMUL(3, 2, 2)
	NARROW
	STORE

// func unpremultiplyNEON(row, alpha *uint8, n int)
TEXT ·unpremultiplyNEON(SB), NOSPLIT, $0-24
	MOVD row+0(FP), R0
	MOVD alpha+8(FP), R1
	MOVD n+16(FP), R2
	FACTORS

loop:
	LOAD
	FDIV(1, 31, 1)
	FDIV(3, 31, 3)
	FMUL(1, 0, 0)
	FMUL(3, 2, 2)
	FMIN(31, 0, 0)
	FMIN(31, 2, 2)
	NARROW
	VCMTST V4.B8, V4.B8, V4.B8
	VAND   V4.B8, V0.B8, V0.B8
	STORE

// func flattenNEON(row, alpha *uint8, n int, background uint32)
TEXT ·flattenNEON(SB), NOSPLIT, $0-28
	MOVD row+0(FP), R0
	MOVD alpha+8(FP), R1
	MOVD n+16(FP), R2
	FACTORS
	MOVWU background+24(FP), R3
	VDUP  R3, V29.S4
	UCVTF(29, 29)

loop:
	LOAD
	FSUB(1, 31, 16)
	FSUB(3, 31, 18)
	FMUL(30, 1, 1)
	FMUL(30, 3, 3)
	FMUL(30, 16, 16)
	FMUL(30, 18, 18)
	FMUL(1, 0, 0)
	FMUL(3, 2, 2)
	FMUL(29, 16, 16)
	FMUL(29, 18, 18)
	FADD(16, 0, 0)
	FADD(18, 2, 2)
	NARROW
	STORE
