//go:build amd64 && !noasm && gc

#include "textflag.h"
#include "avx2_amd64.h"
#include "avx2_predict_amd64.h"

// func predict4x4AVX2(preds *[10]Block, edge *[16]uint8)
TEXT ·predict4x4AVX2(SB), NOSPLIT, $0-16
	MOVQ           preds+0(FP), DI
	MOVQ           edge+8(FP), SI
	VBROADCASTI128 (SI), Y0
	PREDICT
	VZEROUPPER
	RET

// func satdsAVX2(a, b *uint8, blocks int) int
TEXT ·satdsAVX2(SB), NOSPLIT, $0-32
	MOVQ  a+0(FP), SI
	MOVQ  b+8(FP), DI
	MOVQ  blocks+16(FP), CX
	SPECTRA
	VMOVDQU ones<>(SB), Y10
	VPXOR Y9, Y9, Y9

satd:
	VPMOVZXBW (SI), Y0
	VPMOVZXBW (DI), Y1
	VPSUBW    Y1, Y0, Y0
	SPECTRUM
	VPMADDWD  Y10, Y0, Y0
	VPADDD    Y0, Y9, Y9
	ADDQ      $16, SI
	ADDQ      $16, DI
	DECQ      CX
	JNE       satd
	VEXTRACTI128 $1, Y9, X0
	VPADDD    X0, X9, X0
	VPSHUFD   $0xee, X0, X1
	VPADDD    X1, X0, X0
	VPSHUFD   $0x55, X0, X1
	VPADDD    X1, X0, X0
	VMOVD     X0, AX
	MOVQ      AX, ret+24(FP)
	VZEROUPPER
	RET

// func sumSquaresAVX2(a, b *uint8, blocks int) int
TEXT ·sumSquaresAVX2(SB), NOSPLIT, $0-32
	MOVQ  a+0(FP), SI
	MOVQ  b+8(FP), DI
	MOVQ  blocks+16(FP), CX
	VPXOR Y9, Y9, Y9

square:
	VPMOVZXBW (SI), Y0
	VPMOVZXBW (DI), Y1
	VPSUBW    Y1, Y0, Y0
	VPMADDWD  Y0, Y0, Y0
	VPADDD    Y0, Y9, Y9
	ADDQ      $16, SI
	ADDQ      $16, DI
	DECQ      CX
	JNE       square
	VEXTRACTI128 $1, Y9, X0
	VPADDD    X0, X9, X0
	VPSHUFD   $0xee, X0, X1
	VPADDD    X1, X0, X0
	VPSHUFD   $0x55, X0, X1
	VPADDD    X1, X0, X0
	VMOVD     X0, AX
	MOVQ      AX, ret+24(FP)
	VZEROUPPER
	RET

// func texturesAVX2(out *uint32, samples *uint8, blocks int)
TEXT ·texturesAVX2(SB), NOSPLIT, $0-24
	MOVQ    out+0(FP), DI
	MOVQ    samples+8(FP), SI
	MOVQ    blocks+16(FP), CX
	VMOVDQU halves<>(SB), Y15
	VMOVDQU lanes<>(SB), Y14

texture:
	VPMOVZXBW    (SI), Y0
	HADAMARD
	VPABSW       Y0, Y0
	VPMADDWD     weights<>(SB), Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPADDD       X1, X0, X0
	VPSHUFD      $0xee, X0, X1
	VPADDD       X1, X0, X0
	VPSHUFD      $0x55, X0, X1
	VPADDD       X1, X0, X0
	VMOVD        X0, (DI)
	ADDQ         $4, DI
	ADDQ         $16, SI
	DECQ         CX
	JNE          texture
	VZEROUPPER
	RET

// later marks the words of 16 after j where it is read 18-2j bytes in.
DATA later<>+0x00(SB)/8, $0x0000000000000000
DATA later<>+0x08(SB)/8, $0x0000000000000000
DATA later<>+0x10(SB)/8, $0x0001000100000000
DATA later<>+0x18(SB)/8, $0x0001000100010001
DATA later<>+0x20(SB)/8, $0x0001000100010001
DATA later<>+0x28(SB)/8, $0x0001000100010001
DATA later<>+0x30(SB)/8, $0x0001000100010001
GLOBL later<>(SB), RODATA|NOPTR, $56

