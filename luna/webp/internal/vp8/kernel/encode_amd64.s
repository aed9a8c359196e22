//go:build amd64 && !noasm && gc

#include "textflag.h"
#include "avx2_amd64.h"
#include "avx2_predict_amd64.h"
#include "avx2_pairs_amd64.h"

// COSTS4 adds what four levels cost to R11, whose places in the table are in r.
#define COSTS4(r) \
	MOVWLZX r, R12           \
	SHRQ    $16, r           \
	ADDL    (R9)(R12*4), R11 \
	MOVWLZX r, R13           \
	SHRQ    $16, r           \
	ADDL    (R9)(R13*4), R11 \
	MOVWLZX r, R12           \
	SHRL    $16, r           \
	ADDL    (R9)(R12*4), R11 \
	ADDL    (R9)(r*4), R11

// PLACES puts the places of what levels cost into a. The register levels has
// them, Y8 what is added to rows, zeros the leading zeros of 32 bits that tell which
// levels are not zero. levels gets their magnitudes; b is lost.
#define PLACES(zeros, levels, a, b) \
	VPABSW     levels, levels               \
	VPERM2I128 $0x08, levels, levels, a     \
	VPALIGNR   $14, a, levels, a            \ // the level before
	VPMINUW    more<>(SB), a, a             \
	VPOR       Y8, a, a                     \
	VPMULLW    costColumns<>(SB), a, a      \
	VPMINUW    large<>(SB), levels, b       \
	VPADDW     bands<>(SB), a, a            \
	VPOR       32(R10)(zeros*2), b, b       \ // the end
	VPADDW     b, a, a                      \
	VPAND      -32(R10)(zeros*2), a, a        // nothing after it

// func encodeCandidatesAVX2(out *Candidate, preds *Block, list *uint8, n int, src *Block, m *Matrix, costs *uint32, start *[16]uint16, fixed *uint16)
TEXT ·encodeCandidatesAVX2(SB), NOSPLIT, $8-72
	MOVQ           out+0(FP), DI
	MOVQ           preds+8(FP), SI
	MOVQ           list+16(FP), DX
	MOVQ           n+24(FP), CX
	MOVQ           src+32(FP), AX
	MOVQ           m+40(FP), R8
	MOVQ           costs+48(FP), R9
	MOVQ           start+56(FP), BX
	LEAQ           run<>(SB), R10
	VPXOR          Y13, Y13, Y13
	VBROADCASTI128 (AX), Y0
	VPUNPCKLBW     Y13, Y0, Y14
	VPUNPCKHBW     Y13, Y0, Y15
	VMOVDQU        (BX), Y8

pair:
	// The second is the first again where there is no other.
	MOVBLZX (DX), R12
	MOVBLZX 1(DX), R13
	LEAQ    64(DI), R14
	CMPQ    CX, $1
	CMOVLEQ R12, R13
	CMOVQEQ DI, R14
	SHLL    $4, R12
	SHLL    $4, R13

	VMOVDQU     (SI)(R12*1), X12
	VINSERTI128 $1, (SI)(R13*1), Y12, Y12
	VPUNPCKLBW  Y13, Y12, Y0
	VPUNPCKHBW  Y13, Y12, Y1
	VPSUBW      Y0, Y14, Y0
	VPSUBW      Y1, Y15, Y1
	FORWARDS
	QUANTIZES(R8)
	VPERM2I128  $0x20, Y3, Y2, Y6
	VPERM2I128  $0x31, Y3, Y2, Y7
	VMOVDQU     Y6, (DI)
	VMOVDQU     Y7, (R14)
	VPACKSSWB   Y3, Y2, Y2
	VPCMPEQB    Y13, Y2, Y2
	VPMOVMSKB   Y2, AX
	NOTL        AX
	MOVWLZX     AX, R12
	SHRL        $16, AX
	MOVL        R12, 48(DI)
	MOVL        AX, 48(R14)
	LZCNTL      R12, R12
	LZCNTL      AX, BX
	MOVL        R12, (SP)
	MOVL        BX, 4(SP)
	PLACES(R12, Y6, Y9, Y10)
	PLACES(BX, Y7, Y10, Y11)
	VPMAXUW     Y7, Y6, Y6
	VPCMPGTW    below<>(SB), Y6, Y6

	// What they cost. The second half of levels, and their end, are seldom there.
	XORL      R11, R11
	VMOVQ     X9, AX
	VPEXTRQ   $1, X9, BX
	COSTS4(AX)
	COSTS4(BX)
	CMPL      (SP), $25
	JGE       first
	VEXTRACTI128 $1, Y9, X9
	VMOVQ     X9, AX
	VPEXTRQ   $1, X9, BX
	COSTS4(AX)
	COSTS4(BX)

