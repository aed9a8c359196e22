package encoder

import (
	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
	"github.com/immagin/immagin-go/luna/webp/internal/vp8/kernel"
)

// edges are the samples around a macroblock, of which it is predicted. Where the
// picture ends they are 127 above and 129 to the left (RFC 6386, 12.2).
type edges struct {
	top    [20]uint8 // with four of the macroblock to the right
	left   [16]uint8
	corner uint8

	topC    [16]uint8 // 8 of Cb, 8 of Cr
	leftC   [16]uint8
	cornerC [2]uint8
}

// fromSource takes the source's own samples, as if nothing were lost.
func (e *edges) fromSource(p *Picture, x, y int) {
	cw, ch := (p.Width+1)/2, (p.Height+1)/2
	edgeOf(e.top[:16], e.left[:], &e.corner, p.Y, p.YStride, 16*x, 16*y, p.Width, p.Height)
	edgeOf(e.topC[:8], e.leftC[:8], &e.cornerC[0], p.Cb, p.CStride, 8*x, 8*y, cw, ch)
	edgeOf(e.topC[8:], e.leftC[8:], &e.cornerC[1], p.Cr, p.CStride, 8*x, 8*y, cw, ch)
}

func edgeOf(top, left []uint8, corner *uint8, plane []uint8, stride, x, y, width, height int) {
	if y == 0 {
		fill(top, 127)
	} else {
		row := plane[(y-1)*stride:][:width]
		for i := copy(top, row[x:]); i < len(top); i++ {
			top[i] = top[i-1]
		}
	}
	switch {
	case x == 0:
		fill(left, 129)
	default:
		n := min(len(left), height-y)
		at := y*stride + x - 1
		for i := range n {
			left[i] = plane[at]
			at += stride
		}
		for i := n; i < len(left); i++ {
			left[i] = left[i-1]
		}
	}
	switch {
	case y == 0:
		*corner = 127
	case x == 0:
		*corner = 129
	default:
		*corner = plane[(y-1)*stride+x-1]
	}
}

func fill(s []uint8, v uint8) {
	for i := range s {
		s[i] = v
	}
}

// luma predicts all of a macroblock's luma in all ways.
func (e *edges) luma(dst *[vp8.Modes][256]uint8, x, y int) {
	kernel.PredictWhole(dst, (*[16]uint8)(e.top[:]), &e.left, e.corner, x > 0, y > 0)
}

// chroma predicts Cb and Cr in all ways.
func (e *edges) chroma(dst *[vp8.Modes][128]uint8, x, y int) {
	kernel.PredictChroma(dst, &e.topC, &e.leftC, e.cornerC, x > 0, y > 0)
}
