//go:build amd64 && !noasm && gc

#include "go_asm.h"
#include "textflag.h"

// The registers of fastBMI2: SI is the next input byte, R8 the last place from
// which 16 bytes can be read; R9 is the next output byte, R10 the end of the
// room for it; R11 holds the bits, of which the low 6 bits of R12 are the
// count; R13 and R14 are table and mask of literals, BX and R15 of distances.

// REFILL makes at least 56 bits available.
#define REFILL \
	MOVQ  (SI), AX     \
	SHLXQ R12, AX, AX  \
	ORQ   AX, R11      \
	MOVL  R12, CX      \
	SHRL  $3, CX       \
	ANDL  $7, CX       \
	ADDQ  $7, SI       \
	SUBQ  CX, SI       \
	ORL   $56, R12

// LOOK finds the next entry, AX, and its sign.
#define LOOK \
	MOVQ  R11, CX           \
	ANDQ  R14, CX           \
	MOVL  (R13)(CX*4), AX   \
	TESTL AX, AX

// TAKE takes the bits of entry AX.
#define TAKE \
	SHRXQ AX, R11, R11 \
	SUBL  AX, R12

// LITERALS writes the one or two literals of entry AX.
#define LITERALS \
	MOVL  AX, DX       \
	TAKE               \
	SHRL  $8, DX       \
	MOVW  DX, (R9)     \
	BTL   $29, AX      \
	ADCQ  $1, R9

// func fastBMI2(z *Reader) (stopped int)
TEXT ·fastBMI2(SB), NOSPLIT, $8-16
	MOVQ z+0(FP), DI
	MOVQ Reader_pos(DI), SI
	MOVQ Reader_end(DI), R8
	LEAQ Reader_in(DI), AX
	ADDQ AX, SI
	LEAQ -16(R8)(AX*1), R8
	LEAQ Reader_out(DI), AX
	MOVQ AX, first-8(SP)
	MOVQ Reader_to(DI), R9
	ADDQ AX, R9
	LEAQ (const_windowSize+const_workSize)(AX), R10
	MOVQ Reader_bits(DI), R11
	MOVQ Reader_count(DI), R12
	LEAQ Reader_litTable(DI), R13
	MOVQ (Reader_lit+table_mask)(DI), R14
	LEAQ Reader_distTable(DI), BX
	MOVQ (Reader_dist+table_mask)(DI), R15

loop:
	CMPQ SI, R8
	JA   limit
	CMPQ R9, R10
	JAE  limit
	REFILL

	// Four looks take at most 44 of the 56 bits.
	LOOK
	JGE      other
	LITERALS
	LOOK
	JGE      refilled
	LITERALS
	LOOK
	JGE      refilled
	LITERALS
	LOOK
	JGE      refilled
	LITERALS
	JMP      loop

refilled:
	// A match takes at most 48. The entry is the same.
	MOVL  AX, DX
	REFILL
	MOVL  DX, AX

other:
	TESTL $(const_isSpecial|const_isSub), AX
	JNZ   special

length:
	BZHIQ AX, R11, CX
	MOVL  AX, DX
	SHRL  $8, DX
	SHRXQ DX, CX, CX
	SHRL  $8, DX
	ADDQ  DX, CX
	JZ    damage
	TAKE
	MOVQ  R11, DX
	ANDQ  R15, DX
	MOVL  (BX)(DX*4), AX
	TESTL $const_isSub, AX
	JNZ   farther

distance:
	BZHIQ AX, R11, DX
	MOVL  AX, DI
	SHRL  $8, DI
	SHRXQ DI, DX, DX
	SHRL  $8, DI
	ADDQ  DI, DX
	JZ    damage
	TAKE
	MOVQ  R9, DI
	SUBQ  DX, DI
	CMPQ  DI, first-8(SP)
	JB    damage
	ADDQ  R9, CX
	CMPQ  DX, $16
	JB    near

copy16:
	MOVOU (DI), X0
	MOVOU X0, (R9)
	ADDQ  $16, DI
	ADDQ  $16, R9
	CMPQ  R9, CX
	JB    copy16
	MOVQ  CX, R9
	JMP   loop

near:
	CMPQ DX, $1
	JE   repeat
	CMPQ DX, $8
	JB   nearer

copy8:
	MOVQ (DI), AX
	MOVQ AX, (R9)
	ADDQ $8, DI
	ADDQ $8, R9
	CMPQ R9, CX
	JB   copy8
	MOVQ CX, R9
	JMP  loop

