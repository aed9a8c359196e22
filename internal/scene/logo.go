package scene

import (
	"context"
	"image"
	"math"
)

// Logo draws a moon over two peaks in a ring, on nothing: all around it and
// within the ring is transparent, and edges are smooth. The same size always
// gives the same picture.
func Logo(width, height int) *image.NRGBA {
	m, _ := DrawLogo(context.Background(), width, height)
	return m
}

// DrawLogo is [Logo], and stops soon when ctx is done.
func DrawLogo(ctx context.Context, width, height int) (*image.NRGBA, error) {
	scale := 2.2 / float64(min(width, height))
	return paint(ctx, width, height, func(row []uint8, y int) {
		for x := range width {
			u := (float64(x) + 0.5 - float64(width)/2) * scale
			v := (float64(height)/2 - float64(y) - 0.5) * scale
			c, alpha := logo(u, v, scale)
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = sample(c.r), sample(c.g), sample(c.b), sample(alpha)
		}
	})
}

// logo is the colour of a point and how much of it a mark covers, where a
// pixel has that side.
func logo(u, v, pixel float64) (c rgb, alpha float64) {
	covers := func(d float64) float64 { return clamp(0.5 - d/pixel) }
	circle := func(x, y, r float64) float64 { return math.Hypot(u-x, v-y) - r }
	peak := func(x, y, slope float64) float64 {
		return (math.Abs(u-x)*slope + v - y) / math.Hypot(1, slope)
	}
	inner := circle(0, 0, 0.80)
	ring := max(circle(0, 0, 1), -circle(0, 0, 0.885))
	moon := max(circle(0.27, 0.30, 0.30), -circle(0.40, 0.40, 0.255))
	near := max(peak(-0.16, 0.22, 1.35), inner)
	far := max(peak(0.36, 0.02, 1.15), inner, -(peak(-0.16, 0.22, 1.35) - 0.055))
	mark := func(d float64, with rgb) {
		if a := covers(d); a > 0 {
			// Marks do not overlap but in the pixels of an edge.
			total := alpha + a*(1-alpha)
			c, alpha = c.mix(with, a/total), total
		}
	}
	turn := 0.5 + 0.5*(0.6*u-0.8*v)
	mark(ring, rgb{0.36, 0.25, 0.83}.mix(rgb{0.95, 0.36, 0.47}, clamp(turn)))
	mark(moon, rgb{1, 0.72, 0.30}.mix(rgb{0.98, 0.50, 0.36}, clamp(0.9-1.6*v)))
	mark(far, rgb{0.56, 0.36, 0.86}.mix(rgb{0.86, 0.36, 0.62}, clamp(-v)))
	mark(near, rgb{0.30, 0.24, 0.80}.mix(rgb{0.62, 0.28, 0.78}, clamp(0.3-v)))
	return c, alpha
}
