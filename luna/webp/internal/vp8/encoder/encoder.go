// Package encoder writes VP8 key frames (RFC 6386), as lossy WebP holds them.
//
// Decisions follow libwebp's (its licence lies beside, in LICENSE.libwebp), so that
// qualities mean the same. Rows of macroblocks are coded by as many cores as are
// given, each row two macroblocks behind the one above; what is written never
// depends on how many.
package encoder

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// MaxSide is the largest width and height that VP8 can express.
const MaxSide = 1<<14 - 1

// ErrTooComplex is returned where a part of the frame is larger than VP8 can
// express. It takes a very large picture at the highest quality.
var ErrTooComplex = errors.New("vp8: picture too complex for the format at this quality")

// Options are how to encode.
type Options struct {
	Quality int // 0..100; libwebp's
	Effort  int // 0..6; libwebp's method, of which 4 is the default
	Workers int // cores to use at a time; less than 1 means 1
}

// A macroblock is what the stream tells of one beside levels.
type macroblock struct {
	alpha   uint8 // of the analysis
	segment uint8
	whole   bool // luma is predicted as a whole, in mode; otherwise in modes
	skip    bool // there are no levels
	mode    uint8
	chroma  uint8
	modes   [16]uint8
	// blocks is, of each block, one more than the place of the last level, and
	// 32 times the context of the first.
	blocks [blocks]uint8
}

// An effort is how much is tried.
type effort struct {
	whole, blocks, chroma int  // how many modes
	refine                int  // how many of blocks' candidates by trellis
	filter                int  // one of so many strips is filtered to find the levels
	coarse                bool // analyse every second macroblock; look at blocks where there is detail
}

var efforts = [7]effort{
	{whole: 1, blocks: 1, chroma: 1, coarse: true},
	{whole: 1, blocks: 2, chroma: 1, filter: 8},
	{whole: 2, blocks: 3, chroma: 2, filter: 8},
	{whole: 2, blocks: 4, chroma: 2, filter: 8},
	{whole: 4, blocks: 10, chroma: 4, refine: 2, filter: 8},
	{whole: 4, blocks: 10, chroma: 4, refine: 3, filter: 1},
	{whole: 4, blocks: 10, chroma: 4, refine: 10, filter: 1},
}

// lag is by how many rows the probabilities that costs are computed of are behind.
// It bounds how many rows are coded at a time.
const lag = 6

// refresh is after how many rows costs are computed anew.
const refresh = 4

// What the first partition may hold, in 1/256 bit, headers left out; and what a
// macroblock takes beside the modes of its blocks.
const (
	firstPartition = (1<<19 - 4096) * 8 * 256
	restBits       = 7 * 256
)

// An Encoder encodes one picture at a time. It keeps its memory from call to call:
// at most 7 bytes a pixel and 1 MiB, for noise at quality 100. The zero Encoder is
// ready for use.
type Encoder struct {
	picture *Picture
	options Options
	ctx     context.Context
	stopped atomic.Bool

	columns, rows int // of macroblocks
	blocks        []macroblock
	levels        [][]int16 // of each row, those that are not after their block's last
	line          []column  // what row above leaves below each macroblock

	segments    [segments]segment
	used        int // segments
	chromaAlpha int
	chromaDC    int // differences of the quantiser's index
	chromaAC    int
	diffuse     bool
	edge        [segments]int
	strips      []strip
	period      int // rows from strip to strip

	mu      sync.Mutex
	next    int    // row to code
	total   counts // of all rows that costs may depend on
	ahead   [lag]counts
	costs   [lag/refresh + 2]levelCosts
	slot    int // of costs, for the next row
	final   vp8.Probabilities
	skipped int

	modeBudget int64      // what rows to come may take for modes, in 1/256 bit
	modeBits   []int64    // what each row took
	allotted   [lag]int64 // what each macroblock of the rows being coded may take

	progress []progress

	parts   [8]writer
	nParts  int
	header  writer
	skipP   uint8
	useSkip bool
	segP    [3]uint8

	workers []*worker
	wait    sync.WaitGroup

	keep           bool // for tests: the planes as they are before the loop filter
	planeY, planeC []uint8
	noFilter       bool  // for tests
	withheld       int64 // for tests: of firstPartition
}

// A column is what the row above leaves of a macroblock.
type column struct {
	y      [16]uint8
	c      [16]uint8
	modes  [4]uint8
	some   contexts
	errors [2][2]int8
}

// progress is how far a row is.
type progress struct {
	done    atomic.Int32 // macroblocks
	waiting atomic.Int32 // what the row below waits for
	mu      sync.Mutex
	cond    sync.Cond
}

// New returns an encoder.
func New() *Encoder { return new(Encoder) }

