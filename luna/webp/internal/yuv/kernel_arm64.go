//go:build arm64 && !noasm && gc

package yuv

// The kernels of kernel_arm64.s give the bits of the portable ones. They make
// n samples, a multiple of 16, and check no bounds.

//go:noescape
func lumaNEON(y, red, green, blue *uint8, n int)

//go:noescape
func limitNEON(dst, src *uint8, n, factor, bias int)

func luma(y, r, g, b []uint8) int {
	n := len(y) &^ 15
	if n > 0 {
		lumaNEON(&y[0], &r[:n][0], &g[:n][0], &b[:n][0], n)
	}
	return n
}

// chroma is left to the portable code: there is no gather.
func chroma(_, _ []uint8, _ *Rows) int { return 0 }

func limitLuma(dst, src []uint8) int {
	n := len(dst) &^ 15
	if n > 0 {
		limitNEON(&dst[0], &src[:n][0], n, 36, 127)
	}
	return n
}

// limitChroma: 128 is to stay 128, so that 31 v is rounded as if 31*128 were a
// whole number of 255ths.
func limitChroma(dst, src []uint8) int {
	n := len(dst) &^ 15
	if n > 0 {
		limitNEON(&dst[0], &src[:n][0], n, 31, 239)
	}
	return n
}
