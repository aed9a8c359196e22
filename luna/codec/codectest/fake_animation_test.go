package codectest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

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
	if f.lacks == "an animation's metadata" && n == 5 {
		opts.Metadata = codec.Metadata{}
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
