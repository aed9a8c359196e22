//go:build amd64 && !noasm && gc

#include "textflag.h"

DATA  one<>+0(SB)/4, $0x01010101
GLOBL one<>(SB), RODATA|NOPTR, $4

// The kernels that undo filters go from pixel to pixel. SI is the pixel, R8
// the one above, R9 the bytes of a pixel, CX how many pixels. X0 is the pixel
// to the left. A store writes over what follows the pixel; X5 has that from
// before, and gives it back at the end.

#define ARGUMENTS \
	MOVQ row+0(FP), SI   \
	MOVQ above+8(FP), R8 \
	MOVQ step+16(FP), R9 \
	MOVQ n+24(FP), CX    \
	MOVQ SI, DX          \
	SUBQ R9, DX

#define STORE1(x, to) VPEXTRB $0, x, to
#define STORE4(x, to) VMOVD x, to
#define STORE8(x, to) VMOVQ x, to

// The kernels that filter do 32 bytes at a time, and return the sum of
// magnitudes. DI is the output, SI the row, R8 the row above, BX and R9 each a
// pixel before those.

#define OPERANDS \
	MOVQ  out+0(FP), DI    \
	MOVQ  row+8(FP), SI    \
	MOVQ  above+16(FP), R8 \
	MOVQ  step+24(FP), AX  \
	MOVQ  n+32(FP), CX     \
	MOVQ  SI, BX           \
	SUBQ  AX, BX           \
	MOVQ  R8, R9           \
	SUBQ  AX, R9           \
	XORQ  DX, DX           \
	VPXOR Y15, Y15, Y15    \
	VPXOR Y14, Y14, Y14

#define MAGNITUDES(y, t) \
	VPABSB  y, t         \
	VPSADBW Y15, t, t    \
	VPADDQ  t, Y14, Y14

#define TOTAL \
	VEXTRACTI128 $1, Y14, X0  \
	VPADDQ       X14, X0, X0  \
	VPSHUFD      $0x4e, X0, X1 \
	VPADDQ       X1, X0, X0   \
	VMOVQ        X0, AX       \
	VZEROUPPER                \
	MOVQ         AX, sum+40(FP)

// The loops that undo filters, by how they store.

#define SUB(STORE) \
	ARGUMENTS                \
	VMOVQ (DX), X0           \
	VMOVQ (SI), X5           \
loop:                        \
	VPADDB X5, X0, X0        \
	VMOVQ  (SI)(R9*1), X5    \
	STORE(X0, (SI))          \
	ADDQ   R9, SI            \
	DECQ   CX                \
	JNZ    loop              \
	STORE(X5, (SI))          \
	RET

// func undoSub1(row, above *uint8, step, n int)
TEXT ·undoSub1(SB), NOSPLIT, $0-32
	SUB(STORE1)

// func undoSub4(row, above *uint8, step, n int)
TEXT ·undoSub4(SB), NOSPLIT, $0-32
	SUB(STORE4)

// func undoSub8(row, above *uint8, step, n int)
TEXT ·undoSub8(SB), NOSPLIT, $0-32
	SUB(STORE8)

// VPAVGB rounds up.
#define AVERAGE(STORE) \
	ARGUMENTS                \
	VPBROADCASTD one<>(SB), X6 \
	VMOVQ (DX), X0           \
	VMOVQ (SI), X5           \
loop:                        \
	VMOVQ  (R8), X1          \
	VPAVGB X1, X0, X2        \
	VPXOR  X1, X0, X0        \
	VPAND  X6, X0, X0        \
	VPSUBB X0, X5, X5        \
	VPADDB X5, X2, X0        \
	VMOVQ  (SI)(R9*1), X5    \
	STORE(X0, (SI))          \
	ADDQ   R9, R8            \
	ADDQ   R9, SI            \
	DECQ   CX                \
	JNZ    loop              \
	STORE(X5, (SI))          \
	RET

// func undoAverage1(row, above *uint8, step, n int)
TEXT ·undoAverage1(SB), NOSPLIT, $0-32
	AVERAGE(STORE1)

// func undoAverage4(row, above *uint8, step, n int)
TEXT ·undoAverage4(SB), NOSPLIT, $0-32
	AVERAGE(STORE4)

// func undoAverage8(row, above *uint8, step, n int)
TEXT ·undoAverage8(SB), NOSPLIT, $0-32
	AVERAGE(STORE8)

// NEAREST makes of a, b and c, in 16-bit lanes, whichever is nearest to a+b-c.
#define NEAREST(a, b, c, p, pa, pb, pc) \
	VPSUBW    c, b, pa       \
	VPSUBW    c, a, pb       \
	VPADDW    pa, pb, pc     \
	VPABSW    pa, pa         \
	VPABSW    pb, pb         \
	VPABSW    pc, pc         \
	VPMINSW   pa, pc, pc     \
	VPMINSW   pb, pc, pc     \
	VPCMPEQW  pa, pc, pa     \
	VPCMPEQW  pb, pc, pb     \
	VPBLENDVB pb, b, c, p    \
	VPBLENDVB pa, a, p, p

#define PAETH(STORE) \
	ARGUMENTS                  \
	VPMOVZXBW (DX), X0         \
	MOVQ      R8, AX           \
	SUBQ      R9, AX           \
	VPMOVZXBW (AX), X2         \
	VMOVQ     (SI), X5         \
	VPXOR     X9, X9, X9       \
