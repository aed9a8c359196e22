//go:build amd64 && !noasm && gc

#include "textflag.h"
#include "avx2_amd64.h"
#include "avx2_pairs_amd64.h"

CONST(minusOne, $0xffffffffffffffff, $0xffffffffffffffff, $0xffffffffffffffff, $0xffffffffffffffff)

// GATHER loads the coefficients of two blocks at place.
#define GATHER(place) \
	VMOVDQU     (place), X0            \
	VINSERTI128 $1, 32(place), Y0, Y0  \
	VMOVDQU     16(place), X1          \
	VINSERTI128 $1, 48(place), Y1, Y1

// SCATTER stores them.
#define SCATTER(place) \
	VMOVDQU      X0, (place)           \
	VMOVDQU      X1, 16(place)         \
	VEXTRACTI128 $1, Y0, 32(place)     \
	VEXTRACTI128 $1, Y1, 48(place)

CONST(lastBytes, $0x1f1f1f1f1f1f1f1f, $0x1f1f1f1f1f1f1f1f, $0x1f1f1f1f1f1f1f1f, $0x1f1f1f1f1f1f1f1f)

// func forwardsAVX2(out *Coefficients, src, pred *uint8, blocks int)
TEXT ·forwardsAVX2(SB), NOSPLIT, $0-32
	MOVQ  out+0(FP), DI
	MOVQ  src+8(FP), SI
	MOVQ  pred+16(FP), DX
	MOVQ  blocks+24(FP), CX
	VPXOR Y13, Y13, Y13
	SUBQ  $2, CX
	JLT   last

pair:
	VMOVDQU    (DX), Y7
	VMOVDQU    (SI), Y8
	VPUNPCKLBW Y13, Y7, Y9
	VPUNPCKHBW Y13, Y7, Y10
	LESS(Y8, Y9, Y10)
	FORWARDS
	SCATTER(DI)
	ADDQ       $64, DI
	ADDQ       $32, SI
	ADDQ       $32, DX
	SUBQ       $2, CX
	JGE        pair

last:
	CMPQ      CX, $-1
	JNE       done
	SIGNS
	VPMOVZXBW (SI), Y0
	VPMOVZXBW (DX), Y1
	VPSUBW    Y1, Y0, Y0
	FORWARD
	VPERMQ    $0xd8, Y0, Y0
	VMOVDQU   Y0, (DI)

done:
	VZEROUPPER
	RET

// func inversesAVX2(dst, pred *uint8, in *Coefficients, blocks int)
TEXT ·inversesAVX2(SB), NOSPLIT, $0-32
	MOVQ  dst+0(FP), DI
	MOVQ  pred+8(FP), DX
	MOVQ  in+16(FP), SI
	MOVQ  blocks+24(FP), CX
	VPXOR Y13, Y13, Y13
	SUBQ  $2, CX
	JLT   last

pair:
	GATHER(SI)
	VMOVDQU (DX), Y8
	INVERSES(Y8)
	VMOVDQU Y0, (DI)
	ADDQ    $32, DI
	ADDQ    $64, SI
	ADDQ    $32, DX
	SUBQ    $2, CX
	JGE     pair

last:
	CMPQ         CX, $-1
	JNE          done
	SIGNS
	VPERMQ       $0xd8, (SI), Y0
	VPMOVZXBW    (DX), Y4
	INVERSE
	VEXTRACTI128 $1, Y0, X1
	VPACKUSWB    X1, X0, X0
	VMOVDQU      X0, (DI)

done:
	VZEROUPPER
	RET

// BITS gives in AX, of Y2 and Y3, bit 0 where the first block has levels and bit 1
// where the second has. Y2 and CX are lost; Y13 is 0.
#define BITS \
	VPACKSSWB Y3, Y2, Y2  \
	VPCMPEQB  Y13, Y2, Y2 \
	VPMOVMSKB Y2, AX      \
	NOTL      AX          \
	MOVWLZX   AX, CX      \
	SHRL      $16, AX     \
	NEGL      AX          \
	SBBL      AX, AX      \
	ANDL      $2, AX      \
	NEGL      CX          \
	SBBL      CX, CX      \
	ANDL      $1, CX      \
	ORL       CX, AX

