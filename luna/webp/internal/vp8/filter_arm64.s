//go:build arm64 && !noasm && gc

#include "textflag.h"

// Instructions that Go's assembler has no names for, operands in its order.
// .ci/words holds their encodings against GNU as.

// uabd Vd.16b, Vn.16b, Vm.16b
#define UABD(m, n, d) WORD $(0x6e207400 | m<<16 | n<<5 | d)
// umax Vd.16b, Vn.16b, Vm.16b
#define UMAX(m, n, d) WORD $(0x6e206400 | m<<16 | n<<5 | d)
// uqadd Vd.16b, Vn.16b, Vm.16b
#define UQADD(m, n, d) WORD $(0x6e200c00 | m<<16 | n<<5 | d)
// sqadd Vd.16b, Vn.16b, Vm.16b
#define SQADD(m, n, d) WORD $(0x4e200c00 | m<<16 | n<<5 | d)
// sqsub Vd.16b, Vn.16b, Vm.16b
#define SQSUB(m, n, d) WORD $(0x4e202c00 | m<<16 | n<<5 | d)
// cmhs Vd.16b, Vn.16b, Vm.16b
#define CMHS(m, n, d) WORD $(0x6e203c00 | m<<16 | n<<5 | d)
// eor Vd.16b, Vn.16b, Vm.16b
#define EORB(m, n, d) WORD $(0x6e201c00 | m<<16 | n<<5 | d)
// and Vd.16b, Vn.16b, Vm.16b
#define ANDB(m, n, d) WORD $(0x4e201c00 | m<<16 | n<<5 | d)
// bic Vd.16b, Vn.16b, Vm.16b
#define BICB(m, n, d) WORD $(0x4e601c00 | m<<16 | n<<5 | d)
// sshr Vd.16b, Vn.16b, #s
#define SSHRB(s, n, d) WORD $(0x4f000400 | (16-s)<<16 | n<<5 | d)
// ushr Vd.16b, Vn.16b, #s
#define USHRB(s, n, d) WORD $(0x6f000400 | (16-s)<<16 | n<<5 | d)
// srshr Vd.16b, Vn.16b, #s
#define SRSHRB(s, n, d) WORD $(0x4f002400 | (16-s)<<16 | n<<5 | d)
// smull Vd.8h, Vn.8b, Vm.8b
#define SMULLB(m, n, d) WORD $(0x0e20c000 | m<<16 | n<<5 | d)
// smull2 Vd.8h, Vn.16b, Vm.16b
#define SMULLB2(m, n, d) WORD $(0x4e20c000 | m<<16 | n<<5 | d)
// add Vd.8h, Vn.8h, Vm.8h
#define ADDH(m, n, d) WORD $(0x4e608400 | m<<16 | n<<5 | d)
// shrn Vd.8b, Vn.8h, #s
#define SHRNB(s, n, d) WORD $(0x0f008400 | (16-s)<<16 | n<<5 | d)
// shrn2 Vd.16b, Vn.8h, #s
#define SHRNB2(s, n, d) WORD $(0x4f008400 | (16-s)<<16 | n<<5 | d)

// CONSTANTS sets V24 to V31: the limits of edges between macroblocks and of inner
// ones, those of neighbours, the sign, 3, 4 and 9.
#define CONSTANTS \
	VDUP  R20, V24.B16   \
	VDUP  R21, V25.B16   \
	VDUP  R22, V26.B16   \
	VDUP  R23, V27.B16   \
	VMOVI $128, V28.B16  \
	VMOVI $3, V29.B16    \
	VMOVI $4, V30.B16    \
	VMOVI $9, V31.B16

