//go:build amd64 && !noasm && gc

package interleave

import "golang.org/x/sys/cpu"

// useAVX2 is never written.
var useAVX2 = cpu.X86.HasAVX2

// The kernels do n pixels, a multiple of atOnce that is above 0.
const atOnce = 16

//go:noescape
func split3AVX2(a, b, c, packed *uint8, n int, shuffles *[9][16]uint8)

//go:noescape
func split4AVX2(a, b, c, d, packed *uint8, n int)

//go:noescape
func join3AVX2(packed, a, b, c *uint8, n int, shuffles *[9][16]uint8)

//go:noescape
func join4AVX2(packed, a, b, c, d *uint8, n int)

var splits, joins = makeShuffles()

// makeShuffles makes the shuffles between 48 bytes of pixels and 16 samples of
// each of three planes: those of plane p and bytes 16*q and up are at 3*p+q.
func makeShuffles() (splits, joins [9][16]uint8) {
	for p := range 3 {
		for q := range 3 {
			s, j := &splits[3*p+q], &joins[3*p+q]
			for i := range 16 {
				s[i], j[i] = 0x80, 0x80
				if at := 3*i + p; at/16 == q {
					s[i] = uint8(at % 16)
				}
				if at := 16*q + i; at%3 == p {
					j[i] = uint8(at / 3)
				}
			}
		}
	}
	return splits, joins
}

// split does some of the first pixels, and reports how many.
func split(planes [][]uint8, packed []uint8, stride int) int {
	if !useAVX2 || len(planes) != stride || stride < 3 || stride > 4 {
		return 0
	}
	n := len(planes[0]) &^ (atOnce - 1)
	if n == 0 {
		return 0
	}
	packed = packed[:n*stride]
	a, b, c := planes[0][:n], planes[1][:n], planes[2][:n]
	if stride == 3 {
		split3AVX2(&a[0], &b[0], &c[0], &packed[0], n, &splits)
	} else {
		split4AVX2(&a[0], &b[0], &c[0], &planes[3][:n][0], &packed[0], n)
	}
	return n
}

// join does some of the first pixels, and reports how many.
func join(packed []uint8, planes [][]uint8) int {
	if !useAVX2 || len(planes) < 3 || len(planes) > 4 {
		return 0
	}
	n := len(planes[0]) &^ (atOnce - 1)
	if n == 0 {
		return 0
	}
	packed = packed[:n*len(planes)]
	a, b, c := planes[0][:n], planes[1][:n], planes[2][:n]
	if len(planes) == 3 {
		join3AVX2(&packed[0], &a[0], &b[0], &c[0], n, &joins)
	} else {
		join4AVX2(&packed[0], &a[0], &b[0], &c[0], &planes[3][:n][0], n)
	}
	return n
}
