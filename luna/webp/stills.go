package webp

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/immagin/immagin-go/internal/interleave"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/cores"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp/internal/alph"
	"github.com/immagin/immagin-go/luna/webp/internal/mux"
	"github.com/immagin/immagin-go/luna/webp/internal/vp8/encoder"
	"github.com/immagin/immagin-go/luna/webp/internal/vp8l"
	"github.com/immagin/immagin-go/luna/webp/internal/yuv"
)

// stills encodes pictures one after the other, with the same options.
type stills struct {
	opts     codec.Options
	lossy    encoder.Options
	lossless vp8l.Options
	smart    bool
	kept     *kept
}

// kept is what encoders use again, from call to call. It lies in the pool.
type kept struct {
	lossy    encoder.Encoder
	lossless vp8l.Encoder
	alpha    alph.Encoder
	sharp    yuv.Sharp
	out      []byte

	alphaChunk, colours []byte // where they are encoded at a time
}

type keptKey struct{}

func (c Codec) newStills(opts codec.Options) *stills {
	quality, effort, workers := opts.Quality, defaultEffort, cores.Of(c.Workers, opts.Workers)
	if quality == 0 {
		quality = defaultQuality
	}
	if opts.Effort != nil {
		effort = *opts.Effort
	}
	s := &stills{
		opts:     opts,
		lossy:    encoder.Options{Quality: quality, Effort: effort, Workers: workers},
		lossless: vp8l.Options{Effort: effort, Workers: workers},
		smart:    c.SmartSubsample,
	}
	s.kept, _ = opts.Pool.Take(keptKey{}).(*kept)
	if s.kept == nil {
		s.kept = new(kept)
	}
	return s
}

func (s *stills) close() { s.opts.Pool.Keep(keptKey{}, s.kept) }

// append appends the chunks of a picture, and reports whether there is alpha.
func (s *stills) append(ctx context.Context, dst []byte, src pixel.Source) (chunks []byte, alpha bool, err error) {
	src = pixel.WithContext(ctx, src)
	if s.opts.Lossless {
		return s.appendLossless(ctx, dst, src)
	}
	return s.appendLossy(ctx, dst, src)
}

func (s *stills) appendLossy(ctx context.Context, dst []byte, src pixel.Source) (_ []byte, alpha bool, err error) {
	p := newPlanes(s.opts.Pool, src.Shape())
	defer p.free(s.opts.Pool)
	var sharp *yuv.Sharp
	if s.smart {
		sharp = &s.kept.sharp
	}
	if err := p.read(ctx, src, sharp); err != nil {
		return nil, false, err
	}
	if p.opaque {
		dst, err = s.appendColours(ctx, dst, p, s.lossy)
		return dst, false, err
	}
	if s.lossy.Workers < 2 {
		if dst, err = s.appendAlpha(ctx, dst, p); err == nil {
			dst, err = s.appendColours(ctx, dst, p, s.lossy)
		}
		return dst, true, err
	}
	dst, err = s.appendBoth(ctx, dst, p)
	return dst, true, err
}

// appendBoth has alpha encoded beside the colours, for which as many cores are
// left as may be used at a time.
func (s *stills) appendBoth(ctx context.Context, dst []byte, p *planes) ([]byte, error) {
	lossy := s.lossy
	if lossy.Workers < runtime.GOMAXPROCS(0) {
		lossy.Workers--
	}
	var wait sync.WaitGroup
	var alphaErr error
	var failed any
	ctx, cancel := context.WithCancel(ctx)
	defer wait.Wait()
	defer cancel()
	wait.Go(func() {
		defer func() {
			if failed = recover(); failed != nil { // the caller knows how to survive it
				cancel()
			}
		}()
		if s.kept.alphaChunk, alphaErr = s.appendAlpha(ctx, s.kept.alphaChunk[:0], p); alphaErr != nil {
			cancel()
		}
	})
	colours, err := s.appendColours(ctx, s.kept.colours[:0], p, lossy)
	if err != nil {
		cancel()
	}
	wait.Wait()
	switch {
	case failed != nil:
		panic(failed)
	case alphaErr != nil && (err == nil || errors.Is(err, context.Canceled)):
		return nil, alphaErr
	case err != nil:
		return nil, err
	}
	s.kept.colours = colours
	return append(append(dst, s.kept.alphaChunk...), colours...), nil
}

func (s *stills) appendAlpha(ctx context.Context, dst []byte, p *planes) ([]byte, error) {
	at := len(dst)
	dst, err := s.kept.alpha.Encode(ctx, mux.BeginChunk(dst, "ALPH"), p.alpha, p.width, p.height, s.lossless)
	if err != nil {
		return nil, err
	}
	return mux.EndChunk(dst, at), nil
}

func (s *stills) appendColours(ctx context.Context, dst []byte, p *planes, opts encoder.Options) ([]byte, error) {
	at := len(dst)
	dst, err := s.kept.lossy.Encode(ctx, mux.BeginChunk(dst, "VP8 "), &encoder.Picture{
		Width: p.width, Height: p.height,
		Y: p.y, Cb: p.cb, Cr: p.cr, YStride: p.width, CStride: p.chromaWidth,
	}, opts)
	if errors.Is(err, encoder.ErrTooComplex) {
		err = fmt.Errorf("%w: %w", codec.ErrUnsupported, err)
	}
	if err != nil {
		return nil, err
	}
	return mux.EndChunk(dst, at), nil
}

func (s *stills) appendLossless(ctx context.Context, dst []byte, src pixel.Source) (_ []byte, alpha bool, err error) {
	shape := src.Shape()
	samples := shape.Layout.Planes()
	packed := s.opts.Pool.Get(shape.Width * shape.Height * samples)
	defer s.opts.Pool.Put(packed)
	if err := pack(packed, src); err != nil {
		return nil, false, err
	}
	at := len(dst)
	dst, err = s.kept.lossless.Encode(ctx, mux.BeginChunk(dst, "VP8L"), packed, shape.Width, shape.Height, samples, s.lossless)
	if err != nil {
		return nil, false, err
	}
	const bit = 1 << 4 // behind a signature and 28 bits of size
	alpha = dst[at+8+4]&bit != 0
	return mux.EndChunk(dst, at), alpha, nil
}

// pack interleaves the samples of src.
func pack(packed []uint8, src pixel.Source) error {
	shape := src.Shape()
	samples := shape.Layout.Planes()
	rows := make([][]uint8, samples)
	n := shape.Width * samples
	return eachStrip(src, func(t *pixel.Strip) {
		for i := range t.Rows {
			for p := range rows {
				rows[p] = t.Planes[p].Row(i)
			}
			interleave.Join(packed[(t.Y+i)*n:][:n], rows)
		}
	})
}
