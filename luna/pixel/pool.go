package pixel

import (
	"math/bits"
	"sync"
)

// A Pool lends sample buffers by size class, so that a busy server does not
// leave megabytes to the garbage collector at every request. It is safe for
// concurrent use. A nil Pool allocates, and its Put does nothing.
//
// The content of a lent buffer is undefined.
type Pool struct {
	bytes [classes]sync.Pool
	words [classes]sync.Pool
}

// Every octave has four classes, so that at most a fifth of a buffer is slack.
const (
	smallestOctave = 10 // 1 KiB
	octaves        = 21 // up to 2 GiB
	classes        = 4 * octaves
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
	if n == 0 {
		return nil
	}
	c, size := class(n)
	if p == nil || c >= classes {
		return make([]uint8, n)
	}
	if v, ok := p.bytes[c].Get().(*[]uint8); ok {
		return (*v)[:n]
	}
	return make([]uint8, n, size)
}

// Put gives a buffer that Get returned back to the pool. The caller must not
// use it afterwards. Buffers of other origin, and nil, are dropped.
func (p *Pool) Put(b []uint8) {
	if p == nil || cap(b) == 0 {
		return
	}
	c, size := class(cap(b))
	if c >= classes || cap(b) != size {
		return
	}
	b = b[:0]
	p.bytes[c].Put(&b)
}

// Get16 is Get for n 16-bit samples.
func (p *Pool) Get16(n int) []uint16 {
	if n == 0 {
		return nil
	}
	c, size := class(n)
	if p == nil || c >= classes {
		return make([]uint16, n)
	}
	if v, ok := p.words[c].Get().(*[]uint16); ok {
		return (*v)[:n]
	}
	return make([]uint16, n, size)
}

// Put16 is Put for buffers of Get16.
func (p *Pool) Put16(b []uint16) {
	if p == nil || cap(b) == 0 {
		return
	}
	c, size := class(cap(b))
	if c >= classes || cap(b) != size {
		return
	}
	b = b[:0]
	p.words[c].Put(&b)
}
