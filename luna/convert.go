package luna

import (
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// convert places the conversions of layout that operations and the encoder
// ask for. Where the encoder has no alpha, the image is laid on the matte.
func (p *planner) convert() error {
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
