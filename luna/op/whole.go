package op

import (
	"image"

	"github.com/immagin/immagin-go/luna/pixel"
)

// crop returns the part r of m, which must not be subsampled. It shares m's
// samples.
func crop(m *pixel.Image, r image.Rectangle) *pixel.Image {
	part := &pixel.Image{Shape: m.Shape}
	part.Shape.Width, part.Shape.Height = r.Dx(), r.Dy()
	for p := range m.Shape.Layout.Planes() {
		plane := m.Planes[p].Rows(r.Min.Y, r.Max.Y)
		part.Planes[p] = plane.Columns(r.Min.X, r.Max.X)
	}
	return part
}

// wholeSource yields what an op has made of a whole image.
type wholeSource struct {
	upstream
	pixel.Source
	whole *pixel.Image
	box   image.Rectangle // the part of it that is yielded
}

func (s *wholeSource) Shape() pixel.Shape { return s.shape }

func (s *wholeSource) Next() (*pixel.Strip, error) {
	if s.err != nil {
		return nil, s.err
	}
	return s.Source.Next()
}

func (s *wholeSource) Close() error {
	if s.closed {
		return nil
	}
	s.whole.Free(s.pool)
	return s.upstream.Close()
}
