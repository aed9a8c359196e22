package encoder

import "github.com/immagin/immagin-go/luna/webp/internal/vp8/kernel"

// A part is a token partition that is being written: every so many rows, from the
// first on.
type part struct {
	out    *writer
	y, x   int
	levels []int16 // of the row, from x on
	n      int     // tokens that are not yet coded
	tokens [partTokens + kernel.MaxTokens]uint16
}

// partTokens are enough tokens for coding them to be worth a call.
const partTokens = 4096

// together is how many partitions a worker writes at a time: two where that leaves
// enough for the others, for it takes hardly longer than one.
func (e *Encoder) together() int {
	if e.nParts >= 2*e.options.Workers {
		return min(e.nParts, 2)
	}
	return 1
}

// writeParts writes the tokens of the partitions of number n that are written
// together.
func (w *worker) writeParts(n int) {
	e := w.e
	w.probability.Set(&e.final)
	parts := w.parts[:e.together()]
	for i := range parts {
		parts[i].start(e, len(parts)*n+i)
	}
	if len(parts) == 2 {
		a, b := &parts[0], &parts[1]
		for {
			w.fill(a)
			w.fill(b)
			m := min(a.n, b.n)
			if m == 0 {
				break
			}
			if w.canceled(0) {
				return
			}
			a.out.buf, b.out.buf = kernel.Code2(&a.out.Coder, &b.out.Coder, a.out.buf, b.out.buf, a.tokens[:m], b.tokens[:m])
			a.drop(m)
			b.drop(m)
		}
	}
	for i := range parts {
		p := &parts[i]
		for w.fill(p); p.n > 0; w.fill(p) {
			if w.canceled(0) {
				return
			}
			p.out.buf = p.out.Code(p.out.buf, p.tokens[:p.n])
			p.n = 0
		}
		p.finish()
	}
}

func (p *part) start(e *Encoder, n int) {
	p.out = &e.parts[n]
	p.out.reset()
	p.y, p.x, p.n = n, 0, 0
	if p.y < e.rows {
		p.levels = e.levels[p.y]
	}
}

func (p *part) finish() {
	p.out.finish()
	p.out, p.levels = nil, nil
}

// fill adds tokens while there are few.
func (w *worker) fill(p *part) {
	e := w.e
	for p.n < partTokens && p.y < e.rows {
		b := &e.blocks[p.y*e.columns+p.x]
		if !b.skip || !e.useSkip {
			tokens, used := kernel.Tokens(p.tokens[p.n:], p.levels, &b.blocks, b.whole, &w.probability)
			p.n += tokens
			p.levels = p.levels[used:]
		}
		if p.x++; p.x == e.columns {
			p.x = 0
			if p.y += e.nParts; p.y < e.rows {
				p.levels = e.levels[p.y]
			}
		}
	}
}

// drop leaves out the first n tokens.
func (p *part) drop(n int) {
	p.n = copy(p.tokens[:], p.tokens[n:p.n])
}