// eachJ is word J, everywhere.
CONST(each0, $0x0100010001000100, $0x0100010001000100, $0x0100010001000100, $0x0100010001000100)
CONST(each1, $0x0302030203020302, $0x0302030203020302, $0x0302030203020302, $0x0302030203020302)
CONST(each2, $0x0504050405040504, $0x0504050405040504, $0x0504050405040504, $0x0504050405040504)
CONST(each3, $0x0706070607060706, $0x0706070607060706, $0x0706070607060706, $0x0706070607060706)
CONST(each4, $0x0908090809080908, $0x0908090809080908, $0x0908090809080908, $0x0908090809080908)
CONST(each5, $0x0b0a0b0a0b0a0b0a, $0x0b0a0b0a0b0a0b0a, $0x0b0a0b0a0b0a0b0a, $0x0b0a0b0a0b0a0b0a)
CONST(each6, $0x0d0c0d0c0d0c0d0c, $0x0d0c0d0c0d0c0d0c, $0x0d0c0d0c0d0c0d0c, $0x0d0c0d0c0d0c0d0c)
CONST(each7, $0x0f0e0f0e0f0e0f0e, $0x0f0e0f0e0f0e0f0e, $0x0f0e0f0e0f0e0f0e, $0x0f0e0f0e0f0e0f0e)

// RANK counts for which words in Y0 that of place j, found in from, stands before:
// it is less, or as large and earlier.
#define RANK(j, mask, from) \
	VPSHUFB  mask<>(SB), from, Y3               \
	VPADDW   later<>+(18-2*j)(SB), Y0, Y4       \
	VPCMPGTW Y3, Y4, Y4                         \
	VPSUBW   Y4, Y5, Y5

// PLACE writes mode to its place in the list.
#define PLACE(mode, ranks) \
	MOVBLZX ranks, BX         \
	MOVB    $mode, (R8)(BX*1) \
	SHRQ    $8, ranks

// func shortlist4x4AVX2(list *[16]uint8, preds *[10]Block, src *Block, headers *[10]uint16, lambda int)
TEXT ·shortlist4x4AVX2(SB), NOSPLIT, $0-40
	MOVQ      list+0(FP), R8
	MOVQ      preds+8(FP), SI
	MOVQ      src+16(FP), AX
	MOVQ      headers+24(FP), DX
	MOVQ      lambda+32(FP), CX
	SPECTRA
	VPMOVZXBW (AX), Y13
	SCORES
	VINSERTI128  $1, X4, Y2, Y2
	SHLL         $8, CX
	VMOVD        CX, X0
	VPBROADCASTW X0, Y0
	VMOVDQU      (DX), X1
	VMOVD        16(DX), X3
	VINSERTI128  $1, X3, Y1, Y1
	VPMULHUW     Y1, Y0, Y0
	VPADDSW      Y2, Y0, Y0
	VPXOR        Y5, Y5, Y5
	VPERMQ       $0x44, Y0, Y1
	VPERMQ       $0xee, Y0, Y2
	RANK(0, each0, Y1)
	RANK(1, each1, Y1)
	RANK(2, each2, Y1)
	RANK(3, each3, Y1)
	RANK(4, each4, Y1)
	RANK(5, each5, Y1)
	RANK(6, each6, Y1)
	RANK(7, each7, Y1)
	RANK(8, each0, Y2)
	RANK(9, each1, Y2)
	VEXTRACTI128 $1, Y5, X6
	VPACKUSWB    X6, X5, X5
	VMOVQ        X5, AX
	VPEXTRQ      $1, X5, CX
	PLACE(0, AX)
	PLACE(1, AX)
	PLACE(2, AX)
	PLACE(3, AX)
	PLACE(4, AX)
	PLACE(5, AX)
	PLACE(6, AX)
	PLACE(7, AX)
	PLACE(8, CX)
	PLACE(9, CX)
	VZEROUPPER
	RET
