//go:build (!amd64 && !arm64) || noasm || !gc

package resample

func average2(dst, a, b []uint8) { average2Generic(dst, a, b) }

func accumulate(sums []uint32, row []uint8, times uint32) { accumulateGeneric(sums, row, times) }

func average(dst []uint8, sums []uint32, box int) { averageGeneric(dst, sums, box) }

func reduceRows(dst []uint8, rows [][]uint8, weights []int16) { reduceRowsGeneric(dst, rows, weights) }

func (a *Axis) reduceRow(dst, src []uint8, pad int) { a.reduceRowGeneric(dst, src, pad) }

func (a *Axis) enlargeRow(dst []uint16, src []uint8, pad int) { a.enlargeRowGeneric(dst, src, pad) }

func enlargeRows(dst []uint8, rows *[4][]uint16, weights []int16) {
	enlargeRowsGeneric(dst, rows, weights)
}
