//go:build arm64 && !noasm && gc

#include "textflag.h"

// Instructions that Go's assembler has no names for, operands in its order.
// .ci/words holds their encodings against GNU as.

// usubl Vd.8h, Vn.8b, Vm.8b
#define USUBL(m, n, d) WORD $(0x2e202000 | m<<16 | n<<5 | d)
// usubl2 Vd.8h, Vn.16b, Vm.16b
#define USUBL2(m, n, d) WORD $(0x6e202000 | m<<16 | n<<5 | d)
// smlal Vd.4s, Vn.4h, Vm.h[i]
#define SMLAL(i, m, n, d) WORD $(0x0f402000 | (i&1)<<20 | (i>>1&1)<<21 | (i>>2)<<11 | m<<16 | n<<5 | d)
// smlal2 Vd.4s, Vn.8h, Vm.h[i]
#define SMLAL2(i, m, n, d) WORD $(0x4f402000 | (i&1)<<20 | (i>>1&1)<<21 | (i>>2)<<11 | m<<16 | n<<5 | d)
// shrn Vd.4h, Vn.4s, #s
#define SHRN(s, n, d) WORD $(0x0f008400 | (32-s)<<16 | n<<5 | d)
// sshr Vd.8h, Vn.8h, #s
#define SSHR(s, n, d) WORD $(0x4f000400 | (32-s)<<16 | n<<5 | d)
// sqdmulh Vd.8h, Vn.8h, Vm.h[i]
#define SQDMULH(i, m, n, d) WORD $(0x4f40c000 | (i&1)<<20 | (i>>1&1)<<21 | (i>>2)<<11 | m<<16 | n<<5 | d)
// abs Vd.8h, Vn.8h
#define ABS(n, d) WORD $(0x4e60b800 | n<<5 | d)
// mul Vd.8h, Vn.8h, Vm.8h
#define MUL(m, n, d) WORD $(0x4e609c00 | m<<16 | n<<5 | d)
// umull Vd.4s, Vn.4h, Vm.4h
#define UMULL(m, n, d) WORD $(0x2e60c000 | m<<16 | n<<5 | d)
// umull2 Vd.4s, Vn.8h, Vm.8h
#define UMULL2(m, n, d) WORD $(0x6e60c000 | m<<16 | n<<5 | d)
// umlal Vd.4s, Vn.4h, Vm.4h
#define UMLAL(m, n, d) WORD $(0x2e608000 | m<<16 | n<<5 | d)
// umlal2 Vd.4s, Vn.8h, Vm.8h
#define UMLAL2(m, n, d) WORD $(0x6e608000 | m<<16 | n<<5 | d)
// xtn Vd.4h, Vn.4s
#define XTN(n, d) WORD $(0x0e612800 | n<<5 | d)
// xtn2 Vd.8h, Vn.4s
#define XTN2(n, d) WORD $(0x4e612800 | n<<5 | d)
// xtn Vd.8b, Vn.8h
#define XTNB(n, d) WORD $(0x0e212800 | n<<5 | d)
// xtn2 Vd.16b, Vn.8h
#define XTNB2(n, d) WORD $(0x4e212800 | n<<5 | d)
// sqxtun Vd.8b, Vn.8h
#define SQXTUN(n, d) WORD $(0x2e212800 | n<<5 | d)
// sqxtun2 Vd.16b, Vn.8h
#define SQXTUN2(n, d) WORD $(0x6e212800 | n<<5 | d)
// uabd Vd.16b, Vn.16b, Vm.16b
#define UABD(m, n, d) WORD $(0x6e207400 | m<<16 | n<<5 | d)
// umull Vd.8h, Vn.8b, Vm.8b
#define UMULLB(m, n, d) WORD $(0x2e20c000 | m<<16 | n<<5 | d)
// umull2 Vd.8h, Vn.16b, Vm.16b
#define UMULLB2(m, n, d) WORD $(0x6e20c000 | m<<16 | n<<5 | d)
// uaddlp Vd.4s, Vn.8h
#define UADDLP(n, d) WORD $(0x6e602800 | n<<5 | d)
// uadalp Vd.4s, Vn.8h
#define UADALP(n, d) WORD $(0x6e606800 | n<<5 | d)

