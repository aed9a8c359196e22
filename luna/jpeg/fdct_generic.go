//go:build (!amd64 && !arm64) || noasm || !gc

package jpeg

// forward transforms and quantises n blocks beside each other, of rows stride
// apart. Where n is odd, dst and each row have room for one more, which gets
// any content.
func forward(dst []block, src []uint8, stride, n int, q *quantizer) {
	forwardGeneric(dst, src, stride, n, q)
}
