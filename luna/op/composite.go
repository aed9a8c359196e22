package op

import (
	"fmt"
	"image"

	"github.com/immagin/immagin-go/luna/pixel"
)

// Composite lays a picture over the image, as libvips' composite does in
// sRGB: colours are multiplied by alpha, mixed in floating point, divided
// again, and cut to 8 bits. What leaves the image is not drawn. It wants RGB,
// and what is opaque stays so. Where the image has alpha, that arithmetic
// darkens pixels close to the layer by up to 1, and those without alpha to black.
type Composite struct {
	// Layer is 8-bit RGBA with straight alpha. It is shared, never written.
	Layer *pixel.Image
	// Left and Top are where its corner lies; they may be negative.
	Left, Top int
	// Tile repeats the layer over the whole image, from its top left corner.
	// Left and Top have no meaning then.
	Tile bool
	// Blend says how colours mix.
	Blend Blend
}

// Accepts implements [Op].
func (Composite) Accepts(in pixel.Layout) pixel.Layout {
	if in.HasAlpha() {
		return pixel.RGBA
	}
	return pixel.RGB
}

// Out implements [Op].
func (c Composite) Out(in pixel.Shape) (pixel.Shape, error) {
	if err := accept(c, in); err != nil {
		return in, err
	}
	if c.Layer == nil || c.Layer.Shape.Layout != pixel.RGBA || c.Layer.Shape.Deep {
		return in, fmt.Errorf("%s: a layer has to be 8-bit RGBA", c)
	}
	if !c.Blend.Valid() {
		return in, fmt.Errorf("%s: there is no blend mode %d", c, c.Blend)
	}
	return in, nil
}

// Work is nothing: the layer is its owner's to count.
func (Composite) Work(pixel.Shape) int64 { return 0 }

// String implements [Op].
func (c Composite) String() string {
	size := "none"
	if c.Layer != nil {
		size = fmt.Sprintf("%dx%d", c.Layer.Shape.Width, c.Layer.Shape.Height)
	}
	if c.Tile {
		return fmt.Sprintf("composite tiles of %s %s", size, c.Blend)
	}
	return fmt.Sprintf("composite %s%+d%+d %s", size, c.Left, c.Top, c.Blend)
}

// Wrap implements [Op].
func (c Composite) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape := in.Shape()
	if _, err := c.Out(shape); err != nil {
		return refuse(in, err)
	}
	return &compositeSource{upstream: upstream{in: in, pool: pool, shape: shape}, c: c}, nil
}

type compositeSource struct {
	upstream
	c Composite
}

func (s *compositeSource) Next() (*pixel.Strip, error) {
	t, err := s.pull()
	if err != nil {
		return nil, err
	}
	for y := range t.Rows {
		s.row(t, y)
	}
	return t, nil
}

// row draws on row y of the strip.
func (s *compositeSource) row(t *pixel.Strip, y int) {
	layer := s.c.Layer
	if s.c.Tile {
		for left := 0; left < s.shape.Width; left += layer.Shape.Width {
			s.run(t, y, left, (t.Y+y)%layer.Shape.Height)
		}
		return
	}
	at := t.Y + y - s.c.Top
	if at >= 0 && at < layer.Shape.Height {
		s.run(t, y, s.c.Left, at)
	}
	if s.shape.Layout.HasAlpha() {
		s.beside(t, y)
	}
}

// tile is the side of the squares in which libvips composites. Those that no
// layer touches it copies.
const tile = 128

// beside does to the pixels of row y in squares with a piece of the layer, but
// not under it, what a transparent layer would.
func (s *compositeSource) beside(t *pixel.Strip, y int) {
	layer := image.Rect(0, 0, s.c.Layer.Shape.Width, s.c.Layer.Shape.Height).Add(image.Pt(s.c.Left, s.c.Top))
	layer = layer.Intersect(image.Rect(0, 0, s.shape.Width, s.shape.Height))
	row := t.Y + y
	if layer.Empty() || row/tile < layer.Min.Y/tile || row/tile > (layer.Max.Y-1)/tile {
		return
	}
	first, last := layer.Min.X&^(tile-1), min((layer.Max.X+tile-1)&^(tile-1), s.shape.Width)
	if row < layer.Min.Y || row >= layer.Max.Y {
		layer.Min.X, layer.Max.X = last, last
	}
	s.settle(t, y, first, layer.Min.X)
	s.settle(t, y, layer.Max.X, last)
}

func (s *compositeSource) settle(t *pixel.Strip, y, from, to int) {
	var under [4][]uint8
	for p := range under {
		under[p] = t.Planes[p].Row(y)[from:to]
	}
	settle(under)
}

// run draws row at of the layer on row y of the strip, from column left on.
func (s *compositeSource) run(t *pixel.Strip, y, left, at int) {
	from, to := max(0, -left), min(s.c.Layer.Shape.Width, s.shape.Width-left)
	if from >= to {
		return
	}
	var over, under [4][]uint8
	for p := range over {
		over[p] = s.c.Layer.Planes[p].Row(at)[from:to]
	}
	for p := range s.shape.Layout.Planes() {
		under[p] = t.Planes[p].Row(y)[left+from : left+to]
	}
	s.c.Blend.mix(under, over)
}
