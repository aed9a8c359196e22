package jpeg

import (
	"sync"

	"github.com/immagin/immagin-go/luna/pixel"
)

// Decoding ahead splits the data of a picture's one scan into parts, which
// workers decode while earlier ones are being used, and holds no more than a
// few of them at a time. Parts begin at restart markers where there are any.
// Else they begin anywhere, as if an MCU began there: Huffman codes fall into
// step soon (S. T. Klein and Y. Wiseman, "Parallel Huffman decoding with
// applications to JPEG files", The Computer Journal 46:5, 2003). From some MCU
// on such a guess is right but for where in the picture it stands, and for the
// DC values before it. Who comes from before decodes until both are at the
// same bit, and knows then.

const (
	// aheadFrom is the number of MCUs from which a second worker pays.
	aheadFrom = 2048
	// aheadBytes are what an average part's coefficients take, and aheadMost
	// times as much is what one takes at most: of flat areas many MCUs fit in
	// few bits. On photographs codes are in step after 3 MCUs, and the smallest
	// part has 100.
	aheadBytes   = 128 << 10
	aheadMost    = 3
	aheadLargest = 1024 // MCUs, that there are enough parts
)

// ahead is the parts of a scan, and who decodes them. Its methods but run are
// for the one goroutine that reads the picture.
type ahead struct {
	d    *decoding
	w    *walk
	pool *pixel.Pool
	// guessed says that parts begin anywhere.
	guessed bool
	parts   []place
	room    int // for MCUs, in a part

	mu       sync.Mutex
	changed  sync.Cond
	next     int     // part that nobody has begun
	reached  int     // part that the reader comes to next
	done     []*part // by index modulo its length, nil where not yet
	free     []*part
	closed   bool
	started  bool
	finished sync.WaitGroup
}

// A place is where a part begins: at a bit, or at a segment and its MCU.
type place struct{ bit, segment, mcu int }

// A part is some MCUs, decoded.
type part struct {
	batch batch
	mcus  int
	// at holds the bits where the MCUs begin, and where the last one ends, and
	// pred the DC values behind it.
	at   []int
	pred [4]int32
	// segment is the last one of a part that is no guess, and left how many of
	// its MCUs are not here: where one of them is wrong, the reader finds out
	// if it comes to it.
	segment, left int
	thrown        any
}

// newAhead returns nil where there is nothing to gain.
func newAhead(d *decoding, w *walk, pool *pixel.Pool) *ahead {
	average, least := aheadSize(d.coefficients()), aheadFrom
	if d.part > 0 {
		average, least = d.part, 2*d.part
	}
	if d.workers < 2 || w.mcus() < least {
		return nil
	}
	// The first part is the reader's.
	a := &ahead{d: d, w: w, pool: pool, room: aheadMost * average, guessed: w.segments() == 1, next: 1, reached: 1}
	a.changed.L = &a.mu
	a.done = make([]*part, d.workers+2)
	switch {
	case a.guessed:
		segment := w.s.segments[0]
		n := max(w.mcus()/average, 1)
		bits := (segment[1] - segment[0]) << 3
		for i := range n {
			a.parts = append(a.parts, place{bit: segment[0]<<3 + bits/n*i})
		}
	case w.s.interval > a.room:
		return nil
	default:
		for i := 0; i < min(len(w.s.segments), w.segments()); i += max(average/w.s.interval, 1) {
			first, _ := w.span(i)
			a.parts = append(a.parts, place{segment: i, mcu: first})
		}
	}
	return a
}

// aheadSize is how many MCUs an average part has, of so many coefficients
// each.
func aheadSize(coefficients int) int {
	return min(aheadBytes/2/coefficients, aheadLargest)
}

// start makes all workers but the one who reads.
func (a *ahead) start() {
	if a.started {
		return
	}
	a.started = true
	for range a.d.workers - 1 {
		a.finished.Go(a.run)
	}
}

// close ends the workers, and returns the memory of parts that are not held.
func (a *ahead) close() {
	a.mu.Lock()
	a.closed = true
	a.changed.Broadcast()
	a.mu.Unlock()
	a.finished.Wait()
	for _, c := range append(a.free, a.done...) {
		if c != nil {
			c.batch.free(a.pool)
		}
	}
	a.free, a.done = nil, nil
}

