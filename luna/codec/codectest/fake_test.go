package codectest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// fake is a codec that can all that there is to be able to, in a format of its
// own: a header, metadata, and the samples as they are. It does all its
// duties, but for the one that the test takes away by name.
type fake struct {
	lacks string
	busy  *atomic.Int32
	stop  chan struct{} // ends goroutines that it has left
}

const fakeMagic = "FAKE\x01"

type fakeHeader struct {
	Width, Height       uint16
	Layout, Deep        uint8
	Frames, Loops, Rows uint8
	Density             float64
	Metadata            [3]uint32
}

func (h *fakeHeader) shape() pixel.Shape {
	return pixel.Shape{Width: int(h.Width), Height: int(h.Height), Layout: pixel.Layout(h.Layout), Deep: h.Deep == 1}
}

func (f fake) Format() codec.Format {
	if f.lacks == "extension" {
		return codec.Format{Name: "fake", MIME: "image/fake", Extension: ".fake", Magic: []string{fakeMagic}}
	}
	if f.lacks == "magic" {
		return codec.Format{Name: "fake", MIME: "image/fake", Extension: "fake", Magic: []string{"FACE"}}
	}
	return codec.Format{Name: "fake", MIME: "image/fake", Extension: "fake", Magic: []string{fakeMagic}}
}

func (f fake) Revision() string { return "fake 1" + f.lacks }

// short tells early ends from others' errors.
func short(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("fake: %w: %w", codec.ErrFormat, io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("fake: %w", err)
}

func (f fake) header(r io.Reader) (h fakeHeader, m codec.Metadata, err error) {
	magic := make([]byte, len(fakeMagic))
	if _, err := io.ReadFull(r, magic); err != nil {
		return h, m, short(err)
	}
	if err := binary.Read(r, binary.LittleEndian, &h); err != nil {
		return h, m, short(err)
	}
	if string(magic) != fakeMagic || !h.shape().Layout.Valid() || h.Width == 0 || h.Height == 0 || h.Frames == 0 {
		return h, m, fmt.Errorf("fake: %w: header", codec.ErrFormat)
	}
	for i, to := range []*[]byte{&m.EXIF, &m.XMP, &m.IPTC} {
		if h.Metadata[i] > 1<<20 {
			return h, m, fmt.Errorf("fake: %w: metadata", codec.ErrLimit)
		}
		if h.Metadata[i] > 0 {
			*to = make([]byte, h.Metadata[i])
			if _, err := io.ReadFull(r, *to); err != nil {
				return h, m, short(err)
			}
		}
	}
	return h, m, nil
}

func (f fake) Probe(r io.Reader) (codec.Info, error) {
	h, m, err := f.header(r)
	if err != nil {
		if f.lacks == "probe's reader" && errors.Is(err, errBroken) {
			err = codec.ErrFormat
		}
		return codec.Info{}, err
	}
	if !(h.Density >= 0 && h.Density < 1e6) {
		return codec.Info{}, fmt.Errorf("%w: a density of %v", codec.ErrFormat, h.Density)
	}
	info := codec.Info{Shape: h.shape(), Orientation: 1, Frames: int(h.Frames), Space: "srgb", Density: h.Density, Loops: int(h.Loops), Metadata: m}
	info.Channels, info.HasAlpha = info.Shape.Layout.Planes(), info.Shape.Layout.HasAlpha()
	if len(m.EXIF) > 30 && string(m.EXIF[:4]) == "II*\x00" {
		if o := int(m.EXIF[30]); o >= 1 && o <= 8 {
			info.Orientation = o
		}
	}
	switch {
	case f.lacks == "orientation" && info.Orientation == 7:
		info.Orientation = 8
	case f.lacks == "files" && info.Density == 123:
		info.Orientation = 1
	case f.lacks == "few bytes" && info.Shape.Width == 400:
		_, _ = io.Copy(io.Discard, r)
	case f.lacks == "sense":
		info.Space = ""
	}
	return info, nil
}

func (f fake) DecodeWork(info codec.Info, _ codec.Request) int64 {
	return 3*info.Shape.Bytes() + 256<<10
}

func (f fake) picture(r io.Reader, s pixel.Shape, pool *pixel.Pool) (*pixel.Image, error) {
	m := pixel.NewImage(pool, s)
	for p := range s.Layout.Planes() {
		for y := range m.Planes[p].Height {
			var err error
			if s.Deep {
				row := make([]byte, 2*m.Planes[p].Width)
				_, err = io.ReadFull(r, row)
				for x := range m.Planes[p].Width {
					m.Planes[p].Row16(y)[x] = binary.LittleEndian.Uint16(row[2*x:])
				}
			} else {
				_, err = io.ReadFull(r, m.Planes[p].Row(y))
			}
			if err != nil {
				m.Free(pool)
				return nil, short(err)
			}
		}
	}
	return m, nil
}

func (f fake) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	in := ctxio.NewReader(ctx, r)
	if f.lacks == "cancelled decoding" {
		in = ctxio.NewReader(context.Background(), r)
	}
	var from io.Reader = in
	if f.lacks == "whole files" {
		from = io.MultiReader(in, bytes.NewReader([]byte{0}))
	}
	h, _, err := f.header(from)
	if err != nil {
		return nil, err
	}
	s := h.shape()
	var delay uint32
	err = binary.Read(from, binary.LittleEndian, &delay)
	if err != nil {
		return nil, short(err)
	}
	if f.lacks == "modest lies" && s.Width == 4000 {
		defer runtime.KeepAlive(make([]byte, 32<<20))
	}
	m, err := f.picture(from, s, req.Pool)
	if err != nil {
		if f.lacks == "the reader's errors" && errors.Is(err, errBroken) {
			err = codec.ErrFormat
		}
		return nil, err
	}
	if in.Err() != nil && f.lacks == "whole files" { // it hides behind the byte
		m.Free(req.Pool)
		return nil, in.Err()
	}
	free := func() { m.Free(req.Pool) }
	switch {
	case f.lacks == "honest decoding" && s.Width == workWidth:
		held := make([]byte, 32<<20)
		free = func() { m.Free(req.Pool); runtime.KeepAlive(held) }
	case f.lacks == "peace" && s.Width == 120:
		if f.busy.Add(1) > 1 {
			m.Planes[0].Pix[0] ^= 1
		}
		time.Sleep(5 * time.Millisecond)
		f.busy.Add(-1)
	case f.lacks == "pooled decoding" && s.Width == longWidth:
		free = nil
	case f.lacks == "one Put" && s.Width == longWidth:
		free = func() { req.Pool.Put(m.Planes[0].Pix); m.Free(req.Pool) }
	case f.lacks == "no goroutines" && s.Width == 800:
		go func() { <-f.stop }()
	case f.lacks == "workers' agreement" && req.Workers == 4:
		m.Planes[0].Pix[0] ^= 1
	}
	if req.Scale.Denominator > 0 {
		m = f.scaled(m, req.Scale)
	}
	if !req.Region.Empty() {
		m = f.cropped(m, req.Region)
	}
	return m.Source(0, free), nil
}

