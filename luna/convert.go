package luna

import (
	"slices"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// convert places the conversions of layout that operations and the encoder
// ask for.
//
// Where subsampled chroma is resized and then interpolated for one of them,
// it is placed a second time, with a resize that makes all of the chroma at
// once: what a reduction throws away is not to be had back.
func (p *planner) convert() error {
	ops := slices.Clone(p.Ops)
	if err := p.place(); err != nil {
		return err
	}
	if i := p.wasteful(); i >= 0 {
		for k, o := range ops {
			if r, ok := o.(op.Resample); ok {
				if i--; i < 0 {
					r.FullChroma = true
					ops[k] = r
					break
				}
			}
		}
		p.Ops = ops
		return p.place()
	}
	return nil
}

// wasteful counts the resizes before the last one whose subsampled chroma a
// conversion then interpolates, or returns -1 where there is none.
func (p *planner) wasteful() int {
	shape, resizes := p.decoded, 0
	for _, o := range p.Ops {
		c, ok := o.(op.Convert)
		if subsampled(shape.Layout) && ok && !subsampled(c.To) && c.To != pixel.Gray && c.To != pixel.GrayAlpha {
			return resizes - 1
		}
		if _, ok := o.(op.Resample); ok {
			resizes++
		}
		shape, _ = o.Out(shape) // place has seen that it can
	}
	return -1
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
	if shape.Layout.HasAlpha() && !want.HasAlpha() {
		p.Ops = append(p.Ops, op.Flatten{Background: p.matte})
		if shape, err = p.chain(); err != nil {
			return err
		}
		want = p.encoder.Accepts(shape.Layout, p.Encode)
	}
	if want != shape.Layout {
		p.Ops = append(p.Ops, op.Convert{To: want})
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
