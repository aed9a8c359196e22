package vp8l

import (
	"context"
	"sync"
	"sync/atomic"
)

// A job is what the parts of a stage have in common. The parts are the same for
// any number of workers, and so are the bytes.
type job struct {
	ctx                     context.Context
	pixels                  []uint32
	width, height, tileBits int
	mostCache               int
	s                       *settings
}

// bandRows is how many rows of pixels a part has, at least.
const bandRows = 128

// bands returns how many rows of tiles a part has, and how many parts there are.
func (j *job) bands() (rows, n int) {
	rows = max(bandRows>>j.tileBits, 1)
	return rows, (tilesOf(j.height, j.tileBits) + rows - 1) / rows
}

// each does the parts of a stage, by as many workers as there may be. A part
// that finds the context done may be left undone.
func (e *Encoder) each(n int, do func(e *Encoder, worker, part int)) error {
	ctx, workers := e.job.ctx, min(e.job.s.workers, n)
	if workers <= 1 {
		for i := range n {
			if err := ctx.Err(); err != nil {
				return err
			}
			do(e, 0, i)
		}
		return ctx.Err()
	}
	e.share(n, workers, do)
	return ctx.Err()
}

// share does the parts by several workers. The first panic of a part is that of
// the caller, who knows how to survive it; a worker's would end the process.
func (e *Encoder) share(n, workers int, do func(e *Encoder, worker, part int)) {
	var (
		next   atomic.Int64
		once   sync.Once
		thrown any
	)
	work := func(worker int) {
		defer func() {
			if v := recover(); v != nil {
				once.Do(func() { thrown = v })
				next.Store(int64(n))
			}
		}()
		for e.job.ctx.Err() == nil {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			do(e, worker, i)
		}
	}
	var others sync.WaitGroup
	for w := 1; w < workers; w++ {
		others.Go(func() { work(w) })
	}
	work(0)
	others.Wait()
	if thrown != nil {
		panic(thrown)
	}
}

// stopped reports now and then, at multiples of 16k, whether the context is
// done. What is unfinished then must not be used, but does no harm: each finds
// the context done as well.
func (j *job) stopped(i int) bool { return i&0x3fff == 0 && j.ctx.Err() != nil }

// chunk is how many pixels are gone through between looks at the context where
// that takes a nanosecond each.
const chunk = 1 << 20

// chunks does something with all pixels.
func (j *job) chunks(pixels []uint32, do func(pixels []uint32)) error {
	for len(pixels) > 0 {
		if err := j.ctx.Err(); err != nil {
			return err
		}
		n := min(len(pixels), chunk)
		do(pixels[:n])
		pixels = pixels[n:]
	}
	return nil
}
