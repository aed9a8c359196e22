// Constants and steps for two blocks at a time, one in each half of a register:
// rows 0 and 1 in Y0, 2 and 3 in Y1. Nothing has to cross from half to half. After
// those of avx2_amd64.h.

// The forward DCT, of a block in each half.
CONST(by8, $0x0008000800080008, $0x0008000800080008, $0x0008000800080008, $0x0008000800080008)
CONST(by8less, $0xfff80008fff80008, $0xfff80008fff80008, $0xfff80008fff80008, $0xfff80008fff80008)
CONST(sine1, $0x08a914e808a914e8, $0x08a914e808a914e8, $0x08a914e808a914e8, $0x08a914e808a914e8)
CONST(sine2, $0xeb1808a9eb1808a9, $0xeb1808a9eb1808a9, $0xeb1808a9eb1808a9, $0xeb1808a9eb1808a9)
CONST(half1, $0x0000071400000714, $0x0000071400000714, $0x0000071400000714, $0x0000071400000714)
CONST(half2, $0x000003a9000003a9, $0x000003a9000003a9, $0x000003a9000003a9, $0x000003a9000003a9)
CONST(half3, $0x0000000700000007, $0x0000000700000007, $0x0000000700000007, $0x0000000700000007)
CONST(half4, $0x00012ee000012ee0, $0x00012ee000012ee0, $0x00012ee000012ee0, $0x00012ee000012ee0)
CONST(half5, $0x0000c7380000c738, $0x0000c7380000c738, $0x0000c7380000c738, $0x0000c7380000c738)

// The inverse DCT: rows 1 and 3, and the order of rows and columns mended.
CONST(lift1, $0x0000000000000000, $0x4e7b4e7b4e7b4e7b, $0x0000000000000000, $0x4e7b4e7b4e7b4e7b)
CONST(lift2, $0x0000000000000000, $0x8a8c8a8c8a8c8a8c, $0x0000000000000000, $0x8a8c8a8c8a8c8a8c)
CONST(first4, $0x0004000400040004, $0x0000000000000000, $0x0004000400040004, $0x0000000000000000)
CONST(mend01, $0x0504070603020100, $0x0d0c0f0e0b0a0908, $0x0504070603020100, $0x0d0c0f0e0b0a0908)
CONST(mend23, $0x0d0c0f0e0b0a0908, $0x0504070603020100, $0x0d0c0f0e0b0a0908, $0x0504070603020100)

// Zigzag, but for the one level of the other half; levels but the first.
CONST(zig0, $0x8080090803020100, $0x0d0c070605040b0a, $0x8080090803020100, $0x0d0c070605040b0a)
CONST(zig8, $0x05040b0a09080302, $0x0f0e0d0c07068080, $0x05040b0a09080302, $0x0f0e0d0c07068080)
CONST(acs, $0xffffffffffff0000, $0xffffffffffffffff, $0xffffffffffff0000, $0xffffffffffffffff)

// The weights of textures: columns 0 and 1, 3 and 2, each by the rows 0, 1, 3, 2.
CONST(weigh01, $0x0014000900200026, $0x00110007001c0020, $0x0014000900200026, $0x00110007001c0020)
CONST(weigh32, $0x0004000200070009, $0x000a000400110014, $0x0004000200070009, $0x000a000400110014)

// LESS takes the samples in b to words, less those in c and d.
#define LESS(b, c, d) \
	VPUNPCKLBW Y13, b, Y0 \
	VPUNPCKHBW Y13, b, Y1 \
	VPSUBW     c, Y0, Y0  \
	VPSUBW     d, Y1, Y1

// FORWARDS is the DCT of the differences in Y0 and Y1. Y2 to Y5 are lost; Y13 is 0.
#define FORWARDS \
	VPSHUFB     fold<>(SB), Y0, Y0       \
	VPSHUFB     fold<>(SB), Y1, Y1       \
	VPUNPCKLQDQ Y1, Y0, Y2               \ // d0 d1
	VPUNPCKHQDQ Y1, Y0, Y3               \ // d3 d2
	VPADDW      Y3, Y2, Y0               \ // a0 a1
	VPSUBW      Y3, Y2, Y1               \ // a3 a2
	VPMADDWD    by8<>(SB), Y0, Y2        \
	VPMADDWD    by8less<>(SB), Y0, Y4    \
	VPMADDWD    sine1<>(SB), Y1, Y3      \
	VPMADDWD    sine2<>(SB), Y1, Y5      \
	VPADDD      half1<>(SB), Y3, Y3      \
	VPADDD      half2<>(SB), Y5, Y5      \
	VPSRAD      $9, Y3, Y3               \
	VPSRAD      $9, Y5, Y5               \
	VPACKSSDW   Y3, Y2, Y0               \
	VPACKSSDW   Y5, Y4, Y1               \
	VPSHUFB     fold<>(SB), Y0, Y0       \
	VPSHUFB     fold<>(SB), Y1, Y1       \
	VPUNPCKLQDQ Y1, Y0, Y2               \
	VPUNPCKHQDQ Y1, Y0, Y3               \
	VPADDW      Y3, Y2, Y0               \
	VPSUBW      Y3, Y2, Y1               \
	VPMADDWD    ones<>(SB), Y0, Y2       \
	VPMADDWD    singles<>(SB), Y0, Y4    \
	VPMADDWD    sine1<>(SB), Y1, Y3      \
	VPMADDWD    sine2<>(SB), Y1, Y5      \
	VPCMPEQW    Y13, Y1, Y0              \
	VPSLLD      $16, Y0, Y0              \ // -1 where a3 is 0
	VPADDD      half3<>(SB), Y2, Y2      \
	VPADDD      half3<>(SB), Y4, Y4      \
	VPADDD      half4<>(SB), Y3, Y3      \
	VPADDD      half5<>(SB), Y5, Y5      \
	VPADDD      Y0, Y3, Y3               \
	VPSRAD      $4, Y2, Y2               \
	VPSRAD      $4, Y4, Y4               \
	VPSRAD      $16, Y3, Y3              \
	VPSRAD      $16, Y5, Y5              \
	VPACKSSDW   Y3, Y2, Y0               \
	VPACKSSDW   Y5, Y4, Y1

