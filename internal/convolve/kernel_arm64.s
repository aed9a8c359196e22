//go:build arm64 && !noasm && gc

#include "textflag.h"

// Instructions that Go's assembler has no names for, operands in its order.
// .ci/words holds their encodings against GNU as.

// usubl Vd.8h, Vn.8b, Vm.8b
#define USUBL(m, n, d) WORD $(0x2e202000 | m<<16 | n<<5 | d)
// usubl2 Vd.8h, Vn.16b, Vm.16b
#define USUBL2(m, n, d) WORD $(0x6e202000 | m<<16 | n<<5 | d)
// mla Vd.8h, Vn.8h, Vm.8h
#define MLA(m, n, d) WORD $(0x4e609400 | m<<16 | n<<5 | d)
// saddw Vd.4s, Vn.4s, Vm.4h
#define SADDW(m, n, d) WORD $(0x0e601000 | m<<16 | n<<5 | d)
// saddw2 Vd.4s, Vn.4s, Vm.8h
#define SADDW2(m, n, d) WORD $(0x4e601000 | m<<16 | n<<5 | d)
// smlal Vd.4s, Vn.4h, Vm.4h
#define SMLAL(m, n, d) WORD $(0x0e608000 | m<<16 | n<<5 | d)
// smlal2 Vd.4s, Vn.8h, Vm.8h
#define SMLAL2(m, n, d) WORD $(0x4e608000 | m<<16 | n<<5 | d)
// sshl Vd.4s, Vn.4s, Vm.4s
#define SSHL(m, n, d) WORD $(0x4ea04400 | m<<16 | n<<5 | d)
// ushl Vd.2d, Vn.2d, Vm.2d
#define USHL(m, n, d) WORD $(0x6ee04400 | m<<16 | n<<5 | d)
// smax Vd.4s, Vn.4s, Vm.4s
#define SMAX(m, n, d) WORD $(0x4ea06400 | m<<16 | n<<5 | d)
// umull Vd.2d, Vn.2s, Vm.2s
#define UMULL(m, n, d) WORD $(0x2ea0c000 | m<<16 | n<<5 | d)
// umull2 Vd.2d, Vn.4s, Vm.4s
#define UMULL2(m, n, d) WORD $(0x6ea0c000 | m<<16 | n<<5 | d)
// sqxtun Vd.4h, Vn.4s
#define SQXTUN(n, d) WORD $(0x2e612800 | n<<5 | d)
// sqxtun2 Vd.8h, Vn.4s
#define SQXTUN2(n, d) WORD $(0x6e612800 | n<<5 | d)
// uqxtn Vd.8b, Vn.8h
#define UQXTN(n, d) WORD $(0x2e214800 | n<<5 | d)
// uqxtn2 Vd.16b, Vn.8h
#define UQXTN2(n, d) WORD $(0x6e214800 | n<<5 | d)

// NEXT advances R8 to the next 16 sums, or to the last, R7, and ends after
// those.
#define NEXT \
	CMP  R7, R8         \
	BGE  done           \
	ADD  $16, R8        \
	CMP  R7, R8         \
	CSEL LT, R8, R7, R8 \
	B    loop

// func slide8NEON(sums *int32, n int, base *uint8, moves *move, count int)
//
// A difference times its weight has 16 bits, and so have their sums, since the
// weights' sum is a mask's greatest weight.
TEXT ·slide8NEON(SB), NOSPLIT, $0-40
	MOVD sums+0(FP), R0
	MOVD n+8(FP), R1
	MOVD base+16(FP), R2
	MOVD moves+24(FP), R3
	MOVD count+32(FP), R4

block:
	VEOR V16.B16, V16.B16, V16.B16
	VEOR V17.B16, V17.B16, V17.B16
	VEOR V18.B16, V18.B16, V18.B16
	VEOR V19.B16, V19.B16, V19.B16
	MOVD R3, R5
	MOVD R4, R6