// Factors, roundings, and more: what CONSTANTS puts into V0 to V7 and V12 to V14;
// then a bit of each level, and the weights of textures in the order of HADAMARD.
DATA constants<>+0x00(SB)/8, $0x4e7beb1814e808a9
DATA constants<>+0x08(SB)/8, $0x0000000000004546
DATA constants<>+0x10(SB)/8, $0x0000071400000714
DATA constants<>+0x18(SB)/8, $0x0000071400000714
DATA constants<>+0x20(SB)/8, $0x000003a9000003a9
DATA constants<>+0x28(SB)/8, $0x000003a9000003a9
DATA constants<>+0x30(SB)/8, $0x00012ee000012ee0
DATA constants<>+0x38(SB)/8, $0x00012ee000012ee0
DATA constants<>+0x40(SB)/8, $0x0000c7380000c738
DATA constants<>+0x48(SB)/8, $0x0000c7380000c738
DATA constants<>+0x50(SB)/8, $0x0007000700070007
DATA constants<>+0x58(SB)/8, $0x0007000700070007
DATA constants<>+0x60(SB)/8, $0x0000000000000000
DATA constants<>+0x68(SB)/8, $0x0000000000000000
DATA constants<>+0x70(SB)/8, $0x07ff07ff07ff07ff
DATA constants<>+0x78(SB)/8, $0x07ff07ff07ff07ff
DATA constants<>+0x80(SB)/8, $0x1110090803020100
DATA constants<>+0x88(SB)/8, $0x0d0c070605040b0a
DATA constants<>+0x90(SB)/8, $0x15141b1a19181312
DATA constants<>+0x98(SB)/8, $0x1f1e1d1c17160f0e
DATA constants<>+0xa0(SB)/8, $0x0004000400040004
DATA constants<>+0xa8(SB)/8, $0x0000000000000000
DATA constants<>+0xb0(SB)/8, $0x8040201008040201
DATA constants<>+0xb8(SB)/8, $0x8040201008040201
DATA constants<>+0xc0(SB)/8, $0x0014000900200026
DATA constants<>+0xc8(SB)/8, $0x00110007001c0020
DATA constants<>+0xd0(SB)/8, $0x0004000200070009
DATA constants<>+0xd8(SB)/8, $0x000a000400110014
GLOBL constants<>(SB), RODATA|NOPTR, $224

// CONSTANTS uses R10, and leaves in it where the rest lies.
#define CONSTANTS \
	MOVD   $constants<>(SB), R10                           \
	VLD1.P 64(R10), [V0.B16, V1.B16, V2.B16, V3.B16]       \
	VLD1.P 64(R10), [V4.B16, V5.B16, V6.B16, V7.B16]       \
	VLD1.P 48(R10), [V12.B16, V13.B16, V14.B16]

// QUANTIZER loads the Matrix at m, which is lost.
#define QUANTIZER(m) \
	ADD    $128, m                                         \
	VLD1.P 32(m), [V26.H8, V27.H8]                         \
	VLD1.P 32(m), [V28.H8, V29.H8]                         \
	VLD1.P 32(m), [V30.H8, V31.H8]                         \
	VLD1   (m), [V8.S4, V9.S4]

// TRANSPOSE turns the rows in V16 and V17 into columns. V18 and V19 are lost.
#define TRANSPOSE \
	VUZP1 V17.H8, V16.H8, V18.H8 \
	VUZP2 V17.H8, V16.H8, V19.H8 \
	VUZP1 V19.H8, V18.H8, V16.H8 \
	VUZP2 V19.H8, V18.H8, V17.H8

// FOLD takes 0 1 and 2 3 to a0+a1 and a0-a1 in the low halves of V16 and V17, and
// a3 a2 in V21.
#define FOLD \
	VEXT $8, V17.B16, V17.B16, V18.B16 \
	VADD V18.H8, V16.H8, V20.H8        \
	VSUB V18.H8, V16.H8, V21.H8        \
	VEXT $8, V20.B16, V20.B16, V22.B16 \
	VADD V22.H8, V20.H8, V16.H8        \
	VSUB V22.H8, V20.H8, V17.H8

