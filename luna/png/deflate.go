package png

import (
	"bytes"
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/flate"

	"github.com/immagin/immagin-go/internal/inflate"
	"github.com/immagin/immagin-go/luna/pixel"
)

// window is how far back deflate looks.
const window = 32 << 10

// A kind says how much of a part repeats.
type kind int

const (
	noise kind = iota // hardly anything: matches are not worth looking for
	mixed
	pattern // most of it
	kinds
)

// levels are the library's levels for a compression level, by kind.
var levels = [10][kinds]int{
	{flate.NoCompression, flate.NoCompression, flate.NoCompression},
	{flate.HuffmanOnly, 1, 1},
	{flate.HuffmanOnly, 1, 3},
	{flate.HuffmanOnly, 3, 5},
	{flate.HuffmanOnly, 3, 5},
	{flate.HuffmanOnly, 3, 6},
	{flate.HuffmanOnly, 3, 7},
	{3, 6, 7},
	{6, 7, 8},
	{9, 9, 9},
}

// A deflater writes a zlib stream of parts that are compressed independently,
// each with what came before it as dictionary, as pigz does. So the bytes hang
// on the parts alone, and not on how many are compressed at a time.
type deflater struct {
	w       io.Writer
	level   int
	workers int
	pool    *pixel.Pool

	begun bool
	sum   uint32
	tail  []uint8 // of what came before
	busy  []*part // in order
	idle  []*compressor
	free  [][]uint8 // for parts, of size bytes each
	size  int       // of the largest part
}

// buffer lends an empty buffer for a part, until it is written or given back.
func (d *deflater) buffer() []uint8 {
	if n := len(d.free); n > 0 {
		b := d.free[n-1]
		d.free = d.free[:n-1]
		return b[:0]
	}
	return d.pool.Get(d.size)[:0]
}

// give takes back a buffer.
func (d *deflater) give(b []uint8) {
	if b != nil {
		d.free = append(d.free, b)
	}
}

// A part is some bytes on their way.
type part struct {
	data, dictionary []uint8
	kind             kind
	last             bool
	on               *compressor
	err              error
	thrown           any
	done             chan struct{}
}

// A compressor is the memory for a part at a time.
type compressor struct {
	writers [kinds]*flate.Writer // nil until needed
	out     bytes.Buffer
}

// write compresses data, a buffer of d's that it takes back.
func (d *deflater) write(data []uint8, k kind, last bool) error {
	if !d.begun { // the sum does not tell: any may come up
		d.begun, d.sum = true, 1
		if _, err := d.w.Write([]byte{0x78, 0x9c}); err != nil {
			d.give(data)
			return err
		}
	}
	d.sum = inflate.Adler32(d.sum, data)
	p := &part{data: data, dictionary: d.tail, kind: k, last: last, done: make(chan struct{})}
	d.tail = bytes.Clone(data[max(0, len(data)-window):])
	if n := len(d.idle); n > 0 {
		p.on, d.idle = d.idle[n-1], d.idle[:n-1]
	} else {
		p.on = new(compressor)
	}
	d.busy = append(d.busy, p)
	if d.workers == 1 || last && len(d.busy) == 1 {
		p.run(d.level)
	} else {
		go p.run(d.level)
	}
	for len(d.busy) >= d.workers || last && len(d.busy) > 0 {
		if err := d.collect(); err != nil {
			return err
		}
	}
	if !last {
		return nil
	}
	_, err := d.w.Write(binary.BigEndian.AppendUint32(nil, d.sum))
	return err
}

// collect waits for the oldest part and writes it.
func (d *deflater) collect() error {
	p := d.await()
	if p.thrown != nil {
		// A panic belongs to the caller, who knows how to survive it.
		panic(p.thrown)
	}
	if p.err != nil {
		return p.err
	}
	_, err := d.w.Write(p.on.out.Bytes())
	d.idle = append(d.idle, p.on)
	return err
}

func (d *deflater) await() *part {
	p := d.busy[0]
	<-p.done
	d.busy = d.busy[1:]
	d.give(p.data)
	return p
}

// close waits for what is under way, and gives back the memory.
func (d *deflater) close() {
	for len(d.busy) > 0 {
		d.await()
	}
	for _, b := range d.free {
		d.pool.Put(b)
	}
	d.free = nil
}

func (p *part) run(level int) {
	defer close(p.done)
	defer func() { p.thrown = recover() }()
	w := &p.on.writers[p.kind]
	p.on.out.Reset()
	if *w == nil {
		if *w, p.err = flate.NewWriter(&p.on.out, levels[level][p.kind]); p.err != nil {
			return
		}
	}
	z := *w
	z.ResetDict(&p.on.out, p.dictionary)
	if _, p.err = z.Write(p.data); p.err != nil {
		return
	}
	if p.last {
		p.err = z.Close()
	} else {
		p.err = z.Flush()
	}
}
