package luna

import (
	"slices"

	"github.com/immagin/immagin-go/luna/op"
)

// foldCrops makes one of crops that meet, and lets a resize read a part, in
// place of a crop before it, which is the same to the bit. Of a source that is
// an approximation itself, a resize also makes only the part that a crop after
// it keeps, and no chroma has to be spread for that.
func (p *planner) foldCrops() {
	for i := 0; i+1 < len(p.Ops); {
		if one, ok := p.fold(p.Ops[i], p.Ops[i+1]); ok {
			p.Ops = slices.Replace(p.Ops, i, i+2, one)
			i = max(i-1, 0)
			continue
		}
		i++
	}
}

// fold returns the operation that does what a and then b do.
func (p *planner) fold(a, b op.Op) (op.Op, bool) {
	switch a := a.(type) {
	case op.Crop:
		switch b := b.(type) {
		case op.Crop:
			return op.Crop{Rect: b.Rect.Add(a.Rect.Min)}, true
		case op.Resample:
			if b.Window == (op.Window{}) {
				b.Window.Width, b.Window.Height = float64(a.Rect.Dx()), float64(a.Rect.Dy())
			}
			b.Window.Left += float64(a.Rect.Min.X)
			b.Window.Top += float64(a.Rect.Min.Y)
			return b, true
		}
	case op.Resample:
		if b, ok := b.(op.Crop); ok && p.Source.Lossy {
			a.Keep = b.Rect.Add(a.Keep.Min) // Min is zero where Keep is
			return a, true
		}
	}
	return nil, false
}
