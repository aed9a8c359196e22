package codectest

import (
	"fmt"
	"math"
	"slices"

	"github.com/immagin/immagin-go/luna/pixel"
)

// sizes are small and awkward: single rows and columns, primes, sides just
// beside a block, a macroblock and a strip.
var sizes = [][2]int{
	{1, 1}, {1, 2}, {2, 1}, {3, 17}, {17, 3}, {7, 8}, {8, 7}, {9, 9}, {15, 16}, {16, 15}, {13, 37}, {31, 2}, {1, 41}, {41, 1}, {64, 48},
}

// layouts lists all layouts.
func layouts() (all []pixel.Layout) {
	for l := pixel.Layout(1); l.Valid(); l++ {
		all = append(all, l)
	}
	return all
}

// draw returns a picture of waves, each plane with its own. Alpha has all
// values; transparent pixels have colours like others.
func draw(s pixel.Shape) *pixel.Image { return drawAt(s, 0) }

func drawAt(s pixel.Shape, phase float64) *pixel.Image {
	m := pixel.NewImage(nil, s)
	for p := range s.Layout.Planes() {
		plane := &m.Planes[p]
		height := 0.2
		if s.Layout.HasAlpha() && p == s.Layout.Planes()-1 {
			height = 0.5
		}
		// Two waves that cross, each made of one in x and one in y.
		shift := float64(p)
		sin7, cos7 := wave(plane.Width, 7, shift+phase)
		sin3, cos3 := wave(plane.Width, 3, 2*shift+phase)
		sin1, cos1 := wave(plane.Height, -1, shift)
		siny, cosy := wave(plane.Height, 7, shift)
		for y := range plane.Height {
			for x := range plane.Width {
				v := float64(sin7[x]*cos1[y]) + float64(cos7[x]*sin1[y]) + float64(sin3[x]*cosy[y]) + float64(cos3[x]*siny[y])
				v = min(max(0.5+float64(height*v), 0), 1)
				if s.Deep {
					plane.Row16(y)[x] = uint16(65535 * v)
				} else {
					plane.Row(y)[x] = uint8(255 * v)
				}
			}
		}
	}
	return m
}

// wave returns sine and cosine over n samples. Short sides see a part of it.
func wave(n int, frequency, shift float64) (sin, cos []float64) {
	for i := range n {
		s, c := math.Sincos(float64(frequency*float64(i)/float64(max(n, 24))) + shift)
		sin, cos = append(sin, s), append(cos, c)
	}
	return sin, cos
}

// fill sets all samples of a plane.
func fill(m *pixel.Image, plane int, v uint8) *pixel.Image {
	p := &m.Planes[plane]
	for i := range p.Pix {
		p.Pix[i] = v
	}
	for i := range p.Pix16 {
		p.Pix16[i] = uint16(v) * 257
	}
	return m
}

// alphaPlane returns the number of the alpha plane.
func alphaPlane(m *pixel.Image) int { return m.Shape.Layout.Planes() - 1 }

// level returns a sample of 8 or 16 bits as one of 16.
func level(p *pixel.Plane, x, y int, deep bool) int {
	if deep {
		return int(p.Row16(y)[x])
	}
	return int(p.Row(y)[x]) * 257
}

// channels returns samples of 16 bits at full size in row order: three of
// colour, or those of the planes where native is set.
func channels(m *pixel.Image, native bool) [][]int {
	layout := m.Shape.Layout.Opaque()
	all := make([][]int, layout.Planes())
	for p := range all {
		sx, sy := layout.Subsampling(p)
		for y := range m.Shape.Height {
			for x := range m.Shape.Width {
				all[p] = append(all[p], level(&m.Planes[p], x>>sx, y>>sy, m.Shape.Deep))
			}
		}
	}
	if native {
		return all
	}
	switch {
	case layout == pixel.Gray:
		return [][]int{all[0], all[0], all[0]}
	case layout == pixel.RGB:
		return all
	}
	rgb := [][]int{make([]int, len(all[0])), make([]int, len(all[0])), make([]int, len(all[0]))}
	for i := range all[0] {
		var c [3]float64
		if layout == pixel.CMYK {
			for p := range c {
				c[p] = float64(65535-all[p][i]) * float64(65535-all[3][i]) / 65535
			}
		} else {
			y, cb, cr := float64(all[0][i]), float64(all[1][i]-128*257), float64(all[2][i]-128*257)
			c = [3]float64{y + float64(1.402*cr), y - float64(0.344136*cb) - float64(0.714136*cr), y + float64(1.772*cb)}
		}
		for p := range c {
			rgb[p][i] = int(min(max(math.Round(c[p]), 0), 65535))
		}
	}
	return rgb
}

