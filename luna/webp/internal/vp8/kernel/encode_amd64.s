//go:build amd64 && !noasm && gc

#include "textflag.h"
#include "avx2_amd64.h"
#include "avx2_predict_amd64.h"

// COST adds what level n costs to R11. The places in the table lie on the stack.
#define COST(n, r) \
	MOVWLZX (n)(SP), r     \
	ADDL    (R9)(r*4), R11

#define COSTS(at) \
	MOVWLZX (at)(SP), R11    \
	MOVL    (R9)(R11*4), R11 \
	COST(at+2, AX)           \
	COST(at+4, BX)           \
	COST(at+6, AX)           \
	COST(at+8, BX)           \
	COST(at+10, AX)          \
	COST(at+12, BX)          \
	COST(at+14, AX)          \
	COST(at+16, BX)          \
	COST(at+18, AX)          \
	COST(at+20, BX)          \
	COST(at+22, AX)          \
	COST(at+24, BX)          \
	COST(at+26, AX)          \
	COST(at+28, BX)          \
	COST(at+30, AX)

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
//
// Two at a time, step by step beside each other: one alone would wait for itself.
TEXT ·encodeCandidatesAVX2(SB), NOSPLIT, $64-72
	MOVQ      out+0(FP), DI
	MOVQ      preds+8(FP), SI
	MOVQ      list+16(FP), DX
	MOVQ      n+24(FP), CX
	MOVQ      src+32(FP), AX
	MOVQ      m+40(FP), R8
	MOVQ      costs+48(FP), R9
	MOVQ      start+56(FP), BX
	LEAQ      run<>(SB), R10
	SIGNS
	VPMOVZXBW (AX), Y13
	VMOVDQU   (BX), Y8
	VPXOR     Y9, Y9, Y9

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
	ADDQ    SI, R12
	ADDQ    SI, R13

	VPMOVZXBW     (R12), Y0
	VPMOVZXBW     (R13), Y4
	VPSUBW        Y0, Y13, Y0
	VPSUBW        Y4, Y13, Y4
	VPSHUFB       fold<>(SB), Y0, Y0
	VPSHUFB       fold<>(SB), Y4, Y4
	VPSHUFD       $0x4e, Y0, Y1
	VPSHUFD       $0x4e, Y4, Y5
	VPSIGNW       Y15, Y0, Y0
	VPSIGNW       Y15, Y4, Y4
	VPADDW        Y1, Y0, Y0
	VPADDW        Y5, Y4, Y4
	VPMADDWD      rows1<>(SB), Y0, Y1
	VPMADDWD      rows1<>(SB), Y4, Y5
	VPMADDWD      rows2<>(SB), Y0, Y0
	VPMADDWD      rows2<>(SB), Y4, Y4
	VPADDD        roundRows1<>(SB), Y1, Y1
	VPADDD        roundRows1<>(SB), Y5, Y5
	VPADDD        roundRows2<>(SB), Y0, Y0
	VPADDD        roundRows2<>(SB), Y4, Y4
	VPSRAD        $9, Y1, Y1
	VPSRAD        $9, Y5, Y5
	VPSRAD        $9, Y0, Y0
	VPSRAD        $9, Y4, Y4
	VPACKSSDW     Y0, Y1, Y0
	VPACKSSDW     Y4, Y5, Y4
	VPSHUFB       turn<>(SB), Y0, Y0
	VPSHUFB       turn<>(SB), Y4, Y4
	VPERMQ        $0x4e, Y0, Y1
	VPERMQ        $0x4e, Y4, Y5
	VPSIGNW       Y14, Y0, Y0
	VPSIGNW       Y14, Y4, Y4
	VPADDW        Y1, Y0, Y0
	VPADDW        Y5, Y4, Y4
	VPCMPEQW      never<>(SB), Y0, Y2
	VPCMPEQW      never<>(SB), Y4, Y6
	VPMADDWD      columns1<>(SB), Y0, Y1
	VPMADDWD      columns1<>(SB), Y4, Y5
	VPMADDWD      columns2<>(SB), Y0, Y0
	VPMADDWD      columns2<>(SB), Y4, Y4
	VPSLLD        $16, Y2, Y2
	VPSLLD        $16, Y6, Y6
	VPADDD        roundColumns1<>(SB), Y1, Y1
	VPADDD        roundColumns1<>(SB), Y5, Y5
	VPADDD        roundColumns2<>(SB), Y0, Y0
	VPADDD        roundColumns2<>(SB), Y4, Y4
	VPADDD        Y2, Y1, Y1
	VPADDD        Y6, Y5, Y5
	VPSRAD        $16, Y1, Y1
	VPSRAD        $16, Y5, Y5
	VPSRAD        $16, Y0, Y0
	VPSRAD        $16, Y4, Y4
	VPACKSSDW     Y0, Y1, Y0
	VPACKSSDW     Y4, Y5, Y4
	VPABSW        Y0, Y1
	VPABSW        Y4, Y5
	VPADDW        64(R8), Y1, Y1
	VPADDW        64(R8), Y5, Y5
	VPMULLW       32(R8), Y1, Y2
	VPMULLW       32(R8), Y5, Y6
	VPMULHUW      32(R8), Y1, Y1
	VPMULHUW      32(R8), Y5, Y5
	VPAVGW        96(R8), Y2, Y2
	VPAVGW        96(R8), Y6, Y6
	VPSRLW        $15, Y2, Y2
	VPSRLW        $15, Y6, Y6
	VPADDW        Y2, Y1, Y1
	VPADDW        Y6, Y5, Y5
	VPSRLW        $1, Y1, Y1
	VPSRLW        $1, Y5, Y5
	VPMINUW       maxLevel<>(SB), Y1, Y1
	VPMINUW       maxLevel<>(SB), Y5, Y5
	VPSIGNW       Y0, Y1, Y1
	VPSIGNW       Y4, Y5, Y5
	VPMULLW       (R8), Y1, Y0
	VPMULLW       (R8), Y5, Y4
	VPERMQ        $0x4e, Y1, Y2
	VPERMQ        $0x4e, Y5, Y6
	VPSHUFB       zigOwn<>(SB), Y1, Y1
	VPSHUFB       zigOwn<>(SB), Y5, Y5
	VPSHUFB       zigOther<>(SB), Y2, Y2
	VPSHUFB       zigOther<>(SB), Y6, Y6
	VPOR          Y2, Y1, Y1
	VPOR          Y6, Y5, Y5
	VMOVDQU       Y1, (DI)
	VMOVDQU       Y5, (R14)
	VEXTRACTI128  $1, Y1, X2
	VEXTRACTI128  $1, Y5, X6
	VPACKSSWB     X2, X1, X2
	VPACKSSWB     X6, X5, X6
	VPCMPEQB      X9, X2, X2
	VPCMPEQB      X9, X6, X6
	VPMOVMSKB     X2, AX
	VPMOVMSKB     X6, BX
	XORL          $0xffff, AX
	XORL          $0xffff, BX
	MOVL          AX, 48(DI)
	MOVL          BX, 48(R14)
	LZCNTL        AX, AX
	LZCNTL        BX, BX
	PLACES(AX, Y1, Y2, Y3)
	PLACES(BX, Y5, Y6, Y7)
	VMOVDQU Y2, (SP)
	VMOVDQU Y6, 32(SP)
	VPMAXUW       Y5, Y1, Y1
	VPCMPGTW      below<>(SB), Y1, Y3

	VPSHUFD       $0x44, Y0, Y1
	VPSHUFD       $0x44, Y4, Y5
	VPSHUFD       $0xee, Y0, Y2
	VPSHUFD       $0xee, Y4, Y6
	VPMULHW       factors1<>(SB), Y1, Y0
	VPMULHW       factors1<>(SB), Y5, Y4
	VPADDW        Y0, Y1, Y1
	VPADDW        Y4, Y5, Y5
	VPMULHW       factors3<>(SB), Y2, Y0
	VPMULHW       factors3<>(SB), Y6, Y4
	VPADDW        Y0, Y2, Y2
	VPADDW        Y4, Y6, Y6
	VPSIGNW       Y15, Y2, Y2
	VPSIGNW       Y15, Y6, Y6
	VPADDW        Y2, Y1, Y0
	VPADDW        Y6, Y5, Y4
	VPERMQ        $0x4e, Y0, Y1
	VPERMQ        $0x4e, Y4, Y5
	VPSIGNW       Y14, Y0, Y0
	VPSIGNW       Y14, Y4, Y4
	VPADDW        Y1, Y0, Y0
	VPADDW        Y5, Y4, Y4
	VPSHUFB       Y12, Y0, Y0
	VPSHUFB       Y12, Y4, Y4
	VPERMD        Y0, Y11, Y0
	VPERMD        Y4, Y11, Y4
	VPADDW        round4<>(SB), Y0, Y0
	VPADDW        round4<>(SB), Y4, Y4
	VPSHUFD       $0x44, Y0, Y1
	VPSHUFD       $0x44, Y4, Y5
	VPSHUFD       $0xee, Y0, Y2
	VPSHUFD       $0xee, Y4, Y6
	VPMULHW       factors1<>(SB), Y1, Y0
	VPMULHW       factors1<>(SB), Y5, Y4
	VPADDW        Y0, Y1, Y1
	VPADDW        Y4, Y5, Y5
	VPMULHW       factors3<>(SB), Y2, Y0
	VPMULHW       factors3<>(SB), Y6, Y4
	VPADDW        Y0, Y2, Y2
	VPADDW        Y4, Y6, Y6
	VPSIGNW       Y15, Y2, Y2
	VPSIGNW       Y15, Y6, Y6
	VPADDW        Y2, Y1, Y0
	VPADDW        Y6, Y5, Y4
	VPERMQ        $0x4e, Y0, Y1
	VPERMQ        $0x4e, Y4, Y5
	VPSIGNW       Y14, Y0, Y0
	VPSIGNW       Y14, Y4, Y4
	VPADDW        Y1, Y0, Y0
	VPADDW        Y5, Y4, Y4
	VPSHUFB       Y12, Y0, Y0
	VPSHUFB       Y12, Y4, Y4
	VPERMD        Y0, Y10, Y0
	VPERMD        Y4, Y10, Y4
	VPSRAW        $3, Y0, Y0
	VPSRAW        $3, Y4, Y4
	VPMOVZXBW     (R12), Y1
	VPMOVZXBW     (R13), Y5
	VPADDW        Y1, Y0, Y0
	VPADDW        Y5, Y4, Y4
	VPMAXSW       Y9, Y0, Y0
	VPMAXSW       Y9, Y4, Y4
	VPMINSW       samples<>(SB), Y0, Y0
	VPMINSW       samples<>(SB), Y4, Y4
	VEXTRACTI128  $1, Y0, X1
	VEXTRACTI128  $1, Y4, X5
	VPACKUSWB     X1, X0, X1
	VPACKUSWB     X5, X4, X5
	VMOVDQU       X1, 32(DI)
	VMOVDQU       X5, 32(R14)
	VPSUBW        Y0, Y13, Y2
	VPSUBW        Y4, Y13, Y6
	VPMADDWD      Y2, Y2, Y2
	VPMADDWD      Y6, Y6, Y6
	VPERMQ        $0x4e, Y0, Y1
	VPERMQ        $0x4e, Y4, Y5
	VPSIGNW       Y14, Y0, Y0
	VPSIGNW       Y14, Y4, Y4
	VPADDW        Y1, Y0, Y0
	VPADDW        Y5, Y4, Y4
	VPSHUFD       $0x4e, Y0, Y1
	VPSHUFD       $0x4e, Y4, Y5
	VPSIGNW       Y15, Y0, Y0
	VPSIGNW       Y15, Y4, Y4
	VPADDW        Y1, Y0, Y0
	VPADDW        Y5, Y4, Y4
	VPSHUFD       $0xb1, Y0, Y1
	VPSHUFD       $0xb1, Y4, Y5
	VPSIGNW       pairs<>(SB), Y0, Y0
	VPSIGNW       pairs<>(SB), Y4, Y4
	VPADDW        Y1, Y0, Y0
	VPADDW        Y5, Y4, Y4
	VPSHUFB       swap<>(SB), Y0, Y1
	VPSHUFB       swap<>(SB), Y4, Y5
	VPSIGNW       singles<>(SB), Y0, Y0
	VPSIGNW       singles<>(SB), Y4, Y4
	VPADDW        Y1, Y0, Y0
	VPADDW        Y5, Y4, Y4
	VPABSW        Y0, Y0
	VPABSW        Y4, Y4
	VPMADDWD      weights<>(SB), Y0, Y0
	VPMADDWD      weights<>(SB), Y4, Y4

	// Sums: squares and texture of the one, then of the other.
	VPHADDD       Y0, Y2, Y2
	VPHADDD       Y4, Y6, Y6
	VPHADDD       Y6, Y2, Y2
	VEXTRACTI128  $1, Y2, X1
	VPADDD        X1, X2, X2
	VMOVQ         X2, 52(DI)
	VPEXTRQ       $1, X2, 52(R14)

	COSTS(0)
	MOVL          R11, 60(DI)
	COSTS(32)
	MOVL          R11, 60(R14)
	VPMOVMSKB     Y3, R12
	TESTL         R12, R12
	JNE           large

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
	SIGNS
	VMOVDQU      (BX), Y8
	VPXOR        Y9, Y9, Y9
	VPMOVZXBW    (SI), Y4
	VPSUBW       Y4, Y13, Y0
	FORWARD
	QUANTIZE(R8)
	ZIGZAG
	VMOVDQU      Y1, (DI)
	VEXTRACTI128 $1, Y1, X2
	VPACKSSWB    X2, X1, X2
	VPCMPEQB     X9, X2, X2
	VPMOVMSKB    X2, AX
	XORL         $0xffff, AX
	MOVL         AX, 48(DI)
	LZCNTL       AX, AX
	PLACES(AX, Y1, Y2, Y3)
	VMOVQ        X2, BX
	VPEXTRQ      $1, X2, R14
	XORL         R11, R11
	COSTS4(BX)
	COSTS4(R14)
	CMPL         AX, $25
	JGE          some
	VEXTRACTI128 $1, Y2, X2
	VMOVQ        X2, BX
	VPEXTRQ      $1, X2, R14
	COSTS4(BX)
	COSTS4(R14)

some:
	VPCMPGTW     below<>(SB), Y1, Y3
	VPTEST       Y3, Y3
	JNE          large

rest:
	MOVL         R11, 60(DI)
	INVERSE
	VPMAXSW      Y9, Y0, Y0
	VPMINSW      samples<>(SB), Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPACKUSWB    X1, X0, X1
	VMOVDQU      X1, 32(DI)
	VPSUBW       Y0, Y13, Y2
	VPMADDWD     Y2, Y2, Y2
	HADAMARD
	VPABSW       Y0, Y0
	VPMADDWD     weights<>(SB), Y0, Y0
	VPHADDD      Y0, Y2, Y2
	VPHADDD      Y2, Y2, Y2
	VEXTRACTI128 $1, Y2, X1
	VPADDD       X1, X2, X2
	VMOVQ        X2, 52(DI)
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
