//go:build amd64 && !noasm && gc

package alpha

import "golang.org/x/sys/cpu"

// accelerated tells whether there is AVX2. It is never written.
var accelerated = cpu.X86.HasAVX2

// The kernels of kernel_amd64.s give the bits of the portable ones: their
// divisions round as those do that make the tables. They work on n samples, a
// multiple of eight, and check no bounds.

//go:noescape
func premultiplyAVX2(row, alpha *uint8, n int)

//go:noescape
func unpremultiplyAVX2(row, alpha *uint8, n int)

//go:noescape
func flattenAVX2(row, alpha *uint8, n int, background uint32)

// whole returns how many of n samples the kernels do.
func whole(n int) int {
	if !accelerated {
		return 0
	}
	return n &^ 7
}

func premultiply(row, alpha []uint8) int {
	n := whole(len(row))
	if n > 0 {
		premultiplyAVX2(&row[0], &alpha[:n][0], n)
	}
	return n
}

func unpremultiply(row, alpha []uint8) int {
	n := whole(len(row))
	if n > 0 {
		unpremultiplyAVX2(&row[0], &alpha[:n][0], n)
	}
	return n
}

func flatten(row, alpha []uint8, background uint8) int {
	n := whole(len(row))
	if n > 0 {
		flattenAVX2(&row[0], &alpha[:n][0], n, uint32(background))
	}
	return n
}
