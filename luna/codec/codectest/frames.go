package codectest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing/iotest"

	"go.uber.org/goleak"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

// checkFrames uses the consumer's rights: frames are left unread, and the
// whole is left early, with no buffer and no goroutine lost.
func checkFrames(ctx context.Context, c codec.Codec, o Options) error {
	a, err := as[codec.Animator](c, "it reads no animations")
	if err != nil {
		return err
	}
	all, err := animations(ctx, c, o, longWidth, longHeight)
	if err != nil {
		return err
	}
	before := goleak.IgnoreCurrent()
	pool := newMarkedPool()
	defer pool.close()
	for _, file := range all {
		want, err := animate(ctx, a, bytes.NewReader(file.Data), codec.Request{})
		if err != nil {
			return fmt.Errorf("%s: %w", file.Name, err)
		}
		got, err := animate(ctx, a, bytes.NewReader(file.Data), codec.Request{Pool: pool.Pool, Workers: 3})
		if err == nil {
			err = want.same(got)
		}
		if err == nil {
			err = pool.missing()
		}
		if err != nil {
			return fmt.Errorf("%s from a pool: %w", file.Name, err)
		}
		for how := range 4 {
			if err := skim(ctx, a, file.Data, want, how, pool.Pool); err != nil {
				return fmt.Errorf("%s: %w", file.Name, err)
			}
			if err := pool.missing(); err != nil {
				return fmt.Errorf("%s: %s: %w", file.Name, []string{"frames left unread", "frames read a little", "closed after a frame", "closed at once"}[how], err)
			}
		}
	}
	return goleak.Find(before)
}

// skim reads less than there is, and compares the last frame.
func skim(ctx context.Context, a codec.Animator, data []byte, want *film, how int, pool *pixel.Pool) error {
	f, err := a.Animate(ctx, bytes.NewReader(data), codec.Request{Pool: pool})
	if err != nil {
		return err
	}
	defer f.Close()
	if how == 3 {
		return nil
	}
	last := len(want.pictures) - 1
	for range last {
		src, _, err := f.Next()
		if err != nil {
			return err
		}
		if how > 0 {
			if _, err := src.Next(); err != nil {
				return err
			}
		}
		src.Close()
		if how == 2 {
			return nil
		}
	}
	src, _, err := f.Next()
	if err != nil {
		return err
	}
	got, err := collect(src)
	if err == nil {
		err = same(want.pictures[last], got)
	}
	if err != nil {
		return fmt.Errorf("after frames that were not read: %w", err)
	}
	return nil
}

// checkAnimationErrors truncates, cancels, and fails.
func checkAnimationErrors(ctx context.Context, c codec.Codec, o Options) error {
	a, reads := c.(codec.Animator)
	e, writes := c.(codec.AnimationEncoder)
	if !reads && !writes {
		return skip("it has no animations")
	}
	if reads {
		all, err := animations(ctx, c, o, 24, 18)
		if err != nil {
			return err
		}
		for _, f := range all {
			if err := badAnimation(ctx, a, f, o); err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
		}
	}
	if writes {
		for _, encoding := range o.Encodings {
			if err := badFilm(ctx, e, encoding); err != nil {
				return fmt.Errorf("%v: %w", encoding, err)
			}
		}
	}
	return nil
}

func badAnimation(ctx context.Context, a codec.Animator, f Sample, o Options) error {
	whole, err := animate(ctx, a, bytes.NewReader(f.Data), codec.Request{})
	if err != nil {
		return err
	}
	for _, n := range points(len(f.Data), o) {
		got, err := animate(ctx, a, bytes.NewReader(f.Data[:n]), codec.Request{})
		switch {
		case err != nil && !errors.Is(err, codec.ErrFormat) && !errors.Is(err, codec.ErrUnsupported):
			return fmt.Errorf("%d of %d bytes: %w", n, len(f.Data), err)
		case err == nil && n < len(f.Data)-max(o.Tail, f.Tail):
			return fmt.Errorf("%d of %d bytes: there is no error", n, len(f.Data))
		case err == nil:
			if err := whole.same(got); err != nil {
				return fmt.Errorf("%d of %d bytes: %w", n, len(f.Data), err)
			}
		}
		_, err = animate(ctx, a, io.MultiReader(bytes.NewReader(f.Data[:n]), iotest.ErrReader(errBroken)), codec.Request{})
		if err == nil && n >= len(f.Data)-max(o.Tail, f.Tail) {
			continue
		}
		if !errors.Is(err, errBroken) || typed(err) {
			return fmt.Errorf("after %d bytes the reader fails, Animate says: %w", n, orNil(err))
		}
	}
	for _, after := range []int{0, len(f.Data) / 2} {
		done, cancel := context.WithCancel(ctx)
		var r io.Reader = bytes.NewReader(f.Data)
		if after > 0 {
			r = &testpic.CancellingReader{R: r, After: after, Cancel: cancel}
		} else {
			cancel()
		}
		_, err := animate(done, a, r, codec.Request{})
		cancel()
		if !errors.Is(err, context.Canceled) {
			return fmt.Errorf("the context is done after %d bytes, Animate says: %w", after, orNil(err))
		}
	}
	return nil
}

