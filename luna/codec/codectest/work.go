package codectest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

// The size of what is measured: large against tables, small against patience.
const workWidth, workHeight = 501, 403

// allowance is what may be held beside an estimate for so many compressed
// bytes: those, in a buffer that grows, and what tests themselves allocate.
func allowance(compressed int) int64 { return int64(4*compressed) + 16<<10 }

// peak measures the most memory of Go's that f holds at once, as often as
// garbage can be collected meanwhile. It is never too much: what is allocated
// during a collection is not counted.
func peak(f func()) int64 {
	live := func() int64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		runtime.GC()
		runtime.ReadMemStats(&after)
		return int64(after.HeapAlloc) - int64(after.TotalAlloc-before.TotalAlloc)
	}
	live()
	before := live()
	most := before
	stop := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				most = max(most, live())
			}
		}
	})
	f()
	close(stop)
	wait.Wait()
	return most - before
}

// within reports what f holds beyond most. What it allocates in all is
// measured first, since that is exact; only where it is more, what is held at
// once.
func within(most int64, f func() error) (int64, error) {
	var err error
	got := testpic.Allocated(func() { err = f() })
	if got > most && err == nil {
		got = peak(func() { err = f() })
	}
	return got, err
}

func checkDecodeWork(ctx context.Context, c codec.Codec, o Options) error {
	d, err := decoder(c)
	if err != nil {
		return err
	}
	all, err := files(ctx, c, o, workWidth, workHeight)
	if err != nil {
		return err
	}
	for _, f := range all {
		info, err := d.Probe(bytes.NewReader(f.Data))
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		scales := []codec.Scale{{}}
		if s, ok := c.(codec.Scaler); ok {
			scales = append(scales, s.Scales(info)...)
		}
		for _, scale := range scales {
			req := codec.Request{Scale: scale}
			most := d.DecodeWork(info, req) + allowance(len(f.Data))
			run := func() error {
				src, err := d.Decode(ctx, bytes.NewReader(f.Data), req)
				if err != nil {
					return err
				}
				defer src.Close()
				_, err = pixel.Drain(src)
				return err
			}
			if err := run(); err != nil { // tables are made
				return fmt.Errorf("%s: %w", f.Name, err)
			}
			got, err := within(most, run)
			if err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
			if got > most {
				return fmt.Errorf("%s at scale %v: Decode holds %d bytes; DecodeWork is %d, with %d of the file %d", f.Name, scale, got, most-allowance(len(f.Data)), len(f.Data), most)
			}
		}
	}
	return nil
}

// grain makes a picture costly to encode.
func grain(m *pixel.Image) *pixel.Image {
	seed := uint32(1)
	for p := range m.Shape.Layout.Planes() {
		for i := range m.Planes[p].Pix {
			seed = seed*1664525 + 1013904223
			m.Planes[p].Pix[i] = uint8(min(max(int(m.Planes[p].Pix[i])+int(seed>>27)-16, 0), 255))
		}
	}
	return m
}

func checkEncodeWork(ctx context.Context, c codec.Codec, o Options) error {
	e, err := encoder(c)
	if err != nil {
		return err
	}
	for _, encoding := range o.Encodings {
		for _, l := range accepted(e, encoding.Options) {
			s := pixel.Shape{Width: workWidth, Height: workHeight, Layout: l}
			for _, m := range []*pixel.Image{draw(s), grain(draw(s))} {
				// The first run makes tables, and starts libraries.
				var written countingWriter
				if err := e.Encode(ctx, &written, m.Source(0, nil), encoding.Options); err != nil {
					return err
				}
				most := e.EncodeWork(s, encoding.Options) + allowance(int(written))
				got, err := within(most, func() error { return e.Encode(ctx, io.Discard, m.Source(0, nil), encoding.Options) })
				if err != nil {
					return err
				}
				if got > most {
					return fmt.Errorf("%v with %v: Encode holds %d bytes; EncodeWork is %d, with %d of the file %d", s, encoding, got, most-allowance(int(written)), written, most)
				}
			}
		}
	}
	return nil
}

type countingWriter int

func (w *countingWriter) Write(p []byte) (int, error) {
	*w += countingWriter(len(p))
	return len(p), nil
}
