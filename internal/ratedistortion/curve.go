package ratedistortion

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// A Curve is what two encoders make of one picture, at the same settings in the
// same order.
type Curve struct {
	Name         string
	Theirs, Ours []Measurement
}

// scales are what quality is measured in.
var scales = []struct {
	name  string
	value func(Measurement) float64
}{
	{"RGB", func(m Measurement) float64 { return m.RGB }},
	{"luma", func(m Measurement) float64 { return m.Luma }},
	{"SSIM", Measurement.SSIMDecibels},
}

// Differences are Bjontegaard's in per cent by PSNR of red, green and blue, by
// PSNR of luma, and by the similarity of luma in dB; not a number where the
// curves have no quality in common.
func (c Curve) Differences() []float64 {
	var list []float64
	for _, s := range scales {
		d, err := BDRate(points(c.Theirs, s.value), points(c.Ours, s.value))
		if err != nil {
			d = math.NaN()
		}
		list = append(list, d)
	}
	return list
}

func points(list []Measurement, value func(Measurement) float64) []Point {
	p := make([]Point, len(list))
	for i, m := range list {
		p[i] = Point{m.Bytes, value(m)}
	}
	return p
}

// cells are the differences, and by setting the ratio of bytes and the
// difference of PSNR.
func (c Curve) cells() []float64 {
	list := c.Differences()
	for i, m := range c.Ours {
		them := c.Theirs[i]
		list = append(list, float64(m.Bytes)/float64(them.Bytes), m.RGB-them.RGB)
	}
	return list
}

// Write writes a table of curves, and the means of its columns. Qualities are
// the names of the settings.
func Write(w io.Writer, qualities []int, curves []Curve) {
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
	sums := make([]float64, len(scales)+2*len(qualities))
	for _, c := range curves {
		cells := c.cells()
		for i, v := range cells {
			sums[i] += v / float64(len(curves))
		}
		writeCells(w, c.Name, cells)
	}
	writeCells(w, "mean", sums)
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

// MeanDifferences says what the differences are on average.
func MeanDifferences(curves []Curve) string {
	sums := make([]float64, len(scales))
	for _, c := range curves {
		for i, d := range c.Differences() {
			sums[i] += d / float64(len(curves))
		}
	}
	texts := make([]string, len(scales))
	for i, s := range scales {
		texts[i] = fmt.Sprintf("%s %+.2f %%", s.name, sums[i])
	}
	return strings.Join(texts, ", ")
}
