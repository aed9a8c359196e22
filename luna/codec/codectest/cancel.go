package codectest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"go.uber.org/goleak"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

func checkDecodeCancelled(ctx context.Context, c codec.Codec, o Options) error {
	d, err := decoder(c)
	if err != nil {
		return err
	}
	all, err := files(ctx, c, o, 300, 200)
	if err != nil {
		return err
	}
	for _, f := range all {
		done, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := decode(done, d, bytes.NewReader(f.Data), codec.Request{}); !errors.Is(err, context.Canceled) {
			return fmt.Errorf("%s: the context is done before, Decode says: %w", f.Name, orNil(err))
		}
		if info, err := d.Probe(bytes.NewReader(f.Data)); err != nil || info.Frames > 1 {
			continue // the first frame may be all that is read
		}
		done, cancel = context.WithCancel(ctx)
		r := &testpic.CancellingReader{R: bytes.NewReader(f.Data), After: len(f.Data) / 2, Cancel: cancel}
		_, err := decode(done, d, r, codec.Request{})
		cancel()
		if !errors.Is(err, context.Canceled) {
			return fmt.Errorf("%s: the context is done at half of the file, Decode says: %w", f.Name, orNil(err))
		}
		if r.Late > 1 {
			return fmt.Errorf("%s: Decode reads %d times after the context is done", f.Name, r.Late)
		}
	}
	return nil
}

// A cancellingWriter cancels at its first write.
type cancellingWriter struct {
	cancel context.CancelFunc
	n      int
}

func (w *cancellingWriter) Write(p []byte) (int, error) {
	w.n += len(p)
	w.cancel()
	return len(p), nil
}

func checkEncodeCancelled(ctx context.Context, c codec.Codec, o Options) error {
	e, err := encoder(c)
	if err != nil {
		return err
	}
	for _, encoding := range o.Encodings {
		m := grain(draw(shape(e, 400, 300, pixel.RGB, encoding.Options)))
		whole, err := encode(ctx, e, m, 0, encoding.Options)
		if err != nil {
			return err
		}
		for strips := range 3 {
			done, cancel := context.WithCancel(ctx)
			src := &brokenSource{Source: source(m, 16), strips: strips, do: cancel}
			var written countingWriter
			err := e.Encode(done, &written, src, encoding.Options)
			if !errors.Is(err, context.Canceled) {
				return fmt.Errorf("%v: the context is done after %d strips, Encode says: %w", encoding, strips, orNil(err))
			}
			if src.strips < -2 {
				return fmt.Errorf("%v: Encode reads %d strips after the context is done", encoding, -src.strips-1)
			}
		}
		done, cancel := context.WithCancel(ctx)
		w := &cancellingWriter{cancel: cancel}
		err = e.Encode(done, w, source(m, 16), encoding.Options)
		if !errors.Is(err, context.Canceled) && (err != nil || w.n < len(whole)) {
			return fmt.Errorf("%v: the context is done at the first write, Encode writes %d of %d bytes and says: %w", encoding, w.n, len(whole), orNil(err))
		}
	}
	return nil
}

// checkGoroutines looks for those that are left, however a call ends.
func checkGoroutines(ctx context.Context, c codec.Codec, o Options) error {
	all, err := files(ctx, c, o, 800, 300)
	if err != nil {
		return err
	}
	before := goleak.IgnoreCurrent()
	if d, ok := c.(codec.Decoder); ok {
		for _, f := range all {
			for how := range decodeEnds {
				endDecode(ctx, d, f.Data, how, nil)
			}
		}
	}
	if e, ok := c.(codec.Encoder); ok {
		for _, encoding := range o.Encodings {
			m := draw(shape(e, 800, 300, pixel.RGBA, encoding.Options))
			for how := range encodeEnds {
				endEncode(ctx, e, m, encoding.Options, how)
			}
		}
	}
	return goleak.Find(before)
}

// The ways in which endDecode and endEncode leave off.
const decodeEnds, encodeEnds = 5, 4

// endDecode decodes and leaves off in one of several ways.
func endDecode(ctx context.Context, d codec.Decoder, data []byte, how int, pool *pixel.Pool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var r io.Reader = bytes.NewReader(data)
	switch how {
	case 3:
		r = bytes.NewReader(data[:len(data)/2])
	case 4:
		r = &testpic.CancellingReader{R: r, After: len(data) / 2, Cancel: cancel}
	}
	src, err := d.Decode(ctx, r, codec.Request{Pool: pool, Workers: 3})
	if err != nil {
		return
	}
	switch how {
	case 0, 3, 4:
		_, _ = pixel.Drain(src)
	case 1:
		_, _ = src.Next()
	}
	src.Close()
	src.Close()
}

// endEncode encodes to nowhere and leaves off in one of several ways.
func endEncode(ctx context.Context, e codec.Encoder, m *pixel.Image, opts codec.Options, how int) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	src, w := source(m, 16), io.Discard
	switch how {
	case 1:
		src = &brokenSource{Source: src, strips: 2, err: errBroken}
	case 2:
		src = &brokenSource{Source: src, strips: 2, do: cancel}
	case 3:
		w = &limitedWriter{100}
	}
	opts.Workers = 3
	_ = e.Encode(ctx, w, src, opts)
}
