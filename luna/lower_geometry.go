package luna

import (
	"image"
	"math"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/op"
)

// rgba reads a colour.
func rgba(c edit.Color) ([4]uint8, error) {
	r, g, b, a, err := c.RGBA()
	return [4]uint8{r, g, b, a}, err
}

func (l *lowering) rotate(e edit.Rotate) error {
	if math.Mod(e.Angle, 90) == 0 {
		return l.add(op.Turn{Quarters: int(math.Mod(e.Angle, 360) / 90)})
	}
	background, err := rgba(e.Background)
	if err != nil {
		return err
	}
	o := op.Rotate{Degrees: e.Angle, Background: background}
	w, h, err := extent(o, l.width, l.height)
	if err != nil {
		return err
	}
	if err := l.fits(w, h); err != nil {
		return err
	}
	l.alpha = l.alpha || background[3] < 255
	return l.add(o)
}

func (l *lowering) extend(e edit.Extend) error {
	left, top := *e.Left, *e.Top
	return l.embed(op.Embed{
		Left:   left,
		Top:    top,
		Width:  left + l.width + *e.Right,
		Height: top + l.height + *e.Bottom,
	}, e.Background)
}

func (l *lowering) embed(o op.Embed, background edit.Color) error {
	var err error
	if o.Background, err = rgba(background); err != nil {
		return err
	}
	if err := l.fits(o.Width, o.Height); err != nil {
		return err
	}
	l.alpha = l.alpha || o.Background[3] < 255
	return l.add(o)
}

var (
	fits = map[edit.Fit]op.Fit{
		edit.FitCover:   op.Cover,
		edit.FitContain: op.Contain,
		edit.FitFill:    op.Fill,
		edit.FitInside:  op.Inside,
		edit.FitOutside: op.Outside,
	}
	anchors = map[edit.Position]op.Anchor{
		edit.PositionCenter:      op.Center,
		edit.PositionTop:         op.Top,
		edit.PositionTopRight:    op.TopRight,
		edit.PositionRight:       op.Right,
		edit.PositionBottomRight: op.BottomRight,
		edit.PositionBottom:      op.Bottom,
		edit.PositionBottomLeft:  op.BottomLeft,
		edit.PositionLeft:        op.Left,
		edit.PositionTopLeft:     op.TopLeft,
	}
	strategies = map[edit.Position]op.Strategy{
		edit.PositionEntropy:   op.Entropy,
		edit.PositionAttention: op.Attention,
	}
)

// resize scales the image, and crops or extends it as the fit has it. A
// strategy chooses what FitCover crops; other fits put the image in the centre.
func (l *lowering) resize(e edit.Resize) error {
	g := op.Target{
		Width:       e.Width,
		Height:      e.Height,
		Fit:         fits[e.Fit],
		Anchor:      anchors[e.Position],
		Upscale:     *e.Upscale,
		NoDownscale: !*e.Downscale,
	}.Resize(l.width, l.height)
	if err := l.fits(g.Canvas.X, g.Canvas.Y); err != nil {
		return err
	}
	strategy, smart := strategies[e.Position]
	if whole := image.Rect(0, 0, g.Width, g.Height); smart && g.Crop != whole {
		// The whole of it is made to choose from.
		if err := l.fits(g.Width, g.Height); err != nil {
			return err
		}
		keep := g.Crop
		g.Crop = whole
		return l.resample(g, op.SmartCrop{Width: keep.Dx(), Height: keep.Dy(), Strategy: strategy})
	}
	if err := l.resample(g); err != nil {
		return err
	}
	if g.Canvas == g.Crop.Size() && g.Origin == (image.Point{}) {
		return nil
	}
	return l.embed(g.Embed([4]uint8{}), e.Background)
}

// resample scales the image, and cuts off what g does and what a smart crop
// chooses to. Colours are multiplied by alpha meanwhile, so that those of
// transparent pixels do not bleed.
func (l *lowering) resample(g op.Geometry, smart ...op.SmartCrop) error {
	var ops []op.Op
	scaled := g.ShrinkX != 1 || g.ShrinkY != 1
	switch {
	case scaled:
		ops = append(ops, g.Resample())
	case g.Crop.Size() != image.Pt(l.width, l.height):
		ops = append(ops, op.Crop{Rect: g.Crop})
	}
	for _, c := range smart {
		c.Premultiplied = scaled && l.alpha
		ops = append(ops, c)
	}
	if scaled && l.alpha {
		ops = append(append([]op.Op{op.Premultiply{}}, ops...), op.Unpremultiply{})
	}
	return l.add(ops...)
}
