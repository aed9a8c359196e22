package luna

import (
	"slices"

	"github.com/immagin/immagin-go/luna/op"
)

// foldTurns makes one of the turns and mirrorings that meet, and moves them
// behind what makes the image smaller: most of them hold the whole of it.
//
// A crop in front of a turn comes to the same, to the bit. A resize does not,
// since it rounds between columns and rows, and so turns pass it only where
// the source is an approximation itself.
func (p *planner) foldTurns() {
	for i := 0; i < len(p.Ops); i++ {
		t, ok := turning(p.Ops[i])
		if !ok {
			continue
		}
		n := 1
		for ; i+n < len(p.Ops); n++ {
			u, ok := turning(p.Ops[i+n])
			if !ok {
				break
			}
			t = t.then(u)
		}
		p.Ops = slices.Replace(p.Ops, i, i+n, t.ops()...)
		if t == (turn{}) {
			i--
			continue
		}
		if i+1 < len(p.Ops) {
			if first, ok := p.pass(t, i+1); ok {
				p.Ops[i], p.Ops[i+1] = first, p.Ops[i]
			}
		}
	}
}

// pass returns what the operation at i becomes if it runs before the turn t
// that stands in front of it, and whether it may.
func (p *planner) pass(t turn, i int) (op.Op, bool) {
	w, h := p.sizeBefore(i)
	switch o := p.Ops[i].(type) {
	case op.Crop:
		o.Rect = t.rect(o.Rect, w, h)
		return o, true
	case op.Premultiply, op.Unpremultiply:
		return o, p.Source.Lossy
	case op.Resample:
		outW, outH, _ := extent(o, w, h)
		return t.resample(o, w, h), p.Source.Lossy && int64(outW)*int64(outH) <= int64(w)*int64(h)
	}
	return nil, false
}

// sizeBefore reports the size of the image that the operation at i works on.
func (p *planner) sizeBefore(i int) (w, h int) {
	w, h = p.decoded.Width, p.decoded.Height
	for _, o := range p.Ops[:i] {
		w, h, _ = extent(o, w, h) // lower has seen that they can
	}
	return w, h
}
