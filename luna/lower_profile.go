package luna

import (
	"fmt"
	"slices"

	"github.com/immagin/immagin-go/luna/color"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// knownProfiles is how many profiles an engine keeps the tables of, which is
// 10 MiB at most.
const knownProfiles = 16

// profile has the colours converted to sRGB where the original is not of it.
// A profile that is of no use is left out, as browsers and sharp do, and the
// plan says so.
func (p *planner) profile() {
	t := p.toSRGB()
	if t == nil {
		return
	}
	from := t.Space().String()
	if name := t.Name(); name != "" {
		from = fmt.Sprintf("%q", name)
	}
	p.Ops = slices.Insert(p.Ops, p.beforeColors(), op.Op(op.Profile{Label: "srgb from " + from, Transform: t}))
}

// toSRGB returns the transform that the decoded samples need, or nil.
func (p *planner) toSRGB() *color.Transform {
	layout := p.Source.Shape.Layout
	if p.Source.Converted {
		return nil
	}
	if file := p.Source.Profile; len(file) > 0 {
		t, err := p.engine.profiles.Transform(file)
		switch {
		case err != nil:
			p.Warnings = append(p.Warnings, fmt.Sprintf("the colour profile is ignored: %v", err))
		case t.In(layout) == 0:
			p.Warnings = append(p.Warnings, fmt.Sprintf("the colour profile is ignored: it is for %v, the pixels are %v", t.Space(), layout))
		case t.Plain():
			return nil
		default:
			return t
		}
	}
	if layout == pixel.CMYK {
		return color.Unnamed()
	}
	return nil
}

// beforeColors reports where colours are converted: behind the resize, if that
// is the first thing that happens and reduces, since there are fewer pixels
// then, and what looks at colours is not before it. sharp converts before its
// resize: photographs of Display P3 and of CMYK that were reduced first came out
// at 50 to 53 dB of sharp's, and those of CMYK that were converted first at 53
// to 69, in twice the time. A crop by interest has to see what sharp's sees.
func (p *planner) beforeColors() int {
	early := slices.ContainsFunc(p.Ops, func(o op.Op) bool { _, smart := o.(op.SmartCrop); return smart })
	w, h := p.decoded.Width, p.decoded.Height
	at, premultiplied, resized := 0, false, false
	for i, o := range p.Ops {
		outW, outH, _ := extent(o, w, h)
		switch o.(type) {
		case op.Orient, op.Turn, op.Flip, op.Flop, op.Crop, op.Convert:
		case op.Premultiply:
			premultiplied = true
		case op.Unpremultiply:
			premultiplied = false
		case op.Resample:
			if early || int64(outW)*int64(outH) >= int64(w)*int64(h) {
				return at
			}
			resized = true
		default:
			return at
		}
		w, h = outW, outH
		if !premultiplied {
			at = i + 1
		}
		if resized && !premultiplied {
			return at
		}
	}
	return at
}
