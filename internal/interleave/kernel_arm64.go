//go:build arm64 && !noasm && gc

package interleave

// The kernels do n pixels, a multiple of atOnce that is above 0.
const atOnce = 16

//go:noescape
func split3NEON(a, b, c, packed *uint8, n int)

//go:noescape
func split4NEON(a, b, c, d, packed *uint8, n int)

//go:noescape
func join3NEON(packed, a, b, c *uint8, n int)

//go:noescape
func join4NEON(packed, a, b, c, d *uint8, n int)

// split does some of the first pixels, and reports how many.
func split(planes [][]uint8, packed []uint8, stride int) int {
	if len(planes) != stride || stride < 3 || stride > 4 {
		return 0
	}
	n := len(planes[0]) &^ (atOnce - 1)
	if n == 0 {
		return 0
	}
	packed = packed[:n*stride]
	a, b, c := planes[0][:n], planes[1][:n], planes[2][:n]
	if stride == 3 {
		split3NEON(&a[0], &b[0], &c[0], &packed[0], n)
	} else {
		split4NEON(&a[0], &b[0], &c[0], &planes[3][:n][0], &packed[0], n)
	}
	return n
}

// join does some of the first pixels, and reports how many.
func join(packed []uint8, planes [][]uint8) int {
	if len(planes) < 3 || len(planes) > 4 {
		return 0
	}
	n := len(planes[0]) &^ (atOnce - 1)
	if n == 0 {
		return 0
	}
	packed = packed[:n*len(planes)]
	a, b, c := planes[0][:n], planes[1][:n], planes[2][:n]
	if len(planes) == 3 {
		join3NEON(&packed[0], &a[0], &b[0], &c[0], n)
	} else {
		join4NEON(&packed[0], &a[0], &b[0], &c[0], &planes[3][:n][0], n)
	}
	return n
}
