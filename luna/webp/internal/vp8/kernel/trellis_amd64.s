//go:build amd64 && !noasm && gc

#include "textflag.h"
#include "avx2_amd64.h"

// Minus the weights of errors, of levels 0 to 3 and 8 to 11, then of the others.
CONST(errors0, $0xffffffe5ffffffe2, $0xffffffedffffffe5, $0xfffffff5ffffffef, $0xfffffff4fffffff6)
CONST(errors4, $0xffffffedffffffe8, $0xffffffeffffffff5, $0xfffffff8fffffff6, $0xfffffffafffffff8)
// Coefficients by rows: from their own half of the zigzag, and from the other.
CONST(rowsOwn, $0x0d0c0b0a03020100, $0x80800f0e09080504, $0x0b0a070601008080, $0x0f0e0d0c05040302)
CONST(rowsOther, $0x8080808080808080, $0x0908808080808080, $0x8080808080800706, $0x8080808080808080)
// A bit of each level.
CONST(each, $0x0008000400020001, $0x0080004000200010, $0x0800040002000100, $0x8000400020001000)

// behind is where the rows of the band of the level after each begin.
DATA behind<>+0x00(SB)/8, $0x000008c000000460
DATA behind<>+0x08(SB)/8, $0x00001a4000000d20
DATA behind<>+0x10(SB)/8, $0x000015e000001180
DATA behind<>+0x18(SB)/8, $0x00001a4000001a40
DATA behind<>+0x20(SB)/8, $0x00001a4000001a40
DATA behind<>+0x28(SB)/8, $0x00001a4000001a40
DATA behind<>+0x30(SB)/8, $0x00001a4000001a40
DATA behind<>+0x38(SB)/8, $0x0000000000001ea0
GLOBL behind<>(SB), RODATA|NOPTR, $64

// func trellisAVX2(levels, in *Coefficients, first int, m *Matrix, costs, start *uint32, lambda int64) uint32
//
// Levels lie on the stack, in zigzag order: the nearest; at 32 what errors of the
// level below it weigh, less those of none, at 96 those of the nearest itself; at
// 160 and 176 from which of the two before each came; at 192 the last to look at;
// at 208 the coefficients. Where a level's cost is not in the table nothing is done
// and the result is -1.
TEXT ·trellisAVX2(SB), NOSPLIT, $240-60
	MOVQ in+8(FP), AX
	MOVQ first+16(FP), CX
	MOVQ m+24(FP), R8

	VPERMQ       $0xd8, (AX), Y1
	ZIGZAG
	VMOVDQA      Y1, Y5
	VMOVDQU      Y5, 208(SP)
	VMOVDQU      64(R8), Y1
	ZIGZAG
	VPABSW       Y5, Y6
	VMOVDQU      (R8), Y3
	VPADDW       Y1, Y6, Y0           // magnitudes, sharpened
	VPMULHUW     32(R8), Y0, Y1
	VPXOR        Y9, Y9, Y9
	VPAVGW       Y9, Y1, Y1
	VPMINUW      maxLevel<>(SB), Y1, Y1 // the nearest levels
	VPCMPGTW     below<>(SB), Y1, Y2
	VPTEST       Y2, Y2
	JNE          large
	VMOVDQU      Y1, (SP)

	// The last magnitude above half a step; one more is looked at.
	MOVWLZX      2(R8), DX
	SHRL         $1, DX
	VMOVD        DX, X2
	VPBROADCASTW X2, Y2
	VPCMPGTW     Y2, Y6, Y2
	VPMOVMSKB    Y2, DX
	LZCNTL       DX, DX
	NEGL         DX
	ADDL         $32, DX
	SHRL         $1, DX               // one more than its place
	MOVL         $15, BX
	CMPL         DX, BX
	CMOVLGT      BX, DX
	CMPL         DX, CX
	CMOVLLT      CX, DX
	MOVL         DX, 192(SP)

	// Errors' squares less the magnitudes': -l*q*(2*c-l*q).
	VPADDW       Y0, Y0, Y0
	VPSUBUSW     ones<>(SB), Y1, Y2
	VPMULLW      Y3, Y2, Y2
	VPMULLW      Y3, Y1, Y1
	VPSUBW       Y2, Y0, Y4
	VPSUBW       Y1, Y0, Y5
	VPMULLW      Y4, Y2, Y6
	VPMULHW      Y4, Y2, Y7
	VPUNPCKLWD   Y7, Y6, Y2
	VPUNPCKHWD   Y7, Y6, Y4
	VPMULLW      Y5, Y1, Y6
	VPMULHW      Y5, Y1, Y7
	VPUNPCKLWD   Y7, Y6, Y1
	VPUNPCKHWD   Y7, Y6, Y5
	VPMULLD      errors0<>(SB), Y2, Y2
	VPMULLD      errors4<>(SB), Y4, Y4
	VPMULLD      errors0<>(SB), Y1, Y1
	VPMULLD      errors4<>(SB), Y5, Y5
	VMOVDQU      X2, 32(SP)
	VMOVDQU      X4, 48(SP)
	VEXTRACTI128 $1, Y2, 64(SP)
	VEXTRACTI128 $1, Y4, 80(SP)
	VMOVDQU      X1, 96(SP)
	VMOVDQU      X5, 112(SP)
	VEXTRACTI128 $1, Y1, 128(SP)
	VEXTRACTI128 $1, Y5, 144(SP)

	// Two nodes: their scores in R8 and R9, where what follows costs in R10 and
	// R11. Scores are above 0, so that they compare as they are.
	MOVQ  costs+32(FP), SI
	MOVQ  start+40(FP), R10
	MOVQ  R10, R11
	MOVQ  lambda+48(FP), DI
	MOVQ  $0x1000000000000000, R8
	MOVQ  $0x4000000000000000, R9
	MOVL  272(R10), R14
	IMULQ DI, R14
	ADDQ  R8, R14              // the best so far: no levels
	MOVQ  $-1, R13             // and its end

