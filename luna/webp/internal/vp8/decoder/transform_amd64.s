//go:build amd64 && !noasm && gc

#include "textflag.h"

#define WORDS(name, value) \
	DATA  name<>+0x00(SB)/8, value \
	DATA  name<>+0x08(SB)/8, value \
	DATA  name<>+0x10(SB)/8, value \
	DATA  name<>+0x18(SB)/8, value \
	GLOBL name<>(SB), RODATA|NOPTR, $32

WORDS(k1, $0x4e7b4e7b4e7b4e7b) // 20091
WORDS(k2, $0x8a8c8a8c8a8c8a8c) // 35468 - 65536
WORDS(fours, $0x0004000400040004)

// PASS transforms a, b, c, d in place; t to y are changed. v becomes mul2(b) -
// mul1(d), and x mul1(b) + mul2(d).
#define PASS(a, b, c, d, t, u, v, w, x, y) \
	VPADDW  c, a, t          \
	VPSUBW  c, a, u          \
	VPMULHW k2<>(SB), b, v   \
	VPMULHW k1<>(SB), d, w   \
	VPMULHW k1<>(SB), b, x   \
	VPMULHW k2<>(SB), d, y   \
	VPADDW  b, v, v          \
	VPADDW  d, w, w          \
	VPSUBW  w, v, v          \
	VPADDW  b, x, x          \
	VPADDW  d, y, y          \
	VPADDW  y, x, x          \
	VPADDW  x, t, a          \
	VPADDW  v, u, b          \
	VPSUBW  v, u, c          \
	VPSUBW  x, t, d

// TURN transposes the 4x4 words in each 64 bits of Y0 to Y3.
#define TURN \
	VPUNPCKLWD Y1, Y0, Y4  \
	VPUNPCKLWD Y3, Y2, Y5  \
	VPUNPCKHWD Y1, Y0, Y6  \
	VPUNPCKHWD Y3, Y2, Y7  \
	VPUNPCKLDQ Y5, Y4, Y8  \
	VPUNPCKHDQ Y5, Y4, Y9  \
	VPUNPCKLDQ Y7, Y6, Y10 \
	VPUNPCKHDQ Y7, Y6, Y11 \
	VPUNPCKLQDQ Y10, Y8, Y0 \
	VPUNPCKHQDQ Y10, Y8, Y1 \
	VPUNPCKLQDQ Y11, Y9, Y2 \
	VPUNPCKHQDQ Y11, Y9, Y3

// FOUR transforms four blocks to Y0 to Y3: rows, of the blocks beside each other.
#define FOUR(a, b, c, d) \
	VMOVDQU a, Y4             \
	VMOVDQU b, Y5             \
	VMOVDQU c, Y6             \
	VMOVDQU d, Y7             \
	VPUNPCKLQDQ Y5, Y4, Y8    \
	VPUNPCKHQDQ Y5, Y4, Y9    \
	VPUNPCKLQDQ Y7, Y6, Y10   \
	VPUNPCKHQDQ Y7, Y6, Y11   \
	VPERM2I128 $0x20, Y10, Y8, Y0 \
	VPERM2I128 $0x20, Y11, Y9, Y1 \
	VPERM2I128 $0x31, Y10, Y8, Y2 \
	VPERM2I128 $0x31, Y11, Y9, Y3 \
	PASS(Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9) \
	TURN                      \
	VPADDW fours<>(SB), Y0, Y0 \
	PASS(Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9) \
	VPSRAW $3, Y0, Y0         \
	VPSRAW $3, Y1, Y1         \
	VPSRAW $3, Y2, Y2         \
	VPSRAW $3, Y3, Y3         \
	TURN

// ADD adds 16 words to samples.
#define ADD(at, y) \
	VPMOVZXBW at, Y4      \
	VPADDW y, Y4, Y4      \
	VEXTRACTI128 $1, Y4, X5 \
	VPACKUSWB X5, X4, X4  \
	VMOVDQU X4, at

// func addLumaAVX2(dst *uint8, c *[16]int16, extents uint32)
TEXT ·addLumaAVX2(SB), NOSPLIT, $0-20
	MOVQ dst+0(FP), DI
	MOVQ c+8(FP), SI
	MOVL extents+16(FP), CX

rows:
	TESTL $0xff000000, CX
	JZ    none
	FOUR((SI), 32(SI), 64(SI), 96(SI))
	ADD((DI), Y0)
	ADD(32(DI), Y1)
	ADD(64(DI), Y2)
	ADD(96(DI), Y3)

none:
	ADDQ $128, SI
	ADDQ $128, DI
	SHLL $8, CX
	JNZ  rows
	VZEROUPPER
	RET

// ADDCHROMA adds 8 words to Cb and 8 to Cr.
#define ADDCHROMA(cb, cr, y) \
	VMOVQ cb, X4           \
	VPINSRQ $1, cr, X4, X4 \
	VPMOVZXBW X4, Y4       \
	VPADDW y, Y4, Y4       \
	VEXTRACTI128 $1, Y4, X5 \
	VPACKUSWB X5, X4, X4   \
	VMOVQ X4, cb           \
	VPEXTRQ $1, X4, cr

