//go:build amd64 && !noasm && gc

package vp8l

import "golang.org/x/sys/cpu"

var accelerated = cpu.X86.HasAVX2

// measureAVX2 is measureGeneric of n counts, a multiple of 8 above 0.
//
//go:noescape
func measureAVX2(m *measure, x, y *uint32, n int)

// scoreAVX2 adds to four sums for each predictor what the residuals of pixels
// cost, of so many rows of eights. Stride is in pixels.
//
//go:noescape
func scoreAVX2(sums *[predictors][4]uint64, pixels *uint32, stride, eights, rows int)

// residualsAVX2 writes the residuals of eights of pixels.
//
//go:noescape
func residualsAVX2(dst, pixels *uint32, stride, eights, mode int)

// measureCounts measures the sums of counts x and y, of which there are a
// multiple of 8 above 0.
func measureCounts(m *measure, x, y []uint32) {
	if !accelerated {
		measureGeneric(m, x, y)
		return
	}
	n := len(x)
	_, _ = y[n-1], m.same[(n-1)>>6]
	if n&63 != 0 {
		m.zero[n>>6], m.same[n>>6] = 0, 0
	}
	measureAVX2(m, &x[0], &y[0], n)
}

// residuals subtracts a prediction from n pixels from pixels[at] on.
func residuals(dst, pixels []uint32, at, stride, n, mode int) {
	if !accelerated || n < 8 {
		residualsGeneric(dst, pixels, at, stride, n, mode)
		return
	}
	_, _, _ = pixels[at-stride-1], pixels[at+n-1], dst[n-1]
	residualsAVX2(&dst[0], &pixels[at], stride, n/8, mode)
	if n&7 != 0 {
		residualsAVX2(&dst[n-8:][0], &pixels[at+n-8], stride, 1, mode)
	}
}

// score adds to scores what the residuals of n pixels of some rows cost with
// each predictor, of eights of pixels. The last may overlap the one before.
func score(scores *[16]uint32, pixels []uint32, at, stride, n, rows int) {
	if !accelerated || n < 8 {
		scoreGeneric(scores, pixels, at, stride, n, rows)
		return
	}
	_, _ = pixels[at-stride-1], pixels[at+(rows-1)*stride+n-1]
	var sums [predictors][4]uint64
	scoreAVX2(&sums, &pixels[at], stride, n/8, rows)
	if n&7 != 0 {
		scoreAVX2(&sums, &pixels[at+n-8], stride, 1, rows)
	}
	for i, s := range sums {
		scores[i] += uint32(s[0] + s[1] + s[2] + s[3])
	}
}

// subtractGreenAVX2 is subtractGreenGeneric of eights of pixels.
//
//go:noescape
func subtractGreenAVX2(pixels *uint32, eights int)

// decorrelateAVX2 is decorrelateGeneric of eights of pixels. The multipliers
// are times 8: greenToBlue in the low and greenToRed in the high word of green.
//
//go:noescape
func decorrelateAVX2(pixels *uint32, eights int, green, red uint32)

// leftoverAVX2 is leftoverGeneric of rows of eights of pixels. The multipliers
// are times 8, in the low words.
//
//go:noescape
func leftoverAVX2(pixels *uint32, stride, eights, rows, shift int, green, red uint32) uint64

// subtractGreen subtracts green from red and blue.
func subtractGreen(pixels []uint32) {
	if n := len(pixels) / 8; accelerated && n > 0 {
		subtractGreenAVX2(&pixels[0], n)
		pixels = pixels[8*n:]
	}
	subtractGreenGeneric(pixels)
}

// decorrelate subtracts the parts of green and red.
func decorrelate(pixels []uint32, m multipliers) {
	if n := len(pixels) / 8; accelerated && n > 0 {
		decorrelateAVX2(&pixels[0], n, uint32(times8(m.greenToRed))<<16|uint32(times8(m.greenToBlue)), uint32(times8(m.redToBlue))<<16)
		pixels = pixels[8*n:]
	}
	decorrelateGeneric(pixels, m)
}

func times8(m int8) uint16 { return uint16(int16(m) * 8) }

// leftover returns what the samples of a tile at a shift cost less their parts
// of green and red, in eighths of bits.
func leftover(pixels []uint32, t tile, shift int, green, red int8) uint32 {
	if !accelerated || t.width < 8 {
		return leftoverGeneric(pixels, t.at, t.stride, t.width, t.height, shift, green, red)
	}
	_ = pixels[t.at+(t.height-1)*t.stride+t.width-1]
	g, r := uint32(times8(green)), uint32(times8(red))
	sum := leftoverAVX2(&pixels[t.at], t.stride, t.width/8, t.height, shift, g, r)
	if t.width&7 != 0 {
		sum += leftoverAVX2(&pixels[t.at+t.width-8], t.stride, 1, t.height, shift, g, r)
	}
	return uint32(sum)
}

// mismatchAVX2 returns the index at which eights of pixels differ.
//
//go:noescape
func mismatchAVX2(a, b *uint32, eights int) int

// mismatch returns the index at which a and b differ, of the same length.
func mismatch(a, b []uint32) int {
	n := len(a) &^ 7
	if !accelerated || n == 0 {
		return mismatchGeneric(a, b)
	}
	_ = b[n-1]
	if k := mismatchAVX2(&a[0], &b[0], n/8); k < n {
		return k
	}
	return n + mismatchGeneric(a[n:], b[n:])
}

// gainAVX2 is gainGeneric.
//
//go:noescape
func gainAVX2(x, y *[256]uint32) float32

// gain returns the sum of x*log2(x) and of how much that of y grows by adding x.
func gain(x, y *[256]uint32) float32 {
	if !accelerated {
		return gainGeneric(x, y)
	}
	return gainAVX2(x, y)
}
