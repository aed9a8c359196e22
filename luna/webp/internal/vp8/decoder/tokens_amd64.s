//go:build amd64 && !noasm && gc

#include "funcdata.h"
#include "textflag.h"

// Registers: R8 is the reader's window, R9 its count, R10 its span, and R11 the
// next byte. BX are the probabilities of the place in the block, SI those of the
// context there. R12 is the place, DI the block, R13 its quantiser's steps.

// SPLIT compares the window with the split, AX, for probability n. DX is the split
// and one more, CX, in the highest byte.
#define SPLIT(n) \
	MOVBLZX n(SI), AX \
	SPLITAX            \
	CMPQ  R8, DX

#define SPLITAX \
	IMULL R10, AX      \
	SHRL  $8, AX       \
	LEAL  1(AX), CX    \
	RORXQ $8, CX, DX

// CLEAR goes on behind a 0, and SET behind a 1.
#define CLEAR \
	LZCNTQ DX, AX      \
	SHLXL  AX, CX, R10 \
	SHLXQ  AX, R8, R8  \
	SUBQ   AX, R9      \
	DECL   R10

#define SET \
	SUBQ   DX, R8       \
	SUBL   AX, R10      \
	LZCNTL R10, AX      \
	SUBL   $24, AX      \
	SHLXL  AX, R10, R10 \
	SHLXQ  AX, R8, R8   \
	SUBQ   AX, R9       \
	DECL   R10

// DIGIT shifts a bit of probability AX into R15, without a jump.
#define DIGIT \
	SPLITAX              \
	MOVQ    R8, R14      \
	SUBL    AX, R10      \
	SUBQ    DX, R14      \
	CMOVLCS CX, R10      \
	CMOVQCC R14, R8      \
	SBBL    R14, R14     \
	LEAL    1(R15)(R15*1), R15 \
	ADDL    R14, R15     \
	LZCNTL  R10, AX      \
	SUBL    $24, AX      \
	SHLXL   AX, R10, R10 \
	SHLXQ   AX, R8, R8   \
	SUBQ    AX, R9       \
	DECL    R10

// FILL has count at 49 at least.
#define FILL \
	MOVQ   (R11), AX     \
	BSWAPQ AX            \
	LEAQ   8(R9), CX     \
	SHRXQ  CX, AX, AX    \
	ORQ    AX, R8        \
	MOVL   $56, AX       \
	SUBQ   R9, AX        \
	SHRQ   $3, AX        \
	ADDQ   AX, R11       \
	LEAQ   (R9)(AX*8), R9

DATA  zigzag<>+0(SB)/8, $0x0c06040a10080200
DATA  zigzag<>+8(SB)/8, $0x1e1c160e141a1812
GLOBL zigzag<>(SB), RODATA|NOPTR, $16

// The probabilities of extra bits of categories 3 to 6, and a 0.
DATA  extra<>+0(SB)/8, $0x00000000008c94ad
DATA  extra<>+8(SB)/8, $0x00000000878c9bb0
DATA  extra<>+16(SB)/8, $0x00000082868d9db4
DATA  extra<>+24(SB)/8, $0x8c99b1c4e6f3fefe
DATA  extra<>+32(SB)/8, $0x0000000000818285
GLOBL extra<>(SB), RODATA|NOPTR, $40

// block reads a block's coefficients from place R12 on, and leaves the place
// behind the last in R12. It changes AX, BX, CX, DX, SI, R14 and R15.
TEXT block<>(SB), NOSPLIT, $0-0
next:
	// A coefficient of 1 takes 22 bits at most.
	CMPQ R9, $24
	JLT  fill1
filled1:
	SPLIT(0)
	JAE  more
	CLEAR
	RET

more:
	SET
zero:
	SPLIT(1)
	JAE  some
	CLEAR
	INCQ R12
	ADDQ $33, BX
	MOVQ BX, SI
	CMPQ R12, $16
	JEQ  last
	CMPQ R9, $24
	JGE  zero
	FILL
	JMP  zero

last:
	RET

some:
	SET
	SPLIT(2)
	JAE  large
	CLEAR
	LEAQ 44(BX), SI
	MOVL $1, R15

