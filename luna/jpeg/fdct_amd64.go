//go:build amd64 && !noasm && gc

package jpeg

// forwardAVX2 is forwardGeneric for pairs of blocks. It reads 16 samples of
// each row of a pair, and checks no bounds.
//
//go:noescape
func forwardAVX2(dst *block, src *uint8, stride, pairs int, q *quantizer)

// forward transforms and quantises n blocks beside each other, of rows stride
// apart. Where n is odd, dst and each row have room for one more, which gets
// any content.
func forward(dst []block, src []uint8, stride, n int, q *quantizer) {
	if !accelerated {
		forwardGeneric(dst, src, stride, n, q)
		return
	}
	even := (n + 1) &^ 1
	_, _ = dst[even-1], src[7*stride+8*even-1]
	forwardAVX2(&dst[0], &src[0], stride, even/2, q)
}