// func quantizesAVX2(levels, coefficients *Coefficients, blocks int, m *Matrix) uint32
TEXT ·quantizesAVX2(SB), NOSPLIT, $0-36
	MOVQ  levels+0(FP), DI
	MOVQ  coefficients+8(FP), SI
	MOVQ  blocks+16(FP), R9
	MOVQ  m+24(FP), R8
	VPXOR Y13, Y13, Y13
	XORL  DX, DX
	XORL  BX, BX
	SUBQ  $2, R9
	JLT   last

pair:
	GATHER(SI)
	QUANTIZES(R8)
	SCATTER(SI)
	VPERM2I128 $0x20, Y3, Y2, Y6
	VPERM2I128 $0x31, Y3, Y2, Y7
	VMOVDQU    Y6, (DI)
	VMOVDQU    Y7, 32(DI)
	BITS
	SHLXL      BX, AX, AX
	ORL        AX, DX
	ADDL       $2, BX
	ADDQ       $64, SI
	ADDQ       $64, DI
	SUBQ       $2, R9
	JGE        pair

last:
	CMPQ    R9, $-1
	JNE     done
	VPERMQ  $0xd8, (SI), Y0
	QUANTIZE(R8)
	VPERMQ  $0xd8, Y0, Y0
	VMOVDQU Y0, (SI)
	ZIGZAG
	VMOVDQU Y1, (DI)
	XORL    AX, AX
	VPTEST  Y1, Y1
	SETNE   AX
	SHLXL   BX, AX, AX
	ORL     AX, DX

done:
	MOVL DX, ret+32(FP)
	VZEROUPPER
	RET

// func quantizeAVX2(levels, coefficients *Coefficients, m *Matrix) uint32
TEXT ·quantizeAVX2(SB), NOSPLIT, $0-28
	MOVQ         levels+0(FP), DI
	MOVQ         coefficients+8(FP), SI
	MOVQ         m+16(FP), R8
	VPERMQ       $0xd8, (SI), Y0
	QUANTIZE(R8)
	VPERMQ       $0xd8, Y0, Y0
	VMOVDQU      Y0, (SI)
	ZIGZAG
	VMOVDQU      Y1, (DI)
	VEXTRACTI128 $1, Y1, X2
	VPACKSSWB    X2, X1, X2
	VPXOR        X3, X3, X3
	VPCMPEQB     X3, X2, X2
	VPMOVMSKB    X2, AX
	XORL         $0xffff, AX
	MOVL         AX, ret+24(FP)
	VZEROUPPER
	RET

// func encode16x16AVX2(dst *[256]uint8, levels *[16]Coefficients, dc *Coefficients, src, pred *[256]uint8, y1, y2 *Matrix) uint32
//
// The stack has the blocks' coefficients, two blocks' beside each other, then their
// first ones.
TEXT ·encode16x16AVX2(SB), 0, $544-60
	MOVQ dst+0(FP), DI
	MOVQ levels+8(FP), R9
	MOVQ dc+16(FP), R10
	MOVQ src+24(FP), SI
	MOVQ pred+32(FP), DX
	MOVQ y1+40(FP), R8
	MOVQ y2+48(FP), R11
	VMOVDQU acs<>(SB), Y15
	VPXOR Y13, Y13, Y13
	XORL BX, BX
	MOVQ SP, R12

