package main

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A picture is opaque.
type picture struct {
	name string
	rgb  *image.NRGBA
}

const width, height = 800, 600

// sources reads the photographs, or draws six pictures.
func sources(ctx context.Context, names []string) ([]*picture, error) {
	if len(names) == 0 {
		return drawn(), nil
	}
	var list []*picture
	for _, name := range names {
		file, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		p, err := photograph(ctx, file)
		if err != nil {
			return nil, err
		}
		p.name = filepath.Base(name)
		list = append(list, p)
	}
	return list, nil
}

func photograph(ctx context.Context, file []byte) (*picture, error) {
	src, err := jpeg.Codec{}.Decode(ctx, bytes.NewReader(file), codec.Request{})
	if err != nil {
		return nil, err
	}
	s := src.Shape()
	g := op.Target{Width: width, Height: height}.Resize(s.Width, s.Height)
	chain, err := op.Chain(s, []op.Op{op.Convert{To: pixel.RGB}, g.Resample()})
	if err != nil {
		src.Close()
		return nil, err
	}
	if src, err = op.Wrap(src, chain, nil); err != nil {
		return nil, err
	}
	defer src.Close()
	m, err := pixel.ReadAll(nil, src)
	if err != nil {
		return nil, err
	}
	out := image.NewNRGBA(image.Rect(0, 0, m.Shape.Width, m.Shape.Height))
	for i := range len(out.Pix) / 4 {
		for c := range 3 {
			out.Pix[4*i+c] = m.Planes[c].Pix[i]
		}
		out.Pix[4*i+3] = 255
	}
	return &picture{rgb: out}, nil
}

// drawn are a landscape, in three sizes of detail and three strengths of noise.
func drawn() []*picture {
	var list []*picture
	for _, d := range []struct {
		name  string
		scale int
		noise float64
	}{
		{"landscape", 1, 0}, {"landscape, some noise", 1, 3}, {"landscape, noise", 1, 8},
		{"detail", 2, 0}, {"detail, some noise", 2, 3}, {"more detail", 3, 0},
	} {
		m := scene.Landscape(d.scale*width, d.scale*height)
		part := image.NewNRGBA(image.Rect(0, 0, width, height))
		at := image.Pt((d.scale-1)*width/2, (d.scale-1)*height/2)
		draw.Draw(part, part.Rect, m, at, draw.Src)
		rng := rand.New(rand.NewPCG(1, 1))
		for i := range part.Pix {
			if i%4 < 3 && d.noise > 0 {
				part.Pix[i] = uint8(min(max(float64(part.Pix[i])+d.noise*rng.NormFloat64(), 0), 255))
			}
		}
		list = append(list, &picture{d.name, part})
	}
	return list
}
