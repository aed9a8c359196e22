//go:build amd64 && !noasm && gc

#include "textflag.h"

// ALL is 32 times a byte.
#define ALL(name, value) \
	DATA  name<>+0x00(SB)/8, value \
	DATA  name<>+0x08(SB)/8, value \
	DATA  name<>+0x10(SB)/8, value \
	DATA  name<>+0x18(SB)/8, value \
	GLOBL name<>(SB), RODATA|NOPTR, $32

ALL(sign, $0x8080808080808080)
ALL(even, $0xfefefefefefefefe)
ALL(three, $0x0303030303030303)
ALL(four, $0x0404040404040404)
ALL(low5, $0x1f1f1f1f1f1f1f1f)
ALL(sixteen, $0x1010101010101010)
ALL(sixtyfour, $0x4040404040404040)
ALL(nine, $0x0900090009000900)       // words, for the upper half of a product
ALL(half, $0x003f003f003f003f)       // 63, words

// square transposes 4x4 bytes.
DATA  square<>+0x00(SB)/8, $0x0d0905010c080400
DATA  square<>+0x08(SB)/8, $0x0f0b07030e0a0602
DATA  square<>+0x10(SB)/8, $0x0d0905010c080400
DATA  square<>+0x18(SB)/8, $0x0f0b07030e0a0602
GLOBL square<>(SB), RODATA|NOPTR, $32

// The frame holds a macroblock with columns for rows: 20 of 32 bytes, of which
// the first 16 are luma, the next 8 Cb, the last 8 Cr. The first four are those
// to the left of the macroblock; chroma has 12. Behind them are the strengths.
#define COLUMN(n) (n*32)(SP)
#define BETWEEN 640(SP)
#define WITHIN 672(SP)
#define INTERIOR 704(SP)
#define VARIANCE 736(SP)

#define ABSDIFF(a, b, t, out) \
	VPSUBUSB b, a, out  \
	VPSUBUSB a, b, t    \
	VPOR     t, out, out

// MASKS takes p3 to q3 in Y0 to Y7. Y8 gets where to filter, and Y9 where
// neighbours do not differ much.
#define MASKS(limit) \
	ABSDIFF(Y2, Y3, Y15, Y9)  \
	ABSDIFF(Y4, Y5, Y15, Y10) \
	VPMAXUB  Y10, Y9, Y9      \
	ABSDIFF(Y0, Y1, Y15, Y8)  \
	ABSDIFF(Y1, Y2, Y15, Y10) \
	VPMAXUB  Y10, Y8, Y8      \
	ABSDIFF(Y7, Y6, Y15, Y10) \
	ABSDIFF(Y6, Y5, Y15, Y11) \
	VPMAXUB  Y11, Y10, Y10    \
	VPMAXUB  Y10, Y8, Y8      \
	VPMAXUB  Y9, Y8, Y8       \
	VPSUBUSB INTERIOR, Y8, Y8 \
	ABSDIFF(Y3, Y4, Y15, Y10) \
	ABSDIFF(Y2, Y5, Y15, Y11) \
	VPADDUSB Y10, Y10, Y10    \
	VPAND    even<>(SB), Y11, Y11 \
	VPSRLW   $1, Y11, Y11     \
	VPADDUSB Y11, Y10, Y10    \
	VPSUBUSB limit, Y10, Y10  \
	VPOR     Y10, Y8, Y8      \
	VPXOR    Y15, Y15, Y15    \
	VPCMPEQB Y15, Y8, Y8      \
	VPSUBUSB VARIANCE, Y9, Y9 \
	VPCMPEQB Y15, Y9, Y9

// SHIFT3 shifts signed bytes by 3.
#define SHIFT3(a) \
	VPXOR  sign<>(SB), a, a \
	VPSRLW $3, a, a         \
	VPAND  low5<>(SB), a, a \
	VPSUBB sixteen<>(SB), a, a

// FLIP makes samples signed, or unsigned again.
#define FLIP(a) VPXOR sign<>(SB), a, a

