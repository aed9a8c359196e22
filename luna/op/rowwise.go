package op

import (
	"sync"

	"github.com/immagin/immagin-go/internal/lab"
	"github.com/immagin/immagin-go/luna/pixel"
)

// space returns the tables of colour, which are made when they are first
// needed.
var space = sync.OnceValue(lab.New)

// deepSpace is space for samples of 16 bits.
var deepSpace = sync.OnceValue(func() *lab.DeepSpace { return lab.NewDeep(space()) })

// colours is what ops accept that work on gray or RGB samples.
func colours(in pixel.Layout) pixel.Layout {
	switch {
	case in.Opaque() == pixel.Gray:
		return in
	case in.HasAlpha():
		return pixel.RGBA
	}
	return pixel.RGB
}

// chunk is how many pixels are taken through CIELAB at once: few enough that
// they stay in the processor's nearest cache.
const chunk = 512

// A labRow holds pixels in CIELAB.
type labRow struct{ l, a, b [chunk]float32 }

const labRowBytes = 3 * 4 * chunk

// mapLAB changes the colours of a strip of gray or RGB, with or without alpha,
// by way of CIELAB. Alpha stays.
func mapLAB(t *pixel.Strip, layout pixel.Layout, row *labRow, f func(l, a, b []float32)) {
	gray := layout.Opaque() == pixel.Gray
	if t.Planes[0].Pix16 != nil {
		mapDeepLAB(t, gray, row, f)
		return
	}
	for y := range t.Rows {
		red := t.Planes[0].Row(y)
		green, blue := red, red
		if !gray {
			green, blue = t.Planes[1].Row(y), t.Planes[2].Row(y)
		}
		for x := 0; x < len(red); x += chunk {
			end := min(x+chunk, len(red))
			r, g, u := red[x:end], green[x:end], blue[x:end]
			l, a, b := row.l[:end-x], row.a[:end-x], row.b[:end-x]
			space().FromRGB(l, a, b, r, g, u)
			f(l, a, b)
			if gray {
				space().ToGray(r, l, a, b)
			} else {
				space().ToRGB(r, g, u, l, a, b)
			}
		}
	}
}

// mapDeepLAB is mapLAB for samples of 16 bits.
func mapDeepLAB(t *pixel.Strip, gray bool, row *labRow, f func(l, a, b []float32)) {
	for y := range t.Rows {
		red := t.Planes[0].Row16(y)
		green, blue := red, red
		if !gray {
			green, blue = t.Planes[1].Row16(y), t.Planes[2].Row16(y)
		}
		for x := 0; x < len(red); x += chunk {
			end := min(x+chunk, len(red))
			r, g, u := red[x:end], green[x:end], blue[x:end]
			l, a, b := row.l[:end-x], row.a[:end-x], row.b[:end-x]
			deepSpace().FromRGB(l, a, b, r, g, u)
			f(l, a, b)
			if gray {
				deepSpace().ToGray(r, l, a, b)
			} else {
				deepSpace().ToRGB(r, g, u, l, a, b)
			}
		}
	}
}