// alphaOf returns the alpha of all pixels in 16 bits.
func alphaOf(m *pixel.Image) []int {
	alpha := make([]int, 0, m.Shape.Width*m.Shape.Height)
	for y := range m.Shape.Height {
		for x := range m.Shape.Width {
			if m.Shape.Layout.HasAlpha() {
				alpha = append(alpha, level(&m.Planes[alphaPlane(m)], x, y, m.Shape.Deep))
			} else {
				alpha = append(alpha, 65535)
			}
		}
	}
	return alpha
}

// decibels is the PSNR of samples of 16 bits where visible says so; nil means
// everywhere.
func decibels(a, b []int, visible []bool) (sum, n float64) {
	for i := range a {
		if visible == nil || visible[i] {
			d := float64(a[i] - b[i])
			sum += d * d
			n++
		}
	}
	return sum, n
}

func psnr(sum, n float64) float64 {
	if sum == 0 {
		return math.Inf(1)
	}
	return 10 * math.Log10(65535*65535*n/sum)
}

// near reports how got is not what was encoded as want, where pixels are due
// to come back as e and o say.
func near(want, got *pixel.Image, e Encoding, o Options) error {
	if want.Shape.Width != got.Shape.Width || want.Shape.Height != got.Shape.Height {
		return fmt.Errorf("%v came back as %v", want.Shape, got.Shape)
	}
	floor, alphaFloor := e.Floor, e.AlphaFloor
	if want.Shape.Width < 200 || want.Shape.Height < 150 {
		floor, alphaFloor = max(floor-8, 0.01*floor), max(alphaFloor-8, 0.01*alphaFloor)
	}
	alpha, gotAlpha := alphaOf(want), alphaOf(got)
	if o.BinaryAlpha {
		for i, a := range alpha {
			alpha[i] = a / (128 * 257) * 65535
		}
	}
	sum, n := decibels(alpha, gotAlpha, nil)
	if db := psnr(sum, n); db < alphaFloor || alphaFloor == 0 && sum > 0 {
		return fmt.Errorf("the alpha of %v came back in %v at %.1f dB%s", want.Shape, got.Shape, db, due(alphaFloor))
	}
	var visible []bool
	if floor > 0 {
		visible = make([]bool, len(alpha))
		for i, a := range alpha {
			visible[i] = a > 0
		}
	}
	native := want.Shape.Layout.Opaque() == got.Shape.Layout.Opaque()
	a, b := channels(want, native), channels(got, native)
	sum, n = 0, 0
	for p := range a {
		s, k := decibels(a[p], b[p], visible)
		sum, n = sum+s, n+k
	}
	if db := psnr(sum, n); db < floor || floor == 0 && sum > 0 {
		return fmt.Errorf("%v came back as %v at %.1f dB%s", want.Shape, got.Shape, db, due(floor))
	}
	return nil
}

func due(floor float64) string {
	if floor == 0 {
		return "; it is to be exact"
	}
	return fmt.Sprintf("; at least %.1f are due", floor)
}

// same reports how two pictures differ that are to be equal.
func same(want, got *pixel.Image) error {
	if want.Shape != got.Shape {
		return fmt.Errorf("%v is not %v", got.Shape, want.Shape)
	}
	for p := range want.Shape.Layout.Planes() {
		a, b := &want.Planes[p], &got.Planes[p]
		for y := range a.Height {
			if want.Shape.Deep && slices.Equal(a.Row16(y), b.Row16(y)) || !want.Shape.Deep && slices.Equal(a.Row(y), b.Row(y)) {
				continue
			}
			return fmt.Errorf("plane %d of %v differs in row %d", p, want.Shape, y)
		}
	}
	return nil
}
