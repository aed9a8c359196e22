//go:build (!amd64 && !arm64) || noasm || !gc

package jpeg

func idct4Reduced(dst []uint8, stride int, c *[64]int16, q *[64]int32) {
	idct4ReducedGeneric(dst, stride, c, q)
}

func idct2Reduced(dst []uint8, stride int, c *[64]int16, q *[64]int32) {
	idct2ReducedGeneric(dst, stride, c, q)
}

func idct2Row(dst []uint8, stride int, c []int16, q *[64]int32) { idct2RowGeneric(dst, stride, c, q) }
