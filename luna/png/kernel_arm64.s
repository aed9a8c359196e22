//go:build arm64 && !noasm && gc

#include "textflag.h"

// Instructions that Go's assembler has no names for, operands in its order.
// .ci/words holds their encodings against GNU as.

// abs Vd.16b, Vn.16b
#define ABS(n, d) WORD $(0x4e20b800 | n<<5 | d)
// uaddlp Vd.8h, Vn.16b
#define UADDLP8(n, d) WORD $(0x6e202800 | n<<5 | d)
// uaddlp Vd.4s, Vn.8h
#define UADDLP4(n, d) WORD $(0x6e602800 | n<<5 | d)
// uadalp Vd.8h, Vn.16b
#define UADALP8(n, d) WORD $(0x6e206800 | n<<5 | d)
// uadalp Vd.2d, Vn.4s
#define UADALP2(n, d) WORD $(0x6ea06800 | n<<5 | d)
// uabd Vd.16b, Vn.16b, Vm.16b
#define UABD(m, n, d) WORD $(0x6e207400 | m<<16 | n<<5 | d)
// uhadd Vd.16b, Vn.16b, Vm.16b
#define UHADD(m, n, d) WORD $(0x6e200400 | m<<16 | n<<5 | d)
// uqadd Vd.16b, Vn.16b, Vm.16b
#define UQADD(m, n, d) WORD $(0x6e200c00 | m<<16 | n<<5 | d)
// cmhs Vd.16b, Vn.16b, Vm.16b
#define CMHS(m, n, d) WORD $(0x6e203c00 | m<<16 | n<<5 | d)

// NEAREST sets V16 to whichever of V0, V1 and V2 (left, up and corner) is
// nearest to V0+V1-V2. Where left and up are on different sides of the corner
// that is as far from the corner as their distances differ, and else as their
// sum, which above 255 is no nearer than any.
#define NEAREST \
	UABD(2, 1, 4)                  \
	UABD(2, 0, 6)                  \
	CMHS(2, 0, 7)                  \
	CMHS(2, 1, 16)                 \
	VEOR  V16.B16, V7.B16, V7.B16  \
	UQADD(6, 4, 16)                \
	UABD(6, 4, 17)                 \
	VBIT  V7.B16, V17.B16, V16.B16 \
	VUMIN V16.B16, V6.B16, V17.B16 \
	CMHS(4, 17, 17)                \
	CMHS(6, 16, 16)                \
	VBSL  V2.B16, V1.B16, V16.B16  \
	VBIT  V17.B16, V0.B16, V16.B16

// The kernels that undo filters go from pixel to pixel. R0 is the pixel, R1
// the one above, R2 the bytes of a pixel, R3 how many pixels. V0 is the pixel
// to the left. A store writes over what follows the pixel; V5 has that from
// before, and gives it back at the end.

#define ARGUMENTS \
	MOVD  row+0(FP), R0   \
	MOVD  above+8(FP), R1 \
	MOVD  step+16(FP), R2 \
	MOVD  n+24(FP), R3    \
	SUB   R2, R0, R4      \
	FMOVD (R4), F0        \
	FMOVD (R0), F5

#define STORE1(v) VST1 v.B[0], (R0)
#define STORE4(v) VST1 v.S[0], (R0)
#define STORE8(v) VST1 v.D[0], (R0)

// The kernels that filter do 32 bytes at a time, and return the sum of
// magnitudes. R0 is the output, R1 the row, R2 the row above, R5 and R6 each a
// pixel before those.

#define OPERANDS \
	MOVD out+0(FP), R0             \
	MOVD row+8(FP), R1             \
	MOVD above+16(FP), R2          \
	MOVD step+24(FP), R4           \
	MOVD n+32(FP), R3              \
	SUB  R4, R1, R5                \
	SUB  R4, R2, R6                \
	VEOR V15.B16, V15.B16, V15.B16

// MAGNITUDES adds up those of V18 and V19.
#define MAGNITUDES \
	ABS(18, 20)     \
	ABS(19, 21)     \
	UADDLP8(20, 20) \
	UADALP8(21, 20) \
	UADDLP4(20, 20) \
	UADALP2(20, 15)

#define TOTAL \
	VADDP V15.D2, V15.D2, V15.D2 \
	VMOV  V15.D[0], R0           \
	MOVD  R0, sum+40(FP)

// The loops that undo filters, by how they store.

#define UNDOSUB(STORE) \
	ARGUMENTS                 \
loop:                         \
	VADD  V5.B8, V0.B8, V0.B8 \
	FMOVD (R0)(R2), F5        \
	STORE(V0)                 \
	ADD   R2, R0              \
	SUBS  $1, R3              \
	BNE   loop                \
	STORE(V5)                 \
	RET

// func undoSub1(row, above *uint8, step, n int)
TEXT ·undoSub1(SB), NOSPLIT, $0-32
	UNDOSUB(STORE1)

// func undoSub4(row, above *uint8, step, n int)
TEXT ·undoSub4(SB), NOSPLIT, $0-32
	UNDOSUB(STORE4)

// func undoSub8(row, above *uint8, step, n int)
TEXT ·undoSub8(SB), NOSPLIT, $0-32
	UNDOSUB(STORE8)

#define UNDOAVERAGE(STORE) \
	ARGUMENTS                 \
loop:                         \
	FMOVD (R1), F1            \
	UHADD(1, 0, 0)            \
	VADD  V5.B8, V0.B8, V0.B8 \
	FMOVD (R0)(R2), F5        \
	STORE(V0)                 \
	ADD   R2, R1              \
	ADD   R2, R0              \
	SUBS  $1, R3              \
	BNE   loop                \
	STORE(V5)                 \
	RET