// QUANTIZEROWS turns the coefficients in c into levels in l and what they stand
// for in c, by a part of the Matrix at m. t is lost.
#define QUANTIZEROWS(m, part, c, l, t) \
	VPABSW   c, l                  \
	VPADDW   part+128(m), l, l     \
	VPMULLW  part+64(m), l, t      \
	VPMULHUW part+64(m), l, l      \
	VPAVGW   part+192(m), t, t     \
	VPSRLW   $15, t, t             \
	VPADDW   t, l, l               \
	VPSRLW   $1, l, l              \
	VPMINUW  maxLevel<>(SB), l, l  \
	VPSIGNW  c, l, l               \
	VPMULLW  part(m), l, c

// QUANTIZES turns the coefficients in Y0 and Y1 into levels in Y2 and Y3, in zigzag
// order, and what they stand for in Y0 and Y1. Y4 and Y5 are lost.
#define QUANTIZES(m) \
	QUANTIZEROWS(m, 352, Y0, Y2, Y4) \
	QUANTIZEROWS(m, 384, Y1, Y3, Y5) \
	VPSLLQ   $48, Y3, Y4           \
	VPSRLQ   $48, Y2, Y5           \
	VPSHUFB  zig0<>(SB), Y2, Y2    \
	VPSHUFB  zig8<>(SB), Y3, Y3    \
	VPBLENDW $8, Y4, Y2, Y2        \
	VPBLENDW $16, Y5, Y3, Y3

// LIFTS is a pass of the inverse DCT of rows to columns; these have the order 0, 1,
// 3, 2. Y2 to Y5 are lost.
#define LIFTS \
	VPMULHW     lift1<>(SB), Y0, Y2      \
	VPMULHW     lift2<>(SB), Y1, Y3      \
	VPMULHW     lift2<>(SB), Y0, Y4      \
	VPMULHW     lift1<>(SB), Y1, Y5      \
	VPADDW      Y3, Y2, Y2               \
	VPSUBW      Y5, Y4, Y4               \
	VPADDW      Y1, Y0, Y3               \
	VPSUBW      Y1, Y0, Y5               \
	VPADDW      Y3, Y2, Y2               \ // a d
	VPADDW      Y5, Y4, Y4               \ // b c
	VPUNPCKLQDQ Y4, Y2, Y0               \
	VPUNPCKHQDQ Y4, Y2, Y1               \
	VPADDW      Y1, Y0, Y2               \ // 0 1
	VPSUBW      Y1, Y0, Y3               \ // 3 2
	VPUNPCKLWD  Y3, Y2, Y4               \
	VPUNPCKHWD  Y3, Y2, Y5               \
	VPUNPCKLWD  Y5, Y4, Y0               \
	VPUNPCKHWD  Y5, Y4, Y1

// INVERSES adds the inverse DCT of Y0 and Y1 to the samples in pred: samples in Y0.
// Y1 to Y5 are lost; Y13 is 0.
#define INVERSES(pred) \
	LIFTS                                \
	VPADDW      first4<>(SB), Y0, Y0     \
	LIFTS                                \
	VPSHUFB     mend01<>(SB), Y0, Y0     \
	VPSHUFB     mend23<>(SB), Y1, Y1     \
	VPUNPCKLBW  Y13, pred, Y2            \
	VPUNPCKHBW  Y13, pred, Y3            \
	VPSRAW      $3, Y0, Y0               \
	VPSRAW      $3, Y1, Y1               \
	VPADDW      Y2, Y0, Y0               \
	VPADDW      Y3, Y1, Y1               \
	VPACKUSWB   Y1, Y0, Y0

// BUTTERFLIES is a pass of the Hadamard transform of Y0 and Y1, with the order 0, 1
// and 3, 2. Y2 to Y5 are lost.
#define BUTTERFLIES \
	VPADDW      Y1, Y0, Y2               \
	VPSUBW      Y1, Y0, Y3               \
	VPUNPCKLQDQ Y3, Y2, Y4               \
	VPUNPCKHQDQ Y3, Y2, Y5               \
	VPADDW      Y5, Y4, Y0               \
	VPSUBW      Y5, Y4, Y1

// TEXTURES is the weighted spectrum of the words in Y0 and Y1: four sums in each
// half of Y0. Y1 to Y5 are lost.
#define TEXTURES \
	BUTTERFLIES                          \
	VPUNPCKLWD  Y1, Y0, Y2               \
	VPUNPCKHWD  Y1, Y0, Y3               \
	VPUNPCKLWD  Y3, Y2, Y0               \
	VPUNPCKHWD  Y3, Y2, Y1               \
	BUTTERFLIES                          \
	VPABSW      Y0, Y0                   \
	VPABSW      Y1, Y1                   \
	VPMADDWD    weigh01<>(SB), Y0, Y0    \
	VPMADDWD    weigh32<>(SB), Y1, Y1    \
	VPADDD      Y1, Y0, Y0
