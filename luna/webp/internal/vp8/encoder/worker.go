package encoder

import (
	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
	"github.com/immagin/immagin-go/luna/webp/internal/vp8/kernel"
)

// A worker codes rows, one at a time, on one core.
type worker struct {
	e     *Encoder
	start func() // work, and tell that it is done
	phase int

	src         samples
	edges       edges
	whole       [vp8.Modes][256]uint8 // predictions
	wholeC      [vp8.Modes][128]uint8
	list        [vp8.Modes]uint8
	listI4      [16]uint8
	effort      *effort
	texture     [16]uint32 // of src
	boundary    [48]uint8
	best, trial *coded
	preds       [10]kernel.Block
	candidates  [10]kernel.Candidate
	refined     kernel.Candidate
	chroma      [2]codedChroma

	top, left   contexts
	topModes    [4]uint8
	leftModes   [4]uint8
	topErrors   [2][2]int8
	leftErrors  [2][2]int8
	costs       *levelCosts
	counts      *counts
	levels      []int16
	limit       int64 // of modeBits
	modeBits    int64 // that blocks' modes took
	tally       tally
	strip       strip
	trials      filterTrials
	edge        [segments]int
	skipped     int
	probability kernel.TokenProbabilities
	parts       [2]part
}

func newWorker(e *Encoder) *worker {
	w := &worker{e: e, best: new(coded), trial: new(coded)}
	w.start = func() {
		defer e.wait.Done()
		w.work()
	}
	return w
}

// claim returns the next row, or false where there is none.
func (w *worker) claim(n int) (int, bool) {
	e := w.e
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.next >= n || e.stopped.Load() {
		return 0, false
	}
	r := e.next
	e.next++
	if w.phase == phaseCode {
		w.costs = e.prepare(r)
		w.limit = e.allot(r)
		w.counts = &e.ahead[r%lag]
	}
	return r, true
}

// prepare has the costs for row r, of what was counted lag rows above. They are
// computed anew every fourth row.
func (e *Encoder) prepare(r int) *levelCosts {
	if r < lag {
		if r == 0 {
			e.costs[0].set(&vp8.DefaultProbabilities)
			e.slot = 0
		}
		e.ahead[r] = counts{}
		return &e.costs[e.slot]
	}
	e.await(r-lag, e.columns)
	done := &e.ahead[r%lag]
	e.total.add(done)
	*done = counts{}
	if r%refresh == lag%refresh {
		// Rows that run are of at most three sets of costs.
		e.slot = (e.slot + 1) % len(e.costs)
		var p vp8.Probabilities
		e.total.fit(&p)
		e.costs[e.slot].set(&p)
	}
	return &e.costs[e.slot]
}

// allot returns how many 1/256 bits a macroblock of row r may take for the modes of
// its blocks: a fair part of what rows above leave of the first partition, which
// must not exceed 512 KiB. All but very large pictures need less.
func (e *Encoder) allot(r int) int64 {
	left := e.modeBudget
	for i := max(r-lag+1, 0); i < r; i++ {
		left -= e.allotted[i%lag] * int64(e.columns)
	}
	if r >= lag {
		e.modeBudget -= e.modeBits[r-lag]
		left -= e.modeBits[r-lag]
	}
	limit := max(left/int64((e.rows-r)*e.columns), 0)
	e.allotted[r%lag] = limit
	e.modeBits[r] = 0
	return limit
}

