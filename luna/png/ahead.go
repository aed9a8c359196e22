package png

import (
	"errors"
	"io"
	"sync"

	"github.com/immagin/immagin-go/luna/pixel"
)

const (
	// aheadBlock is what the goroutine makes at a time, and aheadBlocks how
	// often it does before it waits.
	aheadBlock  = 64 << 10
	aheadBlocks = 4
	// aheadFrom is the number of bytes from which a goroutine pays.
	aheadFrom = 4 * aheadBlock
)

// An ahead reads in a goroutine what will be read from it. Its Read and close
// are for one goroutine.
type ahead struct {
	pool *pixel.Pool
	free chan []uint8
	full chan block
	stop chan struct{}
	wait sync.WaitGroup
	once sync.Once

	block   block
	current []uint8 // of block, what is left
}

// A block is some bytes, or why there are no more.
type block struct {
	bytes  []uint8
	err    error
	thrown any // that the reader panicked with
}

// newAhead begins to read n bytes of r, not one more, so that r is left where
// it would be without reading ahead.
func newAhead(r io.Reader, n int64, pool *pixel.Pool) *ahead {
	a := &ahead{pool: pool, free: make(chan []uint8, aheadBlocks), full: make(chan block, aheadBlocks+1), stop: make(chan struct{})}
	for range aheadBlocks {
		a.free <- nil
	}
	a.wait.Go(func() { a.run(io.LimitReader(r, n)) })
	return a
}

// run ends with a block without bytes, for which there is always room.
func (a *ahead) run(r io.Reader) {
	var last block
	defer func() {
		last.thrown = recover()
		a.full <- last
	}()
	for {
		var b []uint8
		select {
		case <-a.stop:
			return
		case b = <-a.free:
		}
		if b == nil {
			b = a.pool.Get(aheadBlock)
		}
		n, err := io.ReadFull(r, b)
		a.full <- block{bytes: b[:n]}
		if err == io.ErrUnexpectedEOF {
			err = io.EOF
		}
		if last.err = err; err != nil {
			return
		}
	}
}

func (a *ahead) Read(p []byte) (int, error) {
	for len(a.current) == 0 {
		if a.block.bytes != nil {
			a.free <- a.block.bytes[:aheadBlock]
			a.block.bytes = nil
		}
		if a.block.err != nil {
			return 0, a.block.err
		}
		a.block = <-a.full
		a.current = a.block.bytes
		if a.block.thrown != nil {
			a.block.err = errStopped
			// A panic belongs to the caller, who knows how to survive it.
			panic(a.block.thrown)
		}
	}
	n := copy(p, a.current)
	a.current = a.current[n:]
	return n, nil
}

var errStopped = errors.New("png: reading ahead was stopped")

// close ends the goroutine and gives back the memory. What it reads from must
// not block forever.
func (a *ahead) close() {
	if a == nil {
		return
	}
	a.once.Do(func() {
		close(a.stop)
		a.wait.Wait()
		a.pool.Put(a.block.bytes)
		for len(a.full) > 0 {
			b := <-a.full
			a.pool.Put(b.bytes)
		}
		for len(a.free) > 0 {
			a.pool.Put(<-a.free)
		}
		a.block, a.current = block{err: errStopped}, nil
	})
}
