package gif

import (
	"fmt"
	"image"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A summary is what a look at all blocks tells, without the pixels.
type summary struct {
	canvas      image.Rectangle
	frames      int
	loops       int  // once the file was read to its end
	interlaced  bool // any frame
	transparent bool // any frame
	// clear says whether the canvas is transparent anywhere at any time, and
	// opaque that it is not as far as the file was read.
	clear, opaque bool
	// cost counts the pixels that have to be decoded.
	cost int64
}

func (s *summary) hasAlpha() bool { return s.transparent || s.clear }

// Frames that are cut off at the edges cost without showing: more than
// freeCost pixels and four times what shows are refused.
const freeCost = 64 << 20

// scan reads all blocks of b, passing over pixels. It stops early where
// enough says so.
func (s *summary) scan(b *blocks, enough func(*summary) bool) error {
	for {
		f, err := b.nextFrame()
		if err == io.EOF {
			s.loops = b.loops
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.add(b, f); err != nil {
			return err
		}
		if enough != nil && enough(s) {
			return nil
		}
		if err := b.skipPixels(); err != nil {
			return err
		}
	}
}

func (s *summary) add(b *blocks, f frame) error {
	if s.frames++; s.frames == 1 {
		s.canvas = b.bounds()
		if s.canvas.Empty() {
			return fmt.Errorf("%w: size %dx%d", codec.ErrFormat, s.canvas.Dx(), s.canvas.Dy())
		}
	}
	s.interlaced = s.interlaced || f.interlaced
	before := s.opaque
	if f.transparent >= 0 {
		s.transparent = true
	} else if s.canvas.In(f.rect) {
		s.opaque = true
	}
	s.clear = s.clear || !s.opaque
	switch f.disposal {
	case disposeBackground:
		s.opaque = s.opaque && f.rect.Intersect(s.canvas).Empty()
	case disposePrevious:
		s.opaque = before
	}
	if !f.rect.Intersect(s.canvas).Empty() {
		s.cost += int64(f.rect.Dx()) * int64(f.rect.Dy())
	}
	if shown := int64(s.frames) * int64(s.canvas.Dx()) * int64(s.canvas.Dy()); s.cost > freeCost+4*shown {
		return fmt.Errorf("%w: frames of %d pixels on a canvas of %dx%d", codec.ErrLimit, s.cost, s.canvas.Dx(), s.canvas.Dy())
	}
	return nil
}

func (s *summary) shape() pixel.Shape {
	shape := pixel.Shape{Width: s.canvas.Dx(), Height: s.canvas.Dy(), Layout: pixel.RGB}
	if s.hasAlpha() {
		shape.Layout = pixel.RGBA
	}
	return shape
}

// Probe passes over all blocks, as the number of frames stands nowhere.
// HasAlpha and Progressive tell of any frame, as sharp's words do; HasAlpha is
// true also where frames leave a part of the canvas uncovered. Loops is 1 where
// the file does not say: it counts showings, of which a file tells the
// repetitions.
func (c Codec) Probe(r io.Reader) (codec.Info, error) {
	b, err := newBlocks(r)
	if err != nil {
		return codec.Info{}, fmt.Errorf("gif: %w", err)
	}
	b.keepXMP = true
	var s summary
	if err := s.scan(b, nil); err != nil {
		return codec.Info{}, fmt.Errorf("gif: %w", err)
	}
	shape := s.shape()
	return codec.Info{
		Shape: shape, Orientation: 1, Frames: s.frames, Space: "srgb", Channels: shape.Layout.Planes(), HasAlpha: s.hasAlpha(),
		Progressive: s.interlaced, Loops: b.loops, Metadata: codec.Metadata{XMP: b.xmp},
	}, nil
}
