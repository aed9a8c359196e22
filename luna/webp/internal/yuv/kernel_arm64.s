//go:build arm64 && !noasm && gc

#include "textflag.h"

// Instructions that Go's assembler has no names for, operands in its order.
// .ci/words holds their encodings against GNU as. The vector of factors, m, is
// one of V0 to V15.

// umull Vd.4s, Vn.4h, Vm.h[i]
#define UMULL(i, m, n, d) WORD $(0x2f40a000 | (i>>2)<<11 | (i>>1&1)<<21 | (i&1)<<20 | m<<16 | n<<5 | d)
// umull2 Vd.4s, Vn.8h, Vm.h[i]
#define UMULL2(i, m, n, d) WORD $(0x6f40a000 | (i>>2)<<11 | (i>>1&1)<<21 | (i&1)<<20 | m<<16 | n<<5 | d)
// umlal Vd.4s, Vn.4h, Vm.h[i]
#define UMLAL(i, m, n, d) WORD $(0x2f402000 | (i>>2)<<11 | (i>>1&1)<<21 | (i&1)<<20 | m<<16 | n<<5 | d)
// umlal2 Vd.4s, Vn.8h, Vm.h[i]
#define UMLAL2(i, m, n, d) WORD $(0x6f402000 | (i>>2)<<11 | (i>>1&1)<<21 | (i&1)<<20 | m<<16 | n<<5 | d)
// umull Vd.8h, Vn.8b, Vm.8b
#define UMULLB(m, n, d) WORD $(0x2e20c000 | m<<16 | n<<5 | d)
// umull2 Vd.8h, Vn.16b, Vm.16b
#define UMULLB2(m, n, d) WORD $(0x6e20c000 | m<<16 | n<<5 | d)
// rshrn Vd.4h, Vn.4s, #s
#define RSHRN(s, n, d) WORD $(0x0f008c00 | (32-s)<<16 | n<<5 | d)
// rshrn2 Vd.8h, Vn.4s, #s
#define RSHRN2(s, n, d) WORD $(0x4f008c00 | (32-s)<<16 | n<<5 | d)
// shrn Vd.8b, Vn.8h, #s
#define SHRNB(s, n, d) WORD $(0x0f008400 | (16-s)<<16 | n<<5 | d)
// shrn2 Vd.16b, Vn.8h, #s
#define SHRNB2(s, n, d) WORD $(0x4f008400 | (16-s)<<16 | n<<5 | d)

DATA luma<>+0(SB)/2, $16839
DATA luma<>+2(SB)/2, $33059
DATA luma<>+4(SB)/2, $6420
DATA luma<>+6(SB)/2, $0
GLOBL luma<>(SB), RODATA|NOPTR, $8

// LUMA makes eight samples less 16, number d, of number red, green and blue.
#define LUMA(red, green, blue, d) \
	UMULL(0, 15, red, 16)    \
	UMULL2(0, 15, red, 17)   \
	UMLAL(1, 15, green, 16)  \
	UMLAL2(1, 15, green, 17) \
	UMLAL(2, 15, blue, 16)   \
	UMLAL2(2, 15, blue, 17)  \
	RSHRN(16, 16, d)         \
	RSHRN2(16, 17, d)

// func lumaNEON(y, red, green, blue *uint8, n int)
TEXT ·lumaNEON(SB), NOSPLIT, $0-40
	MOVD  y+0(FP), R0
	MOVD  red+8(FP), R3
	MOVD  green+16(FP), R4
	MOVD  blue+24(FP), R5
	MOVD  n+32(FP), R6
	MOVD  $luma<>(SB), R7
	VLD1  (R7), [V15.H4]
	VMOVI $16, V14.B16

loop:
	VLD1.P 16(R3), [V0.B16]
	VLD1.P 16(R4), [V1.B16]
	VLD1.P 16(R5), [V2.B16]
	VUXTL  V0.B8, V4.H8
	VUXTL2 V0.B16, V5.H8
	VUXTL  V1.B8, V6.H8
	VUXTL2 V1.B16, V7.H8
	VUXTL  V2.B8, V8.H8
	VUXTL2 V2.B16, V9.H8
	LUMA(4, 6, 8, 20)
	LUMA(5, 7, 9, 21)
	VUZP1  V21.B16, V20.B16, V20.B16
	VADD   V14.B16, V20.B16, V20.B16
	VST1.P [V20.B16], 16(R0)
	SUBS   $16, R6
	BGT    loop
	RET

// func limitNEON(dst, src *uint8, n, factor, bias int)
//
// What is taken off is (factor v + bias)/255, rounded down: t/255 is (t + t>>8 +
// 1)>>8 for t below 65535.
TEXT ·limitNEON(SB), NOSPLIT, $0-40
	MOVD  dst+0(FP), R0
	MOVD  src+8(FP), R1
	MOVD  n+16(FP), R2
	MOVD  factor+24(FP), R3
	MOVD  bias+32(FP), R4
	VDUP  R3, V15.B16
	VDUP  R4, V14.H8
	VMOVI $16, V13.B16
	MOVD  $1, R5
	VDUP  R5, V12.H8

loop:
	VLD1.P 16(R1), [V0.B16]
	UMULLB(15, 0, 1)
	UMULLB2(15, 0, 2)
	VADD   V14.H8, V1.H8, V1.H8
	VADD   V14.H8, V2.H8, V2.H8
	VUSHR  $8, V1.H8, V3.H8
	VUSHR  $8, V2.H8, V4.H8
	VADD   V12.H8, V1.H8, V1.H8
	VADD   V12.H8, V2.H8, V2.H8
	VADD   V3.H8, V1.H8, V1.H8
	VADD   V4.H8, V2.H8, V2.H8
	SHRNB(8, 1, 5)
	SHRNB2(8, 2, 5)
	VADD   V13.B16, V0.B16, V0.B16
	VSUB   V5.B16, V0.B16, V0.B16
	VST1.P [V0.B16], 16(R0)
	SUBS   $16, R2
	BGT    loop
	RET