// Encode appends the frame to dst: the payload of WebP's "VP8 " chunk. It returns
// the context's error soon after that is done, with dst as it was.
func (e *Encoder) Encode(ctx context.Context, dst []byte, p *Picture, o Options) ([]byte, error) {
	if !p.valid() {
		return dst, fmt.Errorf("vp8: planes too small for %d by %d pixels, or more than %d", p.Width, p.Height, MaxSide)
	}
	if err := ctx.Err(); err != nil {
		return dst, err
	}
	e.reset(ctx, p, o)
	defer e.release()

	e.run(phaseAnalyse)
	if err := e.stop(); err != nil {
		return dst, err
	}
	var t tally
	for _, w := range e.workers[:e.options.Workers] {
		for a, n := range w.tally.alphas {
			t.alphas[a] += n
		}
		t.chroma += w.tally.chroma
	}
	e.assign(&t)
	e.setSegments()

	e.run(phaseCode)
	if err := e.stop(); err != nil {
		return dst, err
	}
	e.finishFilter()
	if len(e.strips) > 0 {
		e.run(phaseFilter)
		if err := e.stop(); err != nil {
			return dst, err
		}
		e.chooseFilter()
	}
	e.restrainFilter()
	e.finishProbabilities()
	e.run(phaseWrite)
	if err := e.stop(); err != nil {
		return dst, err
	}
	return e.assemble(dst)
}

func (e *Encoder) stop() error {
	if e.stopped.Load() {
		return e.ctx.Err()
	}
	return nil
}

// reset prepares for a picture. Memory grows as needed, and is kept.
func (e *Encoder) reset(ctx context.Context, p *Picture, o Options) {
	o.Quality = min(max(o.Quality, 0), 100)
	o.Effort = min(max(o.Effort, 0), 6)
	e.columns, e.rows = (p.Width+15)/16, (p.Height+15)/16
	// More cores than every second row could use would only wait.
	o.Workers = min(max(o.Workers, 1), max((e.rows+1)/2, 1), lag)
	e.ctx, e.picture, e.options = ctx, p, o
	e.stopped.Store(false)
	e.blocks = grow(e.blocks, e.columns*e.rows)
	e.levels = grow(e.levels, e.rows)
	e.line = grow(e.line, e.columns)
	if cap(e.progress) < e.rows {
		e.progress = make([]progress, e.rows)
	}
	e.progress = e.progress[:e.rows]
	for i := range e.progress {
		r := &e.progress[i]
		r.cond.L = &r.mu
		r.done.Store(0)
		r.waiting.Store(0)
	}
	e.next = 0
	e.modeBits = grow(e.modeBits, e.rows)
	e.modeBudget = max(firstPartition-e.withheld-restBits*int64(e.columns*e.rows), 0)
	e.total = counts{}
	e.edge = [segments]int{}
	e.diffuse = o.Quality <= 98
	e.skipped = 0
	for len(e.workers) < o.Workers {
		e.workers = append(e.workers, newWorker(e))
	}
	for _, w := range e.workers[:o.Workers] {
		w.tally = tally{}
		w.trials = filterTrials{}
		w.effort = &efforts[o.Effort]
		w.edge = [segments]int{}
		w.skipped = 0
	}
	e.prepareStrips()
	n := len(e.blocks)
	switch {
	case n >= 1024:
		e.nParts = 8
	case n >= 256:
		e.nParts = 4
	case n >= 64:
		e.nParts = 2
	default:
		e.nParts = 1
	}
	if e.keep {
		e.planeY = grow(e.planeY, n*256)
		e.planeC = grow(e.planeC, n*128)
	}
}

// grow returns s with length n and any content.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return slices.Grow(s[:cap(s)], n-cap(s))[:n]
	}
	return s[:n]
}

func (e *Encoder) release() {
	e.picture, e.ctx = nil, nil
}

// Phases that cores share.
const (
	phaseAnalyse = iota
	phaseCode
	phaseFilter
	phaseWrite
)

// run has the workers do a phase.
func (e *Encoder) run(phase int) {
	e.next = 0
	n := e.options.Workers
	for _, w := range e.workers[1:n] {
		w.phase = phase
		e.wait.Add(1)
		go w.start()
	}
	e.workers[0].phase = phase
	e.workers[0].work()
	e.wait.Wait()
	e.next = 0
	for _, w := range e.workers[:n] {
		e.skipped += w.skipped
		w.skipped = 0
		for i, v := range w.edge {
			e.edge[i] = max(e.edge[i], v)
		}
	}
}

// finishFilter raises the filter's level where blocks without detail were found
// (libwebp's VP8AdjustFilterStrength).
func (e *Encoder) finishFilter() {
	for i := range e.segments {
		s := &e.segments[i]
		if i < e.used {
			s.filter = max(s.filter, min(e.edge[i]*int(s.y2.Q[1])>>3, 63))
		} else {
			s.filter = e.segments[e.used-1].filter
		}
	}
}

// restrainFilter switches the filter off for tests.
func (e *Encoder) restrainFilter() {
	if e.noFilter {
		for i := range e.segments {
			e.segments[i].filter = 0
		}
	}
}

// finishProbabilities fits what was counted.
func (e *Encoder) finishProbabilities() {
	for r := max(e.rows-lag, 0); r < e.rows; r++ {
		e.total.add(&e.ahead[r%lag])
	}
	e.total.fit(&e.final)
	n := len(e.blocks)
	e.skipP = uint8(max((n-e.skipped)*255/n, 1))
	e.useSkip = e.skipP < 250
}
