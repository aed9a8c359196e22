//go:build arm64 && !noasm && gc

#include "textflag.h"

// Instructions that Go's assembler has no names for, operands in its order.
// .ci/words holds their encodings against GNU as. The vector of factors, m, is
// one of V0 to V15.

// uaddl Vd.8h, Vn.8b, Vm.8b
#define UADDL(m, n, d) WORD $(0x2e200000 | m<<16 | n<<5 | d)
// uaddw Vd.8h, Vn.8h, Vm.8b
#define UADDW(m, n, d) WORD $(0x2e201000 | m<<16 | n<<5 | d)
// shrn Vd.8b, Vn.8h, #s
#define SHRNB(s, n, d) WORD $(0x0f008400 | (16-s)<<16 | n<<5 | d)
// rshrn Vd.8b, Vn.8h, #s
#define RSHRNB(s, n, d) WORD $(0x0f008c00 | (16-s)<<16 | n<<5 | d)
// ushll Vd.8h, Vn.8b, #7
#define USHLLB7(n, d) WORD $(0x2f0fa400 | n<<5 | d)
// ushll2 Vd.8h, Vn.16b, #7
#define USHLLB7UPPER(n, d) WORD $(0x6f0fa400 | n<<5 | d)
// sqdmulh Vd.8h, Vn.8h, Vm.h[i]
#define SQDMULH(i, m, n, d) WORD $(0x4f40c000 | (i&1)<<20 | (i>>1&1)<<21 | (i>>2)<<11 | m<<16 | n<<5 | d)
// sqadd Vd.8h, Vn.8h, Vm.8h
#define SQADDH(m, n, d) WORD $(0x4e600c00 | m<<16 | n<<5 | d)
// sqshrun Vd.8b, Vn.8h, #s
#define SQSHRUN(s, n, d) WORD $(0x2f008400 | (16-s)<<16 | n<<5 | d)
// sqshrun2 Vd.16b, Vn.8h, #s
#define SQSHRUN2(s, n, d) WORD $(0x6f008400 | (16-s)<<16 | n<<5 | d)
// uaddlp Vd.8h, Vn.16b
#define UADDLP(n, d) WORD $(0x6e202800 | n<<5 | d)
// uadalp Vd.8h, Vn.16b
#define UADALP(n, d) WORD $(0x6e206800 | n<<5 | d)
// addp Vd.8h, Vn.8h, Vm.8h
#define ADDPH(m, n, d) WORD $(0x4e60bc00 | m<<16 | n<<5 | d)

// The factors of yuv.go. 282 is what 33050 has above 32768, which is a shift.
DATA factors<>+0(SB)/2, $19077
DATA factors<>+2(SB)/2, $26149
DATA factors<>+4(SB)/2, $6419
DATA factors<>+6(SB)/2, $13320
DATA factors<>+8(SB)/2, $282
DATA factors<>+10(SB)/2, $0
DATA factors<>+12(SB)/2, $0
DATA factors<>+14(SB)/2, $0
GLOBL factors<>(SB), RODATA|NOPTR, $16

// func upsampleNEON(dst, near, far *uint8, n int)
TEXT ·upsampleNEON(SB), NOSPLIT, $0-32
	MOVD dst+0(FP), R0
	MOVD near+8(FP), R1
	MOVD far+16(FP), R2
	MOVD n+24(FP), R3
	ADD  $1, R1, R4
	ADD  $1, R2, R5
	VMOVI $8, V16.B16
	VUSHR $8, V16.H8, V16.H8

upsample:
	VLD1.P 8(R1), [V0.B8] // near, left
	VLD1.P 8(R4), [V1.B8] // near, right
	VLD1.P 8(R2), [V2.B8] // far, left
	VLD1.P 8(R5), [V3.B8] // far, right
	UADDL(1, 2, 4)
	UADDL(0, 3, 5)
	VADD V4.H8, V5.H8, V6.H8
	VADD V16.H8, V6.H8, V6.H8
	VADD V4.H8, V4.H8, V4.H8
	VADD V5.H8, V5.H8, V5.H8
	VADD V6.H8, V4.H8, V4.H8
	VADD V6.H8, V5.H8, V5.H8
	VUSHR $3, V4.H8, V4.H8
	VUSHR $3, V5.H8, V5.H8
	UADDW(0, 4, 4)
	UADDW(1, 5, 5)
	SHRNB(1, 4, 6)
	SHRNB(1, 5, 7)
	VST2.P [V6.B8, V7.B8], 16(R0)
	SUBS $8, R3
	BNE  upsample
	RET

