package decoder

import (
	"encoding/binary"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// stride is the distance of rows in a work area.
const stride = 32

// An area is a macroblock with the samples to its left, above it, and above and
// to the right, as libwebp's decoder lays it out: a row above, 16 rows of luma,
// a row above, 8 rows of chroma.
type area [26 * stride]uint8

// Where the planes of an area begin.
const (
	lumaAt = stride + 8
	cbAt   = lumaAt + 17*stride
	crAt   = cbAt + 16
)

// predictLuma predicts all of the luma. x and y tell whether there is anything to
// the left and above.
func (a *area) predictLuma(mode uint8, x, y int) {
	switch mode {
	case vp8.DC:
		a.fill(lumaAt, 16, a.mean(lumaAt, 16, x, y))
	case vp8.TrueMotion:
		a.trueMotionLuma()
	case vp8.Vertical:
		top := *(*[16]uint8)(a[lumaAt-stride:])
		for i := lumaAt; i < lumaAt+16*stride; i += stride {
			*(*[16]uint8)(a[i:]) = top
		}
	case vp8.Horizontal:
		for i := lumaAt; i < lumaAt+16*stride; i += stride {
			v := spread(a[i-1])
			binary.LittleEndian.PutUint64(a[i:], v)
			binary.LittleEndian.PutUint64(a[i+8:], v)
		}
	}
}

// predictChroma predicts the chroma plane at at, but for TrueMotion.
func (a *area) predictChroma(at int, mode uint8, x, y int) {
	switch mode {
	case vp8.DC:
		a.fill(at, 8, a.mean(at, 8, x, y))
	case vp8.Vertical:
		top := *(*[8]uint8)(a[at-stride:])
		for i := at; i < at+8*stride; i += stride {
			*(*[8]uint8)(a[i:]) = top
		}
	case vp8.Horizontal:
		for i := at; i < at+8*stride; i += stride {
			binary.LittleEndian.PutUint64(a[i:], spread(a[i-1]))
		}
	}
}

// mean is that of the n samples above at and of those to its left, where there are
// any, or gray.
func (a *area) mean(at, n, x, y int) uint8 {
	sum, count := 0, 0
	if y > 0 {
		for _, v := range a[at-stride:][:n] {
			sum += int(v)
		}
		count += n
	}
	if x > 0 {
		for i := range n {
			sum += int(a[at-1+i*stride])
		}
		count += n
	}
	if count == 0 {
		return 128
	}
	return uint8((sum + count/2) / count)
}

func spread(v uint8) uint64 { return uint64(v) * 0x0101010101010101 }

// fill sets n x n samples.
func (a *area) fill(at, n int, v uint8) {
	w := spread(v)
	for range n {
		for x := 0; x < n; x += 8 {
			binary.LittleEndian.PutUint64(a[at+x:], w)
		}
		at += stride
	}
}

// trueMotion predicts n x n samples as left + above - corner.
func (a *area) trueMotion(at, n int) {
	corner := int(a[at-stride-1])
	top := a[at-stride:][:n]
	for range n {
		d := int(a[at-1]) - corner
		row := a[at:][:n]
		for x := range row {
			row[x] = clip(d + int(top[x]))
		}
		at += stride
	}
}

// predictBlock predicts the 4x4 samples of luma at at (RFC 6386, 12.3).
func (a *area) predictBlock(at int, mode uint8) {
	e := (*[4*stride + 9]uint8)(a[at-stride-1:]) // begins at the corner
	var (
		x                      = int(e[0])
		t0, t1, t2, t3         = int(e[1]), int(e[2]), int(e[3]), int(e[4])
		t4, t5, t6, t7         = int(e[5]), int(e[6]), int(e[7]), int(e[8])
		l0, l1, l2, l3         = int(e[stride]), int(e[2*stride]), int(e[3*stride]), int(e[4*stride])
		row0, row1, row2, row3 uint32
	)
	switch mode {
	case vp8.BlockDC:
		row0 = uint32((t0+t1+t2+t3+l0+l1+l2+l3+4)>>3) * 0x01010101
		row1, row2, row3 = row0, row0, row0
	case vp8.BlockTrueMotion:
		for i, l := range [4]int{l0, l1, l2, l3} {
			d := l - x
			binary.LittleEndian.PutUint32(e[(i+1)*stride+1:], pack(int(clip(d+t0)), int(clip(d+t1)), int(clip(d+t2)), int(clip(d+t3))))
		}
		return
	case vp8.BlockVertical:
		row0 = pack(avg3(x, t0, t1), avg3(t0, t1, t2), avg3(t1, t2, t3), avg3(t2, t3, t4))
		row1, row2, row3 = row0, row0, row0
	case vp8.BlockHorizontal:
		row0 = uint32(avg3(x, l0, l1)) * 0x01010101
		row1 = uint32(avg3(l0, l1, l2)) * 0x01010101
		row2 = uint32(avg3(l1, l2, l3)) * 0x01010101
		row3 = uint32(avg3(l2, l3, l3)) * 0x01010101
	case vp8.BlockDownRight:
		a, b, c, d := avg3(l1, l2, l3), avg3(l0, l1, l2), avg3(x, l0, l1), avg3(t0, x, l0)
		f, g, h := avg3(t1, t0, x), avg3(t2, t1, t0), avg3(t3, t2, t1)
		row3 = pack(a, b, c, d)
		row2 = pack(b, c, d, f)
		row1 = pack(c, d, f, g)
		row0 = pack(d, f, g, h)
	case vp8.BlockVerticalRight:
		a, b, c, d := avg2(x, t0), avg2(t0, t1), avg2(t1, t2), avg2(t2, t3)
		f, g, h, i := avg3(l0, x, t0), avg3(x, t0, t1), avg3(t0, t1, t2), avg3(t1, t2, t3)
		j, k := avg3(l1, l0, x), avg3(l2, l1, l0)
		row0 = pack(a, b, c, d)
		row1 = pack(f, g, h, i)
		row2 = pack(j, a, b, c)
		row3 = pack(k, f, g, h)
	case vp8.BlockDownLeft:
		a, b, c, d := avg3(t0, t1, t2), avg3(t1, t2, t3), avg3(t2, t3, t4), avg3(t3, t4, t5)
		f, g, h := avg3(t4, t5, t6), avg3(t5, t6, t7), avg3(t6, t7, t7)
		row0 = pack(a, b, c, d)
		row1 = pack(b, c, d, f)
		row2 = pack(c, d, f, g)
		row3 = pack(d, f, g, h)
	case vp8.BlockVerticalLeft:
		a, b, c, d := avg2(t0, t1), avg2(t1, t2), avg2(t2, t3), avg2(t3, t4)
		f, g, h, i := avg3(t0, t1, t2), avg3(t1, t2, t3), avg3(t2, t3, t4), avg3(t3, t4, t5)
		row0 = pack(a, b, c, d)
		row1 = pack(f, g, h, i)
		row2 = pack(b, c, d, avg3(t4, t5, t6))
		row3 = pack(g, h, i, avg3(t5, t6, t7))
	case vp8.BlockHorizontalDown:
		a, b, c, d := avg2(l0, x), avg2(l1, l0), avg2(l2, l1), avg2(l3, l2)
		f, g, h := avg3(t0, t1, t2), avg3(x, t0, t1), avg3(l0, x, t0)
		i, j, k := avg3(l1, l0, x), avg3(l2, l1, l0), avg3(l3, l2, l1)
		row0 = pack(a, h, g, f)
		row1 = pack(b, i, a, h)
		row2 = pack(c, j, b, i)
		row3 = pack(d, k, c, j)
	case vp8.BlockHorizontalUp:
		a, b, c := avg2(l0, l1), avg2(l1, l2), avg2(l2, l3)
		f, g, h := avg3(l0, l1, l2), avg3(l1, l2, l3), avg3(l2, l3, l3)
		row0 = pack(a, f, b, g)
		row1 = pack(b, g, c, h)
		row2 = pack(c, h, l3, l3)
		row3 = uint32(l3) * 0x01010101
	}
	binary.LittleEndian.PutUint32(e[1*stride+1:], row0)
	binary.LittleEndian.PutUint32(e[2*stride+1:], row1)
	binary.LittleEndian.PutUint32(e[3*stride+1:], row2)
	binary.LittleEndian.PutUint32(e[4*stride+1:], row3)
}

func avg2(a, b int) int          { return (a + b + 1) >> 1 }
func avg3(a, b, c int) int       { return (a + 2*b + c + 2) >> 2 }
func pack(a, b, c, d int) uint32 { return uint32(a | b<<8 | c<<16 | d<<24) }
