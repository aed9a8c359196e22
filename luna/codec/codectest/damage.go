package codectest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing/iotest"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

var errBroken = errors.New("codectest: the cable is cut")

// points lists where a file of n bytes is cut: everywhere, if it is short.
func points(n int, o Options) (all []int) {
	step := max(1, n/4096)
	if o.Slow {
		step = max(1, n/100)
	}
	for i := 0; i < n; i++ {
		if i%step == 0 || i < 64 || i >= n-64 {
			all = append(all, i)
		}
	}
	return all
}

// checkTruncated cuts small files at every byte. What is left is refused, and
// if it is not, then because all pixels are there.
func checkTruncated(ctx context.Context, c codec.Codec, o Options) error {
	d, err := decoder(c)
	if err != nil {
		return err
	}
	all, err := files(ctx, c, o, 20, 11)
	if err != nil {
		return err
	}
	for _, f := range all {
		whole, info, err := reread(ctx, d, f.Data)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		for _, n := range points(len(f.Data), o) {
			if _, err := d.Probe(bytes.NewReader(f.Data[:n])); err != nil && !typed(err) {
				return fmt.Errorf("%s, %d of %d bytes: Probe: %w", f.Name, n, len(f.Data), err)
			}
			m, err := decode(ctx, d, bytes.NewReader(f.Data[:n]), codec.Request{})
			if err != nil {
				if !errors.Is(err, codec.ErrFormat) && !errors.Is(err, codec.ErrUnsupported) {
					return fmt.Errorf("%s, %d of %d bytes: %w", f.Name, n, len(f.Data), err)
				}
				continue
			}
			if n < len(f.Data)-max(o.Tail, f.Tail) && info.Frames == 1 {
				return fmt.Errorf("%s, %d of %d bytes: there is no error", f.Name, n, len(f.Data))
			}
			if err := same(whole, m); err != nil {
				return fmt.Errorf("%s, %d of %d bytes: %w", f.Name, n, len(f.Data), err)
			}
		}
	}
	return nil
}

// checkReadErrors holds a decoder to the reader's own error.
func checkReadErrors(ctx context.Context, c codec.Codec, o Options) error {
	d, err := decoder(c)
	if err != nil {
		return err
	}
	all, err := files(ctx, c, o, 20, 11)
	if err != nil {
		return err
	}
	for _, f := range all {
		_, info, err := reread(ctx, d, f.Data)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		for _, n := range points(len(f.Data), o) {
			cut := func() io.Reader {
				return io.MultiReader(bytes.NewReader(f.Data[:n]), iotest.ErrReader(errBroken))
			}
			if _, err := d.Probe(cut()); err != nil && (!errors.Is(err, errBroken) || typed(err)) {
				return fmt.Errorf("%s: after %d bytes the reader fails, Probe says: %w", f.Name, n, err)
			}
			_, err := decode(ctx, d, cut(), codec.Request{})
			if err == nil && (n >= len(f.Data)-max(o.Tail, f.Tail) || info.Frames > 1) {
				continue // nothing more was needed
			}
			if !errors.Is(err, errBroken) || typed(err) {
				return fmt.Errorf("%s: after %d bytes the reader fails, Decode says: %w", f.Name, n, orNil(err))
			}
		}
		got, err := decode(ctx, d, iotest.OneByteReader(bytes.NewReader(f.Data)), codec.Request{})
		if err == nil {
			var want *pixel.Image
			if want, err = decode(ctx, d, bytes.NewReader(f.Data), codec.Request{}); err == nil {
				err = same(want, got)
			}
		}
		if err != nil {
			return fmt.Errorf("%s, byte by byte: %w", f.Name, err)
		}
	}
	return nil
}

// A limitedWriter fails after some bytes.
type limitedWriter struct{ left int }

func (w *limitedWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return max(0, w.left+len(p)), errBroken
	}
	return len(p), nil
}

func checkWriteErrors(ctx context.Context, c codec.Codec, o Options) error {
	e, err := encoder(c)
	if err != nil {
		return err
	}
	for _, encoding := range o.Encodings {
		m := draw(shape(e, 60, 50, pixel.RGBA, encoding.Options))
		data, err := encode(ctx, e, m, 0, encoding.Options)
		if err != nil {
			return err
		}
		for n := 0; n < len(data); n += 1 + len(data)/20 {
			if err := e.Encode(ctx, &limitedWriter{n}, source(m, 16), encoding.Options); !errors.Is(err, errBroken) {
				return fmt.Errorf("%v: the writer fails after %d of %d bytes, Encode says: %w", encoding, n, len(data), orNil(err))
			}
		}
	}
	return nil
}

