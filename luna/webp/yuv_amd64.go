//go:build amd64 && !noasm && gc

package webp

import "golang.org/x/sys/cpu"

// accelerated tells whether there is AVX2. It is never written.
var accelerated = cpu.X86.HasAVX2

// The kernels check no bounds.

// upsampleAVX2 writes 2n samples from dst on, n a multiple of 16: those between
// near[i] and near[i+1]. It reads one more of near and far.
//
//go:noescape
func upsampleAVX2(dst, near, far *uint8, n int)

// rgbAVX2 is rgbGeneric for n samples, a multiple of 32.
//
//go:noescape
func rgbAVX2(red, green, blue, y, u, v *uint8, n int)

// halveAVX2, quarterAVX2 and eighthAVX2 read 32 n samples of 2, 4 or 8 rows.
//
//go:noescape
func halveAVX2(dst, src *uint8, stride, n int)

//go:noescape
func quarterAVX2(dst, src *uint8, stride, n int)

//go:noescape
func eighthAVX2(dst, src *uint8, stride, n int)

// upsampleRow returns the stored sample up to which it has come.
func upsampleRow(dst, near, far []uint8) int {
	n := ((len(dst) - 1) / 2) &^ 15
	if !accelerated || n == 0 {
		return 0
	}
	_, _ = near[n], far[n]
	dst[0] = uint8((3*uint(near[0]) + uint(far[0]) + 2) >> 2)
	upsampleAVX2(&dst[1], &near[0], &far[0], n)
	return n
}

// rgbRow and shrinkRows return how many samples they have made.
func rgbRow(r, g, b, y, u, v []uint8) int {
	n := len(y) &^ 31
	if !accelerated || n == 0 {
		return 0
	}
	_, _, _, _, _ = r[n-1], g[n-1], b[n-1], u[n-1], v[n-1]
	rgbAVX2(&r[0], &g[0], &b[0], &y[0], &u[0], &v[0], n)
	return n
}

func shrinkRows(dst, src []uint8, stride, n int) int {
	if n == 1 {
		return copy(dst, src)
	}
	groups := len(dst) * n / 32
	if !accelerated || groups == 0 {
		return 0
	}
	_ = src[(n-1)*stride+32*groups-1]
	switch n {
	case 2:
		halveAVX2(&dst[0], &src[0], stride, groups)
	case 4:
		quarterAVX2(&dst[0], &src[0], stride, groups)
	default:
		eighthAVX2(&dst[0], &src[0], stride, groups)
	}
	return groups * 32 / n
}
