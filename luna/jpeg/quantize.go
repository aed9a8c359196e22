package jpeg

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
	// All in zigzag order. A division of n by d is a multiplication by
	// ceil(2^32/d), which is exact for n < 2^32/d: fdct's coefficients have
	// fewer than 16 bits, and d, 8 times the table, has 11.
	table      [64]uint8
	half       [64]uint32
	reciprocal [64]uint32
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
		d := uint64(v) * 8 // fdct's factor
		q.table[k] = uint8(v)
		q.half[k] = uint32(d / 2)
		q.reciprocal[k] = uint32((1<<32 + d - 1) / d)
	}
	return q
}

// quantize writes the quantised coefficients of c to b.
func (q *quantizer) quantize(b *block, c *[64]int32) {
	out := (*[64]uint16)(b[bitmapWords:])
	var nonzero uint64
	for k := range 64 {
		v := c[zigzag[k]&63]
		sign := v >> 31
		n := uint32((v ^ sign) - sign)
		n = uint32(uint64(n+q.half[k]) * uint64(q.reciprocal[k]) >> 32)
		out[k] = uint16((int32(n) ^ sign) - sign)
		nonzero = nonzero>>1 | uint64(-n)&(1<<31)<<32
	}
	b.setNonzero(nonzero)
}

// A block holds quantised coefficients in zigzag order, behind a bitmap of
// those that are not zero. It is made of words because the pool has those.
type block [bitmapWords + 64]uint16

const (
	bitmapWords = 4
	blockWords  = bitmapWords + 64
)

func (b *block) setNonzero(n uint64) {
	b[0], b[1], b[2], b[3] = uint16(n), uint16(n>>16), uint16(n>>32), uint16(n>>48)
}

func (b *block) nonzero() uint64 {
	return uint64(b[0]) | uint64(b[1])<<16 | uint64(b[2])<<32 | uint64(b[3])<<48
}

func (b *block) at(k int) int32 { return int32(int16(b[bitmapWords+k])) }

// dummy makes b a flat block, as is put where a picture ends inside an MCU.
func (b *block) dummy(like *block) {
	*b = block{bitmapWords: like[bitmapWords]}
	if like[bitmapWords] != 0 {
		b[0] = 1
	}
}
