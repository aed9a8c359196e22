//go:build amd64 && !noasm && gc

#include "textflag.h"

// TWICE is 16 bytes in both halves of a register.
#define TWICE(name, low, high) \
	DATA  name<>+0x00(SB)/8, low  \
	DATA  name<>+0x08(SB)/8, high \
	DATA  name<>+0x10(SB)/8, low  \
	DATA  name<>+0x18(SB)/8, high \
	GLOBL name<>(SB), RODATA|NOPTR, $32

// What the sums of fdct.go come to, two terms at a time.
TWICE(even2, $0x29cf115129cf1151, $0x29cf115129cf1151) // t12, t13
TWICE(even6, $0x1151d6301151d630, $0x1151d6301151d630)
TWICE(sum3, $0x25a1e6dc25a1e6dc, $0x25a1e6dc25a1e6dc) // z3, z4
TWICE(sum4, $0x192525a1192525a1, $0x192525a1192525a1)
TWICE(odd1, $0x133ee333133ee333, $0x133ee333133ee333) // t4, t7
TWICE(odd7, $0xe333ecc1e333ecc1, $0xe333ecc1e333ecc1)
TWICE(odd5, $0xadfdefb0adfdefb0, $0xadfdefb0adfdefb0) // t5, t6
TWICE(odd3, $0x1051adfd1051adfd, $0x1051adfd1051adfd)

// The level shift of eight samples, and the roundings.
TWICE(level, $0x0400040004000400, $0x0400040004000400)
TWICE(round2, $0x0002000200020002, $0x0002000200020002)
TWICE(roundRows, $0x0000040000000400, $0x0000040000000400)
TWICE(roundColumns, $0x0000400000004000, $0x0000400000004000)

// ones marks what is above 1, threes what is above 3.
TWICE(ones, $0x0101010101010101, $0x0101010101010101)
TWICE(threes, $0x0303030303030303, $0x0303030303030303)

// zigAB moves the bytes of rows 2B and 2B+1 to places 16A to 16A+15 of the
// zigzag.
TWICE(zig00, $0x0a03020980080100, $0x05040b8080808080)
TWICE(zig01, $0x8080808000808080, $0x8080800209800801)
TWICE(zig02, $0x8080808080808080, $0x8080808080008080)
TWICE(zig10, $0x808080808080800c, $0x80800e07060d8080)
TWICE(zig11, $0x80808080800a0380, $0x0c0580808080040b)
TWICE(zig12, $0x0209800801808080, $0x8080808080808080)
TWICE(zig13, $0x8080008080808080, $0x8080808080808080)
TWICE(zig20, $0x8080808080808080, $0x80808080800f8080)
TWICE(zig21, $0x8080808080808080, $0x8080800e0780060d)
TWICE(zig22, $0x040b808080800a03, $0x800c058080808080)
TWICE(zig23, $0x8080020908018080, $0x0380808080808080)
TWICE(zig31, $0x80800f8080808080, $0x8080808080808080)
TWICE(zig32, $0x0e0780060d808080, $0x8080800f80808080)
TWICE(zig33, $0x8080808080040b0a, $0x0f0e0780060d0c05)

// TRANSPOSE takes the 8x8 words in each half of Y0 to Y7 to Y8 to Y15.
#define TRANSPOSE \
	VPUNPCKLWD  Y1, Y0, Y8   \
	VPUNPCKHWD  Y1, Y0, Y9   \
	VPUNPCKLWD  Y3, Y2, Y10  \
	VPUNPCKHWD  Y3, Y2, Y11  \
	VPUNPCKLWD  Y5, Y4, Y12  \
	VPUNPCKHWD  Y5, Y4, Y13  \
	VPUNPCKLWD  Y7, Y6, Y14  \
	VPUNPCKHWD  Y7, Y6, Y15  \
	VPUNPCKLDQ  Y10, Y8, Y0  \
	VPUNPCKHDQ  Y10, Y8, Y1  \
	VPUNPCKLDQ  Y11, Y9, Y2  \
	VPUNPCKHDQ  Y11, Y9, Y3  \
	VPUNPCKLDQ  Y14, Y12, Y4 \
	VPUNPCKHDQ  Y14, Y12, Y5 \
	VPUNPCKLDQ  Y15, Y13, Y6 \
	VPUNPCKHDQ  Y15, Y13, Y7 \
	VPUNPCKLQDQ Y4, Y0, Y8   \
	VPUNPCKHQDQ Y4, Y0, Y9   \
	VPUNPCKLQDQ Y5, Y1, Y10  \
	VPUNPCKHQDQ Y5, Y1, Y11  \
	VPUNPCKLQDQ Y6, Y2, Y12  \
	VPUNPCKHQDQ Y6, Y2, Y13  \
	VPUNPCKLQDQ Y7, Y3, Y14  \
	VPUNPCKHQDQ Y7, Y3, Y15