func (a *ahead) run() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for !a.closed && a.next < len(a.parts) {
		if !a.work() {
			a.changed.Wait()
		}
	}
}

// work decodes the next part, if there is one and room for it. It is called
// with a.mu held, which it lets go of meanwhile.
func (a *ahead) work() bool {
	k := a.next
	if k >= len(a.parts) || k >= a.reached+a.d.workers {
		return false
	}
	a.next++
	var c *part
	if n := len(a.free); n > 0 {
		c, a.free = a.free[n-1], a.free[:n-1]
	}
	a.mu.Unlock()
	if c == nil {
		c = &part{batch: newBatch(a.pool, a.d, a.w, a.room), at: make([]int, 0, a.room+1)}
	}
	a.decode(c, k)
	a.mu.Lock()
	a.done[k%len(a.done)] = c
	a.changed.Broadcast()
	return true
}

// take returns part k, which the reader has come to, once it is decoded, and
// decodes others meanwhile. It returns nil if nobody has begun with it: then
// it is the reader's.
func (a *ahead) take(k int) *part {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reached = k + 1
	a.changed.Broadcast()
	if a.next <= k {
		a.next = k + 1
		return nil
	}
	for a.done[k%len(a.done)] == nil {
		if !a.work() {
			a.changed.Wait()
		}
	}
	c := a.done[k%len(a.done)]
	a.done[k%len(a.done)] = nil
	return c
}

// release gives back a part that take returned.
func (a *ahead) release(c *part) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.free = append(a.free, c)
}

func (a *ahead) decode(c *part, k int) {
	c.mcus, c.at, c.thrown = 0, c.at[:0], nil
	defer func() {
		// A panic belongs to the reader, who has someone to survive it; here
		// it would end the process.
		if c.thrown = recover(); c.thrown != nil {
			c.mcus, c.at = 0, c.at[:0]
		}
	}()
	if a.guessed {
		a.guess(c, k)
		return
	}
	last := min(len(a.w.s.segments), a.w.segments())
	if k+1 < len(a.parts) {
		last = a.parts[k+1].segment
	}
	for i := a.parts[k].segment; i < last; i++ {
		if !a.segment(c, i) {
			return
		}
	}
}

// segment decodes segment i behind what c has, and reports whether all of it
// is there.
func (a *ahead) segment(c *part, i int) bool {
	from, to := a.w.span(i)
	q := a.d.sequencer(a.w.s.segments[i], a.w.s.segments[i][0]<<3)
	c.at = append(c.at[:c.mcus], q.bits.at())
	c.segment, c.left, c.pred = i, to-from, q.pred
	for c.left > 0 {
		if err := q.into(&c.batch, c.mcus); err != nil {
			return false
		}
		c.mcus++
		c.left--
		c.at, c.pred = append(c.at, q.bits.at()), q.pred
		// The reader looks at the same places.
		if (to-c.left)%a.w.x == 0 && q.check() != nil {
			return false
		}
	}
	return q.check() == nil && a.d.ctx.Err() == nil
}

// guess decodes from the beginning of part k to the next one's.
func (a *ahead) guess(c *part, k int) {
	segment := a.w.s.segments[0]
	stop := segment[1] << 3
	if k+1 < len(a.parts) {
		stop = a.parts[k+1].bit
	}
	q := a.d.sequencer(segment, a.parts[k].bit)
	for c.mcus < a.room {
		at := q.bits.at()
		if at >= stop || c.mcus&63 == 0 && a.d.ctx.Err() != nil {
			break
		}
		if err := q.into(&c.batch, c.mcus); err != nil {
			// No code of this picture: the guess was wrong so far.
			c.mcus, c.at = 0, c.at[:0]
			q = a.d.sequencer(segment, at+1)
			continue
		}
		c.at = append(c.at, at)
		c.mcus++
	}
	c.at, c.pred = append(c.at, q.bits.at()), q.pred
}
