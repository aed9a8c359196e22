// Package decoder decodes VP8 key frames (RFC 6386), the lossy pictures of WebP, row
// by row, to the planes that libwebp makes of them, bit for bit.
//
// Algorithms are libwebp's; its licence is in LICENSE.libwebp two directories up.
package decoder

import (
	"context"
	"errors"
	"image"
	"io"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/immagin/immagin-go/luna/pixel"
)

// Options are how to decode. The samples do not depend on them.
type Options struct {
	// Workers is how many goroutines may work at a time, the one that calls
	// Next included. 0 means 1.
	Workers int
	// Pool lends the large buffers; nil allocates.
	Pool *pixel.Pool

	always bool // several workers, however small the frame is; for tests
}

// A Decoder decodes one frame. It is for one goroutine at a time.
type Decoder struct {
	ctx           context.Context
	header        *header
	columns, rows int // of macroblocks
	workers       int
	pool          *pixel.Pool

	// What parsing goes on from.
	modes       reader
	partitions  []reader
	aboveModes  []uint8
	aboveTokens []tokenContext
	slots       []slot // rows of macroblocks between parsing and the loop filter
	// reached are the columns up to which rows are parsed, where rows can be at
	// once.
	reached []atomic.Int32

	// What reconstruction goes on from.
	area  area
	above []samples

	// The planes are rings of bands, a row of macroblocks each.
	bands            int
	y, cb, cr        []uint8
	yStride, cStride int
	words            []uint16 // the coefficients of all slots

	mu       sync.Mutex
	changed  sync.Cond
	stages   [stages]stage
	next     int // band that Next returns
	released int // bands before that are not needed any more
	closed   bool
	thrown   any
	err      error // of parsing
	started  bool
	finished sync.WaitGroup
}

// A slot is a row of macroblocks.
type slot struct {
	row          []macroblock
	ended        bool // the modes' partition did
	finished     bool // with the stage that was begun last
	coefficients []coefficients
}

// Work is the most memory that a decoder of a frame of that size takes, in bytes.
func Work(width, height, workers int) int64 {
	columns := (int64(width) + 15) / 16
	slots, bands := room(workers)
	n := int64(slots)*columns*int64(unsafe.Sizeof(coefficients{})+unsafe.Sizeof(macroblock{})) + int64(bands)*columns*384
	n += columns * int64(unsafe.Sizeof(samples{})+unsafe.Sizeof(tokenContext{})+4)
	return n*5/4 + 256<<10 // of the pool; and partitions' ends
}

// room is how many slots and bands there are.
func room(workers int) (slots, bands int) {
	if workers < 2 {
		return 1, 3
	}
	return 4, 6
}

// parallelFrom is the number of macroblocks from which a second worker pays.
const parallelFrom = 400

// New returns a decoder of the frame in data, which is not to change meanwhile.
// When ctx is done, Next fails within a row of macroblocks.
func New(ctx context.Context, data []uint8, o Options) (*Decoder, error) {
	h, modes, partitions, err := readHeader(data)
	if err != nil {
		return nil, err
	}
	d := &Decoder{ctx: ctx, header: h, modes: modes, partitions: partitions, pool: o.Pool}
	d.columns, d.rows = (h.width+15)/16, (h.height+15)/16
	d.workers = max(1, o.Workers)
	if d.columns*d.rows < parallelFrom && !o.always {
		d.workers = 1
	}
	if d.workers > 1 && len(partitions) > 1 {
		d.reached = make([]atomic.Int32, d.rows)
	}
	d.changed.L = &d.mu
	d.allocate()
	return d, nil
}

func (d *Decoder) allocate() {
	n, bands := room(d.workers)
	d.bands = bands
	d.slots = make([]slot, n)
	size := int(unsafe.Sizeof(coefficients{}) / 2)
	const align = 16 // words, so that vectors do not cross lines
	d.words = d.pool.Get16(n*d.columns*size + align)
	words := d.words
	for uintptr(unsafe.Pointer(&words[0]))%32 != 0 {
		words = words[1:]
	}
	for i := range d.slots {
		d.slots[i].row = make([]macroblock, d.columns)
		d.slots[i].coefficients = unsafe.Slice((*coefficients)(unsafe.Pointer(&words[i*d.columns*size])), d.columns)
	}
	d.aboveModes = make([]uint8, 4*d.columns)
	d.aboveTokens = make([]tokenContext, d.columns)
	d.above = make([]samples, d.columns)
	d.yStride, d.cStride = 16*d.columns, 8*d.columns
	d.y = d.pool.Get(16 * d.bands * d.yStride)
	d.cb = d.pool.Get(8 * d.bands * d.cStride)
	d.cr = d.pool.Get(8 * d.bands * d.cStride)
}

