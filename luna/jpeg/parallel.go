package jpeg

import (
	"sync"
	"sync/atomic"
)

// inParallel calls f for 0 to n-1 on the workers of d, and returns the first
// error by time.
func (d *decoding) inParallel(n int, f func(i int) error) error {
	if d.workers <= 1 || n <= 1 {
		for i := range n {
			if err := f(i); err != nil {
				return err
			}
		}
		return nil
	}
	var (
		wait   sync.WaitGroup
		once   sync.Once
		next   atomic.Int64
		failed atomic.Bool
		first  error
		thrown any
	)
	for range min(d.workers, n) {
		wait.Go(func() {
			// A panic belongs to the caller, who knows how to survive it; here
			// it would end the process.
			defer func() {
				if v := recover(); v != nil {
					once.Do(func() { thrown = v })
					failed.Store(true)
				}
			}()
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := f(i); err != nil {
					once.Do(func() { first = err })
					failed.Store(true)
				}
			}
		})
	}
	wait.Wait()
	if thrown != nil {
		panic(thrown)
	}
	return first
}

// speculateFrom is the number of MCUs from which a second start pays.
const speculateFrom = 2048

// A guess is a stretch of a scan that was decoded from a place in its middle,
// as if an MCU began there. Huffman codes fall into step soon (S. T. Klein and
// Y. Wiseman, "Parallel Huffman decoding with applications to JPEG files",
// The Computer Journal 46:5, 2003): from some MCU on, the guess is right but
// for where in the picture it stands, and for the DC values before it.
type guess struct {
	at   []int   // bits where MCUs begin
	kept []int16 // coefficients, MCU by MCU
}

// speculate decodes a scan without restart markers with two workers, each from
// a half of the data.
func (d *decoding) speculate(w *walk) error {
	segment := w.s.segments[0]
	middle := (segment[0] + segment[1]) / 2
	stop := make(chan struct{})
	guessed := make(chan *guess, 1)
	go func() {
		g := new(guess)
		defer func() {
			// A guess may be wrong in every way: then nothing of it is used.
			if recover() != nil {
				g = new(guess)
			}
			guessed <- g
		}()
		g = d.guess(w, segment, middle<<3, stop)
	}()

	q := d.sequencer(segment, segment[0]<<3)
	m, err := d.runUntil(&q, w, middle<<3)
	if err != nil || m == w.mcus() {
		close(stop)
		<-guessed
		return err
	}
	return d.join(&q, w, m, <-guessed)
}

// runUntil decodes MCUs until one begins at or behind a bit, and reports which.
func (d *decoding) runUntil(q *sequencer, w *walk, bit int) (int, error) {
	mx, my := 0, 0
	for m := range w.mcus() {
		if q.bits.at() >= bit {
			return m, nil
		}
		if err := q.mcu(w, mx, my, d.keep); err != nil {
			return m, q.explain(err)
		}
		if mx++; mx == w.x {
			mx, my = 0, my+1
			if err := d.ctx.Err(); err != nil {
				return m, err
			}
		}
	}
	return w.mcus(), q.check()
}

// guess decodes from a bit on, whatever it is.
func (d *decoding) guess(w *walk, segment [2]int, bit int, stop <-chan struct{}) *guess {
	g := new(guess)
	q := d.sequencer(segment, bit)
	perMCU := d.kept(w)
	collect := func(component, _, _ int, c *[64]int16) {
		g.kept = appendLow(g.kept, c, d.size[component])
	}
	for q.bits.at() < segment[1]<<3 && len(g.at) < w.mcus() {
		at := q.bits.at()
		g.at = append(g.at, at)
		if err := q.mcu(w, 0, 0, collect); err != nil {
			// No code of this picture: the guess was wrong so far.
			g.at, g.kept = g.at[:0], g.kept[:0]
			q = d.sequencer(segment, at+1)
			continue
		}
		if len(g.at)&255 == 0 {
			select {
			case <-stop:
				return g
			default:
			}
			if d.ctx.Err() != nil {
				return g
			}
		}
	}
	g.kept = g.kept[:min(len(g.kept), len(g.at)*perMCU)]
	return g
}

// kept reports how many coefficients of an MCU are kept.
func (d *decoding) kept(w *walk) int {
	n := 0
	for _, sc := range w.s.components {
		c := &d.p.components[sc.index]
		blocks := c.h * c.v
		if len(w.s.components) == 1 {
			blocks = 1
		}
		n += blocks * d.size[sc.index] * d.size[sc.index]
	}
	return n
}

func appendLow(k []int16, c *[64]int16, size int) []int16 {
	switch size {
	case 1:
		return append(k, c[0])
	case 2:
		return append(k, c[0], c[1], c[8], c[9])
	}
	for y := range size {
		k = append(k, c[8*y:8*y+size]...)
	}
	return k
}

// join goes on decoding at MCU m until it meets the guess, and takes over what
// that found.
func (d *decoding) join(q *sequencer, w *walk, m int, g *guess) error {
	i := 0
	for ; m < w.mcus(); m++ {
		at := q.bits.at()
		for i < len(g.at) && g.at[i] < at {
			i++
		}
		if i < len(g.at) && g.at[i] == at && len(g.at)-i >= w.mcus()-m {
			return d.adopt(q, w, m, g, i)
		}
		if err := q.mcu(w, m%w.x, m/w.x, d.keep); err != nil {
			return q.explain(err)
		}
		if m%w.x == 0 {
			if err := d.ctx.Err(); err != nil {
				return err
			}
		}
	}
	return q.check()
}

// adopt copies the MCUs of the guess from its ith on to those of the picture
// from m on, whose DC values differ by a constant.
func (d *decoding) adopt(q *sequencer, w *walk, m int, g *guess, i int) error {
	kept := g.kept[i*d.kept(w):]
	var delta [4]int16
	known := [4]bool{}
	first := kept
	if err := q.mcu(w, m%w.x, m/w.x, func(component, x, y int, c *[64]int16) {
		size := d.size[component]
		if !known[component] {
			delta[component], known[component] = c[0]-first[0], true
		}
		first = first[size*size:]
	}); err != nil {
		return q.explain(err)
	}
	single := len(w.s.components) == 1
	for ; m < w.mcus(); m++ {
		mx, my := m%w.x, m/w.x
		for _, sc := range w.s.components {
			c := &d.p.components[sc.index]
			h, v := c.h, c.v
			if single {
				h, v = 1, 1
			}
			n := d.size[sc.index] * d.size[sc.index]
			grid := d.grids[sc.index].coefficients
			for y := range v {
				at := ((my*v+y)*c.gridX + mx*h) * n
				run := grid[at:][:h*n]
				copy(run, kept)
				kept = kept[h*n:]
				for x := 0; x < len(run); x += n {
					run[x] += delta[sc.index]
				}
			}
		}
	}
	return nil
}