// STRONG filters an edge between macroblocks: p2 to q2 in Y1 to Y6.
#define STRONG \
	MASKS(BETWEEN)            \
	FLIP(Y1)                  \
	FLIP(Y2)                  \
	FLIP(Y3)                  \
	FLIP(Y4)                  \
	FLIP(Y5)                  \
	FLIP(Y6)                  \
	VPSUBSB  Y5, Y2, Y10      \
	VPSUBSB  Y3, Y4, Y11      \
	VPADDSB  Y11, Y10, Y10    \
	VPADDSB  Y11, Y10, Y10    \
	VPADDSB  Y11, Y10, Y10    \
	VPAND    Y8, Y10, Y10     \
	VPANDN   Y10, Y9, Y11     \
	VPADDSB  three<>(SB), Y11, Y12 \
	VPADDSB  four<>(SB), Y11, Y13  \
	SHIFT3(Y12)               \
	SHIFT3(Y13)               \
	VPADDSB  Y12, Y3, Y3      \
	VPSUBSB  Y13, Y4, Y4      \
	VPAND    Y9, Y10, Y10     \
	VPUNPCKLBW Y10, Y15, Y12  \
	VPUNPCKHBW Y10, Y15, Y13  \
	VPMULHW  nine<>(SB), Y12, Y12 \
	VPMULHW  nine<>(SB), Y13, Y13 \
	VPADDW   half<>(SB), Y12, Y14 \
	VPADDW   half<>(SB), Y13, Y15 \
	VPSRAW   $7, Y14, Y10     \
	VPSRAW   $7, Y15, Y11     \
	VPACKSSWB Y11, Y10, Y10   \
	VPADDSB  Y10, Y1, Y1      \
	VPSUBSB  Y10, Y6, Y6      \
	VPADDW   Y12, Y14, Y14    \
	VPADDW   Y13, Y15, Y15    \
	VPSRAW   $7, Y14, Y10     \
	VPSRAW   $7, Y15, Y11     \
	VPACKSSWB Y11, Y10, Y10   \
	VPADDSB  Y10, Y2, Y2      \
	VPSUBSB  Y10, Y5, Y5      \
	VPADDW   Y12, Y14, Y14    \
	VPADDW   Y13, Y15, Y15    \
	VPSRAW   $7, Y14, Y10     \
	VPSRAW   $7, Y15, Y11     \
	VPACKSSWB Y11, Y10, Y10   \
	VPADDSB  Y10, Y3, Y3      \
	VPSUBSB  Y10, Y4, Y4      \
	FLIP(Y1)                  \
	FLIP(Y2)                  \
	FLIP(Y3)                  \
	FLIP(Y4)                  \
	FLIP(Y5)                  \
	FLIP(Y6)

// WEAK filters an edge within a macroblock: p1 to q1 in Y2 to Y5.
#define WEAK \
	MASKS(WITHIN)             \
	FLIP(Y2)                  \
	FLIP(Y3)                  \
	FLIP(Y4)                  \
	FLIP(Y5)                  \
	VPSUBSB  Y5, Y2, Y10      \
	VPANDN   Y10, Y9, Y10     \
	VPSUBSB  Y3, Y4, Y11      \
	VPADDSB  Y11, Y10, Y10    \
	VPADDSB  Y11, Y10, Y10    \
	VPADDSB  Y11, Y10, Y10    \
	VPAND    Y8, Y10, Y10     \
	VPADDSB  three<>(SB), Y10, Y12 \
	VPADDSB  four<>(SB), Y10, Y13  \
	SHIFT3(Y12)               \
	SHIFT3(Y13)               \
	VPADDSB  Y12, Y3, Y3      \
	VPSUBSB  Y13, Y4, Y4      \
	VPADDB   sign<>(SB), Y13, Y13 \
	VPAVGB   Y15, Y13, Y13    \
	VPSUBB   sixtyfour<>(SB), Y13, Y13 \
	VPAND    Y9, Y13, Y13     \
	VPADDSB  Y13, Y2, Y2      \
	VPSUBSB  Y13, Y5, Y5      \
	FLIP(Y2)                  \
	FLIP(Y3)                  \
	FLIP(Y4)                  \
	FLIP(Y5)

// SHUFFLE interleaves the bytes of eight registers with those of the other four
// registers each. Three of them turn rows into columns.
#define SHUFFLE(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) \
	VPUNPCKLBW e, a, i \
	VPUNPCKHBW e, a, j \
	VPUNPCKLBW f, b, k \
	VPUNPCKHBW f, b, l \
	VPUNPCKLBW g, c, m \
	VPUNPCKHBW g, c, n \
	VPUNPCKLBW h, d, o \
	VPUNPCKHBW h, d, p

// TRANSPOSE takes the 8x16 bytes in each half of Y0 to Y7 to Y8 to Y15: the first
// half of one gets column 2n, the second column 2n+1.
#define TRANSPOSE \
	SHUFFLE(Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9, Y10, Y11, Y12, Y13, Y14, Y15) \
	SHUFFLE(Y8, Y9, Y10, Y11, Y12, Y13, Y14, Y15, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7) \
	SHUFFLE(Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9, Y10, Y11, Y12, Y13, Y14, Y15) \
	VPERMQ $0xd8, Y8, Y8   \
	VPERMQ $0xd8, Y9, Y9   \
	VPERMQ $0xd8, Y10, Y10 \
	VPERMQ $0xd8, Y11, Y11 \
	VPERMQ $0xd8, Y12, Y12 \
	VPERMQ $0xd8, Y13, Y13 \
	VPERMQ $0xd8, Y14, Y14 \
	VPERMQ $0xd8, Y15, Y15

