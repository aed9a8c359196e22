//go:build arm64 && !noasm && gc

package ycc

// accelerated tells whether there is NEON, which every arm64 has.
const accelerated = true

// The kernels of kernel_arm64.s give the bits of the portable ones. They make
// n samples of each result, or n pairs where they widen. They check no bounds.
//
// n is a multiple of atOnce; but it is any number no less where they widen,
// and the last pairs are made twice, so that results must not overlap operands
// there.
const atOnce = 16

//go:noescape
func toRGBNEON(red, green, blue, y, cb, cr *uint8, n int)

//go:noescape
func fromRGBNEON(y, cb, cr, red, green, blue *uint8, n int)

//go:noescape
func lumaNEON(y, red, green, blue *uint8, n int)

//go:noescape
func halveNEON(dst, src *uint8, n int)

//go:noescape
func quarterNEON(dst, a, b *uint8, n int)

//go:noescape
func widenNEON(dst, src *uint8, n int)

//go:noescape
func widenBetweenNEON(dst, near, far *uint8, n int)

// whole returns how many of n columns the kernels do.
func whole(n int) int { return n &^ (atOnce - 1) }

func toRGB(r, g, b, y, cb, cr []uint8) int {
	n := whole(len(y))
	if n > 0 {
		toRGBNEON(&r[:n][0], &g[:n][0], &b[:n][0], &y[0], &cb[:n][0], &cr[:n][0], n)
	}
	return n
}

func fromRGB(y, cb, cr, r, g, b []uint8) int {
	n := whole(len(y))
	if n > 0 {
		fromRGBNEON(&y[0], &cb[:n][0], &cr[:n][0], &r[:n][0], &g[:n][0], &b[:n][0], n)
	}
	return n
}

func luma(y, r, g, b []uint8) int {
	n := whole(len(y))
	if n > 0 {
		lumaNEON(&y[0], &r[:n][0], &g[:n][0], &b[:n][0], n)
	}
	return n
}

func halve(dst, src []uint8) int {
	n := whole(len(src) / 2)
	if n > 0 {
		halveNEON(&dst[:n][0], &src[0], n)
	}
	return n
}

func quarter(dst, a, b []uint8) int {
	n := whole(len(a) / 2)
	if n > 0 {
		quarterNEON(&dst[:n][0], &a[0], &b[:2*n][0], n)
	}
	return n
}

func widen(dst, src []uint8) {
	n := len(src) - 2
	if n < atOnce {
		widenGeneric(dst, src)
		return
	}
	widenNEON(&dst[:2*n][0], &src[0], n)
}

func widenBetween(dst, near, far []uint8) {
	n := len(near) - 2
	if n < atOnce {
		widenBetweenGeneric(dst, near, far)
		return
	}
	widenBetweenNEON(&dst[:2*n][0], &near[0], &far[:n+2][0], n)
}
