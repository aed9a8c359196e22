//go:build arm64 && !noasm && gc

package resample

// accelerated tells whether there is NEON, which every arm64 has.
const accelerated = true

// The kernels of kernel_arm64.s give the bits of the portable ones. They work
// on so many samples at a time, n being no fewer; the last time they do some
// once more, so results must not overlap operands. They check no bounds.
const (
	rowsAtOnce    = 32 // of averageRowsNEON and reduceRowsNEON
	sumsAtOnce    = 16 // of divideNEON and enlargeRowsNEON
	outputsAtOnce = 4  // of reduceRowNEON and enlargeRowNEON
)

//go:noescape
func averageRowsNEON(dst *uint8, n int, a, b *uint8)

// accumulateNEON works on whole eights of n.
//
//go:noescape
func accumulateNEON(sums *uint32, row *uint8, n int, times uint32)

// divideNEON does not clear the sums.
//
//go:noescape
func divideNEON(dst *uint8, n int, sums *uint32, half, factor uint32)

//go:noescape
func reduceRowsNEON(dst *uint8, n int, rows *[]uint8, weights *int16, taps int)

// reduceRowNEON reads and weighs a multiple of eight taps: eights of them.
//
//go:noescape
func reduceRowNEON(dst *uint8, n int, src *uint8, start *int32, phase *uint8, table *[]int16, eights int)

//go:noescape
func enlargeRowNEON(dst *uint16, n int, src *uint8, start *int32, phase *uint8, table *[]int16)

//go:noescape
func enlargeRowsNEON(dst *uint8, n int, rows *[4][]uint16, weights *int16)

func average2(dst, a, b []uint8) {
	n := len(dst)
	if n < rowsAtOnce {
		average2Generic(dst, a, b)
		return
	}
	averageRowsNEON(&dst[0], n, &a[:n][0], &b[:n][0])
}

func accumulate(sums []uint32, row []uint8, times uint32) {
	n := len(row)
	if n >= 8 {
		accumulateNEON(&sums[:n][0], &row[0], n, times)
		sums, row = sums[n&^7:], row[n&^7:]
	}
	accumulateGeneric(sums, row, times)
}

func average(dst []uint8, sums []uint32, box int) {
	n := len(dst)
	if n < sumsAtOnce {
		averageGeneric(dst, sums, box)
		return
	}
	sums = sums[:n]
	divideNEON(&dst[0], n, &sums[0], uint32(box/2), uint32(1<<24/box))
	clear(sums)
}

func reduceRows(dst []uint8, rows [][]uint8, weights []int16) {
	n := len(dst) &^ 7
	if n < rowsAtOnce || len(weights) == 0 {
		reduceRowsGeneric(dst, rows, weights)
		return
	}
	rows = rows[:len(weights)]
	for _, row := range rows {
		_ = row[:n:len(row)]
	}
	reduceRowsNEON(&dst[0], n, &rows[0], &weights[0], len(weights))
}

func (a *Axis) reduceRow(dst, src []uint8, pad int) {
	if len(dst) < outputsAtOnce {
		a.reduceRowGeneric(dst, src, pad)
		return
	}
	taps := align(a.taps)
	start, phase := a.within(src, len(dst), pad, taps)
	reduceRowNEON(&dst[0], len(dst), &src[pad], &start[0], &phase[0], &a.table[0], taps/8)
}

func (a *Axis) enlargeRow(dst []uint16, src []uint8, pad int) {
	if len(dst) < outputsAtOnce {
		a.enlargeRowGeneric(dst, src, pad)
		return
	}
	start, phase := a.within(src, len(dst), pad, 4)
	enlargeRowNEON(&dst[0], len(dst), &src[pad], &start[0], &phase[0], &a.table[0])
}

// within panics unless src holds the taps of the first n outputs, which it
// returns the starts and phases of. Starts ascend.
func (a *Axis) within(src []uint8, n, pad, taps int) ([]int32, []uint8) {
	first, last := int(a.start[0])+pad, int(a.start[n-1])+pad
	_ = src[first : last+taps : len(src)]
	return a.start[:n], a.phase[:n]
}

func enlargeRows(dst []uint8, rows *[4][]uint16, weights []int16) {
	n := len(dst)
	if n < sumsAtOnce {
		enlargeRowsGeneric(dst, rows, weights)
		return
	}
	for _, row := range rows {
		_ = row[:n:len(row)]
	}
	enlargeRowsNEON(&dst[0], n, rows, &(*[4]int16)(weights)[0])
}
