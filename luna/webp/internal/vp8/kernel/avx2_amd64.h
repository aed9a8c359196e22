// Constants and steps of what is in AVX2. Each file that includes this has its own;
// what it does not use, it does not keep.
//
// The DCT and the quantiser have a block's rows in the order 0, 2, 1, 3, so that
// each half of a register holds what the inverse DCT adds or multiplies.

#define CONST(name, a, b, c, d) \
	DATA  name<>+0x00(SB)/8, a \
	DATA  name<>+0x08(SB)/8, b \
	DATA  name<>+0x10(SB)/8, c \
	DATA  name<>+0x18(SB)/8, d \
	GLOBL name<>(SB), RODATA|NOPTR, $32

// Signs, for VPSIGNW.
CONST(halves, $0x0001000100010001, $0xffffffffffffffff, $0x0001000100010001, $0xffffffffffffffff)
CONST(lanes, $0x0001000100010001, $0x0001000100010001, $0xffffffffffffffff, $0xffffffffffffffff)
CONST(pairs, $0xffffffff00010001, $0xffffffff00010001, $0xffffffff00010001, $0xffffffff00010001)
CONST(singles, $0xffff0001ffff0001, $0xffff0001ffff0001, $0xffff0001ffff0001, $0xffff0001ffff0001)
CONST(outer, $0x0001ffffffff0001, $0x0001ffffffff0001, $0x0001ffffffff0001, $0x0001ffffffff0001)

// The forward DCT.
CONST(fold, $0x0b0a090803020100, $0x0d0c0f0e05040706, $0x0b0a090803020100, $0x0d0c0f0e05040706)
CONST(rows1, $0x1000100010001000, $0x08a914e808a914e8, $0x1000100010001000, $0x08a914e808a914e8)
CONST(rows2, $0xf0001000f0001000, $0xeb1808a9eb1808a9, $0xf0001000f0001000, $0xeb1808a9eb1808a9)
CONST(roundRows1, $0x0000000000000000, $0x0000071400000714, $0x0000000000000000, $0x0000071400000714)
CONST(roundRows2, $0x0000000000000000, $0x000003a9000003a9, $0x0000000000000000, $0x000003a9000003a9)
CONST(turn, $0x0706050403020100, $0x0f0e0d0c0b0a0908, $0x0504070601000302, $0x0d0c0f0e09080b0a)
CONST(never, $0x7fff7fff7fff7fff, $0x7fff7fff7fff7fff, $0x0000000000000000, $0x0000000000000000)
CONST(columns1, $0x1000100010001000, $0x1000100010001000, $0x08a914e808a914e8, $0x08a914e808a914e8)
CONST(columns2, $0xf0001000f0001000, $0xf0001000f0001000, $0xeb1808a9eb1808a9, $0xeb1808a9eb1808a9)
CONST(roundColumns1, $0x0000700000007000, $0x0000700000007000, $0x00012ee000012ee0, $0x00012ee000012ee0)
CONST(roundColumns2, $0x0000700000007000, $0x0000700000007000, $0x0000c7380000c738, $0x0000c7380000c738)

// The inverse DCT: 20091 and 35468-65536, of rows 1 and 3.
CONST(factors1, $0x0000000000000000, $0x0000000000000000, $0x4e7b4e7b4e7b4e7b, $0x8a8c8a8c8a8c8a8c)
CONST(factors3, $0x0000000000000000, $0x0000000000000000, $0x8a8c8a8c8a8c8a8c, $0x4e7b4e7b4e7b4e7b)
CONST(interleave, $0x0b0a030209080100, $0x0f0e07060d0c0504, $0x03020b0a01000908, $0x07060f0e05040d0c)
CONST(toColumns, $0x0000000400000000, $0x0000000600000002, $0x0000000500000001, $0x0000000700000003)
CONST(toRows, $0x0000000400000000, $0x0000000500000001, $0x0000000600000002, $0x0000000700000003)
CONST(round4, $0x0004000400040004, $0x0000000000000000, $0x0000000000000000, $0x0000000000000000)

// Levels in zigzag order: from their own half, and from the other.
CONST(zigOwn, $0x0908808003020100, $0x8080070605048080, $0x80800b0a09088080, $0x0f0e0d0c80800706)
CONST(zigOther, $0x8080010080808080, $0x0504808080800302, $0x0d0c808080800b0a, $0x808080800f0e8080)
CONST(maxLevel, $0x07ff07ff07ff07ff, $0x07ff07ff07ff07ff, $0x07ff07ff07ff07ff, $0x07ff07ff07ff07ff)
CONST(samples, $0x00ff00ff00ff00ff, $0x00ff00ff00ff00ff, $0x00ff00ff00ff00ff, $0x00ff00ff00ff00ff)

