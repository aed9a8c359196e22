//go:build amd64 && !noasm && gc

#include "textflag.h"

// classes are the tokens of magnitudes up to 67.
DATA classes<>+0x00(SB)/8, $0x0706060504030201
DATA classes<>+0x08(SB)/8, $0x0808080808070707
DATA classes<>+0x10(SB)/8, $0x0909090909080808
DATA classes<>+0x18(SB)/8, $0x0909090909090909
DATA classes<>+0x20(SB)/8, $0x0a0a0a0a0a090909
DATA classes<>+0x28(SB)/8, $0x0a0a0a0a0a0a0a0a
DATA classes<>+0x30(SB)/8, $0x0a0a0a0a0a0a0a0a
DATA classes<>+0x38(SB)/8, $0x0a0a0a0a0a0a0a0a
DATA classes<>+0x40(SB)/8, $0x0b0b0b0b0b0a0a0a
GLOBL classes<>(SB), RODATA|NOPTR, $72

// after is the first place of the band of the level after each.
DATA after<>+0x00(SB)/8, $0x18181410180c0804
DATA after<>+0x08(SB)/8, $0x001c181818181818
GLOBL after<>(SB), RODATA|NOPTR, $16

// func countAMD64(counts *[512]uint32, levels *Coefficients, first, last, context int)
TEXT ·countAMD64(SB), NOSPLIT, $0-40
	MOVQ counts+0(FP), DI
	MOVQ levels+8(FP), SI
	MOVQ first+16(FP), CX
	MOVQ last+24(FP), DX
	MOVQ context+32(FP), BX
	LEAQ (BX)(CX*4), BX        // the place of its counts
	LEAQ classes<>(SB), R8
	LEAQ after<>(SB), R9
	MOVL $67, R10
	MOVL $2, R11
	CMPQ CX, DX
	JGE  end

level:
	MOVWLSX (SI)(CX*2), AX
	MOVL    AX, R12
	NEGL    R12
	CMOVLLT AX, R12
	CMPL    R12, R10
	CMOVLGT R10, R12
	MOVBLZX (R8)(R12*1), AX
	SHLL    $4, BX
	ADDL    BX, AX
	INCL    (DI)(AX*4)
	CMPL    R12, R11
	CMOVLGT R11, R12
	MOVBLZX (R9)(CX*1), BX
	ADDL    R12, BX
	INCL    CX
	CMPL    CX, DX
	JLT     level
	CMPL    DX, $16
	JEQ     done

end:
	SHLL $4, BX
	INCL (DI)(BX*4)

done:
	RET
