//go:build amd64 && !noasm && gc

#include "textflag.h"

// The float32 255.
DATA white<>+0(SB)/4, $0x437f0000
GLOBL white<>(SB), RODATA|NOPTR, $4

// LOAD makes floats of eight samples, in Y0, and their alpha, in Y1.
#define LOAD \
	VPMOVZXBD (DI)(R9*1), Y0 \
	VPMOVZXBD (SI)(R9*1), Y1 \
	VCVTDQ2PS Y0, Y0         \
	VCVTDQ2PS Y1, Y1

// STORE truncates Y0 and stores it.
#define STORE \
	VCVTTPS2DQ   Y0, Y0         \
	VEXTRACTI128 $1, Y0, X1     \
	VPACKSSDW    X1, X0, X0     \
	VPACKUSWB    X0, X0, X0     \
	VMOVQ        X0, (DI)(R9*1) \
	ADDQ         $8, R9         \
	CMPQ         R9, CX         \
	JLT          loop           \
	VZEROUPPER                  \
	RET

// func premultiplyAVX2(row, alpha *uint8, n int)
TEXT ·premultiplyAVX2(SB), NOSPLIT, $0-24
	MOVQ         row+0(FP), DI
	MOVQ         alpha+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS white<>(SB), Y15
	XORQ         R9, R9

loop:
	LOAD
	VDIVPS Y15, Y1, Y1
	VMULPS Y1, Y0, Y0
	STORE

// func unpremultiplyAVX2(row, alpha *uint8, n int)
TEXT ·unpremultiplyAVX2(SB), NOSPLIT, $0-24
	MOVQ         row+0(FP), DI
	MOVQ         alpha+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS white<>(SB), Y15
	VXORPS       Y14, Y14, Y14
	XORQ         R9, R9

loop:
	LOAD
	VCMPPS  $0, Y14, Y1, Y2
	VDIVPS  Y1, Y15, Y1
	VMULPS  Y1, Y0, Y0
	VMINPS  Y15, Y0, Y0
	VANDNPS Y0, Y2, Y0
	STORE

// func flattenAVX2(row, alpha *uint8, n int, background uint32)
TEXT ·flattenAVX2(SB), NOSPLIT, $0-28
	MOVQ         row+0(FP), DI
	MOVQ         alpha+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVL         background+24(FP), AX
	VMOVD        AX, X14
	VPBROADCASTD X14, Y14
	VCVTDQ2PS    Y14, Y14
	VBROADCASTSS white<>(SB), Y15
	XORQ         R9, R9

loop:
	LOAD
	VSUBPS Y1, Y15, Y2
	VDIVPS Y15, Y1, Y1
	VDIVPS Y15, Y2, Y2
	VMULPS Y1, Y0, Y0
	VMULPS Y14, Y2, Y2
	VADDPS Y2, Y0, Y0
	STORE
