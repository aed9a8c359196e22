package jpeg

import "github.com/immagin/immagin-go/luna/pixel"

// ink says how the components of a CMYK picture are stored (Adobe Technical
// Note 5116; libjpeg's jdcolor.c).
type ink struct {
	inverted bool // Adobe's programs store 255 for no ink
	ycc      bool // the first three are YCbCr
}

func (h *header) ink() ink {
	if len(h.frame.components) != 4 {
		return ink{}
	}
	return ink{inverted: h.adobe, ycc: h.adobe && h.transform == 2}
}

// apply turns a strip of the stored components into amounts of ink.
func (k ink) apply(t *pixel.Strip) {
	if k.ycc {
		for y := range t.Rows {
			toRGB(t.Planes[0].Row(y), t.Planes[1].Row(y), t.Planes[2].Row(y))
		}
	}
	if !k.inverted {
		return
	}
	first := 0
	if k.ycc {
		// YCbCr stands for RGB, the inverse of ink, which is stored inverted.
		first = 3
	}
	for i := first; i < 4; i++ {
		for y := range t.Rows {
			row := t.Planes[i].Row(y)
			for x, v := range row {
				row[x] = 255 - v
			}
		}
	}
}

// toRGB converts in place (JFIF 1.02, in libjpeg's 16-bit fixed point).
func toRGB(r, g, b []uint8) {
	const half = 1 << 15
	g, b = g[:len(r)], b[:len(r)]
	for i := range r {
		y, cb, cr := int32(r[i]), int32(g[i])-128, int32(b[i])-128
		r[i] = clip(y + (91881*cr+half)>>16)
		g[i] = clip(y + (-22554*cb-46802*cr+half)>>16)
		b[i] = clip(y + (116130*cb+half)>>16)
	}
}