// await returns when row r has n macroblocks, or when all is to stop.
func (e *Encoder) await(r, n int) int {
	p := &e.progress[r]
	if d := int(p.done.Load()); d >= n {
		return d
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting.Store(int32(n))
	for int(p.done.Load()) < n && !e.stopped.Load() {
		p.cond.Wait()
	}
	return int(p.done.Load())
}

// advance tells that row r has n macroblocks.
func (e *Encoder) advance(r, n int) {
	p := &e.progress[r]
	p.done.Store(int32(n))
	if at := p.waiting.Load(); at > 0 && n >= int(at) {
		p.mu.Lock()
		p.waiting.Store(0)
		p.cond.Broadcast()
		p.mu.Unlock()
	}
}

// abort makes all rows stop.
func (e *Encoder) abort() {
	e.stopped.Store(true)
	for i := range e.progress {
		p := &e.progress[i]
		p.mu.Lock()
		p.cond.Broadcast()
		p.mu.Unlock()
	}
}

// work does its share of a phase.
func (w *worker) work() {
	e := w.e
	n := e.rows
	if w.phase == phaseFilter {
		n = len(e.strips)
	}
	if w.phase == phaseWrite {
		n = 1 + e.nParts/e.together()
	}
	for {
		r, ok := w.claim(n)
		if !ok {
			return
		}
		switch w.phase {
		case phaseAnalyse:
			w.analyseRow(r)
		case phaseCode:
			w.codeRow(r)
		case phaseFilter:
			w.tryFilter(r)
		case phaseWrite:
			if r == 0 {
				e.writeHeader()
			} else {
				w.writeParts(r - 1)
			}
		}
	}
}

// canceled looks at the context every 16 macroblocks.
func (w *worker) canceled(x int) bool {
	if x&15 == 0 && w.e.ctx.Err() != nil {
		w.e.abort()
	}
	return w.e.stopped.Load()
}

func (w *worker) analyseRow(y int) {
	e := w.e
	alpha, chroma := 0, 0
	for x := range e.columns {
		if w.canceled(x) {
			return
		}
		// Macroblocks in pairs are alike enough.
		if !w.effort.coarse || x&1 == 0 {
			alpha, chroma = w.analyse(e.picture, x, y)
		}
		w.tally.alphas[alpha]++
		w.tally.chroma += chroma
		e.blocks[y*e.columns+x] = macroblock{alpha: uint8(alpha)}
	}
}

// codeRow codes the macroblocks of row y, each when the one above to the right is
// there.
func (w *worker) codeRow(y int) {
	e := w.e
	w.levels = e.levels[y][:0]
	w.left = 0
	w.leftModes = [4]uint8{}
	w.leftErrors = [2][2]int8{}
	fill(w.edges.left[:], 129)
	fill(w.edges.leftC[:], 129)
	corner := uint8(127)
	if y > 0 {
		corner = 129
	}
	w.edges.corner, w.edges.cornerC = corner, [2]uint8{corner, corner}

	above := 0
	for x := range e.columns {
		if w.canceled(x) {
			break
		}
		if want := min(x+2, e.columns); y > 0 && above < want {
			// Waiting for some more makes waiting rare.
			if above = int(e.progress[y-1].done.Load()); above < want {
				above = e.await(y-1, min(x+8, e.columns))
				if above < want {
					break
				}
			}
		}
		w.enter(x, y)
		b := &e.blocks[y*e.columns+x]
		e.picture.load(&w.src, x, y)
		w.decide(b, x, y)
		w.record(b)
		w.leave(b, x, y)
		e.keepForFilter(&w.best.out, x, y)
		if !b.whole {
			e.modeBits[y] += w.modeBits
		}
		e.advance(y, x+1)
	}
	e.levels[y] = w.levels
}

// enter takes what is above the macroblock at x, y.
func (w *worker) enter(x, y int) {
	e := w.e
	if y == 0 {
		fill(w.edges.top[:], 127)
		fill(w.edges.topC[:], 127)
		w.top, w.topModes, w.topErrors = 0, [4]uint8{}, [2][2]int8{}
		return
	}
	c := &e.line[x]
	copy(w.edges.top[:16], c.y[:])
	w.edges.topC = c.c
	w.top, w.topModes, w.topErrors = c.some, c.modes, c.errors
	if x+1 < e.columns {
		copy(w.edges.top[16:], e.line[x+1].y[:4])
	} else {
		fill(w.edges.top[16:], c.y[15])
	}
}

// leave hands on to the macroblocks to the right and below.
func (w *worker) leave(b *macroblock, x, y int) {
	e := w.e
	out := &w.best.out
	if e.keep {
		at := y*e.columns + x
		copy(e.planeY[at*256:], out.y[:])
		copy(e.planeC[at*128:], out.c[:])
	}
	w.edges.corner = w.edges.top[15]
	w.edges.cornerC = [2]uint8{w.edges.topC[7], w.edges.topC[15]}
	for i := range 16 {
		w.edges.left[i] = out.y[i>>2*64+48+i&3*4+3]
	}
	for i := range 8 {
		w.edges.leftC[i] = out.c[i>>2*32+16+i&3*4+3]
		w.edges.leftC[8+i] = out.c[64+i>>2*32+16+i&3*4+3]
	}
	c := &e.line[x]
	for i := range 4 {
		copy(c.y[4*i:], out.y[(12+i)*16+12:(12+i)*16+16])
	}
	for i := range 2 {
		copy(c.c[4*i:], out.c[(2+i)*16+12:(2+i)*16+16])
		copy(c.c[8+4*i:], out.c[(6+i)*16+12:(6+i)*16+16])
	}
	if b.whole {
		m := b.mode
		c.modes = [4]uint8{m, m, m, m}
		w.leftModes = c.modes
	} else {
		c.modes = [4]uint8(b.modes[12:])
		w.leftModes = [4]uint8{b.modes[3], b.modes[7], b.modes[11], b.modes[15]}
	}
	c.some = w.top
	c.errors = w.topErrors
}

// record counts the macroblock's tokens and keeps its levels.
func (w *worker) record(b *macroblock) {
	t := w.best
	var some uint8
	for n, last := range t.last {
		b.blocks[n] = last
		some |= last
	}
	b.skip = some == 0
	if b.skip {
		w.skipped++
	}
	top, left := w.top, w.left
	kind := vp8.Luma
	if b.whole {
		kind = vp8.LumaAfterDC
		s := w.keepBlock(b, blockDC, vp8.SecondOrder, top>>contextDC+left>>contextDC)
		top = top&^(1<<contextDC) | s<<contextDC
		left = left&^(1<<contextDC) | s<<contextDC
	}
	for n := range 16 {
		i, j := n&3, n>>2
		s := w.keepBlock(b, blockY+n, kind, top>>i&1+left>>j&1)
		top = top&^(1<<i) | s<<i
		left = left&^(1<<j) | s<<j
	}
	for n := range 8 {
		i, j := 4+n>>2*2+n&1, 4+n>>2*2+n>>1&1
		s := w.keepBlock(b, blockC+n, vp8.Chroma, top>>i&1+left>>j&1)
		top = top&^(1<<i) | s<<i
		left = left&^(1<<j) | s<<j
	}
	w.top, w.left = top, left
}

// keepBlock does so for one block, and tells whether it has levels.
func (w *worker) keepBlock(b *macroblock, n, kind int, context contexts) contexts {
	last := int(b.blocks[n])
	b.blocks[n] |= uint8(context) << 5
	c := &w.counts[kind]
	first := 0
	if kind == vp8.LumaAfterDC {
		first = 1
	}
	if last == 0 && b.skip {
		return 0
	}
	levels := &w.best.levels[n]
	kernel.Count(c, levels, first, last, int(context))
	if last == 0 {
		return 0
	}
	w.levels = append(w.levels, levels[first:last]...)
	return 1
}