sign:
	// A bit of probability 128 takes one bit.
	MOVL    R10, AX
	SHRL    $1, AX
	INCL    AX
	RORXQ   $8, AX, DX
	MOVQ    R8, R14
	SUBQ    DX, R14
	CMOVQCC R14, R8
	SBBL    CX, CX
	NOTL    CX // -1 of negative levels, or 0
	ADDL    CX, R10
	ORL     $1, R10
	ADDQ    R8, R8
	DECQ    R9
	XORL    CX, R15
	SUBL    CX, R15
	XORL    AX, AX
	TESTQ   R12, R12
	SETNE   AX
	MOVWLZX (R13)(AX*2), AX
	IMULL   AX, R15
	LEAQ    zigzag<>(SB), CX
	MOVBLZX (CX)(R12*1), AX
	MOVW    R15, (DI)(AX*1)
	INCQ    R12
	ADDQ    $33, BX
	CMPQ    R12, $16
	JNE     next
	RET

fill1:
	FILL
	JMP filled1

large:
	SET
	// What follows takes 35 bits, but for categories 3 to 6.
	CMPQ R9, $42
	JGE  filled2
	FILL
filled2:
	SPLIT(3)
	JAE  above4
	CLEAR
	SPLIT(4)
	JAE  above2
	CLEAR
	MOVL $2, R15
	LEAQ 55(BX), SI
	JMP  sign

above2:
	SET
	MOVL    $1, R15
	MOVBLZX 5(SI), AX
	DIGIT
	INCL    R15 // 2 + bit, and 1
	LEAQ    55(BX), SI
	JMP     sign

above4:
	SET
	SPLIT(6)
	JAE  above10
	CLEAR
	SPLIT(7)
	JAE  category2
	CLEAR
	XORL R15, R15
	MOVL $159, AX
	DIGIT
	ADDL $5, R15
	LEAQ 55(BX), SI
	JMP  sign

category2:
	SET
	XORL R15, R15
	MOVL $165, AX
	DIGIT
	MOVL $145, AX
	DIGIT
	ADDL $7, R15
	LEAQ 55(BX), SI
	JMP  sign

above10:
	SET
	XORL    R15, R15
	MOVBLZX 8(SI), AX
	DIGIT
	MOVBLZX 9(SI)(R15*1), AX
	DIGIT
	LEAQ    extra<>(SB), SI
	LEAQ    (SI)(R15*8), SI
	MOVL    $1, R15

digits:
	CMPQ    R9, $8
	JGE     filled3
	FILL
filled3:
	MOVBLZX (SI), AX
	TESTL   AX, AX
	JZ      finished
	DIGIT
	INCQ    SI
	JMP     digits

finished:
	// The lowest levels are 3 more than 8, 16, 32 and 64. Each digit has doubled
	// the 1, which makes 2048 of the last.
	CMPL R15, $2048
	JLT  short
	SUBL $1984, R15
short:
	ADDL $3, R15
	LEAQ 55(BX), SI
	JMP  sign

// CONTEXT puts n's block of the probabilities at base in BX and SI.
#define CONTEXT(base, above, left) \
	MOVBLZX above(SP), SI \
	MOVBLZX left(SP), AX  \
	ADDL    AX, SI        \
	MOVQ    base, BX      \
	IMUL3Q  $11, SI, SI   \
	ADDQ    BX, SI

// EXTENT says in AX what a block at DI has of which R12 is the end.
#define EXTENT \
	XORL    AX, AX      \
	CMPW    (DI), $0    \
	SETNE   AX          \
	MOVL    $2, CX      \
	MOVL    $3, DX      \
	CMPQ    R12, $1     \
	CMOVLGT CX, AX      \
	CMPQ    R12, $3     \
	CMOVLGT DX, AX      \
	ADDQ    $32, DI

// LUMABLOCK reads the luma block in column x and row y.
#define LUMABLOCK(x, y) \
	CONTEXT(64(SP), (32+x), (48+y)) \
	MOVQ  72(SP), R12  \
	CALL  block<>(SB)  \
	CMPQ  R12, 72(SP)  \
	SETGT (32+x)(SP)   \
	SETGT (48+y)(SP)   \
	EXTENT             \
	MOVL  80(SP), CX   \
	SHLL  $2, CX       \
	ORL   AX, CX       \
	MOVL  CX, 80(SP)