// Rows of the macroblock are at SI, R9, DI and R10, 4 rows apart, and at most
// three times AX behind, BX being 3 AX. Those of chroma are at R11, R12 and at
// R13, R14, and CX and DX behind.

// LUMA loads 16 columns of luma.
#define LUMA \
	VMOVDQU (SI), X0              \
	VMOVDQU (SI)(AX*1), X1        \
	VMOVDQU (SI)(AX*2), X2        \
	VMOVDQU (SI)(BX*1), X3        \
	VMOVDQU (R9), X4              \
	VMOVDQU (R9)(AX*1), X5        \
	VMOVDQU (R9)(AX*2), X6        \
	VMOVDQU (R9)(BX*1), X7        \
	VINSERTI128 $1, (DI), Y0, Y0  \
	VINSERTI128 $1, (DI)(AX*1), Y1, Y1  \
	VINSERTI128 $1, (DI)(AX*2), Y2, Y2  \
	VINSERTI128 $1, (DI)(BX*1), Y3, Y3  \
	VINSERTI128 $1, (R10), Y4, Y4       \
	VINSERTI128 $1, (R10)(AX*1), Y5, Y5 \
	VINSERTI128 $1, (R10)(AX*2), Y6, Y6 \
	VINSERTI128 $1, (R10)(BX*1), Y7, Y7

// PUT stores column n of both halves of the registers with stride 32.
#define PUT(x, y, n, at) \
	VMOVDQU x, (n*32+at)(SP) \
	VEXTRACTI128 $1, y, (n*32+32+at)(SP)

// LUMACOLUMNS puts all of the luma in the frame, from column 4 on, and UNLUMACOLUMNS
// puts it back.
#define LUMACOLUMNS \
	LUMA                 \
	TRANSPOSE            \
	PUT(X8, Y8, 4, 0)    \
	PUT(X9, Y9, 6, 0)    \
	PUT(X10, Y10, 8, 0)  \
	PUT(X11, Y11, 10, 0) \
	PUT(X12, Y12, 12, 0) \
	PUT(X13, Y13, 14, 0) \
	PUT(X14, Y14, 16, 0) \
	PUT(X15, Y15, 18, 0)

#define UNLUMACOLUMNS \
	VMOVDQU 128(SP), X0               \
	VMOVDQU 160(SP), X1               \
	VMOVDQU 192(SP), X2               \
	VMOVDQU 224(SP), X3               \
	VMOVDQU 256(SP), X4               \
	VMOVDQU 288(SP), X5               \
	VMOVDQU 320(SP), X6               \
	VMOVDQU 352(SP), X7               \
	VINSERTI128 $1, 384(SP), Y0, Y0   \
	VINSERTI128 $1, 416(SP), Y1, Y1   \
	VINSERTI128 $1, 448(SP), Y2, Y2   \
	VINSERTI128 $1, 480(SP), Y3, Y3   \
	VINSERTI128 $1, 512(SP), Y4, Y4   \
	VINSERTI128 $1, 544(SP), Y5, Y5   \
	VINSERTI128 $1, 576(SP), Y6, Y6   \
	VINSERTI128 $1, 608(SP), Y7, Y7   \
	TRANSPOSE                         \
	VMOVDQU X8, (SI)                  \
	VEXTRACTI128 $1, Y8, (SI)(AX*1)   \
	VMOVDQU X9, (SI)(AX*2)            \
	VEXTRACTI128 $1, Y9, (SI)(BX*1)   \
	VMOVDQU X10, (R9)                 \
	VEXTRACTI128 $1, Y10, (R9)(AX*1)  \
	VMOVDQU X11, (R9)(AX*2)           \
	VEXTRACTI128 $1, Y11, (R9)(BX*1)  \
	VMOVDQU X12, (DI)                 \
	VEXTRACTI128 $1, Y12, (DI)(AX*1)  \
	VMOVDQU X13, (DI)(AX*2)           \
	VEXTRACTI128 $1, Y13, (DI)(BX*1)  \
	VMOVDQU X14, (R10)                \
	VEXTRACTI128 $1, Y14, (R10)(AX*1) \
	VMOVDQU X15, (R10)(AX*2)          \
	VEXTRACTI128 $1, Y15, (R10)(BX*1)

// CHROMAROW loads a row of Cb and one of Cr.
#define CHROMAROW(cb, cr, x, y) \
	VMOVQ cb, x   \
	VMOVQ cr, X15 \
	VINSERTI128 $1, X15, y, y