// PASS transforms Y8 to Y15 to Y0 to Y7, but for the scale of Y0 and Y4.
#define PASS(half, shift) \
	VPADDW     Y15, Y8, Y0           \
	VPSUBW     Y15, Y8, Y7           \
	VPADDW     Y14, Y9, Y1           \
	VPSUBW     Y14, Y9, Y6           \
	VPADDW     Y13, Y10, Y2          \
	VPSUBW     Y13, Y10, Y5          \
	VPADDW     Y12, Y11, Y3          \
	VPSUBW     Y12, Y11, Y4          \
	VPADDW     Y3, Y0, Y8            \
	VPSUBW     Y3, Y0, Y9            \
	VPADDW     Y2, Y1, Y10           \
	VPSUBW     Y2, Y1, Y11           \
	VPADDW     Y10, Y8, Y0           \
	VPSUBW     Y10, Y8, Y12          \
	VPUNPCKLWD Y9, Y11, Y8           \
	VPUNPCKHWD Y9, Y11, Y10          \
	VPMADDWD   even2<>(SB), Y8, Y1   \
	VPMADDWD   even2<>(SB), Y10, Y2  \
	VPMADDWD   even6<>(SB), Y8, Y8   \
	VPMADDWD   even6<>(SB), Y10, Y10 \
	VPADDD     half<>(SB), Y1, Y1    \
	VPADDD     half<>(SB), Y2, Y2    \
	VPADDD     half<>(SB), Y8, Y8    \
	VPADDD     half<>(SB), Y10, Y10  \
	VPSRAD     $shift, Y1, Y1        \
	VPSRAD     $shift, Y2, Y2        \
	VPACKSSDW  Y2, Y1, Y2            \
	VPSRAD     $shift, Y8, Y8        \
	VPSRAD     $shift, Y10, Y10      \
	VPACKSSDW  Y10, Y8, Y13          \
	VPADDW     Y6, Y4, Y8            \
	VPADDW     Y7, Y5, Y9            \
	VPUNPCKLWD Y9, Y8, Y10           \
	VPUNPCKHWD Y9, Y8, Y11           \
	VPMADDWD   sum4<>(SB), Y10, Y8   \
	VPMADDWD   sum4<>(SB), Y11, Y9   \
	VPMADDWD   sum3<>(SB), Y10, Y10  \
	VPMADDWD   sum3<>(SB), Y11, Y11  \
	VPADDD     half<>(SB), Y8, Y8    \
	VPADDD     half<>(SB), Y9, Y9    \
	VPADDD     half<>(SB), Y10, Y10  \
	VPADDD     half<>(SB), Y11, Y11  \
	VPUNPCKLWD Y7, Y4, Y14           \
	VPUNPCKHWD Y7, Y4, Y15           \
	VPMADDWD   odd1<>(SB), Y14, Y1   \
	VPMADDWD   odd1<>(SB), Y15, Y3   \
	VPADDD     Y8, Y1, Y1            \
	VPADDD     Y9, Y3, Y3            \
	VPSRAD     $shift, Y1, Y1        \
	VPSRAD     $shift, Y3, Y3        \
	VPACKSSDW  Y3, Y1, Y1            \
	VPMADDWD   odd7<>(SB), Y14, Y14  \
	VPMADDWD   odd7<>(SB), Y15, Y15  \
	VPADDD     Y10, Y14, Y14         \
	VPADDD     Y11, Y15, Y15         \
	VPSRAD     $shift, Y14, Y14      \
	VPSRAD     $shift, Y15, Y15      \
	VPACKSSDW  Y15, Y14, Y7          \
	VPUNPCKLWD Y6, Y5, Y14           \
	VPUNPCKHWD Y6, Y5, Y15           \
	VPMADDWD   odd5<>(SB), Y14, Y4   \
	VPMADDWD   odd5<>(SB), Y15, Y6   \
	VPADDD     Y8, Y4, Y4            \
	VPADDD     Y9, Y6, Y6            \
	VPSRAD     $shift, Y4, Y4        \
	VPSRAD     $shift, Y6, Y6        \
	VPACKSSDW  Y6, Y4, Y5            \
	VPMADDWD   odd3<>(SB), Y14, Y14  \
	VPMADDWD   odd3<>(SB), Y15, Y15  \
	VPADDD     Y10, Y14, Y14         \
	VPADDD     Y11, Y15, Y15         \
	VPSRAD     $shift, Y14, Y14      \
	VPSRAD     $shift, Y15, Y15      \
	VPACKSSDW  Y15, Y14, Y3          \
	VMOVDQA    Y12, Y4               \
	VMOVDQA    Y13, Y6

// QUANTIZE divides row r, and leaves the magnitudes in another register.
#define QUANTIZE(row, r, abs) \
	VPABSW       row, abs                 \
	VPADDW       (32*r)(DX), abs, abs     \
	VPMULHUW     (256+32*r)(DX), abs, abs \
	VPMULHUW     (512+32*r)(DX), abs, abs \
	VPSIGNW      row, abs, row            \
	VMOVDQU      row, Y14                 \
	VMOVDQU      X14, (24+16*r)(DI)       \
	VEXTRACTI128 $1, row, (176+16*r)(DI)