#define CHROMABLOCK(x, y) \
	CONTEXT(64(SP), (32+x), (48+y)) \
	XORL  R12, R12     \
	CALL  block<>(SB)  \
	CMPQ  R12, $0      \
	SETGT (32+x)(SP)   \
	SETGT (48+y)(SP)   \
	EXTENT             \
	MOVL  84(SP), CX   \
	SHRL  $2, CX       \
	SHLL  $14, AX      \
	ORL   AX, CX       \
	MOVL  CX, 84(SP)

// func macroblockBMI2(a *tokenArguments)
TEXT ·macroblockBMI2(SB), 0, $88-8
	NO_LOCAL_POINTERS
	MOVQ a+0(FP), AX
	MOVQ 0(AX), R8
	MOVQ 8(AX), R11
	MOVQ 16(AX), R9
	MOVQ 24(AX), R10
	MOVQ 40(AX), R13
	MOVQ 64(AX), DI

	// What edges have, as bytes.
	MOVQ    48(AX), CX
	MOVQ    56(AX), DX
	MOVQ    (CX), R14
	MOVQ    (DX), R15
	MOVQ    R14, 32(SP)
	MOVQ    R15, 48(SP)
	MOVBLZX 8(CX), R14
	MOVBLZX 8(DX), R15
	MOVL    R14, 40(SP)
	MOVL    R15, 56(SP)
	MOVQ    $0, 80(SP)

	VPXOR   X0, X0, X0
	VMOVDQU Y0, (DI)
	VMOVDQU Y0, 32(DI)
	VMOVDQU Y0, 64(DI)
	VMOVDQU Y0, 96(DI)
	VMOVDQU Y0, 128(DI)
	VMOVDQU Y0, 160(DI)
	VMOVDQU Y0, 192(DI)
	VMOVDQU Y0, 224(DI)
	VMOVDQU Y0, 256(DI)
	VMOVDQU Y0, 288(DI)
	VMOVDQU Y0, 320(DI)
	VMOVDQU Y0, 352(DI)
	VMOVDQU Y0, 384(DI)
	VMOVDQU Y0, 416(DI)
	VMOVDQU Y0, 448(DI)
	VMOVDQU Y0, 480(DI)
	VMOVDQU Y0, 512(DI)
	VMOVDQU Y0, 544(DI)
	VMOVDQU Y0, 576(DI)
	VMOVDQU Y0, 608(DI)
	VMOVDQU Y0, 640(DI)
	VMOVDQU Y0, 672(DI)
	VMOVDQU Y0, 704(DI)
	VMOVDQU Y0, 736(DI)

	MOVQ 32(AX), CX // probabilities
	CMPQ 72(AX), $0
	JEQ  whole
	LEAQ 1683(CX), CX // of type 3
	MOVQ CX, 64(SP)
	MOVQ $0, 72(SP)
	JMP  luma