// FOUR loads four columns, off bytes from the macroblock, as columns n to n+3.
#define FOUR(off, n) \
	VMOVD off(SI), X0                 \
	VPINSRD $1, off(SI)(AX*1), X0, X0 \
	VPINSRD $2, off(SI)(AX*2), X0, X0 \
	VPINSRD $3, off(SI)(BX*1), X0, X0 \
	VMOVD off(R9), X1                 \
	VPINSRD $1, off(R9)(AX*1), X1, X1 \
	VPINSRD $2, off(R9)(AX*2), X1, X1 \
	VPINSRD $3, off(R9)(BX*1), X1, X1 \
	VMOVD off(DI), X2                 \
	VPINSRD $1, off(DI)(AX*1), X2, X2 \
	VPINSRD $2, off(DI)(AX*2), X2, X2 \
	VPINSRD $3, off(DI)(BX*1), X2, X2 \
	VMOVD off(R10), X3                 \
	VPINSRD $1, off(R10)(AX*1), X3, X3 \
	VPINSRD $2, off(R10)(AX*2), X3, X3 \
	VPINSRD $3, off(R10)(BX*1), X3, X3 \
	VMOVD off(R11), X4                 \
	VPINSRD $1, off(R11)(CX*1), X4, X4 \
	VPINSRD $2, off(R11)(CX*2), X4, X4 \
	VPINSRD $3, off(R11)(DX*1), X4, X4 \
	VMOVD off(R12), X5                 \
	VPINSRD $1, off(R12)(CX*1), X5, X5 \
	VPINSRD $2, off(R12)(CX*2), X5, X5 \
	VPINSRD $3, off(R12)(DX*1), X5, X5 \
	VMOVD off(R13), X6                 \
	VPINSRD $1, off(R13)(CX*1), X6, X6 \
	VPINSRD $2, off(R13)(CX*2), X6, X6 \
	VPINSRD $3, off(R13)(DX*1), X6, X6 \
	VMOVD off(R14), X7                 \
	VPINSRD $1, off(R14)(CX*1), X7, X7 \
	VPINSRD $2, off(R14)(CX*2), X7, X7 \
	VPINSRD $3, off(R14)(DX*1), X7, X7 \
	VINSERTI128 $1, X4, Y0, Y0 \
	VINSERTI128 $1, X5, Y1, Y1 \
	VINSERTI128 $1, X6, Y2, Y2 \
	VINSERTI128 $1, X7, Y3, Y3 \
	VMOVDQU square<>(SB), Y15  \
	VPSHUFB Y15, Y0, Y0        \
	VPSHUFB Y15, Y1, Y1        \
	VPSHUFB Y15, Y2, Y2        \
	VPSHUFB Y15, Y3, Y3        \
	DWORDS                     \
	VMOVDQU Y4, COLUMN(n)      \
	VMOVDQU Y5, COLUMN((n+1))  \
	VMOVDQU Y6, COLUMN((n+2))  \
	VMOVDQU Y7, COLUMN((n+3))

// DWORDS transposes the 4x4 double words in each half of Y0 to Y3 to Y4 to Y7.
#define DWORDS \
	VPUNPCKLDQ Y1, Y0, Y8  \
	VPUNPCKHDQ Y1, Y0, Y9  \
	VPUNPCKLDQ Y3, Y2, Y10 \
	VPUNPCKHDQ Y3, Y2, Y11 \
	VPUNPCKLQDQ Y10, Y8, Y4 \
	VPUNPCKHQDQ Y10, Y8, Y5 \
	VPUNPCKLQDQ Y11, Y9, Y6 \
	VPUNPCKHQDQ Y11, Y9, Y7