// MASKS takes the registers of p3 to q3. V16 gets where to filter, and V17 where
// neighbours do not differ much.
#define MASKS(limit, p3, p2, p1, p0, q0, q1, q2, q3) \
	UABD(p1, p0, 17)    \
	UABD(q0, q1, 18)    \
	UMAX(18, 17, 17)    \
	UABD(p3, p2, 16)    \
	UABD(p2, p1, 18)    \
	UMAX(18, 16, 16)    \
	UABD(q3, q2, 18)    \
	UABD(q2, q1, 19)    \
	UMAX(19, 18, 18)    \
	UMAX(18, 16, 16)    \
	UMAX(17, 16, 16)    \
	CMHS(16, 26, 16)    \
	UABD(p0, q0, 18)    \
	UABD(p1, q1, 19)    \
	UQADD(18, 18, 18)   \
	USHRB(1, 19, 19)    \
	UQADD(19, 18, 18)   \
	CMHS(18, limit, 18) \
	ANDB(18, 16, 16)    \
	CMHS(17, 27, 17)

// STRONG filters an edge between macroblocks: p2 to q2 in V1 to V6.
#define STRONG \
	MASKS(24, 0, 1, 2, 3, 4, 5, 6, 7) \
	EORB(28, 1, 1)      \
	EORB(28, 2, 2)      \
	EORB(28, 3, 3)      \
	EORB(28, 4, 4)      \
	EORB(28, 5, 5)      \
	EORB(28, 6, 6)      \
	SQSUB(5, 2, 18)     \
	SQSUB(3, 4, 19)     \
	SQADD(19, 18, 18)   \
	SQADD(19, 18, 18)   \
	SQADD(19, 18, 18)   \
	ANDB(16, 18, 18)    \
	BICB(17, 18, 19)    \
	SQADD(29, 19, 20)   \
	SQADD(30, 19, 21)   \
	SSHRB(3, 20, 20)    \
	SSHRB(3, 21, 21)    \
	SQADD(20, 3, 3)     \
	SQSUB(21, 4, 4)     \
	ANDB(17, 18, 18)    \
	SMULLB(31, 18, 20)  \
	SMULLB2(31, 18, 21) \
	MOVD $63, R19       \
	VDUP R19, V19.H8    \
	ADDH(19, 20, 22)    \
	ADDH(19, 21, 23)    \
	SHRNB(7, 22, 18)    \
	SHRNB2(7, 23, 18)   \
	SQADD(18, 1, 1)     \
	SQSUB(18, 6, 6)     \
	ADDH(20, 22, 22)    \
	ADDH(21, 23, 23)    \
	SHRNB(7, 22, 18)    \
	SHRNB2(7, 23, 18)   \
	SQADD(18, 2, 2)     \
	SQSUB(18, 5, 5)     \
	ADDH(20, 22, 22)    \
	ADDH(21, 23, 23)    \
	SHRNB(7, 22, 18)    \
	SHRNB2(7, 23, 18)   \
	SQADD(18, 3, 3)     \
	SQSUB(18, 4, 4)     \
	EORB(28, 1, 1)      \
	EORB(28, 2, 2)      \
	EORB(28, 3, 3)      \
	EORB(28, 4, 4)      \
	EORB(28, 5, 5)      \
	EORB(28, 6, 6)

// WEAK filters an edge within a macroblock.
#define WEAK(p3, p2, p1, p0, q0, q1, q2, q3) \
	MASKS(25, p3, p2, p1, p0, q0, q1, q2, q3) \
	EORB(28, p1, p1)    \
	EORB(28, p0, p0)    \
	EORB(28, q0, q0)    \
	EORB(28, q1, q1)    \
	SQSUB(q1, p1, 18)   \
	BICB(17, 18, 18)    \
	SQSUB(p0, q0, 19)   \
	SQADD(19, 18, 18)   \
	SQADD(19, 18, 18)   \
	SQADD(19, 18, 18)   \
	ANDB(16, 18, 18)    \
	SQADD(29, 18, 20)   \
	SQADD(30, 18, 21)   \
	SSHRB(3, 20, 20)    \
	SSHRB(3, 21, 21)    \
	SQADD(20, p0, p0)   \
	SQSUB(21, q0, q0)   \
	SRSHRB(1, 21, 21)   \
	ANDB(17, 21, 21)    \
	SQADD(21, p1, p1)   \
	SQSUB(21, q1, q1)   \
	EORB(28, p1, p1)    \
	EORB(28, p0, p0)    \
	EORB(28, q0, q0)    \
	EORB(28, q1, q1)

