package encoder

import (
	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// edges are the samples around a macroblock, of which it is predicted. Where the
// picture ends they are 127 above and 129 to the left (RFC 6386, 12.2).
type edges struct {
	top    [20]uint8 // with four of the macroblock to the right
	left   [16]uint8
	corner uint8

	topC    [2][8]uint8 // Cb, Cr
	leftC   [2][8]uint8
	cornerC [2]uint8
}

// fromSource takes the source's own samples, as if nothing were lost.
func (e *edges) fromSource(p *Picture, x, y int) {
	cw, ch := (p.Width+1)/2, (p.Height+1)/2
	edgeOf(e.top[:16], e.left[:], &e.corner, p.Y, p.YStride, 16*x, 16*y, p.Width, p.Height)
	edgeOf(e.topC[0][:], e.leftC[0][:], &e.cornerC[0], p.Cb, p.CStride, 8*x, 8*y, cw, ch)
	edgeOf(e.topC[1][:], e.leftC[1][:], &e.cornerC[1], p.Cr, p.CStride, 8*x, 8*y, cw, ch)
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

// luma predicts all of a macroblock's luma.
func (e *edges) luma(dst *[256]uint8, mode, x, y int) {
	predict(dst[:], e.top[:16], e.left[:], e.corner, mode, x > 0, y > 0)
}

// chroma predicts Cb and Cr.
func (e *edges) chroma(dst *[128]uint8, mode, x, y int) {
	predict(dst[:64], e.topC[0][:], e.leftC[0][:], e.cornerC[0], mode, x > 0, y > 0)
	predict(dst[64:], e.topC[1][:], e.leftC[1][:], e.cornerC[1], mode, x > 0, y > 0)
}

// predict fills a square of blocks (RFC 6386, 12.2 and 12.3).
func predict(dst, top, left []uint8, corner uint8, mode int, hasLeft, hasTop bool) {
	n := len(top)
	switch mode {
	case vp8.DC:
		sum, count := 0, 0
		if hasTop {
			for _, v := range top {
				sum += int(v)
			}
			count += n
		}
		if hasLeft {
			for _, v := range left {
				sum += int(v)
			}
			count += n
		}
		if count == 0 {
			fill(dst, 128)
			return
		}
		fill(dst, uint8((sum+count/2)/count))
	case vp8.Vertical:
		for i := range dst {
			dst[i] = top[i/16%(n/4)*4+i%4]
		}
	case vp8.Horizontal:
		for i := range dst {
			dst[i] = left[i/(4*n)*4+i/4%4]
		}
	default:
		for i := range dst {
			dst[i] = uint8(max(min(int(top[i/16%(n/4)*4+i%4])+int(left[i/(4*n)*4+i/4%4])-int(corner), 255), 0))
		}
	}
}