// UNFOUR undoes FOUR.
#define UNFOUR(off, n) \
	VMOVDQU COLUMN(n), Y0     \
	VMOVDQU COLUMN((n+1)), Y1 \
	VMOVDQU COLUMN((n+2)), Y2 \
	VMOVDQU COLUMN((n+3)), Y3 \
	DWORDS                    \
	VMOVDQU square<>(SB), Y15 \
	VPSHUFB Y15, Y4, Y4       \
	VPSHUFB Y15, Y5, Y5       \
	VPSHUFB Y15, Y6, Y6       \
	VPSHUFB Y15, Y7, Y7       \
	VEXTRACTI128 $1, Y4, X0   \
	VEXTRACTI128 $1, Y5, X1   \
	VEXTRACTI128 $1, Y6, X2   \
	VEXTRACTI128 $1, Y7, X3   \
	VMOVD X4, off(SI)             \
	VPEXTRD $1, X4, off(SI)(AX*1) \
	VPEXTRD $2, X4, off(SI)(AX*2) \
	VPEXTRD $3, X4, off(SI)(BX*1) \
	VMOVD X5, off(R9)             \
	VPEXTRD $1, X5, off(R9)(AX*1) \
	VPEXTRD $2, X5, off(R9)(AX*2) \
	VPEXTRD $3, X5, off(R9)(BX*1) \
	VMOVD X6, off(DI)             \
	VPEXTRD $1, X6, off(DI)(AX*1) \
	VPEXTRD $2, X6, off(DI)(AX*2) \
	VPEXTRD $3, X6, off(DI)(BX*1) \
	VMOVD X7, off(R10)             \
	VPEXTRD $1, X7, off(R10)(AX*1) \
	VPEXTRD $2, X7, off(R10)(AX*2) \
	VPEXTRD $3, X7, off(R10)(BX*1) \
	VMOVD X0, off(R11)             \
	VPEXTRD $1, X0, off(R11)(CX*1) \
	VPEXTRD $2, X0, off(R11)(CX*2) \
	VPEXTRD $3, X0, off(R11)(DX*1) \
	VMOVD X1, off(R12)             \
	VPEXTRD $1, X1, off(R12)(CX*1) \
	VPEXTRD $2, X1, off(R12)(CX*2) \
	VPEXTRD $3, X1, off(R12)(DX*1) \
	VMOVD X2, off(R13)             \
	VPEXTRD $1, X2, off(R13)(CX*1) \
	VPEXTRD $2, X2, off(R13)(CX*2) \
	VPEXTRD $3, X2, off(R13)(DX*1) \
	VMOVD X3, off(R14)             \
	VPEXTRD $1, X3, off(R14)(CX*1) \
	VPEXTRD $2, X3, off(R14)(CX*2) \
	VPEXTRD $3, X3, off(R14)(DX*1)

// COLUMNS loads columns n to n+7.
#define COLUMNS(n) \
	VMOVDQU COLUMN(n), Y0     \
	VMOVDQU COLUMN((n+1)), Y1 \
	VMOVDQU COLUMN((n+2)), Y2 \
	VMOVDQU COLUMN((n+3)), Y3 \
	VMOVDQU COLUMN((n+4)), Y4 \
	VMOVDQU COLUMN((n+5)), Y5 \
	VMOVDQU COLUMN((n+6)), Y6 \
	VMOVDQU COLUMN((n+7)), Y7

// ROW loads a row of luma and one each of chroma, and UNROW stores them.
#define ROW(luma, cb, cr, x, y) \
	VMOVQ cb, X15           \
	VPINSRQ $1, cr, X15, X15 \
	VMOVDQU luma, x         \
	VINSERTI128 $1, X15, y, y

#define UNROW(luma, cb, cr, x, y) \
	VEXTRACTI128 $1, y, X15 \
	VMOVDQU x, luma         \
	VMOVQ X15, cb           \
	VPEXTRQ $1, X15, cr

// func normalAVX2(a *filterArguments)
TEXT ·normalAVX2(SB), NOSPLIT, $768-8
	MOVQ a+0(FP), R8
	VPBROADCASTB 72(R8), Y0
	VPBROADCASTB 73(R8), Y1
	VPBROADCASTB 74(R8), Y2
	VPBROADCASTB 75(R8), Y3
	VMOVDQU Y0, BETWEEN
	VMOVDQU Y1, WITHIN
	VMOVDQU Y2, INTERIOR
	VMOVDQU Y3, VARIANCE
	MOVQ 0(R8), SI
	MOVQ 8(R8), R11
	MOVQ 16(R8), R13
	MOVQ 48(R8), AX
	MOVQ 56(R8), CX
	LEAQ (AX)(AX*2), BX
	LEAQ (CX)(CX*2), DX
	LEAQ (SI)(AX*4), R9
	LEAQ (R9)(AX*4), DI
	LEAQ (DI)(AX*4), R10
	LEAQ (R11)(CX*4), R12
	LEAQ (R13)(CX*4), R14

	// Vertical edges.
	TESTQ $1, 64(R8)
	JZ    noLeft
	FOUR(-4, 0)
	TESTQ $2, 64(R8)
	JNZ   columns
	FOUR(0, 4)
	COLUMNS(0)
	STRONG
	VMOVDQU Y1, COLUMN(1)
	VMOVDQU Y2, COLUMN(2)
	VMOVDQU Y3, COLUMN(3)
	VMOVDQU Y4, COLUMN(4)
	VMOVDQU Y5, COLUMN(5)
	VMOVDQU Y6, COLUMN(6)
	UNFOUR(-4, 0)
	UNFOUR(0, 4)
	JMP   horizontal

