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
	_ = y[n-1]
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
	_, _ = pixels[at-stride-1], pixels[at+n-1]
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