// TRANSPOSE turns the 16 rows of 16 bytes in V0 to V15 into columns.
#define TRANSPOSE \
	VZIP1 V8.B16, V0.B16, V16.B16 \
	VZIP2 V8.B16, V0.B16, V17.B16 \
	VZIP1 V9.B16, V1.B16, V18.B16 \
	VZIP2 V9.B16, V1.B16, V19.B16 \
	VZIP1 V10.B16, V2.B16, V20.B16 \
	VZIP2 V10.B16, V2.B16, V21.B16 \
	VZIP1 V11.B16, V3.B16, V22.B16 \
	VZIP2 V11.B16, V3.B16, V23.B16 \
	VZIP1 V12.B16, V4.B16, V24.B16 \
	VZIP2 V12.B16, V4.B16, V25.B16 \
	VZIP1 V13.B16, V5.B16, V26.B16 \
	VZIP2 V13.B16, V5.B16, V27.B16 \
	VZIP1 V14.B16, V6.B16, V28.B16 \
	VZIP2 V14.B16, V6.B16, V29.B16 \
	VZIP1 V15.B16, V7.B16, V30.B16 \
	VZIP2 V15.B16, V7.B16, V31.B16 \
	VZIP1 V24.B16, V16.B16, V0.B16 \
	VZIP2 V24.B16, V16.B16, V1.B16 \
	VZIP1 V25.B16, V17.B16, V2.B16 \
	VZIP2 V25.B16, V17.B16, V3.B16 \
	VZIP1 V26.B16, V18.B16, V4.B16 \
	VZIP2 V26.B16, V18.B16, V5.B16 \
	VZIP1 V27.B16, V19.B16, V6.B16 \
	VZIP2 V27.B16, V19.B16, V7.B16 \
	VZIP1 V28.B16, V20.B16, V8.B16 \
	VZIP2 V28.B16, V20.B16, V9.B16 \
	VZIP1 V29.B16, V21.B16, V10.B16 \
	VZIP2 V29.B16, V21.B16, V11.B16 \
	VZIP1 V30.B16, V22.B16, V12.B16 \
	VZIP2 V30.B16, V22.B16, V13.B16 \
	VZIP1 V31.B16, V23.B16, V14.B16 \
	VZIP2 V31.B16, V23.B16, V15.B16 \
	VZIP1 V8.B16, V0.B16, V16.B16 \
	VZIP2 V8.B16, V0.B16, V17.B16 \
	VZIP1 V9.B16, V1.B16, V18.B16 \
	VZIP2 V9.B16, V1.B16, V19.B16 \
	VZIP1 V10.B16, V2.B16, V20.B16 \
	VZIP2 V10.B16, V2.B16, V21.B16 \
	VZIP1 V11.B16, V3.B16, V22.B16 \
	VZIP2 V11.B16, V3.B16, V23.B16 \
	VZIP1 V12.B16, V4.B16, V24.B16 \
	VZIP2 V12.B16, V4.B16, V25.B16 \
	VZIP1 V13.B16, V5.B16, V26.B16 \
	VZIP2 V13.B16, V5.B16, V27.B16 \
	VZIP1 V14.B16, V6.B16, V28.B16 \
	VZIP2 V14.B16, V6.B16, V29.B16 \
	VZIP1 V15.B16, V7.B16, V30.B16 \
	VZIP2 V15.B16, V7.B16, V31.B16 \
	VZIP1 V24.B16, V16.B16, V0.B16 \
	VZIP2 V24.B16, V16.B16, V1.B16 \
	VZIP1 V25.B16, V17.B16, V2.B16 \
	VZIP2 V25.B16, V17.B16, V3.B16 \
	VZIP1 V26.B16, V18.B16, V4.B16 \
	VZIP2 V26.B16, V18.B16, V5.B16 \
	VZIP1 V27.B16, V19.B16, V6.B16 \
	VZIP2 V27.B16, V19.B16, V7.B16 \
	VZIP1 V28.B16, V20.B16, V8.B16 \
	VZIP2 V28.B16, V20.B16, V9.B16 \
	VZIP1 V29.B16, V21.B16, V10.B16 \
	VZIP2 V29.B16, V21.B16, V11.B16 \
	VZIP1 V30.B16, V22.B16, V12.B16 \
	VZIP2 V30.B16, V22.B16, V13.B16 \
	VZIP1 V31.B16, V23.B16, V14.B16 \
	VZIP2 V31.B16, V23.B16, V15.B16

