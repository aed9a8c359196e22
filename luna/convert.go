package luna

import (
	"slices"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// convert places the conversions of layout that operations and the encoder
// ask for, and then once more in a better way, where a resize of YCbCr comes
// before one to RGB: what a reduction throws away is not to be had back.
//
// Chroma that would be interpolated is made whole, by the decoder where that
// scales and the resize does not reduce much any more, else by the resize.
// Where the encoder keeps every pixel, the resize is one of RGB: of YCbCr it
// is rounded once more, which costs about 3 dB, from 56 to 53.
func (p *planner) convert() error {
	ops := slices.Clone(p.Ops)
	if err := p.place(); err != nil {
		return err
	}
	first, last, coarse := p.before(ops)
	if last < 0 {
		return nil
	}
	lossless := p.lossless()
	if coarse && p.decodeChroma(ops[first], lossless) {
		coarse = subsampled(p.decoded.Layout)
	}
	switch {
	case lossless:
		ops = slices.Insert(ops, first, op.Op(op.Convert{To: pixel.RGB}))
	case coarse:
		r := ops[last].(op.Resample)
		r.FullChroma = true
		ops[last] = r
	}
	p.Ops = ops
	return p.place()
}

// before returns the places of the first and the last resize before YCbCr
// becomes RGB, negative where there is none, and whether chroma is coarse then.
func (p *planner) before(ops []op.Op) (first, last int, coarse bool) {
	first, last = -1, -1
	shape := p.decoded
	for i, o := range ops {
		to := o.Accepts(shape.Layout)
		if c, ok := o.(op.Convert); ok {
			to = c.To
		}
		if toRGB(shape.Layout, to) {
			return first, last, subsampled(shape.Layout)
		}
		shape.Layout = o.Accepts(shape.Layout)
		if _, ok := o.(op.Resample); ok && shape.Layout.IsYCbCr() {
			last = i
			if first < 0 {
				first = i
			}
		}
		shape, _ = o.Out(shape) // place has seen that it can
	}
	if toRGB(shape.Layout, p.encoder.Accepts(shape.Layout, p.Encode)) {
		return first, last, subsampled(shape.Layout)
	}
	return -1, -1, false
}

func toRGB(from, to pixel.Layout) bool {
	return from.IsYCbCr() && !to.IsYCbCr() && to.Opaque() != pixel.Gray
}

// lossless reports whether the encoder keeps every pixel.
func (p *planner) lossless() bool {
	e, ok := p.encoder.(codec.LosslessEncoder)
	return p.Encode.Lossless || ok && e.Lossless(p.Encode)
}

// deep reports whether the encoder takes 16 bits.
func (p *planner) deep() bool {
	e, ok := p.encoder.(codec.DeepEncoder)
	return ok && e.AcceptsDeep(p.Encode)
}

// decodeChroma has the decoder make as much chroma as luma, if it can at its
// scale, and reports whether it does. A resize o that still reduces by 2 has
// as much chroma as it makes pixels anyway, and is left as it is where no
// pixel is kept to the last bit.
func (p *planner) decodeChroma(o op.Op, lossless bool) bool {
	decoder, ok := p.decoder.(codec.Referencer)
	if !ok || p.Decode.Scale == (codec.Scale{}) {
		return false
	}
	if r := o.(op.Resample); !lossless && min(r.ShrinkX, r.ShrinkY) >= 2 {
		return false
	}
	layout := decoder.ReferenceLayout(p.Source, p.Decode.Scale)
	if layout == p.decoded.Layout {
		return false
	}
	p.Decode.FullChroma, p.decoded.Layout = true, layout
	return true
}

func subsampled(l pixel.Layout) bool {
	sx, sy := l.Subsampling(1)
	return sx+sy > 0
}

// place converts before the operations that want it, and for the encoder.
// Where that has no alpha, the image is laid on the matte.
func (p *planner) place() error {
	shape, err := p.chain()
	if err != nil {
		return err
	}
	want := p.encoder.Accepts(shape.Layout, p.Encode)
	// Samples stay deep as long as they can: colours are laid on the matte, and
	// become what the encoder wants, after the upper bits are taken only if
	// that knows no others.
	if shape.Layout.HasAlpha() && !want.HasAlpha() {
		p.Ops = append(p.Ops, op.Flatten{Background: p.matte})
		if shape, err = p.chain(); err != nil {
			return err
		}
		want = p.encoder.Accepts(shape.Layout, p.Encode)
	}
	c := op.Convert{To: want}
	if shape.Deep && !(p.deep() && c.AcceptsDeep(shape.Layout)) {
		p.Ops = append(p.Ops, op.Narrow{})
		shape.Deep = false
	}
	if want != shape.Layout {
		p.Ops = append(p.Ops, c)
		if shape, err = p.chain(); err != nil {
			return err
		}
	}
	p.Shape = shape
	return p.encoder.Check(shape, p.Encode)
}

// chain places the conversions between operations, and reports what comes out.
func (p *planner) chain() (pixel.Shape, error) {
	ops, err := op.Chain(p.decoded, p.Ops)
	if err != nil {
		return pixel.Shape{}, err
	}
	p.Ops = ops
	return op.Out(p.decoded, ops)
}