whole:
	VMOVDQU Y0, 0(SP)
	VZEROUPPER
	LEAQ 561(CX), CX // of type 1
	MOVQ CX, 64(SP)
	ADDQ $4, R13
	MOVQ SP, DI
	CONTEXT(64(SP), 40, 56)
	XORL R12, R12
	CALL block<>(SB)
	CMPQ R12, $0
	SETGT 40(SP)
	SETGT 56(SP)
	SUBQ $4, R13
	MOVQ a+0(FP), AX
	MOVQ 64(AX), DI
	MOVQ 32(AX), CX
	ADDQ $33, CX // the first coefficient is the second-order block's
	MOVQ CX, 64(SP)
	MOVQ $1, 72(SP)
	TESTQ R12, R12
	JZ   luma

	// The inverse Walsh-Hadamard transform of what is at SP.
	VPMOVSXWD 0(SP), X0
	VPMOVSXWD 8(SP), X1
	VPMOVSXWD 16(SP), X2
	VPMOVSXWD 24(SP), X3
	VPADDD X3, X0, X4 // a0
	VPADDD X2, X1, X5 // a1
	VPSUBD X2, X1, X6 // a2
	VPSUBD X3, X0, X7 // a3
	VPADDD X5, X4, X0
	VPADDD X6, X7, X1
	VPSUBD X5, X4, X2
	VPSUBD X6, X7, X3
	VPUNPCKLDQ X1, X0, X4
	VPUNPCKHDQ X1, X0, X5
	VPUNPCKLDQ X3, X2, X6
	VPUNPCKHDQ X3, X2, X7
	VPUNPCKLQDQ X6, X4, X0
	VPUNPCKHQDQ X6, X4, X1
	VPUNPCKLQDQ X7, X5, X2
	VPUNPCKHQDQ X7, X5, X3
	VPCMPEQD X7, X7, X7
	VPSRLD $30, X7, X7
	VPADDD X7, X0, X0 // 3 more, to round
	VPADDD X3, X0, X4
	VPADDD X2, X1, X5
	VPSUBD X2, X1, X6
	VPSUBD X3, X0, X7
	VPADDD X5, X4, X0
	VPADDD X6, X7, X1
	VPSUBD X5, X4, X2
	VPSUBD X6, X7, X3
	VPSRAD $3, X0, X0
	VPSRAD $3, X1, X1
	VPSRAD $3, X2, X2
	VPSRAD $3, X3, X3
	VPEXTRW $0, X0, 0(DI)
	VPEXTRW $0, X1, 32(DI)
	VPEXTRW $0, X2, 64(DI)
	VPEXTRW $0, X3, 96(DI)
	VPEXTRW $2, X0, 128(DI)
	VPEXTRW $2, X1, 160(DI)
	VPEXTRW $2, X2, 192(DI)
	VPEXTRW $2, X3, 224(DI)
	VPEXTRW $4, X0, 256(DI)
	VPEXTRW $4, X1, 288(DI)
	VPEXTRW $4, X2, 320(DI)
	VPEXTRW $4, X3, 352(DI)
	VPEXTRW $6, X0, 384(DI)
	VPEXTRW $6, X1, 416(DI)
	VPEXTRW $6, X2, 448(DI)
	VPEXTRW $6, X3, 480(DI)

luma:
	VZEROUPPER
	LUMABLOCK(0, 0)
	LUMABLOCK(1, 0)
	LUMABLOCK(2, 0)
	LUMABLOCK(3, 0)
	LUMABLOCK(0, 1)
	LUMABLOCK(1, 1)
	LUMABLOCK(2, 1)
	LUMABLOCK(3, 1)
	LUMABLOCK(0, 2)
	LUMABLOCK(1, 2)
	LUMABLOCK(2, 2)
	LUMABLOCK(3, 2)
	LUMABLOCK(0, 3)
	LUMABLOCK(1, 3)
	LUMABLOCK(2, 3)
	LUMABLOCK(3, 3)

	MOVQ a+0(FP), AX
	MOVQ 32(AX), CX
	ADDQ $1122, CX // of type 2
	MOVQ CX, 64(SP)
	ADDQ $8, R13
	CHROMABLOCK(4, 4)
	CHROMABLOCK(5, 4)
	CHROMABLOCK(4, 5)
	CHROMABLOCK(5, 5)
	CHROMABLOCK(6, 6)
	CHROMABLOCK(7, 6)
	CHROMABLOCK(6, 7)
	CHROMABLOCK(7, 7)

	MOVQ a+0(FP), AX
	MOVQ R8, 0(AX)
	MOVQ R11, 8(AX)
	MOVQ R9, 16(AX)
	MOVQ R10, 24(AX)
	MOVQ 48(AX), CX
	MOVQ 56(AX), DX
	MOVQ 32(SP), R14
	MOVQ 48(SP), R15
	MOVQ R14, (CX)
	MOVQ R15, (DX)
	MOVL 40(SP), R14
	MOVL 56(SP), R15
	MOVB R14, 8(CX)
	MOVB R15, 8(DX)
	MOVQ 80(SP), CX
	MOVQ CX, 80(AX)
	RET
