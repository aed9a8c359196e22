package luna

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// image lowers an image layer.
func (l *lowering) image(e edit.Image) error {
	layer := l.layers[e.Key]
	if layer == nil {
		return fmt.Errorf("the image layer %q was not opened", e.Key)
	}
	l.grayed = false
	return l.add(&overlay{engine: l.engine, layer: layer, edit: e})
}

// An overlay is the operation of an image edit. It decodes and scales the
// layer when it is wrapped, which is when the size of the image is known, and
// leaves the rest to [op.Composite].
type overlay struct {
	engine *Engine
	layer  *layer
	edit   edit.Image // canonical
}

// blendModes are the blend modes of edits.
var blendModes = map[edit.Blend]op.Blend{
	edit.BlendOver:       op.Over,
	edit.BlendMultiply:   op.Multiply,
	edit.BlendScreen:     op.Screen,
	edit.BlendOverlay:    op.Overlay,
	edit.BlendDarken:     op.Darken,
	edit.BlendLighten:    op.Lighten,
	edit.BlendColorDodge: op.ColorDodge,
	edit.BlendColorBurn:  op.ColorBurn,
	edit.BlendHardLight:  op.HardLight,
	edit.BlendSoftLight:  op.SoftLight,
	edit.BlendDifference: op.Difference,
	edit.BlendExclusion:  op.Exclusion,
}

func (o *overlay) Accepts(in pixel.Layout) pixel.Layout { return op.Composite{}.Accepts(in) }

func (o *overlay) Out(in pixel.Shape) (pixel.Shape, error) {
	if in.Deep || in.Layout != o.Accepts(in.Layout) {
		return in, fmt.Errorf("%v: does not work on %v", o, in)
	}
	_, err := o.plan(in)
	return in, err
}

// Work is the whole of the layer's own transform, its file and the picture
// that comes of it among it.
func (o *overlay) Work(in pixel.Shape) int64 {
	p, err := o.plan(in)
	if err != nil {
		return 0 // Out tells
	}
	return p.Bytes
}

func (o *overlay) String() string {
	s := o.layer.source.info.Shape
	place := string(o.edit.Position)
	if *o.edit.Tile {
		place = "tiles"
	}
	return fmt.Sprintf("image %dx%d %s %s", s.Width, s.Height, place, o.edit.Blend)
}

// room is the part of an image of that shape where the layer may be. A padding
// that leaves no room is as wide as it can be.
func (o *overlay) room(in pixel.Shape) image.Rectangle {
	r := image.Rect(0, 0, in.Width, in.Height)
	if *o.edit.Tile {
		return r
	}
	x, y := min(*o.edit.Padding, (in.Width-1)/2), min(*o.edit.Padding, (in.Height-1)/2)
	return image.Rect(x, y, in.Width-x, in.Height-y)
}

// plan decides how the layer for an image of that shape is made: upright, as
// wide as it is asked to be or as it is, but no larger than the room.
func (o *overlay) plan(in pixel.Shape) (*Plan, error) {
	source, room := o.layer.source, o.room(in).Size()
	width := o.edit.Width
	if width == 0 {
		width, _, _ = extent(op.Orient{Orientation: op.Orientation(source.info.Orientation)}, source.info.Shape.Width, source.info.Shape.Height)
	}
	p := o.engine.newPlanner(source)
	p.Format, p.encoder = canvasFormat, new(canvas)
	err := p.run([]edit.Edit{edit.Resize{
		Width: min(width, room.X), Height: room.Y, Fit: edit.FitInside, Upscale: new(true),
	}.WithDefaults()})
	if err != nil {
		return nil, layerError(o.layer.key, err)
	}
	return p.Plan, nil
}

func (o *overlay) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape := in.Shape()
	picture, err := o.draw(shape)
	if err != nil {
		in.Close()
		return nil, err
	}
	s := picture.Shape
	at := anchored(o.edit.Position, o.room(shape), s.Width, s.Height)
	composite := op.Composite{
		Layer: picture,
		Left:  at.X,
		Top:   at.Y,
		Tile:  *o.edit.Tile,
		Blend: blendModes[o.edit.Blend],
	}
	src, err := composite.Wrap(in, pool)
	if err != nil {
		picture.Free(o.engine.pool)
		return nil, err
	}
	return &overlaySource{Source: src, composite: composite, picture: picture, pool: o.engine.pool}, nil
}

// draw makes the layer, which is RGBA in the engine's memory.
func (o *overlay) draw(in pixel.Shape) (*pixel.Image, error) {
	l := o.layer
	if l.ctx == nil {
		return nil, errors.New("a plan is run through its engine only")
	}
	p, err := o.plan(in)
	if err != nil {
		return nil, err
	}
	c := new(canvas)
	p.encoder = c
	source := *l.source
	source.body = newReplay(l.ctx, bytes.NewReader(l.file), int64(len(l.file)))
	if _, err := o.engine.render(l.ctx, &source, p, io.Discard); err != nil {
		return nil, layerError(l.key, err)
	}
	if opacity := *o.edit.Opacity; opacity < 1 {
		fade(c.picture, opacity)
	}
	return c.picture, nil
}

// fade multiplies alpha by opacity.
func fade(m *pixel.Image, opacity float64) {
	var table [256]uint8
	for v := range table {
		table[v] = uint8(float64(float64(v)*opacity) + 0.5)
	}
	for y := range m.Shape.Height {
		row := m.Planes[3].Row(y)
		for x, v := range row {
			row[x] = table[v]
		}
	}
}

type overlaySource struct {
	pixel.Source
	composite op.Composite
	picture   *pixel.Image // nil once it is another's to free
	pool      *pixel.Pool
}

func (s *overlaySource) Close() error {
	err := s.Source.Close()
	s.picture.Free(s.pool)
	s.picture = nil
	return err
}

// A canvas is the encoder of a layer: what comes is kept as it is, as RGBA.
type canvas struct{ picture *pixel.Image }

// canvasFormat is how plans of layers end.
var canvasFormat = codec.Format{Name: "pixels"}

func (*canvas) Format() codec.Format                             { return canvasFormat }
func (*canvas) Revision() string                                 { return "" }
func (*canvas) Check(pixel.Shape, codec.Options) error           { return nil }
func (*canvas) Accepts(pixel.Layout, codec.Options) pixel.Layout { return pixel.RGBA }
func (*canvas) EncodeWork(pixel.Shape, codec.Options) int64      { return 0 }

func (c *canvas) Encode(_ context.Context, _ io.Writer, src pixel.Source, opts codec.Options) (err error) {
	c.picture, err = pixel.ReadAll(opts.Pool, src)
	return err
}