func (f fake) Scales(codec.Info) []codec.Scale {
	if f.lacks == "order of scales" {
		return []codec.Scale{{Numerator: 1, Denominator: 2}, {Numerator: 1, Denominator: 4}}
	}
	return []codec.Scale{{Numerator: 1, Denominator: 4}, {Numerator: 1, Denominator: 2}}
}

func (f fake) Region(_ codec.Info, _ codec.Scale, want image.Rectangle) image.Rectangle {
	return image.Rect(want.Min.X&^1, want.Min.Y&^1, want.Max.X, want.Max.Y)
}

// part picks samples of m, step apart, from x0, y0 on.
func pick(m *pixel.Image, s pixel.Shape, x0, y0, step int) *pixel.Image {
	n := pixel.NewImage(nil, s)
	for p := range s.Layout.Planes() {
		sx, sy := s.Layout.Subsampling(p)
		for y := range n.Planes[p].Height {
			row := m.Planes[p].Row(min(y0>>sy+y*step, m.Planes[p].Height-1))
			for x := range n.Planes[p].Width {
				n.Planes[p].Row(y)[x] = row[min(x0>>sx+x*step, len(row)-1)]
			}
		}
	}
	return n
}

func (f fake) scaled(m *pixel.Image, scale codec.Scale) *pixel.Image {
	s := m.Shape
	s.Width, s.Height = scale.Size(s.Width), scale.Size(s.Height)
	if f.lacks == "scaled size" && scale.Denominator == 4 {
		s.Width = max(1, s.Width-1)
	}
	return pick(m, s, 0, 0, scale.Denominator)
}

func (f fake) cropped(m *pixel.Image, r image.Rectangle) *pixel.Image {
	s := m.Shape
	s.Width, s.Height = r.Dx(), r.Dy()
	if f.lacks == "the region's place" {
		r = r.Add(image.Pt(2, 0))
	}
	return pick(m, s, r.Min.X, r.Min.Y, 1)
}