// FORWARD is the DCT of the differences in V16 and V17. V18 to V25 are lost.
#define FORWARD \
	TRANSPOSE                     \
	FOLD                          \
	VSHL  $3, V16.H8, V16.H8      \
	VSHL  $3, V17.H8, V17.H8      \
	VMOV  V1.B16, V23.B16         \
	VMOV  V2.B16, V24.B16         \
	SMLAL(1, 0, 21, 23)           \
	SMLAL(0, 0, 21, 24)           \
	SMLAL2(0, 0, 21, 23)          \
	SMLAL2(2, 0, 21, 24)          \
	SHRN(9, 23, 23)               \
	SHRN(9, 24, 24)               \
	VMOV  V23.D[0], V16.D[1]      \
	VMOV  V24.D[0], V17.D[1]      \
	TRANSPOSE                     \
	FOLD                          \
	VADD  V5.H8, V16.H8, V16.H8   \
	VADD  V5.H8, V17.H8, V17.H8   \
	SSHR(4, 16, 16)               \
	SSHR(4, 17, 17)               \
	VMOV  V3.B16, V23.B16         \
	VMOV  V4.B16, V24.B16         \
	SMLAL(1, 0, 21, 23)           \
	SMLAL(0, 0, 21, 24)           \
	SMLAL2(0, 0, 21, 23)          \
	SMLAL2(2, 0, 21, 24)          \
	SHRN(16, 23, 23)              \
	SHRN(16, 24, 24)              \
	VCMEQ V6.H8, V21.H8, V25.H8   \ // -1 where a3 is 0
	VADD  V25.H8, V23.H8, V23.H8  \
	VMOV  V23.D[0], V16.D[1]      \
	VMOV  V24.D[0], V17.D[1]

// QUANTIZE turns the coefficients in V16 and V17 into levels in V20 and V21, in
// zigzag order, and what they stand for in V16 and V17. V18 to V23 are lost.
#define QUANTIZE \
	ABS(16, 18)                   \
	ABS(17, 19)                   \
	VADD  V30.H8, V18.H8, V18.H8  \
	VADD  V31.H8, V19.H8, V19.H8  \
	UMULL(28, 18, 20)             \
	UMULL2(28, 18, 21)            \
	UMULL(29, 19, 22)             \
	UMULL2(29, 19, 23)            \
	VADD  V8.S4, V20.S4, V20.S4   \
	VADD  V9.S4, V21.S4, V21.S4   \
	VADD  V9.S4, V22.S4, V22.S4   \
	VADD  V9.S4, V23.S4, V23.S4   \
	VUSHR $17, V20.S4, V20.S4     \
	VUSHR $17, V21.S4, V21.S4     \
	VUSHR $17, V22.S4, V22.S4     \
	VUSHR $17, V23.S4, V23.S4     \
	XTN(20, 18)                   \
	XTN(22, 19)                   \
	XTN2(21, 18)                  \
	XTN2(23, 19)                  \
	VUMIN V7.H8, V18.H8, V18.H8   \
	VUMIN V7.H8, V19.H8, V19.H8   \
	SSHR(15, 16, 20)              \
	SSHR(15, 17, 21)              \
	VEOR  V20.B16, V18.B16, V18.B16 \
	VEOR  V21.B16, V19.B16, V19.B16 \
	VSUB  V20.H8, V18.H8, V18.H8  \
	VSUB  V21.H8, V19.H8, V19.H8  \
	MUL(26, 18, 16)               \
	MUL(27, 19, 17)               \
	VTBL  V12.B16, [V18.B16, V19.B16], V20.B16 \
	VTBL  V13.B16, [V18.B16, V19.B16], V21.B16

// LIFT is a pass of the inverse DCT of the rows in V16 and V17, which come out as
// columns. V18 to V25 are lost.
#define LIFT \
	VZIP1 V17.D2, V16.D2, V18.D2  \
	VZIP2 V17.D2, V16.D2, V19.D2  \
	SQDMULH(3, 0, 19, 20)         \
	SQDMULH(4, 0, 19, 21)         \
	SSHR(1, 20, 20)               \
	VADD  V19.H8, V20.H8, V20.H8  \
	VEXT  $8, V18.B16, V18.B16, V22.B16 \
	VADD  V22.H8, V18.H8, V23.H8  \
	VSUB  V22.H8, V18.H8, V24.H8  \
	VZIP1 V24.D2, V23.D2, V23.D2  \ // a b
	VEXT  $8, V21.B16, V21.B16, V22.B16 \
	VADD  V22.H8, V20.H8, V24.H8  \
	VSUB  V20.H8, V22.H8, V25.H8  \
	VMOV  V25.D[1], V24.D[1]      \ // d c
	VADD  V24.H8, V23.H8, V16.H8  \
	VSUB  V24.H8, V23.H8, V17.H8  \
	VEXT  $8, V17.B16, V17.B16, V17.B16 \
	TRANSPOSE

