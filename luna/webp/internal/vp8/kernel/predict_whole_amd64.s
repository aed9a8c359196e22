//go:build amd64 && !noasm && gc

#include "textflag.h"
#include "avx2_amd64.h"

// Samples above go down two blocks beside each other; samples on the left go across
// two blocks beside each other.
CONST(down01, $0x0302010003020100, $0x0302010003020100, $0x0706050407060504, $0x0706050407060504)
CONST(down23, $0x0b0a09080b0a0908, $0x0b0a09080b0a0908, $0x0f0e0d0c0f0e0d0c, $0x0f0e0d0c0f0e0d0c)
CONST(across0, $0x0101010100000000, $0x0303030302020202, $0x0101010100000000, $0x0303030302020202)
CONST(across1, $0x0505050504040404, $0x0707070706060606, $0x0505050504040404, $0x0707070706060606)
CONST(across2, $0x0909090908080808, $0x0b0b0b0b0a0a0a0a, $0x0909090908080808, $0x0b0b0b0b0a0a0a0a)
CONST(across3, $0x0d0d0d0d0c0c0c0c, $0x0f0f0f0f0e0e0e0e, $0x0d0d0d0d0c0c0c0c, $0x0f0f0f0f0e0e0e0e)

// MOTION stores two blocks of rows Y8 and columns ta and tb.
#define MOTION(ta, tb, place) \
	VPADDW    ta, Y8, Y0      \
	VPADDW    tb, Y8, Y1      \
	VPACKUSWB Y1, Y0, Y0      \
	VPERMQ    $0xd8, Y0, Y0   \
	VMOVDQU   Y0, place

// ACROSS stores two blocks of the samples on the left, and gets them as words, less
// the corner in corner.
#define ACROSS(mask, corner) \
	VPSHUFB   mask<>(SB), Y3, Y0 \
	VPMOVZXBW X0, Y8             \
	VPSUBW    corner, Y8, Y8

// func predictWholeAVX2(preds *[4][256]uint8, top, left *[16]uint8, corner uint8, hasLeft, hasTop bool)
TEXT ·predictWholeAVX2(SB), NOSPLIT, $0-27
	MOVQ    preds+0(FP), DI
	MOVQ    top+8(FP), SI
	MOVQ    left+16(FP), DX
	MOVBLZX corner+24(FP), CX
	MOVBLZX hasLeft+25(FP), R8
	MOVBLZX hasTop+26(FP), R9
	VBROADCASTI128 (SI), Y2
	VBROADCASTI128 (DX), Y3
	VPXOR   Y0, Y0, Y0

	// The mean.
	VPSADBW X0, X2, X4
	VPSADBW X0, X3, X5
	VPSHUFD $0xee, X4, X6
	VPSHUFD $0xee, X5, X7
	VPADDD  X6, X4, X4
	VPADDD  X7, X5, X5
	VMOVD   X4, AX
	VMOVD   X5, BX
	TESTL   R8, R8
	CMOVLEQ AX, BX
	TESTL   R9, R9
	CMOVLEQ BX, AX
	LEAL    16(AX)(BX*1), AX
	SHRL    $5, AX
	MOVL    $128, BX
	ORL     R8, R9
	CMOVLEQ BX, AX
	VMOVD   AX, X4
	VPBROADCASTB X4, Y4
	VMOVDQU Y4, (DI)
	VMOVDQU Y4, 32(DI)
	VMOVDQU Y4, 64(DI)
	VMOVDQU Y4, 96(DI)
	VMOVDQU Y4, 128(DI)
	VMOVDQU Y4, 160(DI)
	VMOVDQU Y4, 192(DI)
	VMOVDQU Y4, 224(DI)

	// From above.
	VPSHUFB down01<>(SB), Y2, Y0
	VPSHUFB down23<>(SB), Y2, Y1
	VMOVDQU Y0, 512(DI)
	VMOVDQU Y1, 544(DI)
	VMOVDQU Y0, 576(DI)
	VMOVDQU Y1, 608(DI)
	VMOVDQU Y0, 640(DI)
	VMOVDQU Y1, 672(DI)
	VMOVDQU Y0, 704(DI)
	VMOVDQU Y1, 736(DI)
	VPMOVZXBW X0, Y4
	VEXTRACTI128 $1, Y0, X0
	VPMOVZXBW X0, Y5
	VPMOVZXBW X1, Y6
	VEXTRACTI128 $1, Y1, X1
	VPMOVZXBW X1, Y7

	// From the left, and from both.
	VMOVD   CX, X9
	VPBROADCASTW X9, Y9
	ACROSS(across0, Y9)
	VMOVDQU Y0, 768(DI)
	VMOVDQU Y0, 800(DI)
	MOTION(Y4, Y5, 256(DI))
	MOTION(Y6, Y7, 288(DI))
	ACROSS(across1, Y9)
	VMOVDQU Y0, 832(DI)
	VMOVDQU Y0, 864(DI)
	MOTION(Y4, Y5, 320(DI))
	MOTION(Y6, Y7, 352(DI))
	ACROSS(across2, Y9)
	VMOVDQU Y0, 896(DI)
	VMOVDQU Y0, 928(DI)
	MOTION(Y4, Y5, 384(DI))
	MOTION(Y6, Y7, 416(DI))
	ACROSS(across3, Y9)
	VMOVDQU Y0, 960(DI)
	VMOVDQU Y0, 992(DI)
	MOTION(Y4, Y5, 448(DI))
	MOTION(Y6, Y7, 480(DI))
	VZEROUPPER
	RET

