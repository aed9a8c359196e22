//go:build amd64 && !noasm && gc

package ycc

import "golang.org/x/sys/cpu"

// accelerated tells whether there is AVX2. It is never written.
var accelerated = cpu.X86.HasAVX2

// The kernels of kernel_amd64.s give the bits of the portable ones. They make
// n samples of each result, or n pairs where they widen. They check no bounds.
//
// n is a multiple of atOnce; but it is any number no less where they widen,
// and the last pairs are made twice, so that results must not overlap operands
// there.
const atOnce = 16

//go:noescape
func toRGBAVX2(red, green, blue, y, cb, cr *uint8, n int)

//go:noescape
func fromRGBAVX2(y, cb, cr, red, green, blue *uint8, n int)

//go:noescape
func lumaAVX2(y, red, green, blue *uint8, n int)

//go:noescape
func halveAVX2(dst, src *uint8, n int)

//go:noescape
func quarterAVX2(dst, a, b *uint8, n int)

//go:noescape
func widenAVX2(dst, src *uint8, n int)

//go:noescape
func widenBetweenAVX2(dst, near, far *uint8, n int)

// whole returns how many of n columns the kernels do.
func whole(n int) int {
	if !accelerated {
		return 0
	}
	return n &^ (atOnce - 1)
}

func toRGB(r, g, b, y, cb, cr []uint8) int {
	n := whole(len(y))
	if n > 0 {
		toRGBAVX2(&r[:n][0], &g[:n][0], &b[:n][0], &y[0], &cb[:n][0], &cr[:n][0], n)
	}
	return n
}

func fromRGB(y, cb, cr, r, g, b []uint8) int {
	n := whole(len(y))
	if n > 0 {
		fromRGBAVX2(&y[0], &cb[:n][0], &cr[:n][0], &r[:n][0], &g[:n][0], &b[:n][0], n)
	}
	return n
}

func luma(y, r, g, b []uint8) int {
	n := whole(len(y))
	if n > 0 {
		lumaAVX2(&y[0], &r[:n][0], &g[:n][0], &b[:n][0], n)
	}
	return n
}

func halve(dst, src []uint8) int {
	n := whole(len(src) / 2)
	if n > 0 {
		halveAVX2(&dst[:n][0], &src[0], n)
	}
	return n
}

func quarter(dst, a, b []uint8) int {
	n := whole(len(a) / 2)
	if n > 0 {
		quarterAVX2(&dst[:n][0], &a[0], &b[:2*n][0], n)
	}
	return n
}

func widen(dst, src []uint8) {
	n := len(src) - 2
	if !accelerated || n < atOnce {
		widenGeneric(dst, src)
		return
	}
	widenAVX2(&dst[:2*n][0], &src[0], n)
}

func widenBetween(dst, near, far []uint8) {
	n := len(near) - 2
	if !accelerated || n < atOnce {
		widenBetweenGeneric(dst, near, far)
		return
	}
	widenBetweenAVX2(&dst[:2*n][0], &near[0], &far[:n+2][0], n)
}
