package luna

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A fake is a codec whose files are the magic "fake" and the header of one
// picture, and whose pixels are a gradient. Its fields bend it.
type fake struct {
	name   string
	magic  string
	info   codec.Info
	work   int64
	fail   error // of Probe
	panics string
	// bend changes the source that Decode returns.
	bend func(io.Reader, pixel.Source) pixel.Source
}

func (c fake) Format() codec.Format {
	return codec.Format{Name: c.name, MIME: "image/" + c.name, Extension: c.name, Magic: []string{c.magic}}
}

func (c fake) Revision() string { return "1" }

func (c fake) Probe(r io.Reader) (codec.Info, error) {
	if c.panics == "probe" {
		panic("probe")
	}
	if _, err := io.ReadFull(r, make([]byte, len(c.magic))); err != nil {
		return codec.Info{}, fmt.Errorf("no magic: %w", codec.ErrFormat)
	}
	return c.info, c.fail
}

func (c fake) DecodeWork(codec.Info, codec.Request) int64 { return c.work }

// shape is that of the picture which req asks for.
func (c fake) shape(req codec.Request) pixel.Shape {
	s := c.info.Shape
	s.Width, s.Height = req.Scale.Size(s.Width), req.Scale.Size(s.Height)
	if !req.Region.Empty() {
		s.Width, s.Height = req.Region.Dx(), req.Region.Dy()
	}
	return s
}

func (c fake) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	if c.panics == "decode" {
		panic("decode")
	}
	s := c.shape(req)
	if _, err := io.ReadFull(r, make([]byte, len(c.magic))); err != nil {
		return nil, fmt.Errorf("no magic: %w", codec.ErrFormat)
	}
	m := pixel.NewImage(req.Pool, s)
	for p := range s.Layout.Planes() {
		w, h := s.PlaneSize(p)
		for y := range h {
			row := m.Planes[p].Row(y)
			for x := range w {
				row[x] = uint8((x + req.Region.Min.X) + 2*(y+req.Region.Min.Y) + 50*p)
			}
		}
	}
	src := m.Source(0, func() { m.Free(req.Pool) })
	if c.bend != nil {
		src = c.bend(r, src)
	}
	return src, nil
}

// A fakeScaler shrinks by 2, 4 and 8.
type fakeScaler struct{ fake }

func (fakeScaler) Scales(codec.Info) []codec.Scale {
	return []codec.Scale{{Numerator: 1, Denominator: 8}, {Numerator: 1, Denominator: 4}, {Numerator: 1, Denominator: 2}}
}

// A fakeReferencer shrinks, and has chroma at full size then.
type fakeReferencer struct{ fakeScaler }

func (c fakeReferencer) ReferenceLayout(info codec.Info, scale codec.Scale) pixel.Layout {
	if scale.Denominator > 1 && info.Shape.Layout == pixel.YCbCr420 {
		return pixel.YCbCr444
	}
	return info.Shape.Layout
}

// A fakeRegioner shrinks as well, and decodes blocks of 16.
type fakeRegioner struct{ fakeScaler }

func (c fakeRegioner) Region(_ codec.Info, scale codec.Scale, want image.Rectangle) image.Rectangle {
	s := c.shape(codec.Request{Scale: scale})
	r := image.Rect(want.Min.X&^15, want.Min.Y&^15, (want.Max.X+15)&^15, (want.Max.Y+15)&^15)
	return r.Intersect(image.Rect(0, 0, s.Width, s.Height))
}

// A sink is an encoder that takes the layouts in takes, or any, and writes the
// size and then the samples, plane by plane within each strip.
type sink struct {
	name   string
	takes  map[pixel.Layout]pixel.Layout
	check  error
	work   int64
	panics string
	exact  bool // loses nothing
}

func (c sink) Format() codec.Format {
	return codec.Format{Name: c.name, MIME: "image/" + c.name, Extension: c.name}
}
func (c sink) Revision() string { return "1" }

func (c sink) Lossless(codec.Options) bool { return c.exact }

func (c sink) Check(pixel.Shape, codec.Options) error {
	if c.panics == "check" {
		panic("check")
	}
	return c.check
}

func (c sink) Accepts(in pixel.Layout, _ codec.Options) pixel.Layout {
	if out, ok := c.takes[in]; ok {
		return out
	}
	return in
}

func (c sink) EncodeWork(pixel.Shape, codec.Options) int64 { return c.work }

func (c sink) Encode(_ context.Context, w io.Writer, src pixel.Source, _ codec.Options) error {
	var b bytes.Buffer
	s := src.Shape()
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(s.Width)))
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(s.Height)))
	for {
		if c.panics == "encode" {
			panic("encode")
		}
		t, err := src.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("a codec's own words: %v", err) // hides err
		}
		for p := range s.Layout.Planes() {
			for y := range t.Planes[p].Height {
				b.Write(t.Planes[p].Row(y))
			}
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}