// BITMAPS stores at off the places of the bytes of a and c, one block, and of b
// and d, the next, that are not zero.
#define BITMAPS(a, b, c, d, off) \
	VPCMPEQB  Y15, a, Y8        \
	VPCMPEQB  Y15, b, Y9        \
	VPCMPEQB  Y15, c, Y10       \
	VPCMPEQB  Y15, d, Y11       \
	VPMOVMSKB Y8, AX            \
	VPMOVMSKB Y9, BX            \
	VPMOVMSKB Y10, R8           \
	VPMOVMSKB Y11, R9           \
	SHLQ      $32, R8           \
	SHLQ      $32, R9           \
	ORQ       R8, AX            \
	ORQ       R9, BX            \
	NOTQ      AX                \
	NOTQ      BX                \
	MOVQ      AX, off(DI)       \
	MOVQ      BX, (152+off)(DI)

// func forwardAVX2(dst *block, src *uint8, stride, pairs int, q *quantizer)
TEXT ·forwardAVX2(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ stride+16(FP), CX
	MOVQ pairs+24(FP), R10
	MOVQ q+32(FP), DX
	LEAQ (CX)(CX*2), R11

loop:
	LEAQ      (SI)(CX*4), R12
	VPMOVZXBW (SI), Y0
	VPMOVZXBW (SI)(CX*1), Y1
	VPMOVZXBW (SI)(CX*2), Y2
	VPMOVZXBW (SI)(R11*1), Y3
	VPMOVZXBW (R12), Y4
	VPMOVZXBW (R12)(CX*1), Y5
	VPMOVZXBW (R12)(CX*2), Y6
	VPMOVZXBW (R12)(R11*1), Y7
	TRANSPOSE
	PASS(roundRows, 11)
	VPSUBW level<>(SB), Y0, Y0
	VPSLLW $2, Y0, Y0
	VPSLLW $2, Y4, Y4
	TRANSPOSE
	PASS(roundColumns, 15)
	VPADDW round2<>(SB), Y0, Y0
	VPADDW round2<>(SB), Y4, Y4
	VPSRAW $2, Y0, Y0
	VPSRAW $2, Y4, Y4

	QUANTIZE(Y0, 0, Y8)
	QUANTIZE(Y1, 1, Y9)
	VPACKSSWB Y9, Y8, Y10
	QUANTIZE(Y2, 2, Y8)
	QUANTIZE(Y3, 3, Y9)
	VPACKSSWB Y9, Y8, Y11
	QUANTIZE(Y4, 4, Y8)
	QUANTIZE(Y5, 5, Y9)
	VPACKSSWB Y9, Y8, Y12
	QUANTIZE(Y6, 6, Y8)
	QUANTIZE(Y7, 7, Y9)
	VPACKSSWB Y9, Y8, Y13

	VPSHUFB     zig00<>(SB), Y10, Y0
	VPSHUFB     zig01<>(SB), Y11, Y4
	VPOR        Y4, Y0, Y0
	VPSHUFB     zig02<>(SB), Y12, Y4
	VPOR        Y4, Y0, Y0
	VPSHUFB     zig10<>(SB), Y10, Y1
	VPSHUFB     zig11<>(SB), Y11, Y4
	VPOR        Y4, Y1, Y1
	VPSHUFB     zig12<>(SB), Y12, Y4
	VPOR        Y4, Y1, Y1
	VPSHUFB     zig13<>(SB), Y13, Y4
	VPOR        Y4, Y1, Y1
	VPSHUFB     zig20<>(SB), Y10, Y2
	VPSHUFB     zig21<>(SB), Y11, Y4
	VPOR        Y4, Y2, Y2
	VPSHUFB     zig22<>(SB), Y12, Y4
	VPOR        Y4, Y2, Y2
	VPSHUFB     zig23<>(SB), Y13, Y4
	VPOR        Y4, Y2, Y2
	VPSHUFB     zig31<>(SB), Y11, Y3
	VPSHUFB     zig32<>(SB), Y12, Y4
	VPOR        Y4, Y3, Y3
	VPSHUFB     zig33<>(SB), Y13, Y4
	VPOR        Y4, Y3, Y3
	VPERM2I128  $0x31, Y1, Y0, Y5
	VPERM2I128  $0x31, Y3, Y2, Y7
	VINSERTI128 $1, X1, Y0, Y4
	VINSERTI128 $1, X3, Y2, Y6
	VPXOR       Y15, Y15, Y15
	BITMAPS(Y4, Y5, Y6, Y7, 0)
	VMOVDQU  ones<>(SB), Y0
	VPSUBUSB Y0, Y4, Y8
	VPSUBUSB Y0, Y5, Y9
	VPSUBUSB Y0, Y6, Y10
	VPSUBUSB Y0, Y7, Y11
	BITMAPS(Y8, Y9, Y10, Y11, 8)
	VMOVDQU  threes<>(SB), Y0
	VPSUBUSB Y0, Y4, Y8
	VPSUBUSB Y0, Y5, Y9
	VPSUBUSB Y0, Y6, Y10
	VPSUBUSB Y0, Y7, Y11
	BITMAPS(Y8, Y9, Y10, Y11, 16)

	ADDQ $16, SI
	ADDQ $304, DI
	DECQ R10
	JNZ  loop
	VZEROUPPER
	RET
