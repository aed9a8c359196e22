package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	stdpng "image/png"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	lunapng "github.com/immagin/immagin-go/luna/png"
)

// A view is one way to make a JPEG smaller.
type view struct {
	name   string
	edits  string          // of a request
	sharp  string          // the calls for the same
	crop   image.Rectangle // of the picture, empty for none
	target op.Target
}

// A finish is a way to write a result.
type finish struct{ name, output, sharp string }

// finishes are those that results are compared in: the first loses nothing,
// the others round, and halve the resolution of chroma.
var finishes = []finish{
	{"PNG", `"format":"png"`, "png({compressionLevel: 1})"},
	{"WebP q90", `"format":"webp","quality":90`, "webp({quality: 90})"},
	{"JPEG q85", `"format":"jpeg","quality":85`, "jpeg({quality: 85})"},
}

func (v view) job(f finish) job {
	return job{Name: v.name, Request: fmt.Sprintf(`"edits":[%s],"output":{%s}`, v.edits, f.output), Sharp: []string{"s." + v.sharp + "." + f.sharp}}
}

// views returns those that make a picture of that size smaller.
func views(size image.Point) []view {
	var list []view
	add := func(crop image.Rectangle, target op.Target) {
		in := size
		if !crop.Empty() {
			in = crop.Size()
		}
		if target.Width >= in.X || target.Height >= in.Y {
			return
		}
		list = append(list, newView(crop, target))
	}
	add(image.Rectangle{}, op.Target{Width: 200, Height: 150})
	add(image.Rectangle{}, op.Target{Width: 256, Height: 256})
	add(image.Rectangle{}, op.Target{Width: 400})
	add(image.Rectangle{}, op.Target{Width: 800, Height: 600})
	add(image.Rectangle{}, op.Target{Width: 1000, Height: 1000})
	add(image.Rectangle{}, op.Target{Width: 1200, Height: 630})
	add(image.Rectangle{}, op.Target{Width: 1600})
	add(image.Rectangle{}, op.Target{Width: 2000})
	middle := image.Rectangle{Min: size.Div(4), Max: size.Div(4).Add(size.Div(2))}
	add(middle, op.Target{Width: 200})
	add(middle, op.Target{Width: 400})
	add(middle, op.Target{Width: 1000})
	return list
}

func newView(crop image.Rectangle, target op.Target) view {
	name, width := fmt.Sprintf("%d wide", target.Width), fmt.Sprintf(`"width":%d`, target.Width)
	arguments := fmt.Sprint(target.Width)
	if target.Height > 0 {
		name = fmt.Sprintf("%dx%d", target.Width, target.Height)
		width += fmt.Sprintf(`,"height":%d`, target.Height)
		arguments += fmt.Sprintf(", %d", target.Height)
	}
	edits, calls := fmt.Sprintf(`{"resize":{%s}}`, width), fmt.Sprintf("resize(%s)", arguments)
	if !crop.Empty() {
		name = fmt.Sprintf("crop %dx%d, %s", crop.Dx(), crop.Dy(), name)
		at := fmt.Sprintf("left: %d, top: %d, width: %d, height: %d", crop.Min.X, crop.Min.Y, crop.Dx(), crop.Dy())
		calls = "extract({" + at + "})." + calls
		edits = fmt.Sprintf(`{"crop":{"left":%d,"top":%d,"width":%d,"height":%d}},%s`, crop.Min.X, crop.Min.Y, crop.Dx(), crop.Dy(), edits)
	}
	return view{name, edits, calls, crop, target}
}

// A fidelity is how near both sides come to the reference, in dB, by finish.
type fidelity struct {
	source, view string
	us, them     []float64
	failure      string
}

// A sample is a JPEG of the quality table.
type sample struct{ name, path string }

// quality measures the JPEGs that are given, or else drawn ones.
func (b *bench) quality(ctx context.Context, s settings, progress io.Writer) ([]fidelity, error) {
	if b.them == nil {
		return nil, errors.New("-quality takes sharp, whose decoder makes the reference")
	}
	var samples []sample
	for _, path := range s.sources {
		k, _, err := inspect(ctx, path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if k == baseline || k == progressive {
			samples = append(samples, sample{filepath.Base(path), path})
		}
	}
	if len(s.sources) == 0 {
		fmt.Fprintln(progress, "drawing JPEGs of every make")
		var err error
		if samples, err = drawSamples(ctx, b.dir, 4000, 3000); err != nil {
			return nil, err
		}
	}
	us, them, stop, err := b.pair(ctx, 1)
	if err != nil {
		return nil, err
	}
	g := &gauge{us: us, them: them, dir: b.dir}
	var list []fidelity
	for _, one := range samples {
		fmt.Fprintln(progress, "quality of", one.name)
		more, err := g.sample(one, s.only)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", one.name, err), stop())
		}
		list = append(list, more...)
	}
	return list, stop()
}