// HALF converts the 8 pixels of which V16, V17 and V18 have 128 times the samples
// to V19, V20 and V21, with 6 bits of fraction.
#define HALF \
	SQDMULH(0, 0, 16, 22)    \
	SQDMULH(1, 0, 18, 19)    \
	SQDMULH(2, 0, 17, 20)    \
	SQDMULH(3, 0, 18, 21)    \
	SQDMULH(4, 0, 17, 23)    \
	VADD V22.H8, V19.H8, V19.H8 \
	VSUB V1.H8, V19.H8, V19.H8  \
	VADD V20.H8, V21.H8, V20.H8 \
	VADD V2.H8, V22.H8, V21.H8  \
	VSUB V20.H8, V21.H8, V20.H8 \
	VSUB V3.H8, V22.H8, V22.H8  \
	SQADDH(17, 22, 22)          \
	SQADDH(23, 22, 21)

// func rgbNEON(red, green, blue, y, u, v *uint8, n int)
TEXT ·rgbNEON(SB), NOSPLIT, $0-56
	MOVD red+0(FP), R0
	MOVD green+8(FP), R1
	MOVD blue+16(FP), R2
	MOVD y+24(FP), R3
	MOVD u+32(FP), R4
	MOVD v+40(FP), R5
	MOVD n+48(FP), R6
	MOVD $factors<>(SB), R7
	VLD1 (R7), [V0.H8]
	MOVD $14234, R7
	VDUP R7, V1.H8
	MOVD $8708, R7
	VDUP R7, V2.H8
	MOVD $17685, R7
	VDUP R7, V3.H8

rgb:
	VLD1.P 16(R3), [V4.B16]
	VLD1.P 16(R4), [V5.B16]
	VLD1.P 16(R5), [V6.B16]
	USHLLB7(4, 16)
	USHLLB7(5, 17)
	USHLLB7(6, 18)
	HALF
	SQSHRUN(6, 19, 24)
	SQSHRUN(6, 20, 25)
	SQSHRUN(6, 21, 26)
	USHLLB7UPPER(4, 16)
	USHLLB7UPPER(5, 17)
	USHLLB7UPPER(6, 18)
	HALF
	SQSHRUN2(6, 19, 24)
	SQSHRUN2(6, 20, 25)
	SQSHRUN2(6, 21, 26)
	VST1.P [V24.B16], 16(R0)
	VST1.P [V25.B16], 16(R1)
	VST1.P [V26.B16], 16(R2)
	SUBS $16, R6
	BNE  rgb
	RET

// PAIRS adds pairs of a row at R1 to V0 and V1, and goes on to the next.
#define PAIRS \
	VLD1 (R1), [V2.B16, V3.B16] \
	ADD  R2, R1                 \
	UADALP(2, 0)                \
	UADALP(3, 1)

#define FIRST \
	VLD1 (R1), [V2.B16, V3.B16] \
	ADD  R2, R1                 \
	UADDLP(2, 0)                \
	UADDLP(3, 1)

// func halveNEON(dst, src *uint8, stride, n int)
TEXT ·halveNEON(SB), NOSPLIT, $0-32
	MOVD dst+0(FP), R0
	MOVD src+8(FP), R4
	MOVD stride+16(FP), R2
	MOVD n+24(FP), R3

halve:
	MOVD R4, R1
	FIRST
	PAIRS
	RSHRNB(2, 0, 0)
	RSHRNB(2, 1, 1)
	VST1.P [V0.B8, V1.B8], 16(R0)
	ADD  $32, R4
	SUBS $1, R3
	BNE  halve
	RET

// func quarterNEON(dst, src *uint8, stride, n int)
TEXT ·quarterNEON(SB), NOSPLIT, $0-32
	MOVD dst+0(FP), R0
	MOVD src+8(FP), R4
	MOVD stride+16(FP), R2
	MOVD n+24(FP), R3

quarter:
	MOVD R4, R1
	FIRST
	PAIRS
	PAIRS
	PAIRS
	ADDPH(1, 0, 0)
	RSHRNB(4, 0, 0)
	VST1.P [V0.B8], 8(R0)
	ADD  $32, R4
	SUBS $1, R3
	BNE  quarter
	RET

// func eighthNEON(dst, src *uint8, stride, n int)
TEXT ·eighthNEON(SB), NOSPLIT, $0-32
	MOVD dst+0(FP), R0
	MOVD src+8(FP), R4
	MOVD stride+16(FP), R2
	MOVD n+24(FP), R3

eighth:
	MOVD R4, R1
	FIRST
	PAIRS
	PAIRS
	PAIRS
	PAIRS
	PAIRS
	PAIRS
	PAIRS
	ADDPH(1, 0, 0)
	ADDPH(0, 0, 0)
	RSHRNB(6, 0, 0)
	FMOVS F0, (R0)
	ADD  $4, R0
	ADD  $32, R4
	SUBS $1, R3
	BNE  eighth
	RET