// func undoAverage1(row, above *uint8, step, n int)
TEXT ·undoAverage1(SB), NOSPLIT, $0-32
	UNDOAVERAGE(STORE1)

// func undoAverage4(row, above *uint8, step, n int)
TEXT ·undoAverage4(SB), NOSPLIT, $0-32
	UNDOAVERAGE(STORE4)

// func undoAverage8(row, above *uint8, step, n int)
TEXT ·undoAverage8(SB), NOSPLIT, $0-32
	UNDOAVERAGE(STORE8)

#define UNDOPAETH(STORE) \
	ARGUMENTS                  \
	SUB   R2, R1, R4           \
	FMOVD (R4), F2             \
loop:                          \
	FMOVD (R1), F1             \
	NEAREST                    \
	VADD  V5.B8, V16.B8, V0.B8 \
	VMOV  V1.B8, V2.B8         \
	FMOVD (R0)(R2), F5         \
	STORE(V0)                  \
	ADD   R2, R1               \
	ADD   R2, R0               \
	SUBS  $1, R3               \
	BNE   loop                 \
	STORE(V5)                  \
	RET

// func undoPaeth1(row, above *uint8, step, n int)
TEXT ·undoPaeth1(SB), NOSPLIT, $0-32
	UNDOPAETH(STORE1)

// func undoPaeth4(row, above *uint8, step, n int)
TEXT ·undoPaeth4(SB), NOSPLIT, $0-32
	UNDOPAETH(STORE4)

// func undoPaeth8(row, above *uint8, step, n int)
TEXT ·undoPaeth8(SB), NOSPLIT, $0-32
	UNDOPAETH(STORE8)

// func undoUp(row, above *uint8, n int)
TEXT ·undoUp(SB), NOSPLIT, $0-24
	MOVD row+0(FP), R0
	MOVD above+8(FP), R1
	MOVD n+16(FP), R3

loop:
	VLD1   (R0), [V0.B16, V1.B16]
	VLD1.P 32(R1), [V2.B16, V3.B16]
	VADD   V2.B16, V0.B16, V0.B16
	VADD   V3.B16, V1.B16, V1.B16
	VST1.P [V0.B16, V1.B16], 32(R0)
	SUBS   $32, R3
	BNE    loop
	RET

// func magnitudes(out, row, above *uint8, step, n int) (sum int)
TEXT ·magnitudes(SB), NOSPLIT, $0-48
	OPERANDS

loop:
	VLD1.P 32(R1), [V18.B16, V19.B16]
	MAGNITUDES
	SUBS   $32, R3
	BNE    loop
	TOTAL
	RET

// func applySub(out, row, above *uint8, step, n int) (sum int)
TEXT ·applySub(SB), NOSPLIT, $0-48
	OPERANDS

loop:
	VLD1.P 32(R1), [V18.B16, V19.B16]
	VLD1.P 32(R5), [V0.B16, V1.B16]
	VSUB   V0.B16, V18.B16, V18.B16
	VSUB   V1.B16, V19.B16, V19.B16
	VST1.P [V18.B16, V19.B16], 32(R0)
	MAGNITUDES
	SUBS   $32, R3
	BNE    loop
	TOTAL
	RET

// func applyUp(out, row, above *uint8, step, n int) (sum int)
TEXT ·applyUp(SB), NOSPLIT, $0-48
	OPERANDS

loop:
	VLD1.P 32(R1), [V18.B16, V19.B16]
	VLD1.P 32(R2), [V0.B16, V1.B16]
	VSUB   V0.B16, V18.B16, V18.B16
	VSUB   V1.B16, V19.B16, V19.B16
	VST1.P [V18.B16, V19.B16], 32(R0)
	MAGNITUDES
	SUBS   $32, R3
	BNE    loop
	TOTAL
	RET

// func applyAverage(out, row, above *uint8, step, n int) (sum int)
TEXT ·applyAverage(SB), NOSPLIT, $0-48
	OPERANDS

loop:
	VLD1.P 32(R1), [V18.B16, V19.B16]
	VLD1.P 32(R5), [V0.B16, V1.B16]
	VLD1.P 32(R2), [V2.B16, V3.B16]
	UHADD(2, 0, 0)
	UHADD(3, 1, 1)
	VSUB   V0.B16, V18.B16, V18.B16
	VSUB   V1.B16, V19.B16, V19.B16
	VST1.P [V18.B16, V19.B16], 32(R0)
	MAGNITUDES
	SUBS   $32, R3
	BNE    loop
	TOTAL
	RET

// func applyPaeth(out, row, above *uint8, step, n int) (sum int)
TEXT ·applyPaeth(SB), NOSPLIT, $0-48
	OPERANDS

loop:
	VLD1.P 32(R1), [V18.B16, V19.B16]
	VLD1.P 16(R5), [V0.B16]
	VLD1.P 16(R2), [V1.B16]
	VLD1.P 16(R6), [V2.B16]
	NEAREST
	VSUB   V16.B16, V18.B16, V18.B16
	VLD1.P 16(R5), [V0.B16]
	VLD1.P 16(R2), [V1.B16]
	VLD1.P 16(R6), [V2.B16]
	NEAREST
	VSUB   V16.B16, V19.B16, V19.B16
	VST1.P [V18.B16, V19.B16], 32(R0)
	MAGNITUDES
	SUBS   $32, R3
	BNE    loop
	TOTAL
	RET