// A gauge holds what both sides make of a JPEG against what sharp decodes of
// it at full size, reduced in floating point.
type gauge struct {
	us, them side
	dir      string
}

func (g *gauge) sample(s sample, only string) ([]fidelity, error) {
	whole, err := g.picture(g.them, decode, s.path)
	if err != nil {
		return nil, err
	}
	var list []fidelity
	for _, v := range views(whole.Rect.Size()) {
		if !strings.Contains(v.name, only) {
			continue
		}
		f, err := g.view(s, v, whole)
		if err != nil {
			f.failure = err.Error()
		}
		list = append(list, f)
	}
	return list, nil
}

func (g *gauge) view(s sample, v view, whole *image.NRGBA) (fidelity, error) {
	f := fidelity{source: s.name, view: v.name}
	want := v.reference(whole)
	for _, finish := range finishes {
		for _, side := range []struct {
			side
			name string
			list *[]float64
		}{{g.us, "ours", &f.us}, {g.them, "sharp's", &f.them}} {
			got, err := g.picture(side.side, v.job(finish), s.path)
			if err != nil {
				return f, fmt.Errorf("%s: %s: %w", finish.name, side.name, err)
			}
			if got.Rect != want.Rect {
				return f, fmt.Errorf("%s: %s has %v where the reference has %v", finish.name, side.name, got.Rect.Max, want.Rect.Max)
			}
			*side.list = append(*side.list, psnr(distance(got, want)))
		}
	}
	return f, nil
}

// decode makes a file that is quickly read.
var decode = job{Sharp: []string{"s.png({compressionLevel: 1})"}}

// picture returns what a side makes of a file; sharp decodes it.
func (g *gauge) picture(s side, j job, path string) (*image.NRGBA, error) {
	made, read := filepath.Join(g.dir, "made"), filepath.Join(g.dir, "read")
	if _, err := s.do(order{Tasks: []task{{j, path}}, Count: 1, Workers: 1, Save: made}); err != nil {
		return nil, err
	}
	if _, err := g.them.do(order{Tasks: []task{{decode, made}}, Count: 1, Workers: 1, Save: read, Fresh: true}); err != nil {
		return nil, err
	}
	return readPNG(read)
}

func (v view) reference(whole *image.NRGBA) *image.NRGBA {
	if !v.crop.Empty() {
		whole = part(whole, v.crop)
	}
	size := whole.Rect.Size()
	return reference(whole, v.target.Resize(size.X, size.Y))
}

func readPNG(path string) (*image.NRGBA, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := stdpng.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	return part(m, m.Bounds()), nil
}

// drawSamples writes one picture as JPEGs of every make.
func drawSamples(ctx context.Context, dir string, width, height int) ([]sample, error) {
	var drawn bytes.Buffer
	if err := (&stdpng.Encoder{CompressionLevel: stdpng.BestSpeed}).Encode(&drawn, scene.Landscape(width, height)); err != nil {
		return nil, err
	}
	quality := 85
	var list []sample
	for _, kind := range []struct {
		name        string
		subsampling pixel.Layout
		progressive bool
		edits       []edit.Edit
	}{
		{"4:2:0", pixel.YCbCr420, false, nil},
		{"4:2:2", pixel.YCbCr422, false, nil},
		{"4:4:4", pixel.YCbCr444, false, nil},
		{"gray", pixel.YCbCr420, false, []edit.Edit{edit.Grayscale(true)}},
		{"progressive", pixel.YCbCr420, true, nil},
	} {
		e, err := luna.New([]codec.Codec{lunapng.Codec{}, jpeg.Codec{Subsampling: kind.subsampling}}, &luna.Options{MaxSourceBytes: 1 << 30, MaxRequestBytes: 1 << 30})
		if err != nil {
			return nil, err
		}
		s := sample{"drawn, " + kind.name, filepath.Join(dir, fmt.Sprintf("sample%d.jpg", len(list)))}
		var file bytes.Buffer
		output := &edit.Output{Format: edit.FormatJPEG, Quality: quality}
		if kind.progressive {
			output.Progressive = &kind.progressive
		}
		if _, err := e.Transform(ctx, &file, bytes.NewReader(drawn.Bytes()), kind.edits, output); err != nil {
			return nil, err
		}
		if err := os.WriteFile(s.path, file.Bytes(), 0o644); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}
