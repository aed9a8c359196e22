//go:build amd64 && !noasm && gc

package jpeg

import "golang.org/x/sys/cpu"

// accelerated tells whether there is AVX2. It is never written.
var accelerated = cpu.X86.HasAVX2

// The transforms of idct_amd64.s give the bits of the portable ones, for all
// coefficients and tables. They check no bounds.

//go:noescape
func idct8AVX2(dst *uint8, stride int, c *[64]int16, q *[64]int32)

//go:noescape
func idct4AVX2(dst *uint8, stride int, c *[16]int16, q *[64]int32)

func idct8(dst []uint8, stride int, c *[64]int16, q *[64]int32) {
	if !accelerated {
		idct8Generic(dst, stride, c, q)
		return
	}
	_ = dst[7*stride+7]
	idct8AVX2(&dst[0], stride, c, q)
}

func idct4(dst []uint8, stride int, c []int16, q *[64]int32) {
	if !accelerated {
		idct4Generic(dst, stride, c, q)
		return
	}
	_ = dst[3*stride+3]
	idct4AVX2(&dst[0], stride, (*[16]int16)(c), q)
}