place:
	MOVWLZX (SP)(CX*2), DX
	MOVL    DX, AX
	SUBL    $1, AX
	ADCL    $0, AX

	MOVL    (R10)(AX*4), BX
	IMULQ   DI, BX
	ADDQ    R8, BX
	MOVL    (R11)(AX*4), R12
	IMULQ   DI, R12
	ADDQ    R9, R12
	CMPQ    R12, BX
	SETCS   160(SP)(CX*1)
	CMOVQCS R12, BX
	MOVLQSX 32(SP)(CX*4), R12
	SHLQ    $8, R12
	ADDQ    R12, BX

	MOVL    (R10)(DX*4), R12
	IMULQ   DI, R12
	ADDQ    R12, R8
	MOVL    (R11)(DX*4), R12
	IMULQ   DI, R12
	ADDQ    R12, R9
	CMPQ    R9, R8
	SETCS   176(SP)(CX*1)
	CMOVQCS R9, R8
	MOVLQSX 96(SP)(CX*4), R9
	SHLQ    $8, R9
	ADDQ    R8, R9
	MOVQ    BX, R8
	MOVQ    $0x4000000000000000, R12
	TESTL   DX, DX
	CMOVQEQ R12, R9            // there is only 0

	// The rows of what follows.
	LEAQ  behind<>(SB), R12
	MOVL  (R12)(CX*4), R12
	ADDQ  SI, R12
	CMPL  AX, $2
	SBBL  BX, BX
	SUBL  $2, AX
	ANDL  BX, AX
	ADDL  $2, AX
	IMUL3L $280, AX, AX
	LEAQ  (R12)(AX*1), R10
	MOVL  DX, AX
	CMPL  AX, $2
	SBBL  BX, BX
	SUBL  $2, AX
	ANDL  BX, AX
	ADDL  $2, AX
	IMUL3L $280, AX, AX
	LEAQ  (R12)(AX*1), R11

	// What it costs to end here.
	XORL    BX, BX
	CMPL    CX, $15
	CMOVQNE DI, BX
	MOVL    272(R10), AX
	IMULQ   BX, AX
	ADDQ    R8, AX
	MOVQ    $0x4000000000000000, R12
	CMPL    DX, $2
	CMOVQCS R12, AX
	LEAL    (CX)(CX*1), R12
	CMPQ    AX, R14
	CMOVQCS AX, R14
	CMOVQCS R12, R13
	MOVL    272(R11), AX
	IMULQ   BX, AX
	ADDQ    R9, AX
	INCL    R12
	CMPQ    AX, R14
	CMOVQCS AX, R14
	CMOVQCS R12, R13

	INCL CX
	CMPL CX, 192(SP)
	JLE  place

	// Back from the end: which are the nearest levels, as bits.
	MOVQ  levels+0(FP), DI
	MOVQ  in+8(FP), SI
	MOVQ  first+16(FP), CX
	MOVQ  m+24(FP), R8
	VPXOR X1, X1, X1
	VPXOR X0, X0, X0
	TESTQ R13, R13
	JLT   store
	MOVL  R13, BX
	SHRL  $1, BX               // the place
	ANDL  $1, R13              // the node
	MOVL  BX, R9
	XORL  AX, AX

back:
	SHLXL   BX, R13, DX
	ORL     DX, AX
	SHLL    $4, R13
	ADDL    BX, R13
	MOVBLZX 160(SP)(R13*1), R13
	DECL    BX
	CMPL    BX, CX
	JGE     back

	VMOVD        AX, X2
	VPBROADCASTW X2, Y2
	VMOVDQU      each<>(SB), Y3
	VPAND        Y3, Y2, Y2
	VPCMPEQW     Y3, Y2, Y2
	VMOVDQU      (SP), Y1
	VPSUBUSW     ones<>(SB), Y1, Y1
	VPSUBW       Y2, Y1, Y1
	LEAQ         run<>+32(SB), R10
	ADDQ         R9, R9
	SUBQ         R9, R10
	VPAND        (R10), Y1, Y1
	TESTL        CX, CX
	JEQ          signs
	VPAND        ac<>(SB), Y1, Y1

signs:
	VMOVDQU 208(SP), Y2
	VPSIGNW Y2, Y1, Y1
	VPMULLW (R8), Y1, Y0
	VPERMQ  $0x4e, Y0, Y2
	VPSHUFB rowsOwn<>(SB), Y0, Y0
	VPSHUFB rowsOther<>(SB), Y2, Y2
	VPOR    Y2, Y0, Y0

store:
	MOVWLZX      (SI), BX
	VMOVDQU      Y0, (SI)
	VMOVDQU      Y1, (DI)
	TESTL        CX, CX
	JEQ          mask
	MOVW         BX, (SI)

mask:
	VPXOR        X3, X3, X3
	VEXTRACTI128 $1, Y1, X2
	VPACKSSWB    X2, X1, X2
	VPCMPEQB     X3, X2, X2
	VPMOVMSKB    X2, AX
	XORL         $0xffff, AX
	MOVL         AX, ret+56(FP)
	VZEROUPPER
	RET

large:
	MOVL $-1, ret+56(FP)
	VZEROUPPER
	RET
