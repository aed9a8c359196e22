//go:build (amd64 || arm64) && !noasm && gc

package png

// undoF1, undoF4 and undoF8 undo filter F of n pixels, n above 0, of step
// bytes: 1, 2 to 4, 6 to 8. They begin at row and above, read a pixel before
// both, and 8 bytes from where the pixel behind the last begins.

//go:noescape
func undoSub1(row, above *uint8, step, n int)

//go:noescape
func undoSub4(row, above *uint8, step, n int)

//go:noescape
func undoSub8(row, above *uint8, step, n int)

//go:noescape
func undoAverage1(row, above *uint8, step, n int)

//go:noescape
func undoAverage4(row, above *uint8, step, n int)

//go:noescape
func undoAverage8(row, above *uint8, step, n int)

//go:noescape
func undoPaeth1(row, above *uint8, step, n int)

//go:noescape
func undoPaeth4(row, above *uint8, step, n int)

//go:noescape
func undoPaeth8(row, above *uint8, step, n int)

//go:noescape
func undoUp(row, above *uint8, n int)

// The kernels that filter n bytes, a multiple of 32 above 0, read step bytes
// before row and above, and return the sum of the magnitudes that they write.

//go:noescape
func magnitudes(out, row, above *uint8, step, n int) (sum int)

//go:noescape
func applySub(out, row, above *uint8, step, n int) (sum int)

//go:noescape
func applyUp(out, row, above *uint8, step, n int) (sum int)

//go:noescape
func applyAverage(out, row, above *uint8, step, n int) (sum int)

//go:noescape
func applyPaeth(out, row, above *uint8, step, n int) (sum int)

// undo undoes the filter of the bytes of row from step on, and reports up to
// where it did.
func undo(filter byte, row, above []uint8, step int) int {
	if !accelerated || len(above) < len(row) {
		return step
	}
	if filter == filterUp {
		n := (len(row) - step) &^ 31
		if n <= 0 {
			return step
		}
		undoUp(&row[step], &above[step], n)
		return step + n
	}
	n := (len(row)-step-8)/step - 1
	if n <= 0 {
		return step
	}
	r, a := &row[step], &above[step]
	switch {
	case filter == filterSub && step == 1:
		undoSub1(r, a, step, n)
	case filter == filterSub && step <= 4:
		undoSub4(r, a, step, n)
	case filter == filterSub:
		undoSub8(r, a, step, n)
	case filter == filterAverage && step == 1:
		undoAverage1(r, a, step, n)
	case filter == filterAverage && step <= 4:
		undoAverage4(r, a, step, n)
	case filter == filterAverage:
		undoAverage8(r, a, step, n)
	case step == 1:
		undoPaeth1(r, a, step, n)
	case step <= 4:
		undoPaeth4(r, a, step, n)
	default:
		undoPaeth8(r, a, step, n)
	}
	return step + n*step
}

// filterFrom filters the bytes of row from a place on, and reports up to where
// it did, and the sum of magnitudes there.
func filterFrom(from, filter int, out, row, above []uint8, step int) (to, sum int) {
	n := (len(row) - from) &^ 31
	if !accelerated || n <= 0 {
		return from, 0
	}
	o, r, a := &out[from:][:n][0], &row[from], &above[from:][:n][0]
	switch filter {
	case filterSub:
		sum = applySub(o, r, a, step, n)
	case filterUp:
		sum = applyUp(o, r, a, step, n)
	case filterAverage:
		sum = applyAverage(o, r, a, step, n)
	case filterPaeth:
		sum = applyPaeth(o, r, a, step, n)
	default:
		sum = magnitudes(o, r, a, step, n)
	}
	return from + n, sum
}