move:
	LDP   (R5), (R9, R10)
	ADD   $16, R5, R11
	ADD   R2, R9
	ADD   R2, R10
	VLD1R (R11), [V4.H8]
	VLD1  (R9), [V0.B16, V1.B16]
	VLD1  (R10), [V2.B16, V3.B16]
	USUBL(2, 0, 5)
	USUBL2(2, 0, 6)
	USUBL(3, 1, 7)
	USUBL2(3, 1, 20)
	MLA(4, 5, 16)
	MLA(4, 6, 17)
	MLA(4, 7, 18)
	MLA(4, 20, 19)
	ADD   $24, R5
	SUBS  $1, R6
	BNE   move

	ADD    $64, R0, R9
	VLD1   (R0), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1   (R9), [V4.S4, V5.S4, V6.S4, V7.S4]
	SADDW(16, 0, 0)
	SADDW2(16, 1, 1)
	SADDW(17, 2, 2)
	SADDW2(17, 3, 3)
	SADDW(18, 4, 4)
	SADDW2(18, 5, 5)
	SADDW(19, 6, 6)
	SADDW2(19, 7, 7)
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R0)
	VST1.P [V4.S4, V5.S4, V6.S4, V7.S4], 64(R0)
	ADD    $32, R2
	SUBS   $32, R1
	BGT    block
	RET

// func slide16NEON(sums *int32, n int, base *uint16, moves *move, count int)
TEXT ·slide16NEON(SB), NOSPLIT, $0-40
	MOVD sums+0(FP), R0
	MOVD n+8(FP), R1
	MOVD base+16(FP), R2
	MOVD moves+24(FP), R3
	MOVD count+32(FP), R4

block:
	VLD1 (R0), [V16.S4, V17.S4, V18.S4, V19.S4]
	MOVD R3, R5
	MOVD R4, R6

move:
	LDP   (R5), (R9, R10)
	ADD   $16, R5, R11
	ADD   R9<<1, R2, R9
	ADD   R10<<1, R2, R10
	VLD1R (R11), [V4.H8]
	VLD1  (R9), [V0.H8, V1.H8]
	VLD1  (R10), [V2.H8, V3.H8]
	VSUB  V2.H8, V0.H8, V0.H8
	VSUB  V3.H8, V1.H8, V1.H8
	SMLAL(4, 0, 16)
	SMLAL2(4, 0, 17)
	SMLAL(4, 1, 18)
	SMLAL2(4, 1, 19)
	ADD   $24, R5
	SUBS  $1, R6
	BNE   move

	VST1.P [V16.S4, V17.S4, V18.S4, V19.S4], 64(R0)
	ADD    $32, R2
	SUBS   $16, R1
	BGT    block
	RET

// func addUpNEON(sums *int32, n int)
TEXT ·addUpNEON(SB), NOSPLIT, $0-16
	MOVD sums+0(FP), R0
	MOVD n+8(FP), R1
	VEOR V6.B16, V6.B16, V6.B16
	VEOR V7.B16, V7.B16, V7.B16 // the sum so far, in every lane

loop:
	VLD1 (R0), [V0.S4, V1.S4]
	VEXT $12, V0.B16, V6.B16, V2.B16
	VEXT $12, V1.B16, V6.B16, V3.B16
	VADD V2.S4, V0.S4, V0.S4
	VADD V3.S4, V1.S4, V1.S4
	VEXT $8, V0.B16, V6.B16, V2.B16
	VEXT $8, V1.B16, V6.B16, V3.B16
	VADD V2.S4, V0.S4, V0.S4
	VADD V3.S4, V1.S4, V1.S4
	VDUP V0.S[3], V2.S4
	VADD V2.S4, V1.S4, V1.S4
	VADD V7.S4, V0.S4, V0.S4
	VADD V7.S4, V1.S4, V1.S4
	VDUP V1.S[3], V7.S4
	VST1.P [V0.S4, V1.S4], 32(R0)
	SUBS $8, R1
	BGT  loop
	RET

// func shift8NEON(dst *uint8, n int, sums *int32, round int32, shift uint32)
TEXT ·shift8NEON(SB), NOSPLIT, $0-32
	MOVD  dst+0(FP), R0
	MOVD  n+8(FP), R1
	MOVD  sums+16(FP), R2
	MOVW  round+24(FP), R3
	VDUP  R3, V5.S4
	MOVWU shift+28(FP), R3
	NEG   R3, R3 // right is a negative left
	VDUP  R3, V6.S4
	SUB   $16, R1, R7
	MOVD  $0, R8

