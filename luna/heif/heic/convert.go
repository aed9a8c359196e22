package heic

import (
	"fmt"

	"github.com/immagin/immagin-go/internal/isobmff"
	"github.com/immagin/immagin-go/luna/codec"
)

// A converter makes RGB of YCbCr, in fixed point with 16 bits.
type converter struct {
	y, offset          int32 // factor of luma, and what is black
	rCr, gCb, gCr, bCb int32
	identity           bool
}

// A weight is that of red and blue in luma, in ten-thousandths.
type weight struct{ r, b int64 }

// newConverter returns the converter for code points of ISO/IEC 23091-2. What
// is unspecified is BT.601, as libheif has it.
func newConverter(c isobmff.Colors) (converter, error) {
	var w weight
	switch c.Matrix {
	case 0:
		return converter{identity: true}, nil
	case 1:
		w = weight{2126, 722}
	case 2, 5, 6:
		w = weight{2990, 1140}
	case 9:
		w = weight{2627, 593}
	default:
		return converter{}, fmt.Errorf("%w: colours by the matrix %d of ISO/IEC 23091-2", codec.ErrUnsupported, c.Matrix)
	}
	// Full range: 255 steps. Else luma has 219, chroma 224.
	luma, chroma := int64(255), int64(255)
	if !c.FullRange {
		luma, chroma = 219, 224
	}
	const one, unit = 1 << 16, 10000
	fix := func(numerator, denominator int64) int32 {
		return int32((2*one*255*numerator/(denominator) + 1) / 2)
	}
	green := unit - w.r - w.b
	v := converter{
		y:   fix(1, luma),
		rCr: fix(2*(unit-w.r), unit*chroma),
		bCb: fix(2*(unit-w.b), unit*chroma),
		gCr: fix(2*(unit-w.r)*w.r, green*unit*chroma),
		gCb: fix(2*(unit-w.b)*w.b, green*unit*chroma),
	}
	if !c.FullRange {
		v.offset = 16
	}
	return v, nil
}

// row writes RGB of a row; each sample of chroma is for 1<<shift pixels.
func (v converter) row(rgb, y, cb, cr []byte, shift uint) {
	for x, luma := range y {
		b, r := cb[x>>shift], cr[x>>shift]
		out := rgb[3*x:][:3]
		if v.identity {
			out[0], out[1], out[2] = r, luma, b
			continue
		}
		l := (int32(luma)-v.offset)*v.y + 1<<15
		db, dr := int32(b)-128, int32(r)-128
		out[0] = clamp(l + v.rCr*dr)
		out[1] = clamp(l - v.gCb*db - v.gCr*dr)
		out[2] = clamp(l + v.bCb*db)
	}
}

// gray stretches luma to all 255 steps.
func (v converter) gray(out, y []byte) {
	if v.identity {
		copy(out, y)
		return
	}
	for x, luma := range y {
		out[x] = clamp((int32(luma)-v.offset)*v.y + 1<<15)
	}
}

func clamp(v int32) byte { return byte(min(max(v>>16, 0), 255)) }
