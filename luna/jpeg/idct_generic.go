//go:build (!amd64 && !arm64) || noasm || !gc

package jpeg

func idct8(dst []uint8, stride int, c *[64]int16, q *[64]int32) { idct8Generic(dst, stride, c, q) }

func idct4(dst []uint8, stride int, c []int16, q *[64]int32) { idct4Generic(dst, stride, c, q) }
