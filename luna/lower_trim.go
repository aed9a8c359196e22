package luna

import (
	"fmt"
	"image"
	"math"
	"strings"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// trim cuts off borders, and puts off the edits that follow until it is known
// what is left.
func (l *lowering) trim(e edit.Trim) error {
	o := op.Trim{Threshold: *e.Threshold}
	if e.Background != "" {
		background, err := rgba(e.Background)
		if err != nil {
			return err
		}
		o.Background, o.Given = background, true
	}
	l.trimmed = true
	return l.add(o)
}

// later lowers an edit that follows a trim. The plan has to hold for whatever
// is left: l's size is the largest that can come.
func (l *lowering) later(e edit.Edit) error {
	before, planner, plan := *l, *l.planner, *l.Plan
	lower := func(in pixel.Shape) (*lowering, error) {
		plan := plan
		plan.Ops = nil
		planner := planner
		planner.Plan = &plan
		l := before
		l.planner = &planner
		l.width, l.height, l.alpha, l.trimmed = in.Width, in.Height, in.Layout.HasAlpha(), false
		if err := l.edit(e); err != nil {
			return nil, err
		}
		if to := settled(e, in.Layout); to != 0 {
			l.Ops = append(l.Ops, op.Convert{To: to})
		}
		return &l, nil
	}
	largest := pixel.Shape{Width: l.width, Height: l.height, Layout: pixel.RGB}
	if l.alpha {
		largest.Layout = pixel.RGBA
	}
	first, err := lower(largest)
	if err != nil {
		return err
	}
	most := l.most(e, first.width, first.height)
	late := &op.Late{
		Label: label(e, first.Ops),
		Lower: func(in pixel.Shape) ([]op.Op, error) {
			l, err := lower(in)
			if err != nil {
				return nil, err
			}
			if l.width > most.X || l.height > most.Y {
				return nil, fmt.Errorf("%s after trim would make %dx%d pixels of the %dx%d that are left, which is more than was planned for: %w",
					e.Name(), l.width, l.height, in.Width, in.Height, ErrLimit)
			}
			return l.Ops, nil
		},
		Bound: func(pixel.Shape) pixel.Shape { return pixel.Shape{Width: most.X, Height: most.Y} },
	}
	out, err := late.Out(largest)
	if err != nil {
		return err
	}
	l.width, l.height, l.alpha, l.grayed = out.Width, out.Height, out.Layout.HasAlpha(), first.grayed
	l.Ops = append(l.Ops, late)
	return nil
}

// settled reports the layout that e is to leave where that would otherwise
// depend on the size of the image: a canvas adds alpha only if there is one, a
// text colours only what it does not leave blank. 0 means that it does not.
func settled(e edit.Edit, in pixel.Layout) pixel.Layout {
	switch e := e.(type) {
	case edit.Resize:
		if e.Fit == edit.FitContain {
			background, _ := rgba(e.Background) // Canonical has read it
			return op.Embed{Background: background}.Accepts(in)
		}
	case edit.Text, edit.Image:
		if in.HasAlpha() {
			return pixel.RGBA
		}
		return pixel.RGB
	}
	return 0
}

// roomy is the number of pixels up to which an enlargement is planned whatever
// a trim leaves.
const roomy = 16 << 20

// most reports the largest result of e on images no larger than l's, of which
// e makes width x height. Only a resize can make more of less: of a narrower
// image it may make a taller one.
func (l *lowering) most(e edit.Edit, width, height int) image.Point {
	r, ok := e.(edit.Resize)
	if !ok {
		return image.Pt(width, height)
	}
	// side is what becomes of a side that is asked to become n; 0 follows the
	// other one.
	side := func(n, now, side int) int {
		switch {
		case n == 0 && !*r.Upscale, r.Fit == edit.FitOutside && !*r.Upscale:
			return max(now, side)
		case n == 0 && r.Fit == edit.FitFill:
			return max(now, side)
		case n == 0 || r.Fit == edit.FitOutside:
			return l.opts.MaxOutputSide
		case r.Fit == edit.FitContain:
			return max(n, now, side)
		case !*r.Downscale && r.Fit != edit.FitCover:
			return max(n, now, side)
		case !*r.Upscale:
			return max(min(n, side), now)
		}
		return max(n, now)
	}
	p := image.Pt(side(r.Width, width, l.width), side(r.Height, height, l.height))
	if area := max(roomy, 4*int64(width)*int64(height)); int64(p.X)*int64(p.Y) > area && *r.Upscale {
		p.Y = max(height, r.Height, int(min(area/int64(p.X), math.MaxInt32)))
	}
	return p
}

// label names an edit whose operations are not known yet.
func label(e edit.Edit, ops []op.Op) string {
	switch e := e.(type) {
	case edit.Resize:
		if e.Height == 0 {
			return fmt.Sprintf("resize to width %d (%s)", e.Width, e.Fit)
		}
		return fmt.Sprintf("resize to %dx%d (%s)", e.Width, e.Height, e.Fit)
	case edit.Extend:
		return fmt.Sprintf("extend by %d %d %d %d", *e.Top, *e.Right, *e.Bottom, *e.Left)
	case edit.Text, edit.Image:
		return e.Name()
	}
	var names []string
	for _, o := range ops {
		names = append(names, o.String())
	}
	return strings.Join(names, " | ")
}
