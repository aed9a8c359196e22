package yuv

// LimitLuma maps a row from full range, as JPEG has it, to limited: 16 +
// 219/255 of it, rounded. It may overwrite its operand.
func LimitLuma(dst, src []uint8) {
	src = src[:len(dst)]
	i := limitLuma(dst, src)
	limitGeneric(dst[i:], src[i:], &limitedLuma)
}

// LimitChroma is LimitLuma for chroma: 224/255 of the distance from 128.
func LimitChroma(dst, src []uint8) {
	src = src[:len(dst)]
	i := limitChroma(dst, src)
	limitGeneric(dst[i:], src[i:], &limitedChroma)
}

func limitGeneric(dst, src []uint8, table *[256]uint8) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = table[v]
	}
}

// Both factors have an odd denominator, so that nothing lies halfway.
var limitedLuma, limitedChroma = tabulate()

func tabulate() (luma, chroma [256]uint8) {
	for v := range 256 {
		luma[v] = uint8(16 + (219*v+127)/255)
		chroma[v] = uint8((448*(v-128) + 128*510 + 255) / 510)
	}
	return luma, chroma
}