noLeft:
	TESTQ $2, 64(R8)
	JZ    horizontal

columns:
	LUMACOLUMNS
	CHROMAROW((R11), (R13), X0, Y0)
	CHROMAROW((R11)(CX*1), (R13)(CX*1), X1, Y1)
	CHROMAROW((R11)(CX*2), (R13)(CX*2), X2, Y2)
	CHROMAROW((R11)(DX*1), (R13)(DX*1), X3, Y3)
	CHROMAROW((R12), (R14), X4, Y4)
	CHROMAROW((R12)(CX*1), (R14)(CX*1), X5, Y5)
	CHROMAROW((R12)(CX*2), (R14)(CX*2), X6, Y6)
	CHROMAROW((R12)(DX*1), (R14)(DX*1), X7, Y7)
	VPUNPCKLBW Y4, Y0, Y8
	VPUNPCKLBW Y5, Y1, Y9
	VPUNPCKLBW Y6, Y2, Y10
	VPUNPCKLBW Y7, Y3, Y11
	VPUNPCKLBW Y10, Y8, Y0
	VPUNPCKHBW Y10, Y8, Y1
	VPUNPCKLBW Y11, Y9, Y2
	VPUNPCKHBW Y11, Y9, Y3
	VPUNPCKLBW Y2, Y0, Y8
	VPUNPCKHBW Y2, Y0, Y9
	VPUNPCKLBW Y3, Y1, Y10
	VPUNPCKHBW Y3, Y1, Y11
	VPERMQ $0xd8, Y8, Y8
	VPERMQ $0xd8, Y9, Y9
	VPERMQ $0xd8, Y10, Y10
	VPERMQ $0xd8, Y11, Y11
	PUT(X8, Y8, 4, 16)
	PUT(X9, Y9, 6, 16)
	PUT(X10, Y10, 8, 16)
	PUT(X11, Y11, 10, 16)

	TESTQ $1, 64(R8)
	JZ    within
	COLUMNS(0)
	STRONG
	VMOVDQU Y1, COLUMN(1)
	VMOVDQU Y2, COLUMN(2)
	VMOVDQU Y3, COLUMN(3)
	VMOVDQU Y4, COLUMN(4)
	VMOVDQU Y5, COLUMN(5)
	VMOVDQU Y6, COLUMN(6)
	UNFOUR(-4, 0)

within:
	COLUMNS(4)
	WEAK
	VMOVDQU Y2, COLUMN(6)
	VMOVDQU Y3, COLUMN(7)
	VMOVDQU Y4, COLUMN(8)
	VMOVDQU Y5, COLUMN(9)
	// Luma alone has more; what is beside it is no matter.
	COLUMNS(8)
	WEAK
	VMOVDQU X2, COLUMN(10)
	VMOVDQU X3, COLUMN(11)
	VMOVDQU X4, COLUMN(12)
	VMOVDQU X5, COLUMN(13)
	COLUMNS(12)
	WEAK
	VMOVDQU X2, COLUMN(14)
	VMOVDQU X3, COLUMN(15)
	VMOVDQU X4, COLUMN(16)
	VMOVDQU X5, COLUMN(17)

	UNLUMACOLUMNS

	VMOVDQU 144(SP), X0
	VMOVDQU 176(SP), X1
	VMOVDQU 208(SP), X2
	VMOVDQU 240(SP), X3
	VMOVDQU 272(SP), X4
	VMOVDQU 304(SP), X5
	VMOVDQU 336(SP), X6
	VMOVDQU 368(SP), X7
	SHUFFLE(X0, X1, X2, X3, X4, X5, X6, X7, X8, X9, X10, X11, X12, X13, X14, X15)
	SHUFFLE(X8, X9, X10, X11, X12, X13, X14, X15, X0, X1, X2, X3, X4, X5, X6, X7)
	SHUFFLE(X0, X1, X2, X3, X4, X5, X6, X7, X8, X9, X10, X11, X12, X13, X14, X15)
	VMOVQ X8, (R11)
	VPEXTRQ $1, X8, (R11)(CX*1)
	VMOVQ X9, (R11)(CX*2)
	VPEXTRQ $1, X9, (R11)(DX*1)
	VMOVQ X10, (R12)
	VPEXTRQ $1, X10, (R12)(CX*1)
	VMOVQ X11, (R12)(CX*2)
	VPEXTRQ $1, X11, (R12)(DX*1)
	VMOVQ X12, (R13)
	VPEXTRQ $1, X12, (R13)(CX*1)
	VMOVQ X13, (R13)(CX*2)
	VPEXTRQ $1, X13, (R13)(DX*1)
	VMOVQ X14, (R14)
	VPEXTRQ $1, X14, (R14)(CX*1)
	VMOVQ X15, (R14)(CX*2)
	VPEXTRQ $1, X15, (R14)(DX*1)

