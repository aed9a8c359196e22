// Package testpic makes pictures for the tests of codecs and compares what
// comes back.
package testpic

import (
	"context"
	"io"
	"math"
	"runtime"

	"github.com/immagin/immagin-go/luna/pixel"
)

// Sizes are small and awkward: single rows and columns, odd sides, sides just
// beside a block, a macroblock and a strip.
var Sizes = [][2]int{
	{1, 1}, {1, 2}, {2, 1}, {3, 17}, {17, 3}, {7, 8}, {8, 7}, {9, 9}, {15, 16}, {16, 15}, {17, 33}, {31, 2}, {1, 40}, {40, 1}, {64, 48},
}

// Make returns a picture of waves, each plane with its own. Alpha runs from 0
// to 255, and transparent pixels have colours like any others.
func Make(s pixel.Shape) *pixel.Image {
	m := pixel.NewImage(nil, s)
	for p := range s.Layout.Planes() {
		plane := m.Planes[p]
		alpha := s.Layout.HasAlpha() && p == s.Layout.Planes()-1
		for y := range plane.Height {
			row := plane.Row(y)
			for x := range row {
				u := float64(x)/float64(max(plane.Width, 24)) + float64(p)/5
				v := float64(y) / float64(max(plane.Height, 24))
				wave := math.Sin(5*u+3*v) * math.Cos(2*u-4*v+float64(p))
				if alpha {
					wave *= 1.6
				} else {
					wave *= 0.8
				}
				row[x] = uint8(min(max(128+127*wave, 0), 255))
			}
		}
	}
	return m
}

// PSNR compares the planes from first on, in decibels; it is +Inf where they
// are equal, and -Inf where the shapes differ.
func PSNR(a, b *pixel.Image, first int) float64 {
	if a.Shape != b.Shape {
		return math.Inf(-1)
	}
	var sum, n float64
	for p := first; p < a.Shape.Layout.Planes(); p++ {
		for y := range a.Planes[p].Height {
			ra, rb := a.Planes[p].Row(y), b.Planes[p].Row(y)
			for x := range ra {
				d := float64(ra[x]) - float64(rb[x])
				sum += d * d
				n++
			}
		}
	}
	return 10 * math.Log10(255*255*n/sum)
}

// Equal reports whether two pictures have the same shape and samples.
func Equal(a, b *pixel.Image) bool { return math.IsInf(PSNR(a, b, 0), 1) }

// Allocated reports how many bytes f allocates in all, which is at least the
// most that it holds at once.
func Allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// A CancellingReader cancels a context when it has handed out After bytes, and
// counts the reads that come later.
type CancellingReader struct {
	R      io.Reader
	After  int
	Cancel context.CancelFunc
	Late   int
}

func (r *CancellingReader) Read(p []byte) (int, error) {
	if r.After <= 0 {
		r.Late++
	}
	n, err := r.R.Read(p[:min(len(p), max(r.After, 1))])
	if r.After -= n; r.After <= 0 {
		r.Cancel()
	}
	return n, err
}

// A CancellingWriter cancels a context at the first write, and counts those
// that come later.
type CancellingWriter struct {
	Cancel context.CancelFunc
	Writes int
}

func (w *CancellingWriter) Write(p []byte) (int, error) {
	w.Writes++
	w.Cancel()
	return len(p), nil
}
