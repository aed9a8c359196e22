//go:build amd64 && !noasm && gc

package jpeg

// The transforms of idct_reduced_amd64.s give the bits of the portable ones,
// for all coefficients and tables. They check no bounds.

//go:noescape
func idct4ReducedAVX2(dst *uint8, stride int, c *[64]int16, q *[64]int32)

//go:noescape
func idct2ReducedAVX2(dst *uint8, stride int, c *[64]int16, q *[64]int32)

//go:noescape
func idct2AVX2(dst *uint8, stride int, c *int16, q *[64]int32, fours int)

func idct4Reduced(dst []uint8, stride int, c *[64]int16, q *[64]int32) {
	if !accelerated {
		idct4ReducedGeneric(dst, stride, c, q)
		return
	}
	_ = dst[3*stride+3]
	idct4ReducedAVX2(&dst[0], stride, c, q)
}

func idct2Reduced(dst []uint8, stride int, c *[64]int16, q *[64]int32) {
	if !accelerated {
		idct2ReducedGeneric(dst, stride, c, q)
		return
	}
	_ = dst[stride+1]
	idct2ReducedAVX2(&dst[0], stride, c, q)
}

// idct2Row transforms the lowest 2x2 coefficients of the blocks in c, which
// stand one beside the other.
func idct2Row(dst []uint8, stride int, c []int16, q *[64]int32) {
	if fours := len(c) / 16; accelerated && fours > 0 {
		_ = dst[stride+8*fours-1]
		idct2AVX2(&dst[0], stride, &c[0], q, fours)
		dst, c = dst[8*fours:], c[16*fours:]
	}
	idct2RowGeneric(dst, stride, c, q)
}