// A brokenSource fails, or does something, after some strips.
type brokenSource struct {
	pixel.Source
	strips int
	err    error
	do     func()
}

func (s *brokenSource) Next() (*pixel.Strip, error) {
	if s.strips--; s.strips < 0 {
		if s.do != nil {
			s.do()
		}
		if s.err != nil {
			return nil, s.err
		}
	}
	return s.Source.Next()
}

func checkSourceErrors(ctx context.Context, c codec.Codec, o Options) error {
	e, err := encoder(c)
	if err != nil {
		return err
	}
	for _, encoding := range o.Encodings {
		for strips := range 4 {
			m := draw(shape(e, 60, 60, pixel.RGB, encoding.Options))
			for due, err := range map[error]error{errBroken: errBroken, io.ErrUnexpectedEOF: io.EOF} {
				src := &brokenSource{Source: source(m, 16), strips: strips, err: err}
				if err := e.Encode(ctx, io.Discard, src, encoding.Options); !errors.Is(err, due) {
					return fmt.Errorf("%v: the source ends with %q after %d strips of 4, Encode says: %w", encoding, src.err, strips, orNil(err))
				}
			}
		}
	}
	return nil
}

// checkLies patches the declared size. What Decode then allocates is what
// DecodeWork says for what Probe says.
func checkLies(ctx context.Context, c codec.Codec, o Options) error {
	d, err := decoder(c)
	if err != nil {
		return err
	}
	if len(o.Lies) == 0 {
		return skip("there are no lies to tell")
	}
	const width, height = 40, 30
	all, err := files(ctx, c, o, width, height)
	if err != nil {
		return err
	}
	told := false
	for _, f := range all {
		truth, err := d.Probe(bytes.NewReader(f.Data))
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		w, h := truth.Shape.Width, truth.Shape.Height
		for i, lie := range o.Lies {
			for _, size := range [][2]int{{w + 1, h}, {w, h + 1}, {w - 1, h}, {w, h - 1}, {2 * w, 2 * h}, {1, 1}, {w, 4000}, {4000, h}, {3000, 2000}, {h, w}} {
				data := lie(bytes.Clone(f.Data), size[0], size[1])
				if data == nil || size[0] < 1 || size[1] < 1 {
					continue
				}
				shape, err := believe(ctx, d, data)
				if err != nil {
					return fmt.Errorf("%s, which claims by lie %d to be %dx%d: %w", f.Name, i, size[0], size[1], err)
				}
				told = told || shape != truth.Shape
			}
		}
	}
	if !told {
		return fmt.Errorf("codectest: no lie of Options.Lies is noticed")
	}
	return nil
}

// believe decodes a file that may lie, and returns the shape that Probe
// believes.
func believe(ctx context.Context, d codec.Decoder, data []byte) (pixel.Shape, error) {
	info, err := d.Probe(bytes.NewReader(data))
	if err != nil {
		if !typed(err) {
			return pixel.Shape{}, fmt.Errorf("its Probe: %w", err)
		}
		if _, err := decode(ctx, d, bytes.NewReader(data), codec.Request{}); !typed(err) {
			return pixel.Shape{}, fmt.Errorf("its Probe refuses it, Decode says: %w", orNil(err))
		}
		return pixel.Shape{}, nil
	}
	if err := sane(info); err != nil {
		return info.Shape, err
	}
	run := func(sample func()) (err error) {
		src, err := d.Decode(ctx, newSamplingReader(data, sample), codec.Request{})
		if err != nil {
			return err
		}
		defer src.Close()
		if src.Shape() != info.Shape {
			return fmt.Errorf("its Probe says %v, Decode yields %v", info.Shape, src.Shape())
		}
		rows, err := pixel.Drain(newSamplingSource(src, sample))
		if err == nil && rows != info.Shape.Height {
			return fmt.Errorf("%d rows of %d", rows, info.Shape.Height)
		}
		return err
	}
	most := d.DecodeWork(info, codec.Request{}) + allowance(len(data))
	got := testpic.Allocated(func() { err = run(func() {}) })
	if got > most {
		got = peak(func(sample func()) { err = run(sample) })
	}
	switch {
	case err != nil && !typed(err):
		return info.Shape, err
	case got > most:
		return info.Shape, fmt.Errorf("its Decode holds %d bytes; for what Probe says, DecodeWork and the file are %d", got, most)
	}
	return info.Shape, nil
}
