//go:build amd64 && !noasm && gc

#include "textflag.h"

// Eight times each factor of idct.go, and the roundings of its two passes.
#define EIGHT(name, value) \
	DATA  name<>+0x00(SB)/8, $(value*0x100000001) \
	DATA  name<>+0x08(SB)/8, $(value*0x100000001) \
	DATA  name<>+0x10(SB)/8, $(value*0x100000001) \
	DATA  name<>+0x18(SB)/8, $(value*0x100000001) \
	GLOBL name<>(SB), RODATA|NOPTR, $32

EIGHT(fix0_298631336, 2446)
EIGHT(fix0_390180644, 3196)
EIGHT(fix0_541196100, 4433)
EIGHT(fix0_765366865, 6270)
EIGHT(fix0_899976223, 7373)
EIGHT(fix1_175875602, 9633)
EIGHT(fix1_306562965, 10703)
EIGHT(fix1_501321110, 12299)
EIGHT(fix1_847759065, 15137)
EIGHT(fix1_961570560, 16069)
EIGHT(fix2_053119869, 16819)
EIGHT(fix2_562915447, 20995)
EIGHT(fix3_072711026, 25172)
EIGHT(half1, (1<<10))
EIGHT(half2, (1<<17 + 128<<18))

// byRow turns four columns of four samples, one after the other, into rows.
DATA byRow<>+0x00(SB)/8, $0x0d0905010c080400
DATA byRow<>+0x08(SB)/8, $0x0f0b07030e0a0602
DATA byRow<>+0x10(SB)/8, $0x0d0905010c080400
DATA byRow<>+0x18(SB)/8, $0x0f0b07030e0a0602
GLOBL byRow<>(SB), RODATA|NOPTR, $32

// PASS8 transforms Y0 to Y7 and leaves Y14 and Y15 alone.
#define PASS8(half, shift) \
	VPADDD  Y6, Y2, Y8                     \
	VPMULLD fix0_541196100<>(SB), Y8, Y8   \
	VPMULLD fix0_765366865<>(SB), Y2, Y2   \
	VPADDD  Y8, Y2, Y2                     \
	VPMULLD fix1_847759065<>(SB), Y6, Y6   \
	VPSUBD  Y6, Y8, Y6                     \
	VPADDD  Y4, Y0, Y8                     \
	VPSUBD  Y4, Y0, Y0                     \
	VPSLLD  $13, Y8, Y8                    \
	VPSLLD  $13, Y0, Y0                    \
	VPADDD  half<>(SB), Y8, Y8             \
	VPADDD  half<>(SB), Y0, Y0             \
	VPADDD  Y2, Y8, Y4                     \
	VPSUBD  Y2, Y8, Y8                     \
	VPADDD  Y6, Y0, Y2                     \
	VPSUBD  Y6, Y0, Y6                     \
	VPADDD  Y1, Y7, Y9                     \
	VPADDD  Y3, Y5, Y10                    \
	VPADDD  Y3, Y7, Y11                    \
	VPADDD  Y1, Y5, Y12                    \
	VPADDD  Y12, Y11, Y13                  \
	VPMULLD fix1_175875602<>(SB), Y13, Y13 \
	VPMULLD fix0_899976223<>(SB), Y9, Y9   \
	VPMULLD fix2_562915447<>(SB), Y10, Y10 \
	VPMULLD fix1_961570560<>(SB), Y11, Y11 \
	VPMULLD fix0_390180644<>(SB), Y12, Y12 \
	VPSUBD  Y11, Y13, Y11                  \
	VPSUBD  Y12, Y13, Y12                  \
	VPMULLD fix0_298631336<>(SB), Y7, Y7   \
	VPMULLD fix2_053119869<>(SB), Y5, Y5   \
	VPMULLD fix3_072711026<>(SB), Y3, Y3   \
	VPMULLD fix1_501321110<>(SB), Y1, Y1   \
	VPSUBD  Y9, Y7, Y7                     \
	VPADDD  Y11, Y7, Y7                    \
	VPSUBD  Y10, Y5, Y5                    \
	VPADDD  Y12, Y5, Y5                    \
	VPSUBD  Y10, Y3, Y3                    \
	VPADDD  Y11, Y3, Y3                    \
	VPSUBD  Y9, Y1, Y1                     \
	VPADDD  Y12, Y1, Y1                    \
	VPADDD  Y1, Y4, Y0                     \
	VPSUBD  Y1, Y4, Y9                     \
	VPADDD  Y3, Y2, Y1                     \
	VPSUBD  Y3, Y2, Y10                    \
	VPADDD  Y5, Y6, Y2                     \
	VPSUBD  Y5, Y6, Y5                     \
	VPADDD  Y7, Y8, Y3                     \
	VPSUBD  Y7, Y8, Y4                     \
	VPSRAD  $shift, Y0, Y0                 \
	VPSRAD  $shift, Y1, Y1                 \
	VPSRAD  $shift, Y2, Y2                 \
	VPSRAD  $shift, Y3, Y3                 \
	VPSRAD  $shift, Y4, Y4                 \
	VPSRAD  $shift, Y5, Y5                 \
	VPSRAD  $shift, Y10, Y6                \
	VPSRAD  $shift, Y9, Y7

