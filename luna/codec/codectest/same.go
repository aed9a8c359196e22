package codectest

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// checkSameBytes encodes the same pixels in strips of several heights, with
// and without a pool, by several workers, and again.
func checkSameBytes(ctx context.Context, c codec.Codec, o Options) error {
	e, err := encoder(c)
	if err != nil {
		return err
	}
	pool := pixel.NewPool()
	for _, encoding := range o.Encodings {
		for _, l := range accepted(e, encoding.Options) {
			for _, size := range [][2]int{{33, 35}, {301, 203}} {
				m := draw(pixel.Shape{Width: size[0], Height: size[1], Layout: l})
				want, err := encode(ctx, e, m, 16, encoding.Options)
				if err != nil {
					return err
				}
				for i, rows := range []int{2, 6, 16, size[1] + 1} {
					opts := encoding.Options
					opts.Workers = i
					if i%2 == 1 {
						opts.Pool = pool
					}
					got, err := encode(ctx, e, m, rows, opts)
					if err != nil {
						return err
					}
					if !bytes.Equal(want, got) {
						return fmt.Errorf("%v with %v: other bytes for strips of %d rows, %d workers, pool: %v", m.Shape, encoding, rows, opts.Workers, opts.Pool != nil)
					}
				}
			}
		}
	}
	return nil
}

// checkSamePixels decodes the same file with and without a pool, and by
// several workers.
func checkSamePixels(ctx context.Context, c codec.Codec, o Options) error {
	d, err := decoder(c)
	if err != nil {
		return err
	}
	all, err := files(ctx, c, o, 301, 203)
	if err != nil {
		return err
	}
	pool := pixel.NewPool()
	for _, f := range all {
		want, err := decode(ctx, d, bytes.NewReader(f.Data), codec.Request{})
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		for workers := range 5 {
			got, err := decode(ctx, d, bytes.NewReader(f.Data), codec.Request{Workers: workers, Pool: pool})
			if err == nil {
				err = same(want, got)
			}
			if err != nil {
				return fmt.Errorf("%s, %d workers: %w", f.Name, workers, err)
			}
		}
	}
	return nil
}

// checkConcurrent has 8 goroutines decode the same bytes and encode the same
// picture.
func checkConcurrent(ctx context.Context, c codec.Codec, o Options) error {
	const goroutines = 8
	pool := pixel.NewPool()
	together := func(f func() error) error {
		var wait sync.WaitGroup
		errs := make(chan error, goroutines)
		for range goroutines {
			wait.Go(func() {
				defer func() {
					if r := recover(); r != nil {
						errs <- fmt.Errorf("panics: %v", r)
					}
				}()
				errs <- f()
			})
		}
		wait.Wait()
		for range goroutines {
			if err := <-errs; err != nil {
				return err
			}
		}
		return nil
	}
	all, err := files(ctx, c, o, 120, 90)
	if err != nil {
		return err
	}
	if d, ok := c.(codec.Decoder); ok {
		for _, f := range all {
			want, err := decode(ctx, d, bytes.NewReader(f.Data), codec.Request{})
			if err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
			err = together(func() error {
				if _, err := d.Probe(bytes.NewReader(f.Data)); err != nil {
					return err
				}
				got, err := decode(ctx, d, bytes.NewReader(f.Data), codec.Request{Pool: pool})
				if err != nil {
					return err
				}
				return same(want, got)
			})
			if err != nil {
				return fmt.Errorf("%s, %d at once: %w", f.Name, goroutines, err)
			}
		}
	}
	e, ok := c.(codec.Encoder)
	if !ok {
		return nil
	}
	for _, encoding := range o.Encodings {
		for _, l := range []pixel.Layout{pixel.RGB, pixel.RGBA} {
			m := draw(shape(e, 120, 90, l, encoding.Options))
			want, err := encode(ctx, e, m, 16, encoding.Options)
			if err != nil {
				return err
			}
			err = together(func() error {
				opts := encoding.Options
				opts.Pool = pool
				got, err := encode(ctx, e, m, 16, opts)
				if err == nil && !bytes.Equal(want, got) {
					err = fmt.Errorf("other bytes than alone")
				}
				return err
			})
			if err != nil {
				return fmt.Errorf("%v with %v, %d at once: %w", m.Shape, encoding, goroutines, err)
			}
		}
	}
	return nil
}