// The weights of textures, in the order of HADAMARD.
CONST(weights, $0x0014002000090026, $0x0004000700020009, $0x0011001c00070020, $0x000a001100040014)
CONST(swap, $0x0504070601000302, $0x0d0c0f0e09080b0a, $0x0504070601000302, $0x0d0c0f0e09080b0a)

// Costs: where the bands of each level begin, the columns, the ends.
CONST(bands, $0x0348023001180000, $0x0690057804600690, $0x0690069006900690, $0x07a8069006900690)
CONST(costColumns, $0x0046004600460046, $0x0046004600460046, $0x0046004600460046, $0x0046004600460046)
CONST(more, $0x0002000200020002, $0x0002000200020002, $0x0002000200020002, $0x0002000200020002)
CONST(below, $0x0042004200420042, $0x0042004200420042, $0x0042004200420042, $0x0042004200420042)
CONST(large, $0x0043004300430043, $0x0043004300430043, $0x0043004300430043, $0x0043004300430043)

// The second-order transforms.
CONST(natural, $0x0302070605040100, $0x0b0a0f0e0d0c0908, $0x0302070605040100, $0x0b0a0f0e0d0c0908)
CONST(reverse, $0x0100030205040706, $0x09080b0a0d0c0f0e, $0x0100030205040706, $0x09080b0a0d0c0f0e)
CONST(round3, $0x0000000000000003, $0x0000000000000003, $0x0000000000000003, $0x0000000000000003)
CONST(columns, $0x0504030207060100, $0x0d0c0b0a0f0e0908, $0x0504030207060100, $0x0d0c0b0a0f0e0908)
CONST(ac, $0xffffffffffff0000, $0xffffffffffffffff, $0xffffffffffffffff, $0xffffffffffffffff)
CONST(ones, $0x0001000100010001, $0x0001000100010001, $0x0001000100010001, $0x0001000100010001)

// run marks the first L+1 of 16 words where it is read 32-2L bytes in; 64 bytes
// further is the column of a block's end in word L.
DATA run<>+0x00(SB)/8, $0xffffffffffffffff
DATA run<>+0x08(SB)/8, $0xffffffffffffffff
DATA run<>+0x10(SB)/8, $0xffffffffffffffff
DATA run<>+0x18(SB)/8, $0xffffffffffffffff
DATA run<>+0x20(SB)/8, $0x000000000000ffff
DATA run<>+0x28(SB)/8, $0
DATA run<>+0x30(SB)/8, $0
DATA run<>+0x38(SB)/8, $0
DATA run<>+0x40(SB)/8, $0
DATA run<>+0x48(SB)/8, $0
DATA run<>+0x50(SB)/8, $0
DATA run<>+0x58(SB)/8, $0
DATA run<>+0x60(SB)/8, $68
DATA run<>+0x68(SB)/8, $0
DATA run<>+0x70(SB)/8, $0
DATA run<>+0x78(SB)/8, $0
GLOBL run<>(SB), RODATA|NOPTR, $128

// SIGNS puts into registers what the steps take there.
#define SIGNS \
	VMOVDQU halves<>(SB), Y15     \
	VMOVDQU lanes<>(SB), Y14      \
	VMOVDQU interleave<>(SB), Y12 \
	VMOVDQU toColumns<>(SB), Y11  \
	VMOVDQU toRows<>(SB), Y10

