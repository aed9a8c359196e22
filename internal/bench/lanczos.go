package main

import (
	"image"
	stddraw "image/draw"
	"math"

	"github.com/immagin/immagin-go/luna/op"
)

// reference returns what is left of m when rounding is the last thing that
// happens: Lanczos3 in floating point, over the geometry that both sides have.
func reference(m *image.NRGBA, g op.Geometry) *image.NRGBA {
	in, out := m.Rect.Size(), g.Crop.Size()
	columns := lanczosAxis(in.X, g.Width, g.ShrinkX, g.Crop.Min.X, out.X)
	rows := lanczosAxis(in.Y, g.Height, g.ShrinkY, g.Crop.Min.Y, out.Y)
	r := image.NewNRGBA(image.Rectangle{Max: out})
	row := make([]float64, 4*in.X)
	for y, vertical := range rows {
		clear(row)
		for k, w := range vertical.weights {
			at := min(max(vertical.first+k, 0), in.Y-1)
			for i, v := range m.Pix[at*m.Stride:][:len(row)] {
				row[i] += w * float64(v)
			}
		}
		for x, horizontal := range columns {
			var sum [4]float64
			for k, w := range horizontal.weights {
				at := 4 * min(max(horizontal.first+k, 0), in.X-1)
				for c := range sum {
					sum[c] += w * row[at+c]
				}
			}
			for c, v := range sum {
				r.Pix[y*r.Stride+4*x+c] = uint8(min(max(math.Round(v), 0), 255))
			}
		}
	}
	return r
}

// taps are the samples that one sample of a result is made of.
type taps struct {
	first   int
	weights []float64
}

// lanczosAxis returns the taps of count samples from offset on, where a side
// of in samples becomes one of total, shrink apart, in its middle.
func lanczosAxis(in, total int, shrink float64, offset, count int) []taps {
	list := make([]taps, count)
	stretch := max(shrink, 1)
	left := (float64(in) - float64(total)*shrink) / 2
	for i := range list {
		centre := (float64(offset+i)+0.5)*shrink - 0.5 + left
		first, last := int(math.Ceil(centre-3*stretch)), int(math.Floor(centre+3*stretch))
		t := taps{first: first, weights: make([]float64, last-first+1)}
		sum := 0.
		for k := range t.weights {
			t.weights[k] = lanczos3((float64(first+k) - centre) / stretch)
			sum += t.weights[k]
		}
		for k := range t.weights {
			t.weights[k] /= sum
		}
		list[i] = t
	}
	return list
}

func lanczos3(x float64) float64 {
	if x == 0 {
		return 1
	}
	return 3 * math.Sin(math.Pi*x) * math.Sin(math.Pi*x/3) / (math.Pi * math.Pi * x * x)
}

// distance is the mean squared error of the colours of two pictures of one
// size.
func distance(a, b *image.NRGBA) float64 {
	sum := 0.
	for i := range a.Pix {
		if i%4 == 3 {
			continue
		}
		d := float64(a.Pix[i]) - float64(b.Pix[i])
		sum += d * d
	}
	return sum / float64(len(a.Pix)/4*3)
}

// part returns a copy of a part of m.
func part(m image.Image, r image.Rectangle) *image.NRGBA {
	n := image.NewNRGBA(image.Rectangle{Max: r.Size()})
	stddraw.Draw(n, n.Rect, m, r.Min, stddraw.Src)
	return n
}
