//go:build arm64 && !noasm && gc

package jpeg

// The transforms of idct_reduced_arm64.s give the bits of the portable ones,
// for all coefficients and tables. They check no bounds.

//go:noescape
func idct4ReducedNEON(dst *uint8, stride int, c *[64]int16, q *[64]int32)

//go:noescape
func idct2ReducedNEON(dst *uint8, stride int, c *[64]int16, q *[64]int32)

//go:noescape
func idct2NEON(dst *uint8, stride int, c *int16, q *[64]int32, fours int)

func idct4Reduced(dst []uint8, stride int, c *[64]int16, q *[64]int32) {
	_ = dst[3*stride+3]
	idct4ReducedNEON(&dst[0], stride, c, q)
}

func idct2Reduced(dst []uint8, stride int, c *[64]int16, q *[64]int32) {
	_ = dst[stride+1]
	idct2ReducedNEON(&dst[0], stride, c, q)
}

// idct2Row transforms the lowest 2x2 coefficients of the blocks in c, which
// stand one beside the other.
func idct2Row(dst []uint8, stride int, c []int16, q *[64]int32) {
	if fours := len(c) / 16; fours > 0 {
		_ = dst[stride+8*fours-1]
		idct2NEON(&dst[0], stride, &c[0], q, fours)
		dst, c = dst[8*fours:], c[16*fours:]
	}
	idct2RowGeneric(dst, stride, c, q)
}