loop:
	ADD  R8<<2, R2, R9
	VLD1 (R9), [V0.S4, V1.S4, V2.S4, V3.S4]
	VADD V5.S4, V0.S4, V0.S4
	VADD V5.S4, V1.S4, V1.S4
	VADD V5.S4, V2.S4, V2.S4
	VADD V5.S4, V3.S4, V3.S4
	SSHL(6, 0, 0)
	SSHL(6, 1, 1)
	SSHL(6, 2, 2)
	SSHL(6, 3, 3)
	SQXTUN(0, 16)
	SQXTUN(2, 17)
	SQXTUN2(1, 16)
	SQXTUN2(3, 17)
	UQXTN(16, 0)
	UQXTN2(17, 0)
	ADD  R8, R0, R9
	VST1 [V0.B16], (R9)
	NEXT

done:
	RET

// DIVIDE makes quotients in V0 to V3 of the 16 sums from R8 on, as (sum+V5)*V6
// shifted by V4, or 0 for what is below. V7 is zero.
#define DIVIDE \
	ADD   R8<<2, R2, R9                           \
	VLD1  (R9), [V0.S4, V1.S4, V2.S4, V3.S4]      \
	VADD  V5.S4, V0.S4, V0.S4                     \
	VADD  V5.S4, V1.S4, V1.S4                     \
	VADD  V5.S4, V2.S4, V2.S4                     \
	VADD  V5.S4, V3.S4, V3.S4                     \
	SMAX(7, 0, 0)                                 \
	SMAX(7, 1, 1)                                 \
	SMAX(7, 2, 2)                                 \
	SMAX(7, 3, 3)                                 \
	UMULL(6, 0, 16)                               \
	UMULL2(6, 0, 17)                              \
	UMULL(6, 1, 18)                               \
	UMULL2(6, 1, 19)                              \
	UMULL(6, 2, 20)                               \
	UMULL2(6, 2, 21)                              \
	UMULL(6, 3, 22)                               \
	UMULL2(6, 3, 23)                              \
	USHL(4, 16, 16)                               \
	USHL(4, 17, 17)                               \
	USHL(4, 18, 18)                               \
	USHL(4, 19, 19)                               \
	USHL(4, 20, 20)                               \
	USHL(4, 21, 21)                               \
	USHL(4, 22, 22)                               \
	USHL(4, 23, 23)                               \
	VUZP1 V17.S4, V16.S4, V0.S4                   \
	VUZP1 V19.S4, V18.S4, V1.S4                   \
	VUZP1 V21.S4, V20.S4, V2.S4                   \
	VUZP1 V23.S4, V22.S4, V3.S4

// func divide8NEON(dst *uint8, n int, sums *int32, round int32, factor uint32, shift uint64)
TEXT ·divide8NEON(SB), NOSPLIT, $0-40
	MOVD  dst+0(FP), R0
	MOVD  n+8(FP), R1
	MOVD  sums+16(FP), R2
	MOVW  round+24(FP), R3
	VDUP  R3, V5.S4
	MOVWU factor+28(FP), R3
	VDUP  R3, V6.S4
	MOVD  shift+32(FP), R3
	NEG   R3, R3
	VDUP  R3, V4.D2
	VEOR  V7.B16, V7.B16, V7.B16
	SUB   $16, R1, R7
	MOVD  $0, R8

loop:
	DIVIDE
	SQXTUN(0, 16)
	SQXTUN(2, 17)
	SQXTUN2(1, 16)
	SQXTUN2(3, 17)
	UQXTN(16, 0)
	UQXTN2(17, 0)
	ADD  R8, R0, R9
	VST1 [V0.B16], (R9)
	NEXT

done:
	RET

// func divide16NEON(dst *uint16, n int, sums *int32, round int32, factor uint32, shift uint64)
TEXT ·divide16NEON(SB), NOSPLIT, $0-40
	MOVD  dst+0(FP), R0
	MOVD  n+8(FP), R1
	MOVD  sums+16(FP), R2
	MOVW  round+24(FP), R3
	VDUP  R3, V5.S4
	MOVWU factor+28(FP), R3
	VDUP  R3, V6.S4
	MOVD  shift+32(FP), R3
	NEG   R3, R3
	VDUP  R3, V4.D2
	VEOR  V7.B16, V7.B16, V7.B16
	SUB   $16, R1, R7
	MOVD  $0, R8

loop:
	DIVIDE
	VUZP1 V1.H8, V0.H8, V0.H8
	VUZP1 V3.H8, V2.H8, V1.H8
	ADD   R8<<1, R0, R9
	VST1  [V0.H8, V1.H8], (R9)
	NEXT

done:
	RET
