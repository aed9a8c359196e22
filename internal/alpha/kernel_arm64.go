//go:build arm64 && !noasm && gc

package alpha

// accelerated tells whether there is NEON, which every arm64 has.
const accelerated = true

// The kernels of kernel_arm64.s give the bits of the portable ones. They work
// on n samples, a multiple of eight, and check no bounds.

//go:noescape
func premultiplyNEON(row, alpha *uint8, n int)

//go:noescape
func unpremultiplyNEON(row, alpha *uint8, n int)

//go:noescape
func flattenNEON(row, alpha *uint8, n int, background uint32)

func premultiply(row, alpha []uint8) int {
	n := len(row) &^ 7
	if n > 0 {
		premultiplyNEON(&row[0], &alpha[:n][0], n)
	}
	return n
}

func unpremultiply(row, alpha []uint8) int {
	n := len(row) &^ 7
	if n > 0 {
		unpremultiplyNEON(&row[0], &alpha[:n][0], n)
	}
	return n
}

func flatten(row, alpha []uint8, background uint8) int {
	n := len(row) &^ 7
	if n > 0 {
		flattenNEON(&row[0], &alpha[:n][0], n, uint32(background))
	}
	return n
}
