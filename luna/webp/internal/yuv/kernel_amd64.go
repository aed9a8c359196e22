//go:build amd64 && !noasm && gc

package yuv

import "golang.org/x/sys/cpu"

// accelerated tells whether there is AVX2. It is never written.
var accelerated = cpu.X86.HasAVX2

// The kernels of kernel_amd64.s give the bits of the portable ones. They make
// n samples of each result, a multiple of 16, or 8 of chroma. They check no
// bounds.

//go:noescape
func lumaAVX2(y, red, green, blue *uint8, n int)

//go:noescape
func chromaAVX2(cb, cr *uint8, rows *[6]*uint8, linear, gamma *uint32, n int)

//go:noescape
func limitLumaAVX2(dst, src *uint8, n int)

//go:noescape
func limitChromaAVX2(dst, src *uint8, n int)

// segments are what toGamma interpolates between: the lower end of each part of
// the curve, and in the upper half the other end.
var segments = func() (s [32]uint32) {
	for i := range s {
		s[i] = gamma[i] | gamma[i+1]<<16
	}
	return s
}()

// whole returns how many of n samples the kernels do.
func whole(n, atOnce int) int {
	if !accelerated {
		return 0
	}
	return n &^ (atOnce - 1)
}

func luma(y, r, g, b []uint8) int {
	n := whole(len(y), 16)
	if n > 0 {
		lumaAVX2(&y[0], &r[:n][0], &g[:n][0], &b[:n][0], n)
	}
	return n
}

func chroma(cb, cr []uint8, rows *Rows) int {
	n := whole(len(rows[0][0])/2, 8)
	if n == 0 {
		return 0
	}
	var starts [6]*uint8
	for i := range starts {
		starts[i] = &rows[i/3][i%3][:2*n][0]
	}
	chromaAVX2(&cb[:n][0], &cr[:n][0], &starts, &linear[0], &segments[0], n)
	return n
}

func limitLuma(dst, src []uint8) int {
	n := whole(len(dst), 16)
	if n > 0 {
		limitLumaAVX2(&dst[0], &src[:n][0], n)
	}
	return n
}

func limitChroma(dst, src []uint8) int {
	n := whole(len(dst), 16)
	if n > 0 {
		limitChromaAVX2(&dst[0], &src[:n][0], n)
	}
	return n
}