first:
	MOVL      R11, 60(DI)
	XORL      R11, R11
	VMOVQ     X10, AX
	VPEXTRQ   $1, X10, BX
	COSTS4(AX)
	COSTS4(BX)
	CMPL      4(SP), $25
	JGE       second
	VEXTRACTI128 $1, Y10, X10
	VMOVQ     X10, AX
	VPEXTRQ   $1, X10, BX
	COSTS4(AX)
	COSTS4(BX)

second:
	MOVL      R11, 60(R14)

	INVERSES(Y12)
	VMOVDQU      X0, 32(DI)
	VEXTRACTI128 $1, Y0, 32(R14)
	VPUNPCKHBW   Y13, Y0, Y1
	VPUNPCKLBW   Y13, Y0, Y0
	VPSUBW       Y0, Y14, Y9
	VPSUBW       Y1, Y15, Y10
	VPMADDWD     Y9, Y9, Y9
	VPMADDWD     Y10, Y10, Y10
	VPADDD       Y10, Y9, Y9
	TEXTURES
	VPHADDD      Y0, Y9, Y0
	VPHADDD      Y0, Y0, Y0
	VMOVQ        X0, 52(DI)
	VEXTRACTI128 $1, Y0, X0
	VMOVQ        X0, 52(R14)

	VPMOVMSKB Y6, R12
	TESTL     R12, R12
	JNE       large

next:
	ADDQ          $128, DI
	ADDQ          $2, DX
	SUBQ          $2, CX
	JGT           pair
	VZEROUPPER
	RET

	// The fixed costs of levels that the table does not hold.
large:
	MOVQ DI, R13
	MOVQ fixed+64(FP), R8

one:
	XORL R11, R11
	XORL R12, R12

level:
	MOVWLSX (R13)(R12*2), AX
	MOVL    AX, BX
	NEGL    BX
	CMOVLLT AX, BX
	CMPL    BX, $67
	JLT     small
	MOVWLZX (R8)(BX*2), BX
	ADDL    BX, R11

small:
	INCL R12
	CMPL R12, $16
	JNE  level
	ADDL R11, 60(R13)
	CMPQ R13, R14
	JEQ  done
	MOVQ R14, R13
	JMP  one

done:
	MOVQ m+40(FP), R8
	JMP  next

// func residualCostsAVX2(levels *Coefficients, blocks, first int, contexts *uint8, costs *uint32, starts *[3][16]uint16, fixed *uint16) int
TEXT ·residualCostsAVX2(SB), NOSPLIT, $0-64
	MOVQ  levels+0(FP), DI
	MOVQ  blocks+8(FP), CX
	MOVQ  first+16(FP), R8
	MOVQ  contexts+24(FP), SI
	MOVQ  costs+32(FP), R9
	LEAQ  run<>(SB), R10
	VPXOR X9, X9, X9
	NEGQ  R8
	ADDQ  $32, R8              // as many zeros lead an empty block
	XORL  DX, DX

block:
	VMOVDQU      (DI), Y1
	MOVBLZX      (SI), BX
	VPTEST       Y1, Y1
	JEQ          empty
	SHLL         $5, BX
	ADDQ         starts+40(FP), BX
	VMOVDQU      (BX), Y8
	VEXTRACTI128 $1, Y1, X2
	VPACKSSWB    X2, X1, X2
	VPCMPEQB     X9, X2, X2
	VPMOVMSKB    X2, AX
	XORL         $0xffff, AX
	LZCNTL       AX, AX
	CMPL         AX, R8
	CMOVLGT      R8, AX
	PLACES(AX, Y1, Y2, Y3)
	VMOVQ        X2, BX
	VPEXTRQ      $1, X2, R14
	XORL         R11, R11
	COSTS4(BX)
	COSTS4(R14)
	CMPL         AX, $25              // all within the first half
	JGE          some
	VEXTRACTI128 $1, Y2, X2
	VMOVQ        X2, BX
	VPEXTRQ      $1, X2, R14
	COSTS4(BX)
	COSTS4(R14)

some:
	VPCMPGTW     below<>(SB), Y1, Y3
	ADDQ         R11, DX
	VPTEST       Y3, Y3
	JNE          large

next:
	ADDQ $32, DI
	INCQ SI
	DECQ CX
	JNE  block
	MOVQ DX, ret+56(FP)
	VZEROUPPER
	RET

	// Of a block without levels there is only the end, in band 0 or 1.
empty:
	MOVL    $3, AX
	TESTL   BX, BX
	CMOVLEQ AX, BX
	MOVQ    first+16(FP), AX
	SHLL    $2, AX
	ADDL    AX, BX
	IMUL3L  $280, BX, BX
	MOVL    272(R9)(BX*1), BX
	ADDQ    BX, DX
	JMP     next

	// The fixed costs of levels that the table does not hold.
large:
	MOVQ fixed+48(FP), R13
	XORL R12, R12