// LOAD and STORE move 16 rows of luma at R7, EIGHTS and UNEIGHTS 8 bytes of each;
// CHROMA and UNCHROMA 8 bytes of 8 rows of Cb at R7 and of Cr at R8.
#define LOAD \
	VLD1.P (R7)(R4), [V0.B16] \
	VLD1.P (R7)(R4), [V1.B16] \
	VLD1.P (R7)(R4), [V2.B16] \
	VLD1.P (R7)(R4), [V3.B16] \
	VLD1.P (R7)(R4), [V4.B16] \
	VLD1.P (R7)(R4), [V5.B16] \
	VLD1.P (R7)(R4), [V6.B16] \
	VLD1.P (R7)(R4), [V7.B16] \
	VLD1.P (R7)(R4), [V8.B16] \
	VLD1.P (R7)(R4), [V9.B16] \
	VLD1.P (R7)(R4), [V10.B16] \
	VLD1.P (R7)(R4), [V11.B16] \
	VLD1.P (R7)(R4), [V12.B16] \
	VLD1.P (R7)(R4), [V13.B16] \
	VLD1.P (R7)(R4), [V14.B16] \
	VLD1.P (R7)(R4), [V15.B16]

#define STORE \
	VST1.P [V0.B16], (R7)(R4) \
	VST1.P [V1.B16], (R7)(R4) \
	VST1.P [V2.B16], (R7)(R4) \
	VST1.P [V3.B16], (R7)(R4) \
	VST1.P [V4.B16], (R7)(R4) \
	VST1.P [V5.B16], (R7)(R4) \
	VST1.P [V6.B16], (R7)(R4) \
	VST1.P [V7.B16], (R7)(R4) \
	VST1.P [V8.B16], (R7)(R4) \
	VST1.P [V9.B16], (R7)(R4) \
	VST1.P [V10.B16], (R7)(R4) \
	VST1.P [V11.B16], (R7)(R4) \
	VST1.P [V12.B16], (R7)(R4) \
	VST1.P [V13.B16], (R7)(R4) \
	VST1.P [V14.B16], (R7)(R4) \
	VST1.P [V15.B16], (R7)(R4)

#define EIGHTS \
	VLD1.P (R7)(R4), [V0.B8] \
	VLD1.P (R7)(R4), [V1.B8] \
	VLD1.P (R7)(R4), [V2.B8] \
	VLD1.P (R7)(R4), [V3.B8] \
	VLD1.P (R7)(R4), [V4.B8] \
	VLD1.P (R7)(R4), [V5.B8] \
	VLD1.P (R7)(R4), [V6.B8] \
	VLD1.P (R7)(R4), [V7.B8] \
	VLD1.P (R7)(R4), [V8.B8] \
	VLD1.P (R7)(R4), [V9.B8] \
	VLD1.P (R7)(R4), [V10.B8] \
	VLD1.P (R7)(R4), [V11.B8] \
	VLD1.P (R7)(R4), [V12.B8] \
	VLD1.P (R7)(R4), [V13.B8] \
	VLD1.P (R7)(R4), [V14.B8] \
	VLD1.P (R7)(R4), [V15.B8]

