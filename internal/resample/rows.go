package resample

import "encoding/binary"

// The portable row kernels, which say what the assembly ones compute. Rows that
// the vertical ones work on are padded to a multiple of eight samples, so that
// eight can be done at a time; the padding holds rubbish.

// align rounds n up to the padding of a row.
func align(n int) int { return (n + 7) &^ 7 }

// clip branches: what it is for is rare.
func clip(v int32) uint8 {
	if uint32(v) > 255 {
		return uint8(^(v >> 31))
	}
	return uint8(v)
}

// average2Generic stores the mean of a and b, halves rounded up, into dst. All
// have the same length.
func average2Generic(dst, a, b []uint8) {
	a, b = a[:len(dst)], b[:len(dst)]
	i := 0
	for ; i <= len(dst)-8; i += 8 {
		x := binary.LittleEndian.Uint64(a[i:])
		y := binary.LittleEndian.Uint64(b[i:])
		binary.LittleEndian.PutUint64(dst[i:], (x|y)-((x^y)>>1)&0x7f7f7f7f7f7f7f7f)
	}
	for ; i < len(dst); i++ {
		dst[i] = uint8((uint(a[i]) + uint(b[i]) + 1) >> 1)
	}
}

// accumulateGeneric adds times the samples of row to the 32-bit sums.
func accumulateGeneric(sums []uint32, row []uint8, times uint32) {
	sums = sums[:len(row)]
	for i, v := range row {
		sums[i] += uint32(v) * times
	}
}

// averageGeneric divides the sums of box samples by box, as shrinkv.c does,
// and clears them.
func averageGeneric(dst []uint8, sums []uint32, box int) {
	sums = sums[:len(dst)]
	half, factor := uint32(box/2), uint32(1<<24/box)
	for i, v := range sums {
		dst[i] = uint8((v + half) * factor >> 24)
		sums[i] = 0
	}
}

// average1D stores the mean of every box samples of src into dst; the last
// mean repeats the last sample.
func average1D(dst, src []uint8, box int) {
	whole := len(src) / box
	if box == 2 {
		pairs := src[:2*whole]
		for i := range dst[:whole] {
			dst[i] = uint8((uint(pairs[2*i]) + uint(pairs[2*i+1]) + 1) >> 1)
		}
	} else {
		half, factor := uint32(box/2), uint32(1<<24/box)
		for i := range dst[:whole] {
			sum := half
			for _, v := range src[i*box : (i+1)*box] {
				sum += uint32(v)
			}
			dst[i] = uint8(sum * factor >> 24)
		}
	}
	if whole < len(dst) {
		sum := uint32(0)
		rest := src[whole*box:]
		for _, v := range rest {
			sum += uint32(v)
		}
		sum += uint32(box-len(rest)) * uint32(rest[len(rest)-1])
		dst[whole] = uint8((sum + uint32(box/2)) * uint32(1<<24/box) >> 24)
	}
}

// reduceRowsGeneric sums rows by their weights. All rows are as long as dst,
// which is a multiple of eight.
//
// Two samples at a time share a 64-bit word: products spill over from the low
// one to the high one only as a borrow, which the bias prevents.
func reduceRowsGeneric(dst []uint8, rows [][]uint8, weights []int16) {
	const (
		even = 0x000000ff_000000ff
		bias = 1 << 26
		half = uint64(bias+weightHalf)<<32 | (bias + weightHalf)
	)
	rows = rows[:len(weights)]
	for i := 0; i <= len(dst)-8; i += 8 {
		a, b, c, d := half, half, half, half
		for k, w := range weights {
			v := binary.LittleEndian.Uint64(rows[k][i:])
			f := uint64(int64(w))
			a += v & even * f
			b += v >> 8 & even * f
			c += v >> 16 & even * f
			d += v >> 24 & even * f
		}
		const off = bias >> weightBits
		o := dst[i : i+8 : i+8]
		o[0] = clip(int32(uint32(a)>>weightBits) - off)
		o[1] = clip(int32(uint32(b)>>weightBits) - off)
		o[2] = clip(int32(uint32(c)>>weightBits) - off)
		o[3] = clip(int32(uint32(d)>>weightBits) - off)
		o[4] = clip(int32(a>>(32+weightBits)) - off)
		o[5] = clip(int32(b>>(32+weightBits)) - off)
		o[6] = clip(int32(c>>(32+weightBits)) - off)
		o[7] = clip(int32(d>>(32+weightBits)) - off)
	}
}

// reduceRowGeneric makes every sample of dst from the taps of src that start at
// start[i]+pad.
func (a *Axis) reduceRowGeneric(dst, src []uint8, pad int) {
	start, phase := a.start[:len(dst)], a.phase[:len(dst)]
	for i := range dst {
		weights := a.table[phase[i]]
		taps := src[int(start[i])+pad:]
		taps = taps[:len(weights)]
		sum := int32(weightHalf)
		for len(weights) >= 4 && len(taps) >= 4 {
			sum += int32(weights[0])*int32(taps[0]) + int32(weights[1])*int32(taps[1]) +
				int32(weights[2])*int32(taps[2]) + int32(weights[3])*int32(taps[3])
			weights, taps = weights[4:], taps[4:]
		}
		for k, w := range weights {
			sum += int32(w) * int32(taps[k])
		}
		dst[i] = clip(sum >> weightBits)
	}
}

// enlargeRowGeneric is reduceRowGeneric for four taps, and leaves the results
// unclipped: signed 16-bit numbers.
func (a *Axis) enlargeRowGeneric(dst []uint16, src []uint8, pad int) {
	start, phase := a.start[:len(dst)], a.phase[:len(dst)]
	for i := range dst {
		w := (*[4]int16)(a.table[phase[i]])
		s := (*[4]uint8)(src[int(start[i])+pad:])
		sum := int32(w[0])*int32(s[0]) + int32(w[1])*int32(s[1]) + int32(w[2])*int32(s[2]) + int32(w[3])*int32(s[3])
		dst[i] = uint16((sum + weightHalf) >> weightBits)
	}
}

// enlargeRowsGeneric sums four rows of signed 16-bit numbers by their weights.
func enlargeRowsGeneric(dst []uint8, rows *[4][]uint16, weights []int16) {
	w := (*[4]int16)(weights)
	w0, w1, w2, w3 := int32(w[0]), int32(w[1]), int32(w[2]), int32(w[3])
	r0, r1, r2, r3 := rows[0][:len(dst)], rows[1][:len(dst)], rows[2][:len(dst)], rows[3][:len(dst)]
	for i := range dst {
		sum := w0*int32(int16(r0[i])) + w1*int32(int16(r1[i])) + w2*int32(int16(r2[i])) + w3*int32(int16(r3[i]))
		dst[i] = clip((sum + weightHalf) >> weightBits)
	}
}

// narrow clips signed 16-bit numbers to samples.
func narrow(dst []uint8, src []uint16) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = clip(int32(int16(v)))
	}
}

// widen is the inverse of narrow.
func widen(dst []uint16, src []uint8) {
	dst = dst[:len(src)]
	for i, v := range src {
		dst[i] = uint16(v)
	}
}