horizontal:
	TESTQ $4, 64(R8)
	JZ    noTop
	// Rows above, in place of those from the fifth on.
	MOVQ 24(R8), R10
	MOVQ 32(R8), R12
	MOVQ 40(R8), R14
	ROW((R10), (R12), (R14), X0, Y0)
	ROW((R10)(AX*1), (R12)(CX*1), (R14)(CX*1), X1, Y1)
	ROW((R10)(AX*2), (R12)(CX*2), (R14)(CX*2), X2, Y2)
	ROW((R10)(BX*1), (R12)(DX*1), (R14)(DX*1), X3, Y3)
	ROW((SI), (R11), (R13), X4, Y4)
	ROW((SI)(AX*1), (R11)(CX*1), (R13)(CX*1), X5, Y5)
	ROW((SI)(AX*2), (R11)(CX*2), (R13)(CX*2), X6, Y6)
	ROW((SI)(BX*1), (R11)(DX*1), (R13)(DX*1), X7, Y7)
	STRONG
	UNROW((R10)(AX*1), (R12)(CX*1), (R14)(CX*1), X1, Y1)
	UNROW((R10)(AX*2), (R12)(CX*2), (R14)(CX*2), X2, Y2)
	UNROW((R10)(BX*1), (R12)(DX*1), (R14)(DX*1), X3, Y3)
	UNROW((SI), (R11), (R13), X4, Y4)
	UNROW((SI)(AX*1), (R11)(CX*1), (R13)(CX*1), X5, Y5)
	UNROW((SI)(AX*2), (R11)(CX*2), (R13)(CX*2), X6, Y6)

noTop:
	TESTQ $2, 64(R8)
	JZ    done
	LEAQ (DI)(AX*4), R10
	LEAQ (R11)(CX*4), R12
	LEAQ (R13)(CX*4), R14
	ROW((SI), (R11), (R13), X0, Y0)
	ROW((SI)(AX*1), (R11)(CX*1), (R13)(CX*1), X1, Y1)
	ROW((SI)(AX*2), (R11)(CX*2), (R13)(CX*2), X2, Y2)
	ROW((SI)(BX*1), (R11)(DX*1), (R13)(DX*1), X3, Y3)
	ROW((R9), (R12), (R14), X4, Y4)
	ROW((R9)(AX*1), (R12)(CX*1), (R14)(CX*1), X5, Y5)
	ROW((R9)(AX*2), (R12)(CX*2), (R14)(CX*2), X6, Y6)
	ROW((R9)(BX*1), (R12)(DX*1), (R14)(DX*1), X7, Y7)
	WEAK
	UNROW((SI)(AX*2), (R11)(CX*2), (R13)(CX*2), X2, Y2)
	UNROW((SI)(BX*1), (R11)(DX*1), (R13)(DX*1), X3, Y3)
	UNROW((R9), (R12), (R14), X4, Y4)
	UNROW((R9)(AX*1), (R12)(CX*1), (R14)(CX*1), X5, Y5)

	VMOVDQU X4, X0
	VMOVDQU X5, X1
	VMOVDQU X6, X2
	VMOVDQU X7, X3
	VMOVDQU (DI), X4
	VMOVDQU (DI)(AX*1), X5
	VMOVDQU (DI)(AX*2), X6
	VMOVDQU (DI)(BX*1), X7
	WEAK
	VMOVDQU X2, (R9)(AX*2)
	VMOVDQU X3, (R9)(BX*1)
	VMOVDQU X4, (DI)
	VMOVDQU X5, (DI)(AX*1)

	VMOVDQU X4, X0
	VMOVDQU X5, X1
	VMOVDQU X6, X2
	VMOVDQU X7, X3
	VMOVDQU (R10), X4
	VMOVDQU (R10)(AX*1), X5
	VMOVDQU (R10)(AX*2), X6
	VMOVDQU (R10)(BX*1), X7
	WEAK
	VMOVDQU X2, (DI)(AX*2)
	VMOVDQU X3, (DI)(BX*1)
	VMOVDQU X4, (R10)
	VMOVDQU X5, (R10)(AX*1)

done:
	VZEROUPPER
	RET

