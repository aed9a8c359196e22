package luna

import (
	"image"
	"math"
	"slices"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// pushScale lets the decoder do the whole-number part of a resize that comes
// first. The rest of it reads a fractional window of what the decoder yields,
// so that nothing shifts.
func (p *planner) pushScale() {
	scaler, ok := p.decoder.(codec.Scaler)
	if !ok || !p.Source.Lossy || len(p.Ops) == 0 {
		return
	}
	r, ok := p.Ops[0].(op.Resample)
	if !ok {
		return
	}
	w := r.Window
	if w == (op.Window{}) {
		w.Width, w.Height = float64(p.decoded.Width), float64(p.decoded.Height)
	}
	if r.ShrinkX == 0 {
		r.ShrinkX = w.Width / float64(r.Width)
	}
	if r.ShrinkY == 0 {
		r.ShrinkY = w.Height / float64(r.Height)
	}
	scale, factor := largest(scaler.Scales(p.Source), min(r.ShrinkX, r.ShrinkY), p.spare)
	if factor == 0 {
		return
	}
	p.Decode.Scale = scale
	p.decoded.Width, p.decoded.Height = scale.Size(p.decoded.Width), scale.Size(p.decoded.Height)
	r.Window = op.Window{Left: w.Left / factor, Top: w.Top / factor, Width: w.Width / factor, Height: w.Height / factor}
	r.ShrinkX, r.ShrinkY = r.ShrinkX/factor, r.ShrinkY/factor
	p.Ops[0] = p.whole(r)
}

// refer asks the decoder for its reference library's pixels, and has them
// resized in RGB, where a crop by interest chooses by them: a difference that
// no eye sees can tip the scales. What is kept is then what sharp keeps.
func (p *planner) refer() {
	decoder, ok := p.decoder.(codec.Referencer)
	if !ok || !p.Source.Lossy || !slices.ContainsFunc(p.Ops, func(o op.Op) bool { _, smart := o.(op.SmartCrop); return smart }) {
		return
	}
	p.Decode.Reference = true
	p.decoded.Layout = decoder.ReferenceLayout(p.Source, p.Decode.Scale)
	if p.decoded.Layout.IsYCbCr() {
		p.Ops = slices.Insert(p.Ops, 0, op.Op(op.Convert{To: pixel.RGB}))
	}
}

// spare tells what is left of the first resize at least. A decoder's scaling
// is a plain average, which is less sharp than a resize, and the more so the
// more of the work it does. sharp lets the decoder scale by all but a whole
// step where a resize is all there is, and not at all where another edit comes
// first. With a factor of 2 left, results of photographs that were cropped
// first were no farther from a resize in floating point than sharp's; with one
// of 1.25 they were 10 dB farther.
func spare(edits []edit.Edit) int {
	for _, e := range edits {
		switch e.(type) {
		case edit.AutoOrient:
			continue
		case edit.Resize:
			return 1
		}
		return 2
	}
	return 2
}

// largest returns the strongest scale that leaves the resize something to do:
// with a spare of 2 at least a factor of 2; with one of 1 the next whole
// number, so that a resize by 5 is one by 1.25 after a decode at 1/4, and one
// by 4.5 is one by 2.25 after a decode at 1/2. The latter is sharp's rule, and
// the results are no worse than sharp's. Only 1/n is used; factor 0 is none.
func largest(scales []codec.Scale, shrink float64, spare int) (codec.Scale, float64) {
	for _, s := range scales {
		if s.Numerator < 1 || s.Denominator%s.Numerator != 0 {
			continue
		}
		n := s.Denominator / s.Numerator
		if n > 1 && int(shrink) > n && int(shrink) >= spare*n {
			return s, float64(n)
		}
	}
	return codec.Scale{}, 0
}

// whole leaves out what a resize of the whole of its input need not say.
func (p *planner) whole(r op.Resample) op.Resample {
	w := float64(p.decoded.Width)
	h := float64(p.decoded.Height)
	if r.Window == (op.Window{Width: w, Height: h}) {
		r.Window = op.Window{}
	}
	return r
}

// pushRegion lets the decoder leave out what a crop, or a resize of a part,
// at the beginning does not look at.
func (p *planner) pushRegion() {
	regioner, ok := p.decoder.(codec.Regioner)
	if !ok || len(p.Ops) == 0 {
		return
	}
	all := image.Rect(0, 0, p.decoded.Width, p.decoded.Height)
	var want image.Rectangle
	switch o := p.Ops[0].(type) {
	case op.Crop:
		want = o.Rect
	case op.Resample:
		if o.Window == (op.Window{}) {
			return
		}
		want = outward(o.Window).Intersect(all)
	default:
		return
	}
	region := regioner.Region(p.Source, p.Decode.Scale, want)
	if region == all || !want.In(region) || !region.In(all) {
		return
	}
	p.Decode.Region = region
	p.decoded.Width, p.decoded.Height = region.Dx(), region.Dy()
	switch o := p.Ops[0].(type) {
	case op.Crop:
		o.Rect = o.Rect.Sub(region.Min)
		if p.Ops[0] = o; region == want {
			p.Ops = p.Ops[1:]
		}
	case op.Resample:
		o.Window.Left -= float64(region.Min.X)
		o.Window.Top -= float64(region.Min.Y)
		p.Ops[0] = p.whole(o)
	}
}

// outward rounds a window out to whole pixels.
func outward(w op.Window) image.Rectangle {
	return image.Rect(
		int(math.Floor(w.Left)), int(math.Floor(w.Top)),
		int(math.Ceil(w.Left+w.Width)), int(math.Ceil(w.Top+w.Height)),
	)
}