func badFilm(ctx context.Context, e codec.AnimationEncoder, encoding Encoding) error {
	opts := encoding.Options
	f := filmed(shape(e, 40, 30, pixel.RGBA, opts), 4, 0)
	data, err := encodeFilm(ctx, e, f, opts)
	if err != nil {
		return err
	}
	again, err := encodeFilm(ctx, e, f, opts)
	if err != nil {
		return err
	}
	if !bytes.Equal(data, again) {
		return errors.New("its EncodeAnimation makes other bytes of the same frames")
	}
	for n := 0; n < len(data); n += 1 + len(data)/20 {
		if err := e.EncodeAnimation(ctx, &limitedWriter{n}, &frames{film: f}, opts); !errors.Is(err, errBroken) {
			return fmt.Errorf("the writer fails after %d of %d bytes, EncodeAnimation says: %w", n, len(data), orNil(err))
		}
	}
	broken := &frames{film: f, failAt: 2}
	if err := e.EncodeAnimation(ctx, io.Discard, broken, opts); !errors.Is(err, errBroken) {
		return fmt.Errorf("the third frame fails, EncodeAnimation says: %w", orNil(err))
	}
	if broken.closed != broken.opened {
		return fmt.Errorf("the third frame fails, EncodeAnimation has closed %d sources of %d", broken.closed, broken.opened)
	}
	done, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := e.EncodeAnimation(done, io.Discard, &frames{film: f, do: cancel}, opts); !errors.Is(err, context.Canceled) {
		return fmt.Errorf("the context is done at the second frame, EncodeAnimation says: %w", orNil(err))
	}
	if err := e.EncodeAnimation(ctx, io.Discard, &frames{film: &film{shape: f.shape}}, opts); !errors.Is(err, codec.ErrUnsupported) {
		return fmt.Errorf("there are no frames, EncodeAnimation says: %w", orNil(err))
	}
	return nil
}

// checkAnimationWork is checkDecodeWork and checkEncodeWork for animations.
func checkAnimationWork(ctx context.Context, c codec.Codec, o Options) error {
	a, reads := c.(codec.Animator)
	e, writes := c.(codec.AnimationEncoder)
	if !reads && !writes {
		return skip("it has no animations")
	}
	if reads {
		all, err := animations(ctx, c, o, 201, 153)
		if err != nil {
			return err
		}
		for _, f := range all {
			info, err := a.Probe(bytes.NewReader(f.Data))
			if err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
			most := a.AnimationWork(info, codec.Request{}) + allowance(len(f.Data))
			run := func(sample func()) error {
				f, err := a.Animate(ctx, newSamplingReader(f.Data, sample), codec.Request{})
				if err != nil {
					return err
				}
				defer f.Close()
				return drainFrames(f, sample)
			}
			if err := run(func() {}); err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
			got, err := within(most, run)
			if err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
			if got > most {
				return fmt.Errorf("%s: Animate holds %d bytes; AnimationWork is %d, with %d of the file %d", f.Name, got, most-allowance(len(f.Data)), len(f.Data), most)
			}
		}
	}
	if !writes {
		return nil
	}
	for _, encoding := range o.Encodings {
		film := filmed(shape(e, 201, 153, pixel.RGBA, encoding.Options), 4, 0)
		data, err := encodeFilm(ctx, e, film, encoding.Options)
		if err != nil {
			return err
		}
		most := e.AnimationEncodeWork(film.shape, len(film.pictures), encoding.Options) + allowance(len(data))
		got, err := within(most, func(sample func()) error {
			w := &samplingWriter{sampling{max(1, len(data)/9), 0, sample}}
			return e.EncodeAnimation(ctx, w, &frames{film: film, plain: true, do: sample}, encoding.Options)
		})
		if err != nil {
			return err
		}
		if got > most {
			return fmt.Errorf("%v with %v: EncodeAnimation holds %d bytes; with the file, %d are estimated", film.shape, encoding, got, most)
		}
	}
	return nil
}

func drainFrames(f codec.Frames, sample func()) error {
	for {
		src, _, err := f.Next()
		sample()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = pixel.Drain(src)
		src.Close()
		if err != nil {
			return err
		}
	}
}