forward:
	VMOVDQU      (DX)(BX*8), Y7
	VMOVDQU      (SI)(BX*8), Y8
	VPUNPCKLBW   Y13, Y7, Y9
	VPUNPCKHBW   Y13, Y7, Y10
	LESS(Y8, Y9, Y10)
	FORWARDS
	VMOVD        X0, AX
	VEXTRACTI128 $1, Y0, X2
	VMOVD        X2, CX
	VPAND        Y15, Y0, Y0
	VMOVDQU      Y0, (R12)
	VMOVDQU      Y1, 32(R12)
	MOVW         AX, 512(SP)(BX*1)
	MOVW         CX, 514(SP)(BX*1)
	ADDQ         $64, R12
	ADDL         $4, BX
	CMPL         BX, $32
	JNE          forward

	// The second-order block: forwards, in the order 0, 3, 1, 2 of rows and
	// columns, then as the quantiser has it.
	VMOVDQU halves<>(SB), Y15
	VMOVDQU lanes<>(SB), Y14
	VMOVDQU 512(SP), Y0
	HADAMARD
	VPSRAW  $1, Y0, Y0
	VPSHUFB natural<>(SB), Y0, Y0
	VPERMQ  $0x6c, Y0, Y0
	QUANTIZE(R11)
	ZIGZAG
	VMOVDQU Y1, (R10)
	XORL    R13, R13
	VPTEST  Y1, Y1
	SETNE   R13
	SHLL    $24, R13

	// And back: rows 0 and 1, 3 and 2; then the same with columns.
	VPERMQ  $0x78, Y0, Y0
	VPERMQ  $0x4e, Y0, Y1
	VPSIGNW Y14, Y0, Y0
	VPADDW  Y1, Y0, Y0            // a0 a1; a3 a2
	VPSHUFD $0x4e, Y0, Y1
	VPSIGNW Y15, Y0, Y0
	VPADDW  Y1, Y0, Y0            // rows 0 and 2, 1 and 3
	VPADDW  round3<>(SB), Y0, Y0
	VPSHUFB reverse<>(SB), Y0, Y1
	VPSIGNW pairs<>(SB), Y0, Y0
	VPADDW  Y1, Y0, Y0            // a0 a1 a2 a3
	VPSHUFB swap<>(SB), Y0, Y1
	VPSIGNW outer<>(SB), Y0, Y0
	VPADDW  Y1, Y0, Y0            // columns 0, 2, 3, 1
	VPSRAW  $3, Y0, Y0
	VPSHUFB columns<>(SB), Y0, Y0
	VPERMQ  $0xd8, Y0, Y0
	VMOVDQU Y0, 512(SP)

	XORL BX, BX
	MOVQ SP, R12

inverse:
	VMOVDQU    (R12), Y0
	VMOVDQU    32(R12), Y1
	VMOVDQU    (DX)(BX*8), Y8
	QUANTIZES(R8)
	VPERM2I128 $0x20, Y3, Y2, Y6
	VPERM2I128 $0x31, Y3, Y2, Y7
	VMOVDQU    Y6, (R9)
	VMOVDQU    Y7, 32(R9)
	BITS
	MOVL       BX, CX
	SHRL       $1, CX
	SHLXL      CX, AX, AX
	ORL        AX, R13
	MOVL       512(SP)(BX*1), AX
	VMOVD      AX, X2
	VPMOVZXWQ  X2, Y2
	VPERMQ     $0xd8, Y2, Y2
	VPOR       Y2, Y0, Y0
	INVERSES(Y8)
	VMOVDQU    Y0, (DI)(BX*8)
	ADDQ       $64, R9
	ADDQ       $64, R12
	ADDL       $4, BX
	CMPL       BX, $32
	JNE        inverse
	MOVL       R13, ret+56(FP)
	VZEROUPPER
	RET

// func spreadAVX2(src, pred *uint8, blocks int) (peak, last int)
//
// Bins are counted until none of the others can have more than the fullest.
TEXT ·spreadAVX2(SB), NOSPLIT, $256-40
	MOVQ src+0(FP), SI
	MOVQ pred+8(FP), DX
	MOVQ blocks+16(FP), CX
	MOVQ CX, R10
	SHLQ $4, R10          // coefficients not yet counted
	XORL R11, R11         // in the fullest bin
	VPXOR Y13, Y13, Y13
	VPCMPEQB Y8, Y8, Y8
	VMOVDQU  Y8, (SP)
	VMOVDQU  Y8, 32(SP)
	VMOVDQU  Y8, 64(SP)
	VMOVDQU  Y8, 96(SP)
	VMOVDQU  Y8, 128(SP)
	VMOVDQU  Y8, 160(SP)
	VMOVDQU  Y8, 192(SP)
	VMOVDQU  Y8, 224(SP)
	VPXOR  X8, X8, X8   // the largest
	XORL   BX, BX
	SUBQ   $2, CX
	JLT    last