// SIMPLE filters p1 to q1 in X2 to X5.
#define SIMPLE(limit) \
	ABSDIFF(X3, X4, X15, X10) \
	ABSDIFF(X2, X5, X15, X11) \
	VPADDUSB X10, X10, X10    \
	VPAND    even<>(SB), X11, X11 \
	VPSRLW   $1, X11, X11     \
	VPADDUSB X11, X10, X10    \
	VPSUBUSB limit, X10, X10  \
	VPXOR    X15, X15, X15    \
	VPCMPEQB X15, X10, X8     \
	FLIP(X2)                  \
	FLIP(X3)                  \
	FLIP(X4)                  \
	FLIP(X5)                  \
	VPSUBSB  X5, X2, X10      \
	VPSUBSB  X3, X4, X11      \
	VPADDSB  X11, X10, X10    \
	VPADDSB  X11, X10, X10    \
	VPADDSB  X11, X10, X10    \
	VPAND    X8, X10, X10     \
	VPADDSB  three<>(SB), X10, X12 \
	VPADDSB  four<>(SB), X10, X13  \
	SHIFT3(X12)               \
	SHIFT3(X13)               \
	VPADDSB  X12, X3, X3      \
	VPSUBSB  X13, X4, X4      \
	FLIP(X3)                  \
	FLIP(X4)

// SIMPLECOLUMNS filters the edge before column n.
#define SIMPLECOLUMNS(limit, a, b, c, d) \
	VMOVDQU COLUMN(a), X2 \
	VMOVDQU COLUMN(b), X3 \
	VMOVDQU COLUMN(c), X4 \
	VMOVDQU COLUMN(d), X5 \
	SIMPLE(limit)         \
	VMOVDQU X3, COLUMN(b) \
	VMOVDQU X4, COLUMN(c)

// func simpleAVX2(a *filterArguments)
TEXT ·simpleAVX2(SB), NOSPLIT, $768-8
	MOVQ a+0(FP), R8
	VPBROADCASTB 72(R8), Y0
	VPBROADCASTB 73(R8), Y1
	VMOVDQU Y0, BETWEEN
	VMOVDQU Y1, WITHIN
	MOVQ 0(R8), SI
	MOVQ 48(R8), AX
	LEAQ (AX)(AX*2), BX
	LEAQ (SI)(AX*4), R9
	LEAQ (R9)(AX*4), DI
	LEAQ (DI)(AX*4), R10
	// There is no chroma; luma stands in for it.
	MOVQ SI, R11
	MOVQ R9, R12
	MOVQ DI, R13
	MOVQ R10, R14
	MOVQ AX, CX
	MOVQ BX, DX

	TESTQ $1, 64(R8)
	JZ    simpleNoLeft
	FOUR(-4, 0)
	FOUR(0, 4)
	SIMPLECOLUMNS(BETWEEN, 2, 3, 4, 5)
	// Both halves are the same luma.
	VMOVDQU X3, 112(SP)
	VMOVDQU X4, 144(SP)
	UNFOUR(-4, 0)
	UNFOUR(0, 4)

simpleNoLeft:
	TESTQ $2, 64(R8)
	JZ    simpleHorizontal
	LUMACOLUMNS
	SIMPLECOLUMNS(WITHIN, 6, 7, 8, 9)
	SIMPLECOLUMNS(WITHIN, 10, 11, 12, 13)
	SIMPLECOLUMNS(WITHIN, 14, 15, 16, 17)
	UNLUMACOLUMNS

simpleHorizontal:
	TESTQ $4, 64(R8)
	JZ    simpleNoTop
	MOVQ 24(R8), R11
	VMOVDQU (R11)(AX*2), X2
	VMOVDQU (R11)(BX*1), X3
	VMOVDQU (SI), X4
	VMOVDQU (SI)(AX*1), X5
	SIMPLE(BETWEEN)
	VMOVDQU X3, (R11)(BX*1)
	VMOVDQU X4, (SI)

simpleNoTop:
	TESTQ $2, 64(R8)
	JZ    simpleDone
	VMOVDQU (SI)(AX*2), X2
	VMOVDQU (SI)(BX*1), X3
	VMOVDQU (R9), X4
	VMOVDQU (R9)(AX*1), X5
	SIMPLE(WITHIN)
	VMOVDQU X3, (SI)(BX*1)
	VMOVDQU X4, (R9)
	VMOVDQU (R9)(AX*2), X2
	VMOVDQU (R9)(BX*1), X3
	VMOVDQU (DI), X4
	VMOVDQU (DI)(AX*1), X5
	SIMPLE(WITHIN)
	VMOVDQU X3, (R9)(BX*1)
	VMOVDQU X4, (DI)
	VMOVDQU (DI)(AX*2), X2
	VMOVDQU (DI)(BX*1), X3
	VMOVDQU (R10), X4
	VMOVDQU (R10)(AX*1), X5
	SIMPLE(WITHIN)
	VMOVDQU X3, (DI)(BX*1)
	VMOVDQU X4, (R10)

simpleDone:
	VZEROUPPER
	RET
