//go:build amd64 && !noasm && gc

#include "textflag.h"

// WORDS is a word in all of a register.
#define WORDS(name, value) \
	DATA  name<>+0x00(SB)/8, value \
	DATA  name<>+0x08(SB)/8, value \
	DATA  name<>+0x10(SB)/8, value \
	DATA  name<>+0x18(SB)/8, value \
	GLOBL name<>(SB), RODATA|NOPTR, $32

WORDS(eight, $0x0008000800080008)
WORDS(two, $0x0002000200020002)
WORDS(oneWords, $0x0001000100010001)
WORDS(oneBytes, $0x0101010101010101)
WORDS(round16, $0x0000000800000008) // double words
WORDS(round64, $0x0000002000000020)

// The factors and offsets of yuv.go.
WORDS(factorY, $0x4a854a854a854a85)  // 19077
WORDS(factorRV, $0x6625662566256625) // 26149
WORDS(factorGU, $0x1913191319131913) // 6419
WORDS(factorGV, $0x3408340834083408) // 13320
WORDS(factorBU, $0x811a811a811a811a) // 33050
WORDS(offsetR, $0x379a379a379a379a)  // 14234
WORDS(offsetG, $0x2204220422042204)  // 8708
WORDS(offsetB, $0x4515451545154515)  // 17685

