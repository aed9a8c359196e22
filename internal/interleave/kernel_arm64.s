//go:build arm64 && !noasm && gc

#include "textflag.h"

// func split3NEON(a, b, c, packed *uint8, n int)
TEXT ·split3NEON(SB), NOSPLIT, $0-40
	MOVD a+0(FP), R0
	MOVD b+8(FP), R1
	MOVD c+16(FP), R2
	MOVD packed+24(FP), R4
	MOVD n+32(FP), R5

loop:
	VLD3.P 48(R4), [V0.B16, V1.B16, V2.B16]
	VST1.P [V0.B16], 16(R0)
	VST1.P [V1.B16], 16(R1)
	VST1.P [V2.B16], 16(R2)
	SUBS   $16, R5
	BNE    loop
	RET

// func split4NEON(a, b, c, d, packed *uint8, n int)
TEXT ·split4NEON(SB), NOSPLIT, $0-48
	MOVD a+0(FP), R0
	MOVD b+8(FP), R1
	MOVD c+16(FP), R2
	MOVD d+24(FP), R3
	MOVD packed+32(FP), R4
	MOVD n+40(FP), R5

loop:
	VLD4.P 64(R4), [V0.B16, V1.B16, V2.B16, V3.B16]
	VST1.P [V0.B16], 16(R0)
	VST1.P [V1.B16], 16(R1)
	VST1.P [V2.B16], 16(R2)
	VST1.P [V3.B16], 16(R3)
	SUBS   $16, R5
	BNE    loop
	RET

// func join3NEON(packed, a, b, c *uint8, n int)
TEXT ·join3NEON(SB), NOSPLIT, $0-40
	MOVD packed+0(FP), R4
	MOVD a+8(FP), R0
	MOVD b+16(FP), R1
	MOVD c+24(FP), R2
	MOVD n+32(FP), R5

loop:
	VLD1.P 16(R0), [V0.B16]
	VLD1.P 16(R1), [V1.B16]
	VLD1.P 16(R2), [V2.B16]
	VST3.P [V0.B16, V1.B16, V2.B16], 48(R4)
	SUBS   $16, R5
	BNE    loop
	RET

// func join4NEON(packed, a, b, c, d *uint8, n int)
TEXT ·join4NEON(SB), NOSPLIT, $0-48
	MOVD packed+0(FP), R4
	MOVD a+8(FP), R0
	MOVD b+16(FP), R1
	MOVD c+24(FP), R2
	MOVD d+32(FP), R3
	MOVD n+40(FP), R5

loop:
	VLD1.P 16(R0), [V0.B16]
	VLD1.P 16(R1), [V1.B16]
	VLD1.P 16(R2), [V2.B16]
	VLD1.P 16(R3), [V3.B16]
	VST4.P [V0.B16, V1.B16, V2.B16, V3.B16], 64(R4)
	SUBS   $16, R5
	BNE    loop
	RET
