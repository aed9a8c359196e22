package jpeg

import "sync"

// A piece is a part of a scan that can be coded without the others.
type piece struct {
	// begin writes what comes before the first piece of a scan; otherwise it is
	// nil.
	begin func()
	words int // tokens
	code  func(buf []byte) bitString
}

// writePieces codes as many pieces at a time as there are workers, and writes
// them in order.
func (e *encoder) writePieces(pieces []piece) error {
	workers := max(min(e.workers, len(pieces)), 1)
	most := 0
	for _, p := range pieces {
		most = max(most, p.words)
	}
	buffers, coded := make([][]byte, workers), make([]bitString, workers)
	defer func() {
		for _, b := range buffers {
			e.pool.Put(b)
		}
	}()
	for i := range buffers {
		buffers[i] = e.pool.Get(codedBytes(most))
	}
	for len(pieces) > 0 {
		if err := e.check(); err != nil {
			return err
		}
		now := pieces[:min(workers, len(pieces))]
		pieces = pieces[len(now):]
		inParallel(len(now), func(i int) { coded[i] = now[i].code(buffers[i]) })
		for i, p := range now {
			if p.begin != nil {
				p.begin()
			}
			e.out.append(coded[i])
		}
	}
	e.out.align()
	return e.check()
}

// inParallel calls f for 0 to n-1, each on a goroutine of its own.
func inParallel(n int, f func(i int)) {
	var wait sync.WaitGroup
	var failed panicked
	for i := 1; i < n; i++ {
		wait.Go(func() {
			defer failed.catch()
			f(i)
		})
	}
	func() {
		defer failed.catch()
		f(0)
	}()
	wait.Wait()
	failed.throw()
}

// panicked carries a panic to the caller, who knows how to survive it; in a
// goroutine it would end the process.
type panicked struct {
	once  sync.Once
	value any
}

func (p *panicked) catch() {
	if v := recover(); v != nil {
		p.once.Do(func() { p.value = v })
	}
}

func (p *panicked) throw() {
	if p.value != nil {
		panic(p.value)
	}
}

// A transformer turns bands into tokens on a goroutine of its own while the
// source makes the next one.
type transformer struct {
	full, empty chan *bands
	wait        sync.WaitGroup
	failed      panicked
}

func (e *encoder) startTransformer(b *bands) *transformer {
	t := &transformer{full: make(chan *bands), empty: make(chan *bands, 1)}
	t.empty <- b
	t.wait.Go(func() {
		for b := range t.full {
			func() {
				defer t.failed.catch()
				e.transform(b)
			}()
			t.empty <- b
		}
	})
	return t
}

// swap hands over a full band and returns an empty one.
func (t *transformer) swap(b *bands) *bands {
	t.full <- b
	return <-t.empty
}

// stop returns when all is transformed.
func (t *transformer) stop() {
	close(t.full)
	t.wait.Wait()
	t.failed.throw()
}