#define UNEIGHTS \
	VST1.P [V0.B8], (R7)(R4) \
	VST1.P [V1.B8], (R7)(R4) \
	VST1.P [V2.B8], (R7)(R4) \
	VST1.P [V3.B8], (R7)(R4) \
	VST1.P [V4.B8], (R7)(R4) \
	VST1.P [V5.B8], (R7)(R4) \
	VST1.P [V6.B8], (R7)(R4) \
	VST1.P [V7.B8], (R7)(R4) \
	VST1.P [V8.B8], (R7)(R4) \
	VST1.P [V9.B8], (R7)(R4) \
	VST1.P [V10.B8], (R7)(R4) \
	VST1.P [V11.B8], (R7)(R4) \
	VST1.P [V12.B8], (R7)(R4) \
	VST1.P [V13.B8], (R7)(R4) \
	VST1.P [V14.B8], (R7)(R4) \
	VST1.P [V15.B8], (R7)(R4)

#define CHROMA \
	VLD1.P (R7)(R5), [V0.B8] \
	VLD1.P (R7)(R5), [V1.B8] \
	VLD1.P (R7)(R5), [V2.B8] \
	VLD1.P (R7)(R5), [V3.B8] \
	VLD1.P (R7)(R5), [V4.B8] \
	VLD1.P (R7)(R5), [V5.B8] \
	VLD1.P (R7)(R5), [V6.B8] \
	VLD1.P (R7)(R5), [V7.B8] \
	VLD1.P (R8)(R5), [V8.B8] \
	VLD1.P (R8)(R5), [V9.B8] \
	VLD1.P (R8)(R5), [V10.B8] \
	VLD1.P (R8)(R5), [V11.B8] \
	VLD1.P (R8)(R5), [V12.B8] \
	VLD1.P (R8)(R5), [V13.B8] \
	VLD1.P (R8)(R5), [V14.B8] \
	VLD1.P (R8)(R5), [V15.B8]

#define UNCHROMA \
	VST1.P [V0.B8], (R7)(R5) \
	VST1.P [V1.B8], (R7)(R5) \
	VST1.P [V2.B8], (R7)(R5) \
	VST1.P [V3.B8], (R7)(R5) \
	VST1.P [V4.B8], (R7)(R5) \
	VST1.P [V5.B8], (R7)(R5) \
	VST1.P [V6.B8], (R7)(R5) \
	VST1.P [V7.B8], (R7)(R5) \
	VST1.P [V8.B8], (R8)(R5) \
	VST1.P [V9.B8], (R8)(R5) \
	VST1.P [V10.B8], (R8)(R5) \
	VST1.P [V11.B8], (R8)(R5) \
	VST1.P [V12.B8], (R8)(R5) \
	VST1.P [V13.B8], (R8)(R5) \
	VST1.P [V14.B8], (R8)(R5) \
	VST1.P [V15.B8], (R8)(R5)

// PAIR loads a row of Cb and one of Cr, and goes on to the next; UNPAIR stores
// them.
#define PAIR(v) \
	VLD1 (R7), v.D[0] \
	VLD1 (R8), v.D[1] \
	ADD  R5, R7       \
	ADD  R5, R8

#define UNPAIR(v) \
	VST1 v.D[0], (R7) \
	VST1 v.D[1], (R8) \
	ADD  R5, R7       \
	ADD  R5, R8