loop:                          \
	VPMOVZXBW  (R8), X1        \
	NEAREST(X0, X1, X2, X3, X4, X6, X7) \
	VPUNPCKLBW X9, X5, X5      \
	VPADDB     X5, X3, X0      \
	VMOVDQA    X1, X2          \
	VMOVQ      (SI)(R9*1), X5  \
	VPACKUSWB  X0, X0, X8      \
	STORE(X8, (SI))            \
	ADDQ       R9, R8          \
	ADDQ       R9, SI          \
	DECQ       CX              \
	JNZ        loop            \
	STORE(X5, (SI))            \
	RET

// func undoPaeth1(row, above *uint8, step, n int)
TEXT ·undoPaeth1(SB), NOSPLIT, $0-32
	PAETH(STORE1)

// func undoPaeth4(row, above *uint8, step, n int)
TEXT ·undoPaeth4(SB), NOSPLIT, $0-32
	PAETH(STORE4)

// func undoPaeth8(row, above *uint8, step, n int)
TEXT ·undoPaeth8(SB), NOSPLIT, $0-32
	PAETH(STORE8)

// func undoUp(row, above *uint8, n int)
TEXT ·undoUp(SB), NOSPLIT, $0-24
	MOVQ row+0(FP), SI
	MOVQ above+8(FP), R8
	MOVQ n+16(FP), CX
	XORQ DX, DX

loop:
	VMOVDQU (SI)(DX*1), Y0
	VPADDB  (R8)(DX*1), Y0, Y0
	VMOVDQU Y0, (SI)(DX*1)
	ADDQ    $32, DX
	CMPQ    DX, CX
	JB      loop
	VZEROUPPER
	RET

// func magnitudes(out, row, above *uint8, step, n int) (sum int)
TEXT ·magnitudes(SB), NOSPLIT, $0-48
	OPERANDS

loop:
	VMOVDQU (SI)(DX*1), Y0
	MAGNITUDES(Y0, Y1)
	ADDQ    $32, DX
	CMPQ    DX, CX
	JB      loop
	TOTAL
	RET

// func applySub(out, row, above *uint8, step, n int) (sum int)
TEXT ·applySub(SB), NOSPLIT, $0-48
	OPERANDS

loop:
	VMOVDQU (SI)(DX*1), Y0
	VPSUBB  (BX)(DX*1), Y0, Y0
	VMOVDQU Y0, (DI)(DX*1)
	MAGNITUDES(Y0, Y1)
	ADDQ    $32, DX
	CMPQ    DX, CX
	JB      loop
	TOTAL
	RET

// func applyUp(out, row, above *uint8, step, n int) (sum int)
TEXT ·applyUp(SB), NOSPLIT, $0-48
	OPERANDS

loop:
	VMOVDQU (SI)(DX*1), Y0
	VPSUBB  (R8)(DX*1), Y0, Y0
	VMOVDQU Y0, (DI)(DX*1)
	MAGNITUDES(Y0, Y1)
	ADDQ    $32, DX
	CMPQ    DX, CX
	JB      loop
	TOTAL
	RET

// func applyAverage(out, row, above *uint8, step, n int) (sum int)
TEXT ·applyAverage(SB), NOSPLIT, $0-48
	OPERANDS
	VPBROADCASTD one<>(SB), Y6

loop:
	VMOVDQU (BX)(DX*1), Y1
	VMOVDQU (R8)(DX*1), Y2
	VPAVGB  Y1, Y2, Y3
	VPXOR   Y1, Y2, Y2
	VPAND   Y6, Y2, Y2
	VPSUBB  Y2, Y3, Y3
	VMOVDQU (SI)(DX*1), Y0
	VPSUBB  Y3, Y0, Y0
	VMOVDQU Y0, (DI)(DX*1)
	MAGNITUDES(Y0, Y1)
	ADDQ    $32, DX
	CMPQ    DX, CX
	JB      loop
	TOTAL
	RET

// func applyPaeth(out, row, above *uint8, step, n int) (sum int)
TEXT ·applyPaeth(SB), NOSPLIT, $0-48
	OPERANDS

loop:
	VPMOVZXBW    (BX)(DX*1), Y0
	VPMOVZXBW    (R8)(DX*1), Y1
	VPMOVZXBW    (R9)(DX*1), Y2
	NEAREST(Y0, Y1, Y2, Y10, Y4, Y6, Y7)
	VPMOVZXBW    16(BX)(DX*1), Y0
	VPMOVZXBW    16(R8)(DX*1), Y1
	VPMOVZXBW    16(R9)(DX*1), Y2
	NEAREST(Y0, Y1, Y2, Y11, Y4, Y6, Y7)
	VPACKUSWB    Y11, Y10, Y3
	VPERMQ       $0xd8, Y3, Y3
	VMOVDQU      (SI)(DX*1), Y0
	VPSUBB       Y3, Y0, Y0
	VMOVDQU      Y0, (DI)(DX*1)
	MAGNITUDES(Y0, Y1)
	ADDQ         $32, DX
	CMPQ         DX, CX
	JB           loop
	TOTAL
	RET