// func addChromaAVX2(dst *uint8, c *[16]int16)
TEXT ·addChromaAVX2(SB), NOSPLIT, $0-16
	MOVQ dst+0(FP), DI
	MOVQ c+8(FP), SI
	FOUR((SI), 32(SI), 128(SI), 160(SI))
	ADDCHROMA((DI), 16(DI), Y0)
	ADDCHROMA(32(DI), 48(DI), Y1)
	ADDCHROMA(64(DI), 80(DI), Y2)
	ADDCHROMA(96(DI), 112(DI), Y3)
	FOUR(64(SI), 96(SI), 192(SI), 224(SI))
	ADDCHROMA(128(DI), 144(DI), Y0)
	ADDCHROMA(160(DI), 176(DI), Y1)
	ADDCHROMA(192(DI), 208(DI), Y2)
	ADDCHROMA(224(DI), 240(DI), Y3)
	VZEROUPPER
	RET

// func addBlockAVX2(dst *uint8, c *[16]int16)
TEXT ·addBlockAVX2(SB), NOSPLIT, $0-16
	MOVQ dst+0(FP), DI
	MOVQ c+8(FP), SI
	VMOVQ (SI), X0
	VMOVQ 8(SI), X1
	VMOVQ 16(SI), X2
	VMOVQ 24(SI), X3
	PASS(X0, X1, X2, X3, X4, X5, X6, X7, X8, X9)
	VPUNPCKLWD X1, X0, X4
	VPUNPCKLWD X3, X2, X5
	VPUNPCKLDQ X5, X4, X0
	VPUNPCKHDQ X5, X4, X2
	VPSRLDQ $8, X0, X1
	VPSRLDQ $8, X2, X3
	VPADDW fours<>(SB), X0, X0
	PASS(X0, X1, X2, X3, X4, X5, X6, X7, X8, X9)
	VPUNPCKLWD X1, X0, X4
	VPUNPCKLWD X3, X2, X5
	VPUNPCKLDQ X5, X4, X0 // rows 0 and 1
	VPUNPCKHDQ X5, X4, X2
	VPSRAW $3, X0, X0
	VPSRAW $3, X2, X2
	VMOVD (DI), X4
	VPINSRD $1, 32(DI), X4, X4
	VMOVD 64(DI), X5
	VPINSRD $1, 96(DI), X5, X5
	VPMOVZXBW X4, X4
	VPMOVZXBW X5, X5
	VPADDW X0, X4, X4
	VPADDW X2, X5, X5
	VPACKUSWB X5, X4, X4
	VMOVD X4, (DI)
	VPEXTRD $1, X4, 32(DI)
	VPEXTRD $2, X4, 64(DI)
	VPEXTRD $3, X4, 96(DI)
	RET

// func trueMotionAVX2(dst *uint8)
// It predicts the 16x16 samples at dst, of rows 32 apart.
TEXT ·trueMotionAVX2(SB), NOSPLIT, $0-8
	MOVQ dst+0(FP), DI
	VPMOVZXBW -32(DI), Y0
	VPBROADCASTB -33(DI), X1
	VPMOVZXBW X1, Y1
	VPSUBW Y1, Y0, Y0
	MOVL $8, CX

motion:
	VPBROADCASTB -1(DI), X1
	VPBROADCASTB 31(DI), X2
	VPMOVZXBW X1, Y1
	VPMOVZXBW X2, Y2
	VPADDW Y0, Y1, Y1
	VPADDW Y0, Y2, Y2
	VPACKUSWB Y2, Y1, Y1
	VPERMQ $0xd8, Y1, Y1
	VMOVDQU X1, (DI)
	VEXTRACTI128 $1, Y1, 32(DI)
	ADDQ $64, DI
	DECL CX
	JNZ  motion
	VZEROUPPER
	RET

// func trueMotionChromaAVX2(dst *uint8)
// It predicts the 8x8 samples of Cb at dst and those of Cr 16 bytes behind.
TEXT ·trueMotionChromaAVX2(SB), NOSPLIT, $0-8
	MOVQ dst+0(FP), DI
	VMOVQ -32(DI), X0
	VPINSRQ $1, -16(DI), X0, X0
	VPMOVZXBW X0, Y0
	VPBROADCASTB -33(DI), X1
	VPBROADCASTB -17(DI), X2
	VPUNPCKLQDQ X2, X1, X1
	VPMOVZXBW X1, Y1
	VPSUBW Y1, Y0, Y0
	MOVL $8, CX

motionChroma:
	VPBROADCASTB -1(DI), X1
	VPBROADCASTB 15(DI), X2
	VPUNPCKLQDQ X2, X1, X1
	VPMOVZXBW X1, Y1
	VPADDW Y0, Y1, Y1
	VEXTRACTI128 $1, Y1, X2
	VPACKUSWB X2, X1, X1
	VMOVQ X1, (DI)
	VPEXTRQ $1, X1, 16(DI)
	ADDQ $32, DI
	DECL CX
	JNZ  motionChroma
	VZEROUPPER
	RET
