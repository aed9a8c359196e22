//go:build arm64 && !noasm && gc

package webp

// The kernels check no bounds.

// upsampleNEON writes 2n samples from dst on, n a multiple of 8: those between
// near[i] and near[i+1]. It reads one more of near and far.
//
//go:noescape
func upsampleNEON(dst, near, far *uint8, n int)

// rgbNEON is rgbGeneric for n samples, a multiple of 16.
//
//go:noescape
func rgbNEON(red, green, blue, y, u, v *uint8, n int)

// halveNEON, quarterNEON and eighthNEON read 32 n samples of 2, 4 or 8 rows.
//
//go:noescape
func halveNEON(dst, src *uint8, stride, n int)

//go:noescape
func quarterNEON(dst, src *uint8, stride, n int)

//go:noescape
func eighthNEON(dst, src *uint8, stride, n int)

// upsampleRow returns the stored sample up to which it has come.
func upsampleRow(dst, near, far []uint8) int {
	n := ((len(dst) - 1) / 2) &^ 7
	if n == 0 {
		return 0
	}
	_, _ = near[n], far[n]
	dst[0] = uint8((3*uint(near[0]) + uint(far[0]) + 2) >> 2)
	upsampleNEON(&dst[1], &near[0], &far[0], n)
	return n
}

// rgbRow and shrinkRows return how many samples they have made.
func rgbRow(r, g, b, y, u, v []uint8) int {
	n := len(y) &^ 15
	if n == 0 {
		return 0
	}
	_, _, _, _, _ = r[n-1], g[n-1], b[n-1], u[n-1], v[n-1]
	rgbNEON(&r[0], &g[0], &b[0], &y[0], &u[0], &v[0], n)
	return n
}

func shrinkRows(dst, src []uint8, stride, n int) int {
	if n == 1 {
		return copy(dst, src)
	}
	groups := len(dst) * n / 32
	if groups == 0 {
		return 0
	}
	_ = src[(n-1)*stride+32*groups-1]
	switch n {
	case 2:
		halveNEON(&dst[0], &src[0], stride, groups)
	case 4:
		quarterNEON(&dst[0], &src[0], stride, groups)
	default:
		eighthNEON(&dst[0], &src[0], stride, groups)
	}
	return groups * 32 / n
}