// FORWARD is the DCT of the differences in Y0, by rows. Y1 is lost.
#define FORWARD \
	VPSHUFB    fold<>(SB), Y0, Y0          \ // d0 d1 of two rows, d3 d2
	VPSHUFD    $0x4e, Y0, Y1               \
	VPSIGNW    Y15, Y0, Y0                 \
	VPADDW     Y1, Y0, Y0                  \ // a0 a1, a3 a2
	VPMADDWD   rows1<>(SB), Y0, Y1         \
	VPMADDWD   rows2<>(SB), Y0, Y0         \
	VPADDD     roundRows1<>(SB), Y1, Y1    \
	VPADDD     roundRows2<>(SB), Y0, Y0    \
	VPSRAD     $9, Y1, Y1                  \
	VPSRAD     $9, Y0, Y0                  \
	VPACKSSDW  Y0, Y1, Y0                  \ // by columns: rows 0 and 1; 2 and 3
	VPSHUFB    turn<>(SB), Y0, Y0          \ // 3 and 2
	VPERMQ     $0x4e, Y0, Y1               \
	VPSIGNW    Y14, Y0, Y0                 \
	VPADDW     Y1, Y0, Y0                  \ // a0 a1; a3 a2
	VPCMPEQW   never<>(SB), Y0, Y2         \
	VPMADDWD   columns1<>(SB), Y0, Y1      \
	VPMADDWD   columns2<>(SB), Y0, Y0      \
	VPSLLD     $16, Y2, Y2                 \ // -1 where a3 is 0
	VPADDD     roundColumns1<>(SB), Y1, Y1 \
	VPADDD     roundColumns2<>(SB), Y0, Y0 \
	VPADDD     Y2, Y1, Y1                  \
	VPSRAD     $16, Y1, Y1                 \
	VPSRAD     $16, Y0, Y0                 \
	VPACKSSDW  Y0, Y1, Y0

// QUANTIZE turns the coefficients in Y0 into levels in Y1 and what they stand for
// in Y0, by the Matrix at m. A bias of 17 bits is added to a product of 32 by its
// halves: the carry is the highest bit of the lower ones' mean. Y2 is lost.
#define QUANTIZE(m) \
	VPABSW   Y0, Y1                \
	VPADDW   64(m), Y1, Y1         \
	VPMULLW  32(m), Y1, Y2         \
	VPMULHUW 32(m), Y1, Y1         \
	VPAVGW   96(m), Y2, Y2         \
	VPSRLW   $15, Y2, Y2           \
	VPADDW   Y2, Y1, Y1            \
	VPSRLW   $1, Y1, Y1            \
	VPMINUW  maxLevel<>(SB), Y1, Y1 \
	VPSIGNW  Y0, Y1, Y1            \
	VPMULLW  (m), Y1, Y0

// ZIGZAG orders the levels in Y1. Y2 is lost.
#define ZIGZAG \
	VPERMQ  $0x4e, Y1, Y2           \
	VPSHUFB zigOwn<>(SB), Y1, Y1    \
	VPSHUFB zigOther<>(SB), Y2, Y2  \
	VPOR    Y2, Y1, Y1

// LIFT is one pass of the inverse DCT: of rows 0, 2; 1, 3 to columns 0, 1; 3, 2,
// or the other way. Y1 and Y2 are lost.
#define LIFT \
	VPSHUFD  $0x44, Y0, Y1             \
	VPSHUFD  $0xee, Y0, Y2             \
	VPMULHW  factors1<>(SB), Y1, Y0    \
	VPADDW   Y0, Y1, Y1                \
	VPMULHW  factors3<>(SB), Y2, Y0    \
	VPADDW   Y0, Y2, Y2                \
	VPSIGNW  Y15, Y2, Y2               \
	VPADDW   Y2, Y1, Y0                \ // a b; d c
	VPERMQ   $0x4e, Y0, Y1             \
	VPSIGNW  Y14, Y0, Y0               \
	VPADDW   Y1, Y0, Y0                \
	VPSHUFB  Y12, Y0, Y0

// INVERSE adds the inverse DCT of Y0 to the prediction's words in Y4: samples'
// words, by rows, not yet clipped.
#define INVERSE \
	LIFT                               \
	VPERMD   Y0, Y11, Y0               \
	VPADDW   round4<>(SB), Y0, Y0      \
	LIFT                               \
	VPERMD   Y0, Y10, Y0               \
	VPSRAW   $3, Y0, Y0                \
	VPADDW   Y4, Y0, Y0

// HADAMARD transforms the words by rows in Y0, with rows and columns in the order
// 0, 3, 1, 2. Y1 is lost.
#define HADAMARD \
	VPERMQ   $0x4e, Y0, Y1             \
	VPSIGNW  Y14, Y0, Y0               \
	VPADDW   Y1, Y0, Y0                \
	VPSHUFD  $0x4e, Y0, Y1             \
	VPSIGNW  Y15, Y0, Y0               \
	VPADDW   Y1, Y0, Y0                \
	VPSHUFD  $0xb1, Y0, Y1             \
	VPSIGNW  pairs<>(SB), Y0, Y0       \
	VPADDW   Y1, Y0, Y0                \
	VPSHUFB  swap<>(SB), Y0, Y1        \
	VPSIGNW  singles<>(SB), Y0, Y0     \
	VPADDW   Y1, Y0, Y0
