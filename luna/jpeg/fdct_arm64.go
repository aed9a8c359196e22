//go:build arm64 && !noasm && gc

package jpeg

// forwardNEON is forwardGeneric, and checks no bounds.
//
//go:noescape
func forwardNEON(dst *block, src *uint8, stride, n int, q *quantizer)

// forward transforms and quantises n blocks beside each other, of rows stride
// apart. Where n is odd, dst and each row have room for one more, which other
// processors give any content.
func forward(dst []block, src []uint8, stride, n int, q *quantizer) {
	_, _ = dst[n-1], src[7*stride+8*n-1]
	forwardNEON(&dst[0], &src[0], stride, n, q)
}