// MEAN puts the mean of a plane's edges into the low byte of AX, where AX and BX
// have their sums.
#define MEAN \
	TESTL   R8, R8           \
	CMOVLEQ AX, BX           \
	TESTL   R9, R9           \
	CMOVLEQ BX, AX           \
	LEAL    8(AX)(BX*1), AX  \
	SHRL    $4, AX           \
	TESTL   R10, R10         \
	CMOVLEQ R11, AX

// func predictChromaAVX2(preds *[4][128]uint8, top, left *[16]uint8, cornerCb, cornerCr uint8, hasLeft, hasTop bool)
TEXT ·predictChromaAVX2(SB), NOSPLIT, $0-28
	MOVQ    preds+0(FP), DI
	MOVQ    top+8(FP), SI
	MOVQ    left+16(FP), DX
	MOVBLZX cornerCb+24(FP), CX
	MOVBLZX cornerCr+25(FP), R12
	MOVBLZX hasLeft+26(FP), R8
	MOVBLZX hasTop+27(FP), R9
	MOVL    R8, R10
	ORL     R9, R10
	MOVL    $128, R11
	VBROADCASTI128 (SI), Y2
	VBROADCASTI128 (DX), Y3
	VPXOR   Y0, Y0, Y0

	// The means.
	VPSADBW X0, X2, X4
	VPSADBW X0, X3, X5
	VMOVD   X4, AX
	VMOVD   X5, BX
	MEAN
	VMOVD   AX, X6
	VPBROADCASTB X6, Y6
	VMOVDQU Y6, (DI)
	VMOVDQU Y6, 32(DI)
	VPEXTRD $2, X4, AX
	VPEXTRD $2, X5, BX
	MEAN
	VMOVD   AX, X6
	VPBROADCASTB X6, Y6
	VMOVDQU Y6, 64(DI)
	VMOVDQU Y6, 96(DI)

	// From above.
	VPSHUFB down01<>(SB), Y2, Y0
	VPSHUFB down23<>(SB), Y2, Y1
	VMOVDQU Y0, 256(DI)
	VMOVDQU Y0, 288(DI)
	VMOVDQU Y1, 320(DI)
	VMOVDQU Y1, 352(DI)
	VPMOVZXBW X0, Y4
	VEXTRACTI128 $1, Y0, X0
	VPMOVZXBW X0, Y5
	VPMOVZXBW X1, Y6
	VEXTRACTI128 $1, Y1, X1
	VPMOVZXBW X1, Y7

	// From the left, and from both.
	VMOVD   CX, X9
	VPBROADCASTW X9, Y9
	VMOVD   R12, X10
	VPBROADCASTW X10, Y10
	ACROSS(across0, Y9)
	VMOVDQU Y0, 384(DI)
	MOTION(Y4, Y5, 128(DI))
	ACROSS(across1, Y9)
	VMOVDQU Y0, 416(DI)
	MOTION(Y4, Y5, 160(DI))
	ACROSS(across2, Y10)
	VMOVDQU Y0, 448(DI)
	MOTION(Y6, Y7, 192(DI))
	ACROSS(across3, Y10)
	VMOVDQU Y0, 480(DI)
	MOTION(Y6, Y7, 224(DI))
	VZEROUPPER
	RET
