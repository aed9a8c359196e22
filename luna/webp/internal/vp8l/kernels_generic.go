//go:build !amd64 || noasm || !gc

package vp8l

// measureCounts measures the sums of counts x and y, of which there are a
// multiple of 8 above 0.
func measureCounts(m *measure, x, y []uint32) { measureGeneric(m, x, y) }

// residuals subtracts a prediction from n pixels from pixels[at] on.
func residuals(dst, pixels []uint32, at, stride, n, mode int) {
	residualsGeneric(dst, pixels, at, stride, n, mode)
}

// score adds to scores what the residuals of n pixels of some rows cost with
// each predictor, of eights of pixels. The last may overlap the one before.
func score(scores *[16]uint32, pixels []uint32, at, stride, n, rows int) {
	scoreGeneric(scores, pixels, at, stride, n, rows)
}

// subtractGreen subtracts green from red and blue.
func subtractGreen(pixels []uint32) { subtractGreenGeneric(pixels) }

// decorrelate subtracts the parts of green and red.
func decorrelate(pixels []uint32, m multipliers) { decorrelateGeneric(pixels, m) }

// leftover returns what the samples of a tile at a shift cost less their parts
// of green and red, in eighths of bits.
func leftover(pixels []uint32, t tile, shift int, green, red int8) uint32 {
	return leftoverGeneric(pixels, t.at, t.stride, t.width, t.height, shift, green, red)
}

// mismatch returns the index at which a and b differ, of the same length.
func mismatch(a, b []uint32) int { return mismatchGeneric(a, b) }

// gain returns the sum of x*log2(x) and of how much that of y grows by adding x.
func gain(x, y *[256]uint32) float32 { return gainGeneric(x, y) }