// INVERSE adds the inverse DCT of V16 and V17 to the samples in V15: samples in
// V11. V16 to V25 are lost.
#define INVERSE \
	LIFT                          \
	VADD  V14.H8, V16.H8, V16.H8  \
	LIFT                          \
	SSHR(3, 16, 16)               \
	SSHR(3, 17, 17)               \
	VUADDW V15.B8, V16.H8, V16.H8 \
	VUADDW2 V15.B16, V17.H8, V17.H8 \
	SQXTUN(16, 11)                \
	SQXTUN2(17, 11)

#define BUTTERFLY \
	VADD  V17.H8, V16.H8, V18.H8  \
	VSUB  V17.H8, V16.H8, V19.H8  \
	VZIP1 V19.D2, V18.D2, V20.D2  \
	VZIP2 V19.D2, V18.D2, V21.D2  \
	VADD  V21.H8, V20.H8, V16.H8  \
	VSUB  V21.H8, V20.H8, V17.H8

// HADAMARD leaves the magnitudes of the transform of V16 and V17 there: columns 0
// and 1, 3 and 2, each with the rows 0, 1, 3, 2. V18 to V21 are lost.
#define HADAMARD \
	BUTTERFLY                     \
	TRANSPOSE                     \
	BUTTERFLY                     \
	ABS(16, 16)                   \
	ABS(17, 17)

// TEXTURE is the weighted spectrum of the samples in V11, in R11. V16 to V23 are
// lost.
#define TEXTURE(weights) \
	VUXTL  V11.B8, V16.H8         \
	VUXTL2 V11.B16, V17.H8        \
	HADAMARD                      \
	VLD1   (weights), [V22.H8, V23.H8] \
	UMULL(22, 16, 18)             \
	UMLAL2(22, 16, 18)            \
	UMLAL(23, 17, 18)             \
	UMLAL2(23, 17, 18)            \
	VADDV  V18.S4, V18            \
	VMOV   V18.S[0], R11

// func forwardsNEON(out *Coefficients, src, pred *uint8, blocks int)
TEXT ·forwardsNEON(SB), NOSPLIT, $0-32
	MOVD out+0(FP), R0
	MOVD src+8(FP), R1
	MOVD pred+16(FP), R2
	MOVD blocks+24(FP), R3
	CONSTANTS

forward:
	VLD1.P 16(R1), [V10.B16]
	VLD1.P 16(R2), [V15.B16]
	USUBL(15, 10, 16)
	USUBL2(15, 10, 17)
	FORWARD
	VST1.P [V16.H8, V17.H8], 32(R0)
	SUB    $1, R3
	CBNZ   R3, forward
	RET

// func inversesNEON(dst, pred *uint8, in *Coefficients, blocks int)
TEXT ·inversesNEON(SB), NOSPLIT, $0-32
	MOVD dst+0(FP), R0
	MOVD pred+8(FP), R1
	MOVD in+16(FP), R2
	MOVD blocks+24(FP), R3
	CONSTANTS

inverse:
	VLD1.P 32(R2), [V16.H8, V17.H8]
	VLD1.P 16(R1), [V15.B16]
	INVERSE
	VST1.P [V11.B16], 16(R0)
	SUB    $1, R3
	CBNZ   R3, inverse
	RET

// func quantizesNEON(levels, coefficients *Coefficients, blocks int, m *Matrix) uint32
TEXT ·quantizesNEON(SB), NOSPLIT, $0-36
	MOVD levels+0(FP), R0
	MOVD coefficients+8(FP), R1
	MOVD blocks+16(FP), R3
	MOVD m+24(FP), R4
	CONSTANTS
	QUANTIZER(R4)
	MOVD ZR, R5
	MOVD ZR, R6

block:
	VLD1   (R1), [V16.H8, V17.H8]
	QUANTIZE
	VST1.P [V16.H8, V17.H8], 32(R1)
	VST1.P [V20.H8, V21.H8], 32(R0)
	VORR   V21.B16, V20.B16, V20.B16
	VMOV   V20.D[0], R7
	VMOV   V20.D[1], R8
	ORR    R8, R7
	CMP    $0, R7
	CSET   NE, R7
	LSL    R6, R7
	ORR    R7, R5
	ADD    $1, R6
	CMP    R6, R3
	BNE    block
	MOVW   R5, ret+32(FP)
	RET

