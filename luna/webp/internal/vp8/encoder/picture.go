package encoder

import "github.com/immagin/immagin-go/luna/webp/internal/vp8/kernel"

// A Picture is what to encode: BT.601 in limited range, 4:2:0. Chroma planes have
// half as many columns and rows as luma, rounded up.
type Picture struct {
	Width, Height    int // 1..16383
	Y, Cb, Cr        []uint8
	YStride, CStride int
}

// valid reports whether the planes are as large as they should be.
func (p *Picture) valid() bool {
	if p.Width < 1 || p.Height < 1 || p.Width > MaxSide || p.Height > MaxSide {
		return false
	}
	cw, ch := (p.Width+1)/2, (p.Height+1)/2
	return p.YStride >= p.Width && p.CStride >= cw &&
		len(p.Y) >= (p.Height-1)*p.YStride+p.Width &&
		len(p.Cb) >= (ch-1)*p.CStride+cw && len(p.Cr) >= (ch-1)*p.CStride+cw
}

// Samples of a macroblock lie block after block, 16 bytes each, so that a block
// is one register: 16 of luma by rows, 4 of Cb, 4 of Cr.
type samples struct {
	y [256]uint8
	c [128]uint8
}

// load fills s with the macroblock at x, y. What lies outside the picture repeats
// its last column and row.
func (p *Picture) load(s *samples, x, y int) {
	if 16*x+16 <= p.Width && 16*y+16 <= p.Height {
		at := 8*y*p.CStride + 8*x
		kernel.Pack(&s.y, &s.c, p.Y[16*y*p.YStride+16*x:], p.Cb[at:], p.Cr[at:], p.YStride, p.CStride)
		return
	}
	packEdge(s.y[:], p.Y, p.YStride, 16*x, 16*y, p.Width, p.Height, 4)
	cw, ch := (p.Width+1)/2, (p.Height+1)/2
	packEdge(s.c[:64], p.Cb, p.CStride, 8*x, 8*y, cw, ch, 2)
	packEdge(s.c[64:], p.Cr, p.CStride, 8*x, 8*y, cw, ch, 2)
}

// packEdge gathers a square of blocks that the plane's end cuts.
func packEdge(dst, src []uint8, stride, x, y, width, height, blocks int) {
	var rows [16 * 16]uint8
	n := 4 * blocks
	for r := range n {
		from := src[min(y+r, height-1)*stride:]
		to := rows[n*r:][:n]
		k := copy(to, from[x:min(x+n, width)])
		for ; k < n; k++ {
			to[k] = to[k-1]
		}
	}
	kernel.PackPlane(dst, rows[:], n, blocks)
}
