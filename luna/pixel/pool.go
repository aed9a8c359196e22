package pixel

import (
	"math/bits"
	"runtime"
	"sync"
	"weak"
)

// A Pool lends sample buffers by size class, so that a busy server does not
// leave megabytes to the garbage collector at every request. It is safe for
// concurrent use. A nil Pool allocates, and its Put does nothing.
//
// What lies in a pool unused from one garbage collection to the next but one
// is let go.
//
// The content of a lent buffer is undefined.
type Pool struct {
	bytes   rack[uint8]
	words   rack[uint16]
	values  shelf
	watched sync.Once
}

// Every octave has four classes, so that at most a fifth of a buffer is slack.
const (
	smallestOctave = 10 // 1 KiB
	octaves        = 21 // up to 2 GiB
	classes        = 4 * octaves
	// largeOctave is where a buffer begins to be worth a lock: those below lie
	// in a sync.Pool, which may keep one for each processor out of the reach of
	// the others.
	largeOctave = 15
	large       = 4 * (largeOctave - smallestOctave)
)

// NewPool returns an empty pool.
func NewPool() *Pool { return new(Pool) }

// class reports the smallest size class that holds n samples.
func class(n int) (index, size int) {
	octave := max(bits.Len(uint(n-1))-1, smallestOctave)
	quarter := 1 << (octave - 2)
	steps := max((n-1<<octave+quarter-1)/quarter, 0)
	return 4*(octave-smallestOctave) + steps, 1<<octave + steps*quarter
}

// Get returns a buffer of n bytes. Put gives it back.
func (p *Pool) Get(n int) []uint8 {
	if p == nil {
		return make([]uint8, n)
	}
	return p.bytes.get(n)
}

// Put gives a buffer that Get returned back to the pool. The caller must not
// use it afterwards. Buffers of other origin, and nil, are dropped.
func (p *Pool) Put(b []uint8) {
	if p != nil && p.bytes.put(b) {
		p.watched.Do(p.watch)
	}
}

// Get16 is Get for n 16-bit samples.
func (p *Pool) Get16(n int) []uint16 {
	if p == nil {
		return make([]uint16, n)
	}
	return p.words.get(n)
}

// Put16 is Put for buffers of Get16.
func (p *Pool) Put16(b []uint16) {
	if p != nil && p.words.put(b) {
		p.watched.Do(p.watch)
	}
}

// Size reports how many bytes the large buffers take that lie in the pool
// unused. What is lent, and buffers under 32 KiB, do not count.
func (p *Pool) Size() int64 {
	if p == nil {
		return 0
	}
	return p.bytes.size() + 2*p.words.size()
}

// watch has the pool trimmed after the next garbage collection, and so after
// each, as long as there is a pool.
func (p *Pool) watch() {
	type sentinel struct{ _ *Pool } // with a pointer it has a block of its own
	runtime.AddCleanup(new(sentinel), func(w weak.Pointer[Pool]) {
		if p := w.Value(); p != nil {
			p.bytes.trim()
			p.words.trim()
			p.values.trim()
			p.watch()
		}
	}, weak.Make(p))
}

// A rack holds buffers of one type.
type rack[T any] struct {
	small [large]sync.Pool

	mu    sync.Mutex
	piles [classes - large]pile[T]
}

// A pile holds large buffers of one class.
type pile[T any] struct {
	free [][]T
	// least is how many there were at any time since the last trim: nobody
	// has missed those.
	least int
}

func (r *rack[T]) get(n int) []T {
	if n == 0 {
		return nil
	}
	c, size := class(n)
	if c >= classes {
		return make([]T, n)
	}
	if c < large {
		if v, ok := r.small[c].Get().(*[]T); ok {
			return (*v)[:n]
		}
	} else if b := r.take(c - large); b != nil {
		return b[:n]
	}
	return make([]T, n, size)
}

// take returns a large buffer, or nil where there is none.
func (r *rack[T]) take(c int) []T {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := &r.piles[c]
	last := len(p.free) - 1
	if last < 0 {
		return nil
	}
	b := p.free[last]
	p.free[last] = nil
	p.free = p.free[:last]
	p.least = min(p.least, last)
	return b
}

// put reports whether it has kept a large buffer.
func (r *rack[T]) put(b []T) bool {
	if cap(b) == 0 {
		return false
	}
	c, size := class(cap(b))
	if c >= classes || cap(b) != size {
		return false
	}
	b = b[:0]
	if c < large {
		r.small[c].Put(&b)
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	p := &r.piles[c-large]
	p.free = append(p.free, b)
	return true
}

// size reports how many samples the large buffers hold.
func (r *rack[T]) size() (n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.piles {
		for _, b := range r.piles[i].free {
			n += int64(cap(b))
		}
	}
	return n
}

// trim lets go of the large buffers that nobody took since the last trim.
func (r *rack[T]) trim() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.piles {
		p := &r.piles[i]
		kept := copy(p.free, p.free[p.least:])
		clear(p.free[kept:])
		p.free = p.free[:kept]
		p.least = kept
	}
}