// func encodeNEON(c *Candidate, pred, src *Block, m *Matrix)
//
// It leaves the rate out.
TEXT ·encodeNEON(SB), NOSPLIT, $0-32
	MOVD c+0(FP), R0
	MOVD pred+8(FP), R1
	MOVD src+16(FP), R2
	MOVD m+24(FP), R4
	CONSTANTS
	QUANTIZER(R4)
	VLD1 (R1), [V15.B16]
	VLD1 (R2), [V10.B16]
	USUBL(15, 10, 16)
	USUBL2(15, 10, 17)
	FORWARD
	QUANTIZE
	VST1.P [V20.H8, V21.H8], 32(R0)

	VCMTST V20.H8, V20.H8, V20.H8
	VCMTST V21.H8, V21.H8, V21.H8
	XTNB(20, 22)
	XTNB2(21, 22)
	VLD1.P 16(R10), [V23.B16]
	VAND   V23.B16, V22.B16, V22.B16
	VADDP  V22.B16, V22.B16, V22.B16
	VADDP  V22.B16, V22.B16, V22.B16
	VADDP  V22.B16, V22.B16, V22.B16
	VMOV   V22.H[0], R5

	INVERSE
	VST1.P [V11.B16], 16(R0)
	UABD(10, 11, 16)
	UMULLB(16, 16, 17)
	UMULLB2(16, 16, 18)
	UADDLP(17, 17)
	UADALP(18, 17)
	VADDV V17.S4, V17
	VMOV  V17.S[0], R6
	TEXTURE(R10)
	MOVW  R5, (R0)
	MOVW  R6, 4(R0)
	MOVW  R11, 8(R0)
	RET

// func texturesNEON(out *uint32, samples *uint8, blocks int)
TEXT ·texturesNEON(SB), NOSPLIT, $0-24
	MOVD out+0(FP), R0
	MOVD samples+8(FP), R1
	MOVD blocks+16(FP), R3
	MOVD $constants<>+192(SB), R10

texture:
	VLD1.P 16(R1), [V11.B16]
	TEXTURE(R10)
	MOVW.P R11, 4(R0)
	SUB    $1, R3
	CBNZ   R3, texture
	RET

// func scoresNEON(scores *uint16, preds, src *uint8, blocks int)
TEXT ·scoresNEON(SB), NOSPLIT, $0-32
	MOVD scores+0(FP), R0
	MOVD preds+8(FP), R1
	MOVD src+16(FP), R2
	MOVD blocks+24(FP), R3
	VLD1 (R2), [V10.B16]

score:
	VLD1.P 16(R1), [V15.B16]
	USUBL(15, 10, 16)
	USUBL2(15, 10, 17)
	HADAMARD
	VADD   V17.H8, V16.H8, V16.H8
	VADDV  V16.H8, V16
	VMOV   V16.H[0], R4
	MOVH.P R4, 2(R0)
	SUB    $1, R3
	CBNZ   R3, score
	RET

// func satdsNEON(a, b *uint8, blocks int) int
TEXT ·satdsNEON(SB), NOSPLIT, $0-32
	MOVD a+0(FP), R1
	MOVD b+8(FP), R2
	MOVD blocks+16(FP), R3
	VEOR V0.B16, V0.B16, V0.B16

satd:
	VLD1.P 16(R1), [V10.B16]
	VLD1.P 16(R2), [V15.B16]
	USUBL(15, 10, 16)
	USUBL2(15, 10, 17)
	HADAMARD
	VADD V17.H8, V16.H8, V16.H8
	UADALP(16, 0)
	SUB  $1, R3
	CBNZ R3, satd
	VADDV V0.S4, V0
	VMOV V0.S[0], R0
	MOVD R0, ret+24(FP)
	RET

// func sumSquaresNEON(a, b *uint8, blocks int) int
TEXT ·sumSquaresNEON(SB), NOSPLIT, $0-32
	MOVD a+0(FP), R1
	MOVD b+8(FP), R2
	MOVD blocks+16(FP), R3
	VEOR V0.B16, V0.B16, V0.B16

square:
	VLD1.P 16(R1), [V10.B16]
	VLD1.P 16(R2), [V15.B16]
	UABD(15, 10, 16)
	UMULLB(16, 16, 17)
	UMULLB2(16, 16, 18)
	UADALP(17, 0)
	UADALP(18, 0)
	SUB  $1, R3
	CBNZ R3, square
	VADDV V0.S4, V0
	VMOV V0.S[0], R0
	MOVD R0, ret+24(FP)
	RET
