// Constants and steps of predicting 4x4 blocks, after those of avx2_amd64.h.

// What the edge is spread to: L L L K J I X A to H H.
CONST(spread, $0x0504030201000000, $0x0c0c0b0a09080706, $0x0504030201000000, $0x0c0c0b0a09080706)
// Means of three (3) and of two (2) neighbours, by mode.
CONST(vertical3, $0x0908070609080706, $0x0908070609080706, $0x0303030304040404, $0x0101010102020202)
CONST(right3, $0x0706050408070605, $0x0504030206050403, $0x0807060580808080, $0x0706050380808004)
CONST(right2, $0x8080808080808080, $0x8080808080808080, $0x8080808009080706, $0x8080808008070680)
CONST(left3, $0x0b0a09080a090807, $0x0d0c0b0a0c0b0a09, $0x0a09080780808080, $0x0c0a09080b808080)
CONST(left2, $0x8080808080808080, $0x8080808080808080, $0x808080800a090807, $0x80808080800a0908)
CONST(horizontal3, $0x0580048007060580, $0x0380028004800380, $0x0180028002800380, $0x0000000000000180)
CONST(horizontal2, $0x8005800480808005, $0x8003800280048003, $0x8002800380038004, $0x8080808080808002)
// Words of a prediction: A to D, the left, the corner; bytes that make its mean.
CONST(above, $0x8008800780068005, $0x8008800780068005, $0x8008800780068005, $0x8008800780068005)
CONST(beside, $0x8003800380038003, $0x8002800280028002, $0x8001800180018001, $0x8000800080008000)
CONST(corner, $0x8004800480048004, $0x8004800480048004, $0x8004800480048004, $0x8004800480048004)
CONST(mean, $0x0807060503020100, $0x8080808080808080, $0x0807060503020100, $0x8080808080808080)

CONST(lowBits, $0x0101010101010101, $0x0101010101010101, $0x0101010101010101, $0x0101010101010101)

// PREDICT stores all ten predictions of the edge in Y0 where DI says: the mean of
// the left and of what is above; above plus left less corner; and means of two and
// three neighbours. Three are the mean of the middle and of that of the others,
// rounded down.
#define PREDICT \
	VPXOR        Y9, Y9, Y9 \
	VPSHUFB      mean<>(SB), Y0, Y1 \
	VPSADBW      Y9, Y1, Y1 \
	VMOVD        X1, AX \
	ADDL         $4, AX \
	SHRL         $3, AX \
	VMOVD        AX, X1 \
	VPBROADCASTB X1, X1 \
	VMOVDQU      X1, (DI) \
	VPSHUFB      above<>(SB), Y0, Y1 \
	VPSHUFB      beside<>(SB), Y0, Y2 \
	VPSHUFB      corner<>(SB), Y0, Y3 \
	VPSUBW       Y3, Y2, Y2 \
	VPADDW       Y2, Y1, Y1 \
	VEXTRACTI128 $1, Y1, X2 \
	VPACKUSWB    X2, X1, X1 \
	VMOVDQU      X1, 16(DI) \
	VPSHUFB      spread<>(SB), Y0, Y0 \
	VPSRLDQ      $1, Y0, Y1 \
	VPSRLDQ      $2, Y0, Y2 \
	VPAVGB       Y2, Y0, Y3 \
	VPXOR        Y2, Y0, Y2 \
	VPAND        lowBits<>(SB), Y2, Y2 \
	VPSUBB       Y2, Y3, Y3 \
	VPAVGB       Y1, Y3, Y3 \
	VPAVGB       Y1, Y0, Y2 \
	VPSHUFB      vertical3<>(SB), Y3, Y4 \
	VMOVDQU      Y4, 32(DI) \
	VPSHUFB      right3<>(SB), Y3, Y4 \
	VPSHUFB      right2<>(SB), Y2, Y5 \
	VPOR         Y5, Y4, Y4 \
	VMOVDQU      Y4, 64(DI) \
	VPSHUFB      left3<>(SB), Y3, Y4 \
	VPSHUFB      left2<>(SB), Y2, Y5 \
	VPOR         Y5, Y4, Y4 \
	VMOVDQU      Y4, 96(DI) \
	VPSHUFB      horizontal3<>(SB), Y3, Y4 \
	VPSHUFB      horizontal2<>(SB), Y2, Y5 \
	VPOR         Y5, Y4, Y4 \
	VMOVDQU      Y4, 128(DI)

// SPECTRUM takes the differences' words in Y0 to the larger of each two whose sum
// and difference the last step of the Hadamard transform would be: their sum is
// that of all magnitudes.
#define SPECTRUM \
	VPERMQ  $0x4e, Y0, Y1           \
	VPSIGNW Y14, Y0, Y0             \
	VPADDW  Y1, Y0, Y0              \
	VPSHUFD $0x4e, Y0, Y1           \
	VPSIGNW Y15, Y0, Y0             \
	VPADDW  Y1, Y0, Y0              \
	VPSHUFD $0xb1, Y0, Y1           \
	VPSIGNW Y12, Y0, Y0             \
	VPADDW  Y1, Y0, Y0              \
	VPABSW  Y0, Y0                  \
	VPSHUFB Y11, Y0, Y1             \
	VPMAXSW Y1, Y0, Y0

#define SCORE(n, into) \
	VPMOVZXBW (16*n)(SI), Y1 \
	VPSUBW    Y1, Y13, Y0    \
	SPECTRUM                 \
	VMOVDQA   Y0, into

#define SPECTRA \
	VMOVDQU halves<>(SB), Y15 \
	VMOVDQU lanes<>(SB), Y14  \
	VMOVDQU pairs<>(SB), Y12  \
	VMOVDQU swap<>(SB), Y11

// SCORES puts the sums of the first eight into X2 and of the other two into X4.
#define SCORES \
	SCORE(0, Y2)             \
	SCORE(1, Y3)             \
	SCORE(2, Y4)             \
	SCORE(3, Y5)             \
	SCORE(4, Y6)             \
	SCORE(5, Y7)             \
	SCORE(6, Y8)             \
	SCORE(7, Y9)             \
	VPHADDW   Y3, Y2, Y2     \
	VPHADDW   Y5, Y4, Y4     \
	VPHADDW   Y7, Y6, Y6     \
	VPHADDW   Y9, Y8, Y8     \
	VPHADDW   Y4, Y2, Y2     \
	VPHADDW   Y8, Y6, Y6     \
	VPHADDW   Y6, Y2, Y2     \
	SCORE(8, Y4)             \
	SCORE(9, Y5)             \
	VPHADDW   Y5, Y4, Y4     \
	VPHADDW   Y4, Y4, Y4     \
	VPHADDW   Y4, Y4, Y4     \
	VEXTRACTI128 $1, Y2, X3  \
	VPADDW    X3, X2, X2     \
	VEXTRACTI128 $1, Y4, X5  \
	VPADDW    X5, X4, X4