pair:
	VMOVDQU    (DX), Y7
	VMOVDQU    (SI), Y11
	VPUNPCKLBW Y13, Y7, Y9
	VPUNPCKHBW Y13, Y7, Y10
	LESS(Y11, Y9, Y10)
	FORWARDS
	VPABSW     Y0, Y0
	VPABSW     Y1, Y1
	VPSRLW     $3, Y0, Y0
	VPSRLW     $3, Y1, Y1
	VPACKSSWB  Y1, Y0, Y0
	VPMINUB    lastBytes<>(SB), Y0, Y0
	VPMAXUB    Y0, Y8, Y8
	VMOVDQU    Y0, (SP)(BX*1)
	ADDQ       $32, SI
	ADDQ       $32, DX
	ADDL       $32, BX
	SUBQ       $2, CX
	JGE        pair

last:
	VEXTRACTI128 $1, Y8, X0
	VPMAXUB      X0, X8, X8
	CMPQ         CX, $-1
	JNE          count
	SIGNS
	VPMOVZXBW    (SI), Y0
	VPMOVZXBW    (DX), Y1
	VPSUBW       Y1, Y0, Y0
	FORWARD
	VPABSW       Y0, Y0
	VPSRLW       $3, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPACKSSWB    X1, X0, X0
	VPMINUB      lastBytes<>(SB), X0, X0
	VPMAXUB      X0, X8, X8
	VMOVDQU      X0, (SP)(BX*1)

count:
	VPXOR X9, X9, X9
	VPSRLDQ $8, X8, X0
	VPMAXUB X0, X8, X8
	VPSRLDQ $4, X8, X0
	VPMAXUB X0, X8, X8
	VPSRLDQ $2, X8, X0
	VPMAXUB X0, X8, X8
	VPSRLDQ $1, X8, X0
	VPMAXUB X0, X8, X8
	VMOVD   X8, AX
	MOVBLZX AX, AX        // the last bin
	VMOVDQU (SP), Y0
	VMOVDQU 32(SP), Y1
	VMOVDQU 64(SP), Y2
	VMOVDQU 96(SP), Y3
	VMOVDQU 128(SP), Y4
	VMOVDQU 160(SP), Y5
	VMOVDQU 192(SP), Y6
	VMOVDQU 224(SP), Y7
	VPXOR   X8, X8, X8    // the bin
	XORL    BX, BX

peak:
	VPCMPEQB     Y8, Y0, Y14
	VPCMPEQB     Y8, Y1, Y15
	VPADDB       Y15, Y14, Y14
	VPCMPEQB     Y8, Y2, Y15
	VPADDB       Y15, Y14, Y14
	VPCMPEQB     Y8, Y3, Y15
	VPADDB       Y15, Y14, Y14
	VPCMPEQB     Y8, Y4, Y15
	VPADDB       Y15, Y14, Y14
	VPCMPEQB     Y8, Y5, Y15
	VPADDB       Y15, Y14, Y14
	VPCMPEQB     Y8, Y6, Y15
	VPADDB       Y15, Y14, Y14
	VPCMPEQB     Y8, Y7, Y15
	VPADDB       Y15, Y14, Y14
	VPSUBB       Y14, Y9, Y14
	VPSADBW      Y9, Y14, Y14
	VEXTRACTI128 $1, Y14, X15
	VPADDD       X15, X14, X14
	VPSHUFD      $0xee, X14, X15
	VPADDD       X15, X14, X14
	VMOVD        X14, R9
	SUBL         R9, R10
	CMPL         R9, R11
	CMOVLGT      R9, R11
	CMPL         R11, R10
	JGE          found
	VPSUBB       minusOne<>(SB), Y8, Y8
	INCL         BX
	CMPL         BX, AX
	JLE          peak


found:
	MOVQ R11, peak+24(FP)
	MOVQ AX, last+32(FP)
	VZEROUPPER
	RET
