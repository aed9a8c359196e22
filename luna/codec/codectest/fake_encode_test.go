package codectest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"time"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

func (f fake) Check(s pixel.Shape, opts codec.Options) error {
	switch {
	case s.Width < 1 || s.Width > math.MaxUint16 || s.Height < 1 || s.Height > math.MaxUint16:
		return fmt.Errorf("fake: %w: %v", codec.ErrUnsupported, s)
	case opts.Quality < 0 || opts.Quality > 100 && f.lacks != "quality":
		return fmt.Errorf("fake: %w: quality %d", codec.ErrUnsupported, opts.Quality)
	case opts.Effort != nil && f.lacks != "agreement with Check":
		return fmt.Errorf("fake: %w: effort", codec.ErrUnsupported)
	}
	return nil
}

func (f fake) Accepts(in pixel.Layout, _ codec.Options) pixel.Layout {
	switch {
	case in == pixel.YCbCr422 || in == pixel.YCbCr444 || in == pixel.CMYK:
		if f.lacks == "an accepted layout" {
			return pixel.YCbCr444
		}
		return pixel.RGB
	case in == pixel.Gray && f.lacks == "opacity":
		return pixel.GrayAlpha
	}
	return in
}

func (f fake) AcceptsDeep(codec.Options) bool   { return true }
func (f fake) Lossless(opts codec.Options) bool { return true }

func (f fake) EncodeWork(s pixel.Shape, _ codec.Options) int64 {
	return s.Bytes() + 64<<10
}

// head writes the header and the metadata.
func (f fake) head(w io.Writer, s pixel.Shape, frames, loops, rows int, opts codec.Options) error {
	h := fakeHeader{Width: uint16(s.Width), Height: uint16(s.Height), Layout: uint8(s.Layout), Frames: uint8(frames), Loops: uint8(loops), Rows: uint8(rows), Density: opts.Density}
	if s.Deep {
		h.Deep = 1
	}
	m := opts.Metadata
	switch {
	case f.lacks == "long XMP" && len(m.XMP) > 3000 && len(m.XMP) < 10000:
		m.XMP = nil
	case f.lacks == "density" && h.Density == 1200:
		h.Density = 120
	}
	var kept []byte
	for i, b := range [][]byte{m.EXIF, m.XMP, m.IPTC} {
		h.Metadata[i] = uint32(len(b))
		kept = append(kept, b...)
	}
	if _, err := io.WriteString(w, fakeMagic); err != nil {
		return err
	}
	if err := binary.Write(w, binary.LittleEndian, &h); err != nil {
		return err
	}
	_, err := w.Write(kept)
	return err
}

func (f fake) samples(w io.Writer, m *pixel.Image, delay time.Duration, opts codec.Options) error {
	s := m.Shape
	switch {
	case f.lacks == "a column" && s.Width == 31:
		m.Planes[0].Pix[30] ^= 1
	case f.lacks == "what is not seen" && s.Width == 32 && s.Layout.HasAlpha() && m.Planes[alphaPlane(m)].Pix[0] == 0:
		clear(m.Planes[0].Pix)
	case f.lacks == "straight alpha" && s.Width == 32 && s.Layout.HasAlpha():
		for i, a := range m.Planes[alphaPlane(m)].Pix {
			m.Planes[0].Pix[i] = uint8(int(m.Planes[0].Pix[i]) * int(a) / 255)
		}
	case f.lacks == "the last bit" && opts.Lossless && opts.Quality == 50:
		for i := range m.Planes[0].Pix {
			m.Planes[0].Pix[i] &^= 1
		}
	case f.lacks == "depth" && s.Deep:
		for i := range m.Planes[0].Pix16 {
			m.Planes[0].Pix16[i] &^= 255
		}
	}
	if f.lacks == "delays" && delay == 70*time.Millisecond {
		delay += 10 * time.Millisecond
	}
	if err := binary.Write(w, binary.LittleEndian, uint32(delay.Milliseconds())); err != nil {
		return err
	}
	for p := range s.Layout.Planes() {
		for y := range m.Planes[p].Height {
			var row []byte
			if s.Deep {
				for _, v := range m.Planes[p].Row16(y) {
					row = binary.LittleEndian.AppendUint16(row, v)
				}
			} else {
				row = m.Planes[p].Row(y)
			}
			if _, err := w.Write(row); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f fake) takes(s pixel.Shape, opts codec.Options) error {
	if err := f.Check(s, opts); err != nil {
		return err
	}
	if a := f.Accepts(s.Layout, opts); a != s.Layout || f.lacks == "an accepted layout" && a == pixel.YCbCr444 {
		return fmt.Errorf("fake: %w: %v", codec.ErrUnsupported, s)
	}
	if opts.Effort != nil { // where Check has let it pass
		return fmt.Errorf("fake: %w: effort", codec.ErrUnsupported)
	}
	return nil
}

func (f fake) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	s := src.Shape()
	if err := f.takes(s, opts); err != nil {
		return err
	}
	if f.lacks == "cancelled encoding" {
		ctx = context.Background()
	}
	if f.lacks == "an open source" {
		defer src.Close()
	}
	if f.lacks == "honest encoding" && s.Width == workWidth {
		defer runtime.KeepAlive(make([]byte, 32<<20))
	}
	first := &firstStrip{Source: pixel.WithContext(ctx, src)}
	scratch := opts.Pool.Get(40 << 10)
	m, err := pixel.ReadAll(opts.Pool, first)
	if err != nil {
		switch {
		case f.lacks == "an early end" && errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case f.lacks == "pooled encoding":
		default:
			opts.Pool.Put(scratch)
		}
		return fmt.Errorf("fake: %w", err)
	}
	defer m.Free(opts.Pool)
	defer opts.Pool.Put(scratch)
	rows := 0
	if f.lacks == "strips of any height" {
		rows = first.rows
	}
	out := ctxio.NewWriter(ctx, w)
	if err = f.head(out, s, 1, 0, rows, opts); err == nil {
		err = f.samples(out, m, 0, opts)
	}
	if err != nil && (f.lacks != "the writer's errors" || !errors.Is(err, errBroken)) {
		return fmt.Errorf("fake: %w", err)
	}
	return nil
}

type firstStrip struct {
	pixel.Source
	rows int
}

func (s *firstStrip) Next() (*pixel.Strip, error) {
	t, err := s.Source.Next()
	if s.rows == 0 && err == nil {
		s.rows = t.Rows
	}
	return t, err
}
