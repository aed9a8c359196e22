package codectest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
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

func (f fake) AnimationWork(info codec.Info, _ codec.Request) int64 {
	return 3*info.Shape.Bytes()*int64(info.Frames) + 256<<10
}

func (f fake) Animate(ctx context.Context, r io.Reader, req codec.Request) (codec.Frames, error) {
	if f.lacks == "cancelled animating" {
		ctx = context.Background()
	}
	in := bufio.NewReaderSize(ctxio.NewReader(ctx, r), 16)
	h, _, err := f.header(in)
	if err != nil {
		return nil, err
	}
	frames := &fakeFrames{f: f, r: in, h: h, pool: req.Pool}
	if f.lacks == "honest animating" && h.Width == 201 {
		frames.held = make([]byte, 32<<20)
	}
	return frames, nil
}

type fakeFrames struct {
	f    fake
	r    io.Reader
	h    fakeHeader
	pool *pixel.Pool
	n    int
	err  error
	held []byte
}

func (f *fakeFrames) Shape() pixel.Shape { return f.h.shape() }

func (f *fakeFrames) Loops() int {
	if f.f.lacks == "loops" && f.h.Loops == 3 {
		return 2
	}
	return int(f.h.Loops)
}

func (f *fakeFrames) Next() (pixel.Source, time.Duration, error) {
	frames := int(f.h.Frames)
	if f.f.lacks == "the last frame" {
		frames--
	}
	if f.err == nil && f.n == frames {
		f.err = io.EOF
	}
	if f.err != nil {
		return nil, 0, f.err
	}
	var delay uint32
	if f.err = binary.Read(f.r, binary.LittleEndian, &delay); f.err != nil {
		f.err = short(f.err)
		return nil, 0, f.err
	}
	m, err := f.f.picture(f.r, f.Shape(), f.pool)
	if err != nil {
		if f.f.lacks == "an animation's reader" && errors.Is(err, errBroken) {
			err = codec.ErrFormat
		}
		f.err = err
		return nil, 0, err
	}
	if f.f.lacks == "a composed canvas" && f.n == 1 {
		clear(m.Planes[0].Row(0))
	}
	f.n++
	if f.f.lacks == "delays of files" && delay == 330 {
		delay = 340
	}
	free := func() { m.Free(f.pool) }
	if f.f.lacks == "pooled animating" && m.Shape.Width == longWidth {
		free = nil
	}
	return m.Source(0, free), time.Duration(delay) * time.Millisecond, nil
}

func (f *fakeFrames) Close() error {
	f.err = io.ErrClosedPipe
	return nil
}

func (f fake) AnimationEncodeWork(s pixel.Shape, frames int, _ codec.Options) int64 {
	return s.Bytes() + 64<<10 + int64(frames)<<10
}

func (f fake) EncodeAnimation(ctx context.Context, w io.Writer, frames codec.Frames, opts codec.Options) error {
	var body bytes.Buffer
	out := ctxio.NewWriter(ctx, w)
	n := 0
	for {
		src, delay, err := frames.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("fake: %w", err)
		}
		m, err := pixel.ReadAll(opts.Pool, pixel.WithContext(ctx, src))
		if f.lacks != "closed sources" {
			src.Close()
		}
		if err == nil {
			err = f.samples(&body, m, delay, opts)
		}
		m.Free(opts.Pool)
		if err != nil {
			return fmt.Errorf("fake: %w", err)
		}
		n++
	}
	if f.lacks == "open frames" {
		frames.Close()
	}
	if n == 0 && f.lacks != "an empty film's refusal" {
		return fmt.Errorf("fake: %w: no frames", codec.ErrUnsupported)
	}
	err := f.head(out, frames.Shape(), n, frames.Loops(), 0, opts)
	if err == nil {
		_, err = out.Write(body.Bytes())
	}
	if err != nil {
		return fmt.Errorf("fake: %w", err)
	}
	return nil
}

func (f fake) Copy(ctx context.Context, w io.Writer, r io.Reader, keep codec.Metadata) error {
	in := ctxio.NewReader(ctx, r)
	h, m, err := f.header(in)
	if err != nil {
		return err
	}
	if f.lacks == "stripping" {
		keep = m
	}
	out := ctxio.NewWriter(ctx, w)
	s := h.shape()
	if err := f.head(out, s, int(h.Frames), int(h.Loops), 0, codec.Options{Metadata: keep, Density: h.Density}); err != nil {
		return fmt.Errorf("fake: %w", err)
	}
	n := (s.Bytes() + 4) * int64(h.Frames)
	if f.lacks == "whole copies" {
		n--
	}
	if f.lacks == "a copy's frame" && h.Frames > 1 {
		if _, err := out.Write(make([]byte, 4)); err != nil {
			return err
		}
		if _, err := io.CopyN(io.Discard, in, 4); err != nil {
			return short(err)
		}
		n -= 4
	}
	if _, err := io.CopyN(out, in, n); err != nil {
		return short(err)
	}
	if f.lacks == "whole copies" {
		_, _ = io.CopyN(out, io.MultiReader(in, bytes.NewReader([]byte{0})), 1)
		return in.Err()
	}
	return nil
}
