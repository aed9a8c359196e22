package codectest

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/pixel/pixeltest"
)

// collect reads and closes src, and holds it to the contract of pixel.Source.
func collect(src pixel.Source) (*pixel.Image, error) {
	if !src.Shape().Deep {
		return pixeltest.Collect(src)
	}
	m, err := pixel.ReadAll(nil, src)
	if closing := src.Close(); err == nil {
		err = closing
	}
	return m, err
}

// source yields m in strips of so many rows, and scribbles over those that
// are done with.
func source(m *pixel.Image, rows int) pixel.Source {
	if m.Shape.Deep {
		return m.Source(rows, nil)
	}
	return pixeltest.NewSource(m, rows)
}

func decode(ctx context.Context, d codec.Decoder, r io.Reader, req codec.Request) (*pixel.Image, error) {
	src, err := d.Decode(ctx, r, req)
	if err != nil {
		return nil, err
	}
	if src == nil {
		return nil, fmt.Errorf("%T: Decode returns neither a source nor an error", d)
	}
	return collect(src)
}

func encode(ctx context.Context, e codec.Encoder, m *pixel.Image, rows int, opts codec.Options) ([]byte, error) {
	var b bytes.Buffer
	src := source(m, rows)
	if err := e.Encode(ctx, &b, src, opts); err != nil {
		return nil, fmt.Errorf("its Encode of %v: %w", m.Shape, err)
	}
	if s, ok := src.(*pixeltest.Source); ok && s.Closed > 0 {
		return nil, fmt.Errorf("its Encode closes its source")
	}
	return b.Bytes(), nil
}

// reread decodes what was encoded, and holds Probe to what Decode says.
func reread(ctx context.Context, d codec.Decoder, data []byte) (*pixel.Image, codec.Info, error) {
	info, err := d.Probe(bytes.NewReader(data))
	if err != nil {
		return nil, info, fmt.Errorf("its Probe: %w", err)
	}
	if err := sane(info); err != nil {
		return nil, info, err
	}
	m, err := decode(ctx, d, bytes.NewReader(data), codec.Request{})
	if err != nil {
		return nil, info, fmt.Errorf("its Decode: %w", err)
	}
	if m.Shape != info.Shape {
		return nil, info, fmt.Errorf("its Probe says %v, Decode yields %v", info.Shape, m.Shape)
	}
	return m, info, nil
}

// sane reports what no picture is like.
func sane(info codec.Info) error {
	s := info.Shape
	switch {
	case s.Width < 1 || s.Height < 1 || !s.Layout.Valid():
		return fmt.Errorf("its Probe: a shape of %v", s)
	case info.Orientation < 1 || info.Orientation > 8:
		return fmt.Errorf("its Probe: orientation %d; it is 1 to 8", info.Orientation)
	case info.Frames < 1:
		return fmt.Errorf("its Probe: %d frames; there is at least 1", info.Frames)
	case info.Space == "":
		return fmt.Errorf("its Probe: no colour space")
	case info.Channels < 1:
		return fmt.Errorf("its Probe: %d channels", info.Channels)
	case s.Layout.HasAlpha() && !info.HasAlpha:
		return fmt.Errorf("its Probe: %v, but no alpha", s)
	case !(info.Density >= 0):
		return fmt.Errorf("its Probe: a density of %v", info.Density)
	case info.Loops < 0:
		return fmt.Errorf("its Probe: %d loops", info.Loops)
	}
	return nil
}

// shape is that of a picture that e is to encode, in the layout that it wants
// for l.
func shape(e codec.Encoder, width, height int, l pixel.Layout, opts codec.Options) pixel.Shape {
	return pixel.Shape{Width: width, Height: height, Layout: e.Accepts(l, opts)}
}

// files returns small files: the samples, and what the codec writes. A long
// side makes them larger.
func files(ctx context.Context, c codec.Codec, o Options, width, height int) ([]Sample, error) {
	all := append([]Sample(nil), o.Files...)
	e, ok := c.(codec.Encoder)
	if !ok {
		if len(all) == 0 {
			return nil, fmt.Errorf("codectest: Options.Files is empty, but %s cannot encode any", c.Format().Name)
		}
		return all, nil
	}
	for _, encoding := range o.Encodings {
		seen := map[pixel.Layout]bool{}
		for _, l := range []pixel.Layout{pixel.RGB, pixel.RGBA, pixel.Gray} {
			s := shape(e, width, height, l, encoding.Options)
			if seen[s.Layout] {
				continue
			}
			seen[s.Layout] = true
			data, err := encode(ctx, e, draw(s), 0, encoding.Options)
			if err != nil {
				return nil, fmt.Errorf("%v: %w", encoding, err)
			}
			all = append(all, Sample{Name: fmt.Sprintf("%v with %v", s, encoding), Data: data})
		}
	}
	return all, nil
}
