package jpeg

import (
	"encoding/binary"
	"io"

	"github.com/immagin/immagin-go/luna/pixel"
)

const (
	writeSize = 4 << 10
	// reserve is more than a block takes, byte stuffing included.
	reserve = 2 << 10
)

// An entropyWriter packs bits, stuffs a zero behind every byte of ones, and
// writes pieces of about writeSize.
type entropyWriter struct {
	w    io.Writer
	buf  []byte // of pool
	n    int    // used of buf
	acc  uint64 // its lowest 64-free bits are yet to be packed
	free uint
	err  error
}

func newEntropyWriter(w io.Writer, pool *pixel.Pool) entropyWriter {
	return entropyWriter{w: w, buf: pool.Get(writeSize + reserve), free: 64}
}

// put appends the lowest n bits of v, at most 32; those above are zero.
func (e *entropyWriter) put(v uint64, n uint) {
	if e.free < n {
		e.spill(v, n)
		return
	}
	e.acc = e.acc<<(n&63) | v
	e.free -= n
}

func (e *entropyWriter) spill(v uint64, n uint) {
	rest := n - e.free
	e.word(e.acc<<e.free | v>>rest)
	e.acc = v
	e.free = 64 - rest
}

func (e *entropyWriter) word(v uint64) {
	if v&0x8080808080808080&^(v+0x0101010101010101) == 0 { // no 0xff
		binary.BigEndian.PutUint64(e.buf[e.n:], v)
		e.n += 8
		return
	}
	for shift := 56; shift >= 0; shift -= 8 {
		e.octet(byte(v >> shift))
	}
}

func (e *entropyWriter) octet(b byte) {
	e.buf[e.n] = b
	e.n++
	if b == 0xff {
		e.buf[e.n] = 0
		e.n++
	}
}

// append puts s behind what there is.
func (e *entropyWriter) append(s bitString) {
	if e.free == 0 {
		e.word(e.acc)
		e.free = 64
	}
	acc, free := e.acc, e.free
	at := 0
	for ; at < s.n/64*8; at += 8 {
		v := binary.BigEndian.Uint64(s.buf[at:])
		e.room()
		e.word(acc<<free | v>>(64-free))
		acc = v
	}
	e.acc = acc
	n := uint(s.n % 64)
	if n == 0 {
		return
	}
	e.room()
	v := binary.BigEndian.Uint64(s.buf[at:]) >> (64 - n)
	if n > 32 {
		n -= 32
		e.put(v>>32, n)
		v, n = v&(1<<32-1), 32
	}
	e.put(v, n)
}

// room writes what there is if a block might not fit behind it.
func (e *entropyWriter) room() {
	if e.n > writeSize {
		e.flush()
	}
}

func (e *entropyWriter) flush() {
	if e.err == nil && e.n > 0 {
		_, e.err = e.w.Write(e.buf[:e.n])
	}
	e.n = 0
}

// align ends a scan: it fills up the last byte with ones.
func (e *entropyWriter) align() {
	e.put(0x7f, 7)
	for used := 64 - e.free; used >= 8; used -= 8 {
		e.octet(byte(e.acc >> (used - 8)))
	}
	e.acc, e.free = 0, 64
}

// raw appends bytes between scans.
func (e *entropyWriter) raw(b ...byte) {
	for len(b) > 0 {
		e.room()
		n := copy(e.buf[e.n:], b)
		e.n += n
		b = b[n:]
	}
}
