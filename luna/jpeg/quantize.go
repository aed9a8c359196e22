package jpeg

import "math/bits"

// The tables of T.81, annex K.1, in natural order: luma and chroma.
var annexK = [2][64]uint8{
	{
		16, 11, 10, 16, 24, 40, 51, 61,
		12, 12, 14, 19, 26, 58, 60, 55,
		14, 13, 16, 24, 40, 57, 69, 56,
		14, 17, 22, 29, 51, 87, 80, 62,
		18, 22, 37, 56, 68, 109, 103, 77,
		24, 35, 55, 64, 81, 104, 113, 92,
		49, 64, 78, 87, 103, 121, 120, 101,
		72, 92, 95, 98, 112, 100, 103, 99,
	},
	{
		17, 18, 24, 47, 99, 99, 99, 99,
		18, 21, 26, 66, 99, 99, 99, 99,
		24, 26, 56, 99, 99, 99, 99, 99,
		47, 66, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99,
	},
}

// A quantizer divides coefficients by a table, rounding halves away from
// zero, as libjpeg does.
type quantizer struct {
	// A division of n by d is a multiplication by ceil(2^(16+s)/d), for the
	// least s at which that has 16 bits, and a shift by 16 and by s, the latter
	// as one more multiplication. It is exact for n < 2^15: fdct's coefficients
	// go up to 2^13, and d, 8 times the table, to 2040.
	// Natural order. The assembly takes two blocks at a time, so that all rows
	// stand here twice.
	half, reciprocal, scale [8][2][8]uint16

	table [64]uint8 // in zigzag order
}

// newQuantizer scales a table of annex K as libjpeg's jpeg_set_quality does,
// and keeps it to 8 bits.
func newQuantizer(base *[64]uint8, quality int) (q quantizer) {
	scale := 200 - 2*quality
	if quality < 50 {
		scale = 5000 / quality
	}
	for k, at := range zigzag {
		v := min(max((int(base[at])*scale+50)/100, 1), 255)
		q.table[k] = uint8(v)
		d := uint(v) * 8             // fdct's factor
		s := uint(bits.Len(d-1)) - 1 // at least 2
		for half := range 2 {
			y, x := at/8, at%8
			q.half[y][half][x] = uint16(d / 2)
			q.reciprocal[y][half][x] = uint16((1<<(16+s) + d - 1) / d)
			q.scale[y][half][x] = 1 << (16 - s)
		}
	}
	return q
}

// A block holds quantised coefficients.
type block struct {
	// Bitmaps in zigzag order of the magnitudes above 0, 1 and 3.
	above [3]uint64
	c     [64]int16 // in natural order
}

// forwardGeneric is the portable forward.
func forwardGeneric(dst []block, src []uint8, stride, n int, q *quantizer) {
	var c [64]int32
	for i := range n {
		fdct(&c, src[8*i:], stride)
		q.quantize(&dst[i], &c)
	}
}

// quantize writes the quantised coefficients of c to b.
func (q *quantizer) quantize(b *block, c *[64]int32) {
	for i, v := range c {
		sign := v >> 31
		y, x := i/8, i%8
		n := uint32((v^sign)-sign) + uint32(q.half[y][0][x])
		n = n * uint32(q.reciprocal[y][0][x]) >> 16 * uint32(q.scale[y][0][x]) >> 16
		b.c[i] = int16((int32(n) ^ sign) - sign)
	}
	b.above = [3]uint64{}
	for k, at := range zigzag {
		v := b.c[at&63]
		sign := v >> 15
		m := uint64((v ^ sign) - sign)
		b.above[0] |= -m >> 63 << k
		b.above[1] |= (1 - m) >> 63 << k
		b.above[2] |= (3 - m) >> 63 << k
	}
}

// dummy makes b a flat block, as is put where a picture ends inside an MCU.
func (b *block) dummy(like *block) { *b = block{c: [64]int16{like.c[0]}} }