// func normalNEON(a *filterArguments)
TEXT ·normalNEON(SB), NOSPLIT, $0-8
	MOVD  a+0(FP), R0
	MOVD  0(R0), R1
	MOVD  8(R0), R2
	MOVD  16(R0), R3
	MOVD  48(R0), R4
	MOVD  56(R0), R5
	MOVD  64(R0), R6
	MOVBU 72(R0), R20
	MOVBU 73(R0), R21
	MOVBU 74(R0), R22
	MOVBU 75(R0), R23

	// Vertical edges.
	TBZ  $0, R6, noLeft
	SUB  $4, R1, R7
	EIGHTS
	TRANSPOSE
	CONSTANTS
	STRONG
	TRANSPOSE
	SUB  $4, R1, R7
	UNEIGHTS
	SUB  $4, R2, R7
	SUB  $4, R3, R8
	CHROMA
	TRANSPOSE
	CONSTANTS
	STRONG
	TRANSPOSE
	SUB  $4, R2, R7
	SUB  $4, R3, R8
	UNCHROMA

noLeft:
	TBZ  $1, R6, horizontal
	MOVD R1, R7
	LOAD
	TRANSPOSE
	CONSTANTS
	WEAK(0, 1, 2, 3, 4, 5, 6, 7)
	WEAK(4, 5, 6, 7, 8, 9, 10, 11)
	WEAK(8, 9, 10, 11, 12, 13, 14, 15)
	TRANSPOSE
	MOVD R1, R7
	STORE
	MOVD R2, R7
	MOVD R3, R8
	CHROMA
	TRANSPOSE
	CONSTANTS
	WEAK(0, 1, 2, 3, 4, 5, 6, 7)
	TRANSPOSE
	MOVD R2, R7
	MOVD R3, R8
	UNCHROMA

horizontal:
	CONSTANTS
	TBZ  $2, R6, noTop
	MOVD 24(R0), R7
	VLD1.P (R7)(R4), [V0.B16]
	MOVD R7, R9
	VLD1.P (R7)(R4), [V1.B16]
	VLD1.P (R7)(R4), [V2.B16]
	VLD1.P (R7)(R4), [V3.B16]
	MOVD R1, R7
	VLD1.P (R7)(R4), [V4.B16]
	VLD1.P (R7)(R4), [V5.B16]
	VLD1.P (R7)(R4), [V6.B16]
	VLD1.P (R7)(R4), [V7.B16]
	STRONG
	VST1.P [V1.B16], (R9)(R4)
	VST1.P [V2.B16], (R9)(R4)
	VST1.P [V3.B16], (R9)(R4)
	MOVD R1, R7
	VST1.P [V4.B16], (R7)(R4)
	VST1.P [V5.B16], (R7)(R4)
	VST1.P [V6.B16], (R7)(R4)
	MOVD 32(R0), R7
	MOVD 40(R0), R8
	PAIR(V0)
	MOVD R7, R9
	MOVD R8, R10
	PAIR(V1)
	PAIR(V2)
	PAIR(V3)
	MOVD R2, R7
	MOVD R3, R8
	PAIR(V4)
	PAIR(V5)
	PAIR(V6)
	PAIR(V7)
	STRONG
	MOVD R9, R7
	MOVD R10, R8
	UNPAIR(V1)
	UNPAIR(V2)
	UNPAIR(V3)
	MOVD R2, R7
	MOVD R3, R8
	UNPAIR(V4)
	UNPAIR(V5)
	UNPAIR(V6)

noTop:
	TBZ  $1, R6, done
	MOVD R1, R7
	LOAD
	WEAK(0, 1, 2, 3, 4, 5, 6, 7)
	WEAK(4, 5, 6, 7, 8, 9, 10, 11)
	WEAK(8, 9, 10, 11, 12, 13, 14, 15)
	MOVD R1, R7
	STORE
	MOVD R2, R7
	MOVD R3, R8
	PAIR(V0)
	PAIR(V1)
	MOVD R7, R9
	MOVD R8, R10
	PAIR(V2)
	PAIR(V3)
	PAIR(V4)
	PAIR(V5)
	PAIR(V6)
	PAIR(V7)
	WEAK(0, 1, 2, 3, 4, 5, 6, 7)
	MOVD R9, R7
	MOVD R10, R8
	UNPAIR(V2)
	UNPAIR(V3)
	UNPAIR(V4)
	UNPAIR(V5)

done:
	RET