level:
	MOVWLSX (DI)(R12*2), AX
	MOVL    AX, BX
	NEGL    BX
	CMOVLLT AX, BX
	CMPL    BX, $67
	JLT     small
	MOVWLZX (R13)(BX*2), BX
	ADDQ    BX, DX

small:
	INCL R12
	CMPL R12, $16
	JNE  level
	JMP  next

// func encodeBest4x4AVX2(c *Candidate, edge *[16]uint8, src *Block, headers *[10]uint16, lambda int, m *Matrix, costs *uint32, start *[16]uint16, fixed *uint16) int
TEXT ·encodeBest4x4AVX2(SB), NOSPLIT, $160-80
	MOVQ           edge+8(FP), SI
	VBROADCASTI128 (SI), Y0
	MOVQ           SP, DI
	PREDICT
	MOVQ           SP, SI
	MOVQ           src+16(FP), AX
	MOVQ           headers+24(FP), DX
	MOVQ           lambda+32(FP), CX
	SPECTRA
	VPMOVZXBW      (AX), Y13
	SCORES

	// What modes cost; then the least of the first eight, and of the other two.
	SHLL         $8, CX
	VMOVD        CX, X0
	VPBROADCASTW X0, X0
	VPMULHUW     (DX), X0, X1
	VMOVD        16(DX), X3
	VPMULHUW     X3, X0, X0
	VPADDUSW     X1, X2, X2
	VPADDUSW     X0, X4, X4
	VPCMPEQW     X0, X0, X0
	VPBLENDW     $3, X4, X0, X4
	VPHMINPOSUW  X2, X2
	VPHMINPOSUW  X4, X4
	VMOVD        X2, AX
	VMOVD        X4, BX
	MOVWLZX      AX, CX
	MOVWLZX      BX, DX
	ADDL         $0x80000, BX
	CMPL         DX, CX
	CMOVLCS      BX, AX
	SHRL         $16, AX
	MOVQ         AX, ret+72(FP)
	SHLL         $4, AX
	ADDQ         AX, SI

	MOVQ         c+0(FP), DI
	MOVQ         m+40(FP), R8
	MOVQ         costs+48(FP), R9
	MOVQ         start+56(FP), BX
	LEAQ         run<>(SB), R10
	VMOVDQU      (BX), Y8
	MOVQ         src+16(FP), AX
	VPXOR        Y13, Y13, Y13
	VMOVDQU      (AX), X11
	VMOVDQU      (SI), X12
	VPUNPCKLBW   Y13, Y11, Y14
	VPUNPCKHBW   Y13, Y11, Y15
	VPUNPCKLBW   Y13, Y12, Y0
	VPUNPCKHBW   Y13, Y12, Y1
	VPSUBW       Y0, Y14, Y0
	VPSUBW       Y1, Y15, Y1
	FORWARDS
	QUANTIZES(R8)
	VINSERTI128  $1, X3, Y2, Y6
	VMOVDQU      Y6, (DI)
	VPACKSSWB    X3, X2, X7
	INVERSES(Y12)
	VMOVDQU      X0, 32(DI)
	VPCMPEQB     X13, X7, X7
	VPMOVMSKB    X7, AX
	XORL         $0xffff, AX
	MOVL         AX, 48(DI)
	LZCNTL       AX, AX
	PLACES(AX, Y6, Y7, Y9)
	VMOVQ        X7, BX
	VPEXTRQ      $1, X7, R14
	XORL         R11, R11
	COSTS4(BX)
	COSTS4(R14)
	CMPL         AX, $25
	JGE          some
	VEXTRACTI128 $1, Y7, X7
	VMOVQ        X7, BX
	VPEXTRQ      $1, X7, R14
	COSTS4(BX)
	COSTS4(R14)

some:
	VPCMPGTW     below<>(SB), Y6, Y6
	VPTEST       Y6, Y6
	JNE          large

rest:
	MOVL         R11, 60(DI)
	VPUNPCKHBW   Y13, Y0, Y1
	VPUNPCKLBW   Y13, Y0, Y0
	VPSUBW       Y0, Y14, Y9
	VPSUBW       Y1, Y15, Y10
	VPMADDWD     Y9, Y9, Y9
	VPMADDWD     Y10, Y10, Y10
	VPADDD       Y10, Y9, Y9
	TEXTURES
	VPHADDD      Y0, Y9, Y0
	VPHADDD      Y0, Y0, Y0
	VMOVQ        X0, 52(DI)
	VZEROUPPER
	RET

	// The fixed costs of levels that the table does not hold.
large:
	MOVQ fixed+64(FP), R13
	XORL R12, R12

level:
	MOVWLSX (DI)(R12*2), AX
	MOVL    AX, BX
	NEGL    BX
	CMOVLLT AX, BX
	CMPL    BX, $67
	JLT     small
	MOVWLZX (R13)(BX*2), BX
	ADDL    BX, R11

small:
	INCL R12
	CMPL R12, $16
	JNE  level
	JMP  rest