// A Rows is a row of macroblocks, finished: up to 16 rows of luma, of which the
// first is Y of the frame, and half as many of chroma. Rows are Stride samples
// apart, and end where macroblocks do.
type Rows struct {
	Y, Rows             int
	Luma, Cb, Cr        []uint8
	LumaStride, CStride int
	// AboveCb and AboveCr are the rows of chroma above the first, and BelowCb and
	// BelowCr those below the last; nil at the edges of the frame.
	AboveCb, AboveCr, BelowCb, BelowCr []uint8
}

var errClosed = errors.New("vp8: read of a closed decoder")

// Next returns the next rows, or io.EOF behind the last. They are valid until the
// following call of Next or Close.
func (d *Decoder) Next() (Rows, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return Rows{}, errClosed
	}
	k := d.next
	if k == d.rows {
		return Rows{}, io.EOF
	}
	d.released = max(k-1, 0)
	d.start()
	d.changed.Broadcast()
	// The loop filter of the next row still changes this one, and its first row
	// of chroma is needed to interpolate this one's.
	for d.stages[filtering].done < min(k+2, d.rows) {
		if d.thrown != nil {
			panic(d.thrown)
		}
		if err := d.ctx.Err(); err != nil {
			return Rows{}, err
		}
		if d.err != nil && d.stages[parsing].busy == 0 && d.stages[filtering].done == d.stages[parsing].done {
			return Rows{}, d.err
		}
		if !d.work(downstream) {
			d.changed.Wait()
		}
	}
	d.next++
	return d.rowsOf(k), nil
}

func (d *Decoder) rowsOf(k int) Rows {
	b := d.band(k)
	r := Rows{Y: 16 * k, Rows: min(16, d.header.height-16*k), Luma: b.y, Cb: b.cb, Cr: b.cr, LumaStride: d.yStride, CStride: d.cStride}
	if k > 0 {
		above := d.band(k - 1)
		r.AboveCb, r.AboveCr = above.cb[7*d.cStride:], above.cr[7*d.cStride:]
	}
	if k+1 < d.rows {
		below := d.band(k + 1)
		r.BelowCb, r.BelowCr = below.cb, below.cr
	}
	return r
}

// A band is a row of macroblocks in the planes.
type band struct {
	y, cb, cr        []uint8
	yStride, cStride int
}

func (d *Decoder) band(y int) band {
	i := y % d.bands
	return band{
		y:       d.y[16*i*d.yStride:][:16*d.yStride],
		cb:      d.cb[8*i*d.cStride:][:8*d.cStride],
		cr:      d.cr[8*i*d.cStride:][:8*d.cStride],
		yStride: d.yStride, cStride: d.cStride,
	}
}

// Close ends the workers and gives the buffers back.
func (d *Decoder) Close() {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return
	}
	d.closed = true
	d.changed.Broadcast()
	d.mu.Unlock()
	d.finished.Wait()
	d.pool.Put16(d.words)
	d.pool.Put(d.y)
	d.pool.Put(d.cb)
	d.pool.Put(d.cr)
	d.words, d.y, d.cb, d.cr, d.slots = nil, nil, nil, nil, nil
}

// Decode returns the planes of the frame in data. It is for tests; [New] needs less
// memory.
func Decode(ctx context.Context, data []uint8, o Options) (*image.YCbCr, error) {
	d, err := New(ctx, data, o)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	m := image.NewYCbCr(image.Rect(0, 0, 16*d.columns, 16*d.rows), image.YCbCrSubsampleRatio420)
	for {
		r, err := d.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		copy(m.Y[r.Y*m.YStride:], r.Luma)
		copy(m.Cb[r.Y/2*m.CStride:], r.Cb)
		copy(m.Cr[r.Y/2*m.CStride:], r.Cr)
	}
	m.Rect = image.Rect(0, 0, d.header.width, d.header.height)
	return m, nil
}