nearer:
	// Of the 8 bytes, as many are right as the distance is.
	MOVQ (DI), AX
	MOVQ AX, (R9)
	ADDQ DX, DI
	ADDQ DX, R9
	CMPQ R9, CX
	JB   nearer
	MOVQ CX, R9
	JMP  loop

repeat:
	MOVBQZX (DI), AX
	MOVQ    $0x0101010101010101, DX
	IMULQ   DX, AX

repeat8:
	MOVQ AX, (R9)
	ADDQ $8, R9
	CMPQ R9, CX
	JB   repeat8
	MOVQ CX, R9
	JMP  loop

farther:
	TAKE
	MOVL  AX, DX
	SHRL  $8, DX
	BZHIQ DX, R11, DI
	SHRL  $8, DX
	ADDQ  DX, DI
	MOVL  (BX)(DI*4), AX
	JMP   distance

special:
	TESTL $const_isSub, AX
	JZ    blockEnd
	TAKE
	MOVL  AX, DX
	SHRL  $8, DX
	BZHIQ DX, R11, CX
	SHRL  $8, DX
	ADDQ  DX, CX
	MOVL  (R13)(CX*4), AX
	TESTL AX, AX
	JGE   notLiteral
	MOVL  AX, DX
	SHRL  $8, DX
	MOVB  DX, (R9)
	INCQ  R9
	TAKE
	JMP   loop

notLiteral:
	TESTL $const_isSpecial, AX
	JZ    length

blockEnd:
	TAKE
	MOVQ $const_stoppedAtBlockEnd, AX
	JMP  exit

damage:
	MOVQ $const_stoppedAtDamage, AX
	JMP  exit

limit:
	MOVQ $const_stoppedAtLimit, AX

exit:
	MOVQ AX, stopped+8(FP)
	MOVQ z+0(FP), DI
	LEAQ Reader_in(DI), AX
	SUBQ AX, SI
	MOVQ SI, Reader_pos(DI)
	SUBQ first-8(SP), R9
	MOVQ R9, Reader_to(DI)
	MOVQ R11, Reader_bits(DI)
	ANDL $63, R12
	MOVQ R12, Reader_count(DI)
	RET

DATA  weights<>+0(SB)/8, $0x191a1b1c1d1e1f20
DATA  weights<>+8(SB)/8, $0x1112131415161718
DATA  weights<>+16(SB)/8, $0x090a0b0c0d0e0f10
DATA  weights<>+24(SB)/8, $0x0102030405060708
GLOBL weights<>(SB), RODATA|NOPTR, $32

DATA  one<>+0(SB)/4, $0x00010001
GLOBL one<>(SB), RODATA|NOPTR, $4

// SUM makes of the 32-bit lanes of y their sum in r.
#define SUM(y, x, r) \
	VEXTRACTI128 $1, y, X7    \
	VPADDD       X7, x, x     \
	VPSHUFD      $0x4e, x, X7 \
	VPADDD       X7, x, x     \
	VPSHUFD      $0xb1, x, X7 \
	VPADDD       X7, x, x     \
	VMOVD        x, r

// func adlerAVX2(p *byte, n int) (sum, sums uint32)
TEXT ·adlerAVX2(SB), NOSPLIT, $0-24
	MOVQ         p+0(FP), SI
	MOVQ         n+8(FP), CX
	VPXOR        Y0, Y0, Y0 // sum
	VPXOR        Y1, Y1, Y1 // sums within 32 bytes
	VPXOR        Y2, Y2, Y2 // sum before each 32 bytes
	VPXOR        Y5, Y5, Y5
	VMOVDQU      weights<>(SB), Y6
	VPBROADCASTD one<>(SB), Y8

loop:
	VMOVDQU    (SI), Y3
	VPADDD     Y0, Y2, Y2
	VPSADBW    Y5, Y3, Y4
	VPADDD     Y4, Y0, Y0
	VPMADDUBSW Y6, Y3, Y3
	VPMADDWD   Y8, Y3, Y3
	VPADDD     Y3, Y1, Y1
	ADDQ       $32, SI
	SUBQ       $32, CX
	JNZ        loop

	SUM(Y0, X0, AX)
	VPSLLD $5, Y2, Y2
	VPADDD Y2, Y1, Y1
	SUM(Y1, X1, DX)
	VZEROUPPER
	MOVL AX, sum+16(FP)
	MOVL DX, sums+20(FP)
	RET
