//go:build amd64 && !noasm && gc

#include "textflag.h"
#include "avx2_amd64.h"

// COSTS4 adds what four levels cost to R11. The places in the table are in r.
#define COSTS4(r) \
	MOVWLZX r, R12          \
	SHRQ    $16, r          \
	ADDL    (R9)(R12*4), R11 \
	MOVWLZX r, R13          \
	SHRQ    $16, r          \
	ADDL    (R9)(R13*4), R11 \
	MOVWLZX r, R12          \
	SHRL    $16, r          \
	ADDL    (R9)(R12*4), R11 \
	ADDL    (R9)(r*4), R11

// PLACES puts the places of what levels cost on the stack. Y1 has the levels, Y8
// what is added to rows, AX the leading zeros of 32 bits that tell which levels are
// not zero. Y1 gets their magnitudes; Y2 and Y3 are lost.
#define PLACES \
	VPABSW     Y1, Y1                       \
	VPERM2I128 $0x08, Y1, Y1, Y2            \
	VPALIGNR   $14, Y2, Y1, Y2              \ // the level before
	VPMINUW    more<>(SB), Y2, Y2           \
	VPOR       Y8, Y2, Y2                   \
	VPMULLW    costColumns<>(SB), Y2, Y2    \
	VPMINUW    large<>(SB), Y1, Y3          \
	VPADDW     bands<>(SB), Y2, Y2          \
	VPOR       32(R10)(AX*2), Y3, Y3        \ // the end
	VPADDW     Y3, Y2, Y2                   \
	VPAND      -32(R10)(AX*2), Y2, Y2       \ // nothing after it
	VMOVDQA Y2, Y7 \
	VMOVQ X2, R14 \
	VPEXTRQ $1, X2, AX

#define COSTS \
	XORL R11, R11 \
	COSTS4(R14) \
	COSTS4(AX) \
	VEXTRACTI128 $1, Y7, X7 \
	VMOVQ   X7, R14 \
	VPEXTRQ $1, X7, AX \
	COSTS4(R14) \
	COSTS4(AX)

// func encodeCandidatesAVX2(out *Candidate, preds *Block, n int, src *Block, m *Matrix, costs *uint32, start *[16]uint16, fixed *uint16)
TEXT ·encodeCandidatesAVX2(SB), NOSPLIT, $32-64
	MOVQ      out+0(FP), DI
	MOVQ      preds+8(FP), SI
	MOVQ      n+16(FP), CX
	MOVQ      src+24(FP), AX
	MOVQ      m+32(FP), R8
	MOVQ      costs+40(FP), R9
	MOVQ      start+48(FP), BX
	MOVQ      fixed+56(FP), DX
	LEAQ      run<>(SB), R10
	SIGNS
	VPMOVZXBW (AX), Y13
	VMOVDQU   (BX), Y8
	VPXOR     Y9, Y9, Y9

candidate:
	VPMOVZXBW (SI), Y4
	VPSUBW    Y4, Y13, Y0
	FORWARD
	QUANTIZE(R8)
	ZIGZAG
	VMOVDQU   Y1, (DI)
	VEXTRACTI128 $1, Y1, X2
	VPACKSSWB X2, X1, X2
	VPCMPEQB  X9, X2, X2
	VPMOVMSKB X2, AX
	XORL      $0xffff, AX
	MOVL      AX, 48(DI)
	LZCNTL    AX, AX
	PLACES
	VPCMPGTW  below<>(SB), Y1, Y3
	VPMOVMSKB Y3, BX

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
	VPUNPCKLDQ   Y0, Y2, Y1
	VPUNPCKHDQ   Y0, Y2, Y3
	VPADDD       Y3, Y1, Y1
	VEXTRACTI128 $1, Y1, X2
	VPADDD       X2, X1, X1
	VPSHUFD      $0xee, X1, X2
	VPADDD       X2, X1, X1
	VMOVQ        X1, 52(DI)

	COSTS
	TESTL BX, BX
	JNE   large

next:
	MOVL R11, 60(DI)
	ADDQ $64, DI
	ADDQ $16, SI
	DECQ CX
	JNE  candidate
	VZEROUPPER
	RET

	// The fixed costs of levels that the table does not hold.
large:
	XORL R12, R12

level:
	MOVWLSX (DI)(R12*2), AX
	MOVL    AX, BX
	NEGL    BX
	CMOVLLT AX, BX
	CMPL    BX, $67
	JLT     small
	MOVWLZX (DX)(BX*2), BX
	ADDL    BX, R11

small:
	INCL R12
	CMPL R12, $16
	JNE  level
	JMP  next

// func residualCostsAVX2(levels *Coefficients, blocks, first int, contexts *uint8, costs *uint32, starts *[3][16]uint16, fixed *uint16) int
TEXT ·residualCostsAVX2(SB), NOSPLIT, $32-64
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
	PLACES
	VPCMPGTW     below<>(SB), Y1, Y3
	VPMOVMSKB    Y3, BX
	COSTS
	ADDQ         R11, DX
	TESTL        BX, BX
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
