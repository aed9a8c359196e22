package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/immagin/immagin-go/internal/ratedistortion"
)

const aboutCurves = `
## How many bytes, and how good

Photographs of %d pixels in width, encoded by both sides from the same raw
pixels; sharp's effort is %d, as is libwebp's default. Both are read by the same
decoder, golang.org/x/image/vp8, with libwebp's upsampling. BD is Bjontegaard's
difference in bytes at equal quality over the qualities %v (piecewise cubic;
below 0 is better); RGB is by PSNR of all three, luma by that of luma, SSIM by
similarity of luma in windows of 8x8 samples, in dB. Then, at the same number, our
bytes to sharp's, and the difference in dB of PSNR (RGB).

`

// A kind of quality that curves are drawn over.
var scales = []struct {
	name  string
	value func(ratedistortion.Measurement) float64
}{
	{"RGB", func(m ratedistortion.Measurement) float64 { return m.RGB }},
	{"luma", func(m ratedistortion.Measurement) float64 { return m.Luma }},
	{"SSIM", ratedistortion.Measurement.SSIMDecibels},
}

func points(list []ratedistortion.Measurement, value func(ratedistortion.Measurement) float64) []ratedistortion.Point {
	p := make([]ratedistortion.Point, len(list))
	for i, m := range list {
		p[i] = ratedistortion.Point{Bytes: m.Bytes, Quality: value(m)}
	}
	return p
}

// difference is Bjontegaard's in per cent; not a number where there is none.
func difference(theirs, ours []ratedistortion.Measurement, value func(ratedistortion.Measurement) float64) float64 {
	d, err := ratedistortion.BDRate(points(theirs, value), points(ours, value))
	if err != nil {
		return math.NaN()
	}
	return d
}

func writeCurves(w io.Writer, qualities []int, list []comparison) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, aboutCurves, curveWidth, peerEffort, qualities)
	for i, c := range list {
		fmt.Fprintf(w, "Effort %d:", c.effort)
		if c.failure != "" {
			fmt.Fprintf(w, " %s\n\n", c.failure)
			continue
		}
		fmt.Fprint(w, "\n\n")
		writeComparison(w, qualities, c)
		writeAgainst(w, c, list[:i], list[i+1:])
	}
}

func writeComparison(w io.Writer, qualities []int, c comparison) {
	head, line := "| photograph |", "|---|"
	for _, s := range scales {
		head += fmt.Sprintf(" BD %s %% |", s.name)
		line += "--:|"
	}
	for _, q := range qualities {
		head += fmt.Sprintf(" q%d bytes | dB |", q)
		line += "--:|--:|"
	}
	fmt.Fprintf(w, "%s\n%s\n", head, line)
	var sums []float64
	for _, one := range c.curves {
		cells := one.cells()
		sums = append(sums, make([]float64, len(cells)-len(sums))...)
		for i, v := range cells {
			sums[i] += v
		}
		writeCells(w, one.photograph.name, cells)
	}
	for i := range sums {
		sums[i] /= float64(len(c.curves))
	}
	writeCells(w, "mean", sums)
	fmt.Fprintln(w)
}

// cells are BD by scale, and by quality the ratio of bytes and the difference
// in dB.
func (c curve) cells() []float64 {
	var list []float64
	for _, s := range scales {
		list = append(list, difference(c.photograph.theirs, c.ours, s.value))
	}
	for i, m := range c.ours {
		them := c.photograph.theirs[i]
		list = append(list, float64(m.Bytes)/float64(them.Bytes), m.RGB-them.RGB)
	}
	return list
}

func writeCells(w io.Writer, name string, cells []float64) {
	fmt.Fprintf(w, "| %s |", strings.ReplaceAll(name, "|", "\\|"))
	for i, v := range cells {
		if i >= len(scales) && (i-len(scales))%2 == 0 {
			fmt.Fprintf(w, " %.3f |", v)
		} else {
			fmt.Fprintf(w, " %+.2f |", v)
		}
	}
	fmt.Fprintln(w)
}

// writeAgainst tells what an effort costs against sharp's effort of ours.
func writeAgainst(w io.Writer, c comparison, others ...[]comparison) {
	if c.effort == peerEffort {
		return
	}
	for _, list := range others {
		for _, o := range list {
			if o.effort != peerEffort || o.failure != "" {
				continue
			}
			fmt.Fprintf(w, "Against our own effort %d, by", peerEffort)
			for i, s := range scales {
				sum := 0.0
				for k, one := range c.curves {
					sum += difference(o.curves[k].ours, one.ours, s.value)
				}
				fmt.Fprintf(w, "%s %s %+.2f %%", []string{"", ",", ","}[i], s.name, sum/float64(len(c.curves)))
			}
			fmt.Fprint(w, ".\n\n")
		}
	}
}