// func upsampleAVX2(dst, near, far *uint8, n int)
TEXT ·upsampleAVX2(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ near+8(FP), SI
	MOVQ far+16(FP), DX
	MOVQ n+24(FP), CX
	VMOVDQU eight<>(SB), Y15

upsample:
	VPMOVZXBW (SI), Y0  // near, left
	VPMOVZXBW 1(SI), Y1 // near, right
	VPMOVZXBW (DX), Y2  // far, left
	VPMOVZXBW 1(DX), Y3 // far, right
	VPADDW Y1, Y2, Y4
	VPADDW Y0, Y3, Y5
	VPADDW Y4, Y5, Y6
	VPADDW Y15, Y6, Y6
	VPADDW Y4, Y4, Y4
	VPADDW Y5, Y5, Y5
	VPADDW Y4, Y6, Y4
	VPADDW Y5, Y6, Y5
	VPSRLW $3, Y4, Y4
	VPSRLW $3, Y5, Y5
	VPADDW Y0, Y4, Y4
	VPADDW Y1, Y5, Y5
	VPSRLW $1, Y4, Y4
	VPSRLW $1, Y5, Y5
	VPSLLW $8, Y5, Y5
	VPOR   Y5, Y4, Y4
	VMOVDQU Y4, (DI)
	ADDQ $16, SI
	ADDQ $16, DX
	ADDQ $32, DI
	SUBQ $16, CX
	JNE  upsample
	VZEROUPPER
	RET

// func rgbAVX2(red, green, blue, y, u, v *uint8, n int)
TEXT ·rgbAVX2(SB), NOSPLIT, $0-56
	MOVQ red+0(FP), R8
	MOVQ green+8(FP), R9
	MOVQ blue+16(FP), R10
	MOVQ y+24(FP), R11
	MOVQ u+32(FP), R12
	MOVQ v+40(FP), R13
	MOVQ n+48(FP), CX
	XORQ AX, AX
	VPXOR Y15, Y15, Y15

rgb:
	VMOVDQU (R11)(AX*1), Y0
	VMOVDQU (R12)(AX*1), Y1
	VMOVDQU (R13)(AX*1), Y2
	VPUNPCKHBW Y0, Y15, Y3 // as words, times 256
	VPUNPCKLBW Y0, Y15, Y0
	VPUNPCKHBW Y1, Y15, Y4
	VPUNPCKLBW Y1, Y15, Y1
	VPUNPCKHBW Y2, Y15, Y5
	VPUNPCKLBW Y2, Y15, Y2
	VPMULHUW factorY<>(SB), Y0, Y0
	VPMULHUW factorY<>(SB), Y3, Y3

	VPMULHUW factorRV<>(SB), Y2, Y6
	VPMULHUW factorRV<>(SB), Y5, Y7
	VPADDW   Y0, Y6, Y6
	VPADDW   Y3, Y7, Y7
	VPSUBW   offsetR<>(SB), Y6, Y6
	VPSUBW   offsetR<>(SB), Y7, Y7
	VPSRAW   $6, Y6, Y6
	VPSRAW   $6, Y7, Y7
	VPACKUSWB Y7, Y6, Y6
	VMOVDQU  Y6, (R8)(AX*1)

	VPMULHUW factorGU<>(SB), Y1, Y6
	VPMULHUW factorGU<>(SB), Y4, Y7
	VPMULHUW factorGV<>(SB), Y2, Y2
	VPMULHUW factorGV<>(SB), Y5, Y5
	VPADDW   offsetG<>(SB), Y0, Y8
	VPADDW   offsetG<>(SB), Y3, Y9
	VPADDW   Y2, Y6, Y6
	VPADDW   Y5, Y7, Y7
	VPSUBW   Y6, Y8, Y6
	VPSUBW   Y7, Y9, Y7
	VPSRAW   $6, Y6, Y6
	VPSRAW   $6, Y7, Y7
	VPACKUSWB Y7, Y6, Y6
	VMOVDQU  Y6, (R9)(AX*1)

	// Blue does not fit signed words, but unsigned ones.
	VPMULHUW factorBU<>(SB), Y1, Y6
	VPMULHUW factorBU<>(SB), Y4, Y7
	VPADDW   Y0, Y6, Y6
	VPADDW   Y3, Y7, Y7
	VPSUBUSW offsetB<>(SB), Y6, Y6
	VPSUBUSW offsetB<>(SB), Y7, Y7
	VPSRLW   $6, Y6, Y6
	VPSRLW   $6, Y7, Y7
	VPACKUSWB Y7, Y6, Y6
	VMOVDQU  Y6, (R10)(AX*1)

	ADDQ $32, AX
	CMPQ AX, CX
	JNE  rgb
	VZEROUPPER
	RET

// func halveAVX2(dst, src *uint8, stride, n int)
TEXT ·halveAVX2(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ stride+16(FP), AX
	MOVQ n+24(FP), CX
	VMOVDQU oneBytes<>(SB), Y15

halve:
	VMOVDQU (SI), Y0
	VMOVDQU (SI)(AX*1), Y1
	VPMADDUBSW Y15, Y0, Y0
	VPMADDUBSW Y15, Y1, Y1
	VPADDW  Y1, Y0, Y0
	VPADDW  two<>(SB), Y0, Y0
	VPSRLW  $2, Y0, Y0
	VPACKUSWB Y0, Y0, Y0
	VPERMQ  $0x08, Y0, Y0
	VMOVDQU X0, (DI)
	ADDQ $32, SI
	ADDQ $16, DI
	DECQ CX
	JNE  halve
	VZEROUPPER
	RET

// FOUR adds 4 rows of pairs at p to acc.
#define FOUR(p, acc) \
	VMOVDQU (p), Y0         \
	VMOVDQU (p)(AX*1), Y1   \
	VMOVDQU (p)(AX*2), Y2   \
	VMOVDQU (p)(BX*1), Y3   \
	VPMADDUBSW Y15, Y0, Y0  \
	VPMADDUBSW Y15, Y1, Y1  \
	VPMADDUBSW Y15, Y2, Y2  \
	VPMADDUBSW Y15, Y3, Y3  \
	VPADDW  Y1, Y0, Y0      \
	VPADDW  Y3, Y2, Y2      \
	VPADDW  Y2, Y0, acc

// func quarterAVX2(dst, src *uint8, stride, n int)
TEXT ·quarterAVX2(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ stride+16(FP), AX
	MOVQ n+24(FP), CX
	LEAQ (AX)(AX*2), BX
	VMOVDQU oneBytes<>(SB), Y15
	VMOVDQU oneWords<>(SB), Y14

quarter:
	FOUR(SI, Y0)
	VPMADDWD Y14, Y0, Y0
	VPADDD  round16<>(SB), Y0, Y0
	VPSRLD  $4, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPACKUSDW X1, X0, X0
	VPACKUSWB X0, X0, X0
	VMOVQ   X0, (DI)
	ADDQ $32, SI
	ADDQ $8, DI
	DECQ CX
	JNE  quarter
	VZEROUPPER
	RET

// func eighthAVX2(dst, src *uint8, stride, n int)
TEXT ·eighthAVX2(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ stride+16(FP), AX
	MOVQ n+24(FP), CX
	LEAQ (AX)(AX*2), BX
	LEAQ (SI)(AX*4), DX
	VMOVDQU oneBytes<>(SB), Y15
	VMOVDQU oneWords<>(SB), Y14

eighth:
	FOUR(SI, Y4)
	FOUR(DX, Y0)
	VPADDW  Y4, Y0, Y0
	VPMADDWD Y14, Y0, Y0
	VPHADDD Y0, Y0, Y0
	VPADDD  round64<>(SB), Y0, Y0
	VPSRLD  $6, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPUNPCKLQDQ X1, X0, X0
	VPACKUSDW X0, X0, X0
	VPACKUSWB X0, X0, X0
	VMOVD   X0, (DI)
	ADDQ $32, SI
	ADDQ $32, DX
	ADDQ $4, DI
	DECQ CX
	JNE  eighth
	VZEROUPPER
	RET
