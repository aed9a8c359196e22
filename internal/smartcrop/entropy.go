// Package smartcrop chooses the part of an image that is worth keeping, as
// libvips' smartcrop does (conversion/smartcrop.c): the part with the highest
// entropy, or the part around what people look at first.
//
// Floating point is rounded as libvips rounds it, and the few functions that it
// takes are computed here, so that every machine makes the same choice.
package smartcrop

import (
	"image"
	"slices"
)

// An Entropy is given the rows of an image, and tells the part to keep. While
// the image is too large, a slice of it is cut off the side with less in it.
// What slices there may be is known before the pixels are: Entropy counts the
// samples of each cell between their edges.
type Entropy struct {
	width, height  int
	keep           image.Point
	bands, step    int
	fitted         bool
	columns, lines []int    // edges of the cells, from 0 to width and height
	counts         []uint32 // per cell, band and sample
}

// NewEntropy returns an Entropy for an image of that size, of which a part of
// the size keep is wanted, with that many bands, alpha among them. Histograms
// that are fitted end at their highest sample, as libvips' do where samples
// have more than 8 bits; it has an influence on rounding and nothing else.
func NewEntropy(width, height, bands int, keep image.Point, fitted bool) *Entropy {
	e := shape(width, height, bands, keep)
	e.fitted = fitted
	e.counts = make([]uint32, e.cells()*bands*256)
	return e
}

// EntropyBytes reports the memory that an Entropy takes.
func EntropyBytes(width, height, bands int, keep image.Point) int64 {
	e := shape(width, height, bands, keep)
	return int64(e.cells()) * int64(bands) * 256 * 4
}

func shape(width, height, bands int, keep image.Point) *Entropy {
	e := &Entropy{width: width, height: height, bands: bands, keep: keep}
	const steps = 8
	e.step = max((width-keep.X+steps-1)/steps, (height-keep.Y+steps-1)/steps, 1)
	e.columns = edges(width, width-keep.X, e.step)
	e.lines = edges(height, height-keep.Y, e.step)
	return e
}

// edges lists where slices of a side of n may end, if spare samples of it are
// cut off, step at a time.
func edges(n, spare, step int) []int {
	all := []int{0, n}
	rest := spare % step
	for at := 0; at+rest <= spare; at += step {
		all = append(all, at, at+rest, n-at, n-at-rest)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (e *Entropy) cells() int { return (len(e.columns) - 1) * (len(e.lines) - 1) }

// Push takes row y: the samples of each band.
func (e *Entropy) Push(y int, rows ...[]uint8) {
	line := 0
	for e.lines[line+1] <= y {
		line++
	}
	for column := range len(e.columns) - 1 {
		for b, row := range rows {
			h := e.histogram(column, line, b)
			for _, v := range row[e.columns[column]:e.columns[column+1]] {
				h[v]++
			}
		}
	}
}

func (e *Entropy) histogram(column, line, band int) *[256]uint32 {
	cell := line*(len(e.columns)-1) + column
	return (*[256]uint32)(e.counts[(cell*e.bands+band)*256:])
}

// Box reports the part to keep after the last row.
func (e *Entropy) Box() image.Rectangle {
	r := image.Rect(0, 0, e.width, e.height)
	for r.Dx() > e.keep.X || r.Dy() > e.keep.Y {
		if n := min(r.Dx()-e.keep.X, e.step); n > 0 {
			left, right := r, r
			left.Max.X, right.Min.X = r.Min.X+n, r.Max.X-n
			if e.score(left) < e.score(right) {
				r.Min.X += n
			} else {
				r.Max.X -= n
			}
		}
		if n := min(r.Dy()-e.keep.Y, e.step); n > 0 {
			top, bottom := r, r
			top.Max.Y, bottom.Min.Y = r.Min.Y+n, r.Max.Y-n
			if e.score(top) < e.score(bottom) {
				r.Min.Y += n
			} else {
				r.Max.Y -= n
			}
		}
	}
	return r
}

// score is the entropy of the samples in r, whose edges are those of cells, in
// bits. It is that of hist_entropy.c.
func (e *Entropy) score(r image.Rectangle) float64 {
	sums := make([][256]uint32, e.bands)
	total := 0.
	for line, y := range e.lines[:len(e.lines)-1] {
		for column, x := range e.columns[:len(e.columns)-1] {
			if !(image.Pt(x, y)).In(r) {
				continue
			}
			for b := range sums {
				for v, n := range e.histogram(column, line, b) {
					sums[b][v] += n
					total += float64(n)
				}
			}
		}
	}
	bins := 256
	for e.fitted && bins > 1 && unused(sums, bins-1) {
		bins--
	}
	whole := mean(total, bins, e.bands)
	scale, bits := float32(1/whole), float32(1/ln2)
	sum := 0.
	for v := range bins {
		for b := range sums {
			if n := sums[b][v]; n > 0 {
				p := float32(scale * float32(n))
				sum += float64(float32(p * float32(bits*float32(ln(float64(p))))))
			}
		}
	}
	return -mean(sum, bins, e.bands)
}

// mean is the sum as libvips has it: from the mean of all bins.
func mean(sum float64, bins, bands int) float64 {
	return float64(float64(sum/float64(bins*bands)*float64(bins)) * float64(bands))
}

// unused reports whether no band has a sample v.
func unused(sums [][256]uint32, v int) bool {
	for b := range sums {
		if sums[b][v] > 0 {
			return false
		}
	}
	return true
}
