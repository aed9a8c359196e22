package vp8l

func measureCounts(m *measure, x, y []uint32) { measureGeneric(m, x, y) }

func residuals(dst, pixels []uint32, at, up, n, mode int) {
	residualsGeneric(dst, pixels, at, up, n, mode)
}

func score(scores *[16]uint32, pixels []uint32, at, up, n int) {
	scoreGeneric(scores, pixels, at, up, n)
}
