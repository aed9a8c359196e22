package codectest

import (
	"bytes"
	"context"
	"fmt"
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

// peak measures the most memory of Go's that f holds at once: whenever f
// calls sample, and else as often as garbage can be collected. It is never too
// much: what is allocated during a collection is not counted.
func peak(f func(sample func())) int64 {
	var mu sync.Mutex
	live := func() int64 {
		mu.Lock()
		defer mu.Unlock()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		runtime.GC()
		runtime.ReadMemStats(&after)
		return int64(after.HeapAlloc) - int64(after.TotalAlloc-before.TotalAlloc)
	}
	live()
	before := live()
	var beside, most int64
	stop := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				beside = max(beside, live()-before)
			}
		}
	})
	f(func() { most = max(most, live()-before) })
	close(stop)
	wait.Wait()
	return max(beside, most)
}

// within reports what f holds, which is to be no more than most. What it
// allocates in all is measured first, since that is quick; only where it is
// more, what is held at once.
func within(most int64, f func(sample func()) error) (int64, error) {
	var err error
	got := testpic.Allocated(func() { err = f(func() {}) })
	if got > most && err == nil {
		got = peak(func(sample func()) { err = f(sample) })
	}
	return got, err
}

// A sampling reader, writer and source call sample now and then.
type sampling struct {
	every, n int
	sample   func()
}

func (s *sampling) tick(n int) {
	if s.n += n; s.n >= s.every {
		s.n = 0
		s.sample()
	}
}

type samplingReader struct {
	r *bytes.Reader
	sampling
}

func newSamplingReader(data []byte, sample func()) *samplingReader {
	return &samplingReader{bytes.NewReader(data), sampling{max(1, len(data)/9), 0, sample}}
}

func (r *samplingReader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.tick(n)
	if r.r.Len() == 0 && n > 0 {
		r.sample()
	}
	return n, err
}

type samplingWriter struct{ sampling }

func (w *samplingWriter) Write(p []byte) (int, error) {
	w.tick(len(p))
	return len(p), nil
}

type samplingSource struct {
	pixel.Source
	sampling
}

func newSamplingSource(src pixel.Source, sample func()) *samplingSource {
	return &samplingSource{src, sampling{max(1, src.Shape().Height/4), 0, sample}}
}

func (s *samplingSource) Next() (*pixel.Strip, error) {
	t, err := s.Source.Next()
	if err == nil {
		s.tick(t.Rows)
	}
	return t, err
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
			run := func(sample func()) error {
				src, err := d.Decode(ctx, newSamplingReader(f.Data, sample), req)
				if err != nil {
					return err
				}
				defer src.Close()
				_, err = pixel.Drain(newSamplingSource(src, sample))
				return err
			}
			if err := run(func() {}); err != nil { // tables are made
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
				got, err := within(most, func(sample func()) error {
					w := &samplingWriter{sampling{max(1, int(written)/9), 0, sample}}
					return e.Encode(ctx, w, newSamplingSource(m.Source(0, nil), sample), encoding.Options)
				})
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
