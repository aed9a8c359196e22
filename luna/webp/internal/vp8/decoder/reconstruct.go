package decoder

import (
	"encoding/binary"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// blockAt are where the luma blocks of an area begin.
var blockAt = [16]int{
	lumaAt, lumaAt + 4, lumaAt + 8, lumaAt + 12,
	lumaAt + 4*stride, lumaAt + 4*stride + 4, lumaAt + 4*stride + 8, lumaAt + 4*stride + 12,
	lumaAt + 8*stride, lumaAt + 8*stride + 4, lumaAt + 8*stride + 8, lumaAt + 8*stride + 12,
	lumaAt + 12*stride, lumaAt + 12*stride + 4, lumaAt + 12*stride + 8, lumaAt + 12*stride + 12,
}

// samples are the last rows of a macroblock before the loop filter: what the row
// below is predicted from.
type samples struct {
	luma   [16]uint8
	cb, cr [8]uint8
}

// reconstruct makes row y of macroblocks in its band, unfiltered.
func (d *Decoder) reconstruct(y int, row []macroblock, c []coefficients) {
	a := &d.area
	a.begin(y)
	b := d.band(y)
	for x := range row {
		m := &row[x]
		if x > 0 {
			a.shift()
		}
		above := &d.above[x]
		if y > 0 {
			*(*[16]uint8)(a[lumaAt-stride:]) = above.luma
			*(*[8]uint8)(a[cbAt-stride:]) = above.cb
			*(*[8]uint8)(a[crAt-stride:]) = above.cr
		}
		k := &c[x]
		if m.blocks {
			if y > 0 {
				right := spread(above.luma[15])
				if x+1 < len(row) {
					right = uint64(binary.LittleEndian.Uint32(d.above[x+1].luma[:]))
				}
				binary.LittleEndian.PutUint32(a[lumaAt-stride+16:], uint32(right))
			}
			a.blocks(m, k)
		} else {
			a.predictLuma(m.modes[0], x, y)
			a.addLuma(k, m.luma)
		}
		if m.chromaMode == vp8.TrueMotion {
			a.trueMotionChroma()
		} else {
			a.predictChroma(cbAt, m.chromaMode, x, y)
			a.predictChroma(crAt, m.chromaMode, x, y)
		}
		a.addChroma(k, m.chroma)
		above.luma = *(*[16]uint8)(a[lumaAt+15*stride:])
		above.cb = *(*[8]uint8)(a[cbAt+7*stride:])
		above.cr = *(*[8]uint8)(a[crAt+7*stride:])
		a.store(b, x)
	}
}

// begin sets what the first macroblock of row y is predicted from.
func (a *area) begin(y int) {
	for i := range 16 {
		a[lumaAt-1+i*stride] = 129
	}
	for i := range 8 {
		a[cbAt-1+i*stride], a[crAt-1+i*stride] = 129, 129
	}
	if y > 0 {
		a[lumaAt-stride-1], a[cbAt-stride-1], a[crAt-stride-1] = 129, 129, 129
		return
	}
	for i := -1; i < 20; i++ {
		a[lumaAt-stride+i] = 127
	}
	for i := -1; i < 8; i++ {
		a[cbAt-stride+i], a[crAt-stride+i] = 127, 127
	}
}

// shift makes the last columns those to the left of the next macroblock.
func (a *area) shift() {
	for i := lumaAt - stride; i < lumaAt+16*stride; i += stride {
		*(*[4]uint8)(a[i-4:]) = *(*[4]uint8)(a[i+12:])
	}
	for i := cbAt - stride; i < cbAt+8*stride; i += stride {
		*(*[4]uint8)(a[i-4:]) = *(*[4]uint8)(a[i+4:])
		*(*[4]uint8)(a[i+12:]) = *(*[4]uint8)(a[i+20:])
	}
}

// blocks predicts and completes the luma blocks of m one by one.
func (a *area) blocks(m *macroblock, k *coefficients) {
	// What is to the right of the lower blocks is not there yet.
	right := *(*[4]uint8)(a[lumaAt-stride+16:])
	*(*[4]uint8)(a[lumaAt+3*stride+16:]) = right
	*(*[4]uint8)(a[lumaAt+7*stride+16:]) = right
	*(*[4]uint8)(a[lumaAt+11*stride+16:]) = right
	for i, bits := 0, m.luma; i < 16; i, bits = i+1, bits<<2 {
		at := blockAt[i]
		a.predictBlock(at, m.modes[i])
		a.add(at, bits>>30, &k[i])
	}
}

// store copies the macroblock to column x of a band.
func (a *area) store(b band, x int) {
	to := b.y[16*x:]
	for i := range 16 {
		*(*[16]uint8)(to[i*b.yStride:]) = *(*[16]uint8)(a[lumaAt+i*stride:])
	}
	cb, cr := b.cb[8*x:], b.cr[8*x:]
	for i := range 8 {
		*(*[8]uint8)(cb[i*b.cStride:]) = *(*[8]uint8)(a[cbAt+i*stride:])
		*(*[8]uint8)(cr[i*b.cStride:]) = *(*[8]uint8)(a[crAt+i*stride:])
	}
}

// filter filters row y of macroblocks in place, and up to 3 rows above it.
func (d *Decoder) filter(y int, row []macroblock) {
	h := d.header
	p := vp8.Place{Y: d.y, Cb: d.cb, Cr: d.cr, YStride: d.yStride, CStride: d.cStride}
	slot, over := y%d.bands, (y+d.bands-1)%d.bands
	p.YAt, p.CAt = 16*slot*d.yStride, 8*slot*d.cStride
	p.YAbove, p.CAbove = (16*over+12)*d.yStride, (8*over+4)*d.cStride
	for x := range row {
		m := &row[x]
		kind := 0
		if m.blocks {
			kind = 1
		}
		var edges vp8.Edges
		if x > 0 {
			edges |= vp8.LeftEdge
		}
		if y > 0 {
			edges |= vp8.TopEdge
		}
		if m.inner {
			edges |= vp8.InnerEdges
		}
		if h.simple {
			vp8.FilterSimple(&p, h.strengths[m.segment][kind], edges)
		} else {
			vp8.FilterNormal(&p, h.strengths[m.segment][kind], edges)
		}
		p.YAt, p.YAbove, p.CAt, p.CAbove = p.YAt+16, p.YAbove+16, p.CAt+8, p.CAbove+8
	}
}