// func idct8AVX2(dst *uint8, stride int, c *[64]int16, q *[64]int32)
TEXT ·idct8AVX2(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ stride+8(FP), CX
	MOVQ c+16(FP), SI
	MOVQ q+24(FP), DX

	// Y15 marks the columns without alternating coefficients. The portable
	// code does not carry theirs through the sums; it shows where those
	// overflow.
	VMOVDQU   16(SI), X8
	VPOR      32(SI), X8, X8
	VPOR      48(SI), X8, X8
	VPOR      64(SI), X8, X8
	VPOR      80(SI), X8, X8
	VPOR      96(SI), X8, X8
	VPOR      112(SI), X8, X8
	VPXOR     X9, X9, X9
	VPCMPEQW  X9, X8, X8
	VPMOVSXWD X8, Y15
	VPMOVSXWD 0(SI), Y0
	VPMOVSXWD 16(SI), Y1
	VPMOVSXWD 32(SI), Y2
	VPMOVSXWD 48(SI), Y3
	VPMOVSXWD 64(SI), Y4
	VPMOVSXWD 80(SI), Y5
	VPMOVSXWD 96(SI), Y6
	VPMOVSXWD 112(SI), Y7
	VPMULLD   0(DX), Y0, Y0
	VPMULLD   32(DX), Y1, Y1
	VPMULLD   64(DX), Y2, Y2
	VPMULLD   96(DX), Y3, Y3
	VPMULLD   128(DX), Y4, Y4
	VPMULLD   160(DX), Y5, Y5
	VPMULLD   192(DX), Y6, Y6
	VPMULLD   224(DX), Y7, Y7
	VPSLLD    $2, Y0, Y14
	PASS8(half1, 11)
	VPBLENDVB Y15, Y14, Y0, Y0
	VPBLENDVB Y15, Y14, Y1, Y1
	VPBLENDVB Y15, Y14, Y2, Y2
	VPBLENDVB Y15, Y14, Y3, Y3
	VPBLENDVB Y15, Y14, Y4, Y4
	VPBLENDVB Y15, Y14, Y5, Y5
	VPBLENDVB Y15, Y14, Y6, Y6
	VPBLENDVB Y15, Y14, Y7, Y7

	// Transpose.
	VPUNPCKLDQ  Y1, Y0, Y8
	VPUNPCKHDQ  Y1, Y0, Y9
	VPUNPCKLDQ  Y3, Y2, Y10
	VPUNPCKHDQ  Y3, Y2, Y11
	VPUNPCKLDQ  Y5, Y4, Y12
	VPUNPCKHDQ  Y5, Y4, Y13
	VPUNPCKLDQ  Y7, Y6, Y14
	VPUNPCKHDQ  Y7, Y6, Y15
	VPUNPCKLQDQ Y10, Y8, Y0
	VPUNPCKHQDQ Y10, Y8, Y1
	VPUNPCKLQDQ Y11, Y9, Y2
	VPUNPCKHQDQ Y11, Y9, Y3
	VPUNPCKLQDQ Y14, Y12, Y4
	VPUNPCKHQDQ Y14, Y12, Y5
	VPUNPCKLQDQ Y15, Y13, Y6
	VPUNPCKHQDQ Y15, Y13, Y7
	VPERM2I128  $0x31, Y4, Y0, Y8
	VPERM2I128  $0x31, Y5, Y1, Y9
	VPERM2I128  $0x31, Y6, Y2, Y10
	VPERM2I128  $0x31, Y7, Y3, Y11
	VINSERTI128 $1, X4, Y0, Y0
	VINSERTI128 $1, X5, Y1, Y1
	VINSERTI128 $1, X6, Y2, Y2
	VINSERTI128 $1, X7, Y3, Y3
	VMOVDQA     Y8, Y4
	VMOVDQA     Y9, Y5
	VMOVDQA     Y10, Y6
	VMOVDQA     Y11, Y7

	PASS8(half2, 18)

	VPACKSSDW    Y1, Y0, Y0
	VPACKSSDW    Y3, Y2, Y2
	VPACKSSDW    Y5, Y4, Y4
	VPACKSSDW    Y7, Y6, Y6
	VPACKUSWB    Y2, Y0, Y0
	VPACKUSWB    Y6, Y4, Y4
	VMOVDQU      byRow<>(SB), Y8
	VPSHUFB      Y8, Y0, Y0
	VPSHUFB      Y8, Y4, Y4
	VPUNPCKLDQ   Y4, Y0, Y1
	VPUNPCKHDQ   Y4, Y0, Y2
	VEXTRACTI128 $1, Y1, X3
	VEXTRACTI128 $1, Y2, X4
	LEAQ         (CX)(CX*2), R8
	LEAQ         (DI)(CX*4), R9
	VMOVQ        X1, (DI)
	VPEXTRQ      $1, X1, (DI)(CX*1)
	VMOVQ        X2, (DI)(CX*2)
	VPEXTRQ      $1, X2, (DI)(R8*1)
	VMOVQ        X3, (R9)
	VPEXTRQ      $1, X3, (R9)(CX*1)
	VMOVQ        X4, (R9)(CX*2)
	VPEXTRQ      $1, X4, (R9)(R8*1)
	VZEROUPPER
	RET

// PASS4 transforms X0 to X3.
#define PASS4(half, shift) \
	VPADDD  X2, X0, X4                   \
	VPSUBD  X2, X0, X5                   \
	VPSLLD  $13, X4, X4                  \
	VPSLLD  $13, X5, X5                  \
	VPADDD  half<>(SB), X4, X4           \
	VPADDD  half<>(SB), X5, X5           \
	VPMULLD fix1_306562965<>(SB), X1, X6 \
	VPMULLD fix0_541196100<>(SB), X3, X7 \
	VPADDD  X7, X6, X6                   \
	VPMULLD fix0_541196100<>(SB), X1, X7 \
	VPMULLD fix1_306562965<>(SB), X3, X8 \
	VPSUBD  X8, X7, X7                   \
	VPADDD  X6, X4, X0                   \
	VPADDD  X7, X5, X1                   \
	VPSUBD  X7, X5, X2                   \
	VPSUBD  X6, X4, X3                   \
	VPSRAD  $shift, X0, X0               \
	VPSRAD  $shift, X1, X1               \
	VPSRAD  $shift, X2, X2               \
	VPSRAD  $shift, X3, X3

// func idct4AVX2(dst *uint8, stride int, c *[16]int16, q *[64]int32)
TEXT ·idct4AVX2(SB), NOSPLIT, $0-32
	MOVQ      dst+0(FP), DI
	MOVQ      stride+8(FP), CX
	MOVQ      c+16(FP), SI
	MOVQ      q+24(FP), DX
	VPMOVSXWD (SI), X0
	VPMOVSXWD 8(SI), X1
	VPMOVSXWD 16(SI), X2
	VPMOVSXWD 24(SI), X3
	VPMULLD   (DX), X0, X0
	VPMULLD   32(DX), X1, X1
	VPMULLD   64(DX), X2, X2
	VPMULLD   96(DX), X3, X3
	PASS4(half1, 11)
	VPUNPCKLDQ  X1, X0, X4
	VPUNPCKHDQ  X1, X0, X5
	VPUNPCKLDQ  X3, X2, X6
	VPUNPCKHDQ  X3, X2, X7
	VPUNPCKLQDQ X6, X4, X0
	VPUNPCKHQDQ X6, X4, X1
	VPUNPCKLQDQ X7, X5, X2
	VPUNPCKHQDQ X7, X5, X3
	PASS4(half2, 18)
	VPACKSSDW X1, X0, X0
	VPACKSSDW X3, X2, X2
	VPACKUSWB X2, X0, X0
	VPSHUFB   byRow<>(SB), X0, X0
	LEAQ      (CX)(CX*2), R8
	VMOVD     X0, (DI)
	VPEXTRD   $1, X0, (DI)(CX*1)
	VPEXTRD   $2, X0, (DI)(CX*2)
	VPEXTRD   $3, X0, (DI)(R8*1)
	RET
