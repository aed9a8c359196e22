package luna

import (
	"github.com/immagin/immagin-go/luna/op"
)

// foldCrops makes one of crops that meet, and lets a resize after a crop read
// its part of the whole instead, which is the same to the bit.
func (p *planner) foldCrops() {
	for i := 0; i+1 < len(p.Ops); {
		crop, ok := p.Ops[i].(op.Crop)
		if !ok {
			i++
			continue
		}
		switch next := p.Ops[i+1].(type) {
		case op.Crop:
			next.Rect = next.Rect.Add(crop.Rect.Min)
			p.Ops[i+1] = next
		case op.Resample:
			if next.Window == (op.Window{}) {
				next.Window.Width, next.Window.Height = float64(crop.Rect.Dx()), float64(crop.Rect.Dy())
			}
			next.Window.Left += float64(crop.Rect.Min.X)
			next.Window.Top += float64(crop.Rect.Min.Y)
			p.Ops[i+1] = next
		default:
			i++
			continue
		}
		p.Ops = append(p.Ops[:i], p.Ops[i+1:]...)
	}
}
