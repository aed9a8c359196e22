//go:build arm64 && !noasm && gc

package jpeg

// accelerated tells whether there is NEON, which every arm64 has.
const accelerated = true

// The transforms of idct_arm64.s give the bits of the portable ones, for all
// coefficients and tables. They check no bounds.

//go:noescape
func idct8NEON(dst *uint8, stride int, c *[64]int16, q *[64]int32)

//go:noescape
func idct4NEON(dst *uint8, stride int, c *[16]int16, q *[64]int32)

func idct8(dst []uint8, stride int, c *[64]int16, q *[64]int32) {
	_ = dst[7*stride+7]
	idct8NEON(&dst[0], stride, c, q)
}

func idct4(dst []uint8, stride int, c []int16, q *[64]int32) {
	_ = dst[3*stride+3]
	idct4NEON(&dst[0], stride, (*[16]int16)(c), q)
}
