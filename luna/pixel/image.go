package pixel

import (
	"fmt"
	"io"
)

// An Image is a whole picture in memory: what a step that cannot stream
// collects, and what tests compare.
type Image struct {
	Shape  Shape
	Planes [4]Plane
}

// NewImage returns an image of shape s with samples from pool, whose content
// is undefined. Free returns them.
func NewImage(pool *Pool, s Shape) *Image {
	t := NewStrip(pool, s, s.Height)
	return &Image{Shape: s, Planes: t.Planes}
}

// Free gives the samples of an image made by [NewImage] or [ReadAll] back to
// pool. The image must not be used afterwards. Freeing nil does nothing.
func (m *Image) Free(pool *Pool) {
	if m == nil {
		return
	}
	(&Strip{Planes: m.Planes}).Free(pool)
	m.Planes = [4]Plane{}
}

// ReadAll collects the whole of src in memory from pool. It does not close
// src.
func ReadAll(pool *Pool, src Source) (*Image, error) {
	s := src.Shape()
	m := NewImage(pool, s)
	y := 0
	for {
		t, err := src.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			m.Free(pool)
			return nil, err
		}
		if t.Y != y || y+t.Rows > s.Height {
			m.Free(pool)
			return nil, fmt.Errorf("pixel: strip of rows %d to %d of %d came where row %d was due", t.Y, t.Y+t.Rows, s.Height, y)
		}
		m.put(t)
		y += t.Rows
	}
	if y != s.Height {
		m.Free(pool)
		return nil, fmt.Errorf("pixel: source ended after %d of %d rows: %w", y, s.Height, io.ErrUnexpectedEOF)
	}
	return m, nil
}

func (m *Image) put(t *Strip) {
	for p := range m.Shape.Layout.Planes() {
		_, sy := m.Shape.Layout.Subsampling(p)
		dst, src := &m.Planes[p], &t.Planes[p]
		for y := range src.Height {
			if m.Shape.Deep {
				copy(dst.Row16(t.Y>>sy+y), src.Row16(y))
			} else {
				copy(dst.Row(t.Y>>sy+y), src.Row(y))
			}
		}
	}
}

// Source returns a source over m in strips of the given even height; 0 means
// [StripRows]. The strips share m's samples. Closing the source calls free,
// if free is not nil.
func (m *Image) Source(rows int, free func()) Source {
	if rows <= 0 {
		rows = StripRows
	}
	return &imageSource{m: m, rows: rows, free: free}
}

type imageSource struct {
	m       *Image
	rows, y int
	t       Strip
	free    func()
}

func (s *imageSource) Shape() Shape { return s.m.Shape }

func (s *imageSource) Next() (*Strip, error) {
	shape := s.m.Shape
	if s.y >= shape.Height {
		return nil, io.EOF
	}
	n := min(s.rows, shape.Height-s.y)
	s.t = Strip{Y: s.y, Rows: n}
	for p := range shape.Layout.Planes() {
		_, sy := shape.Layout.Subsampling(p)
		s.t.Planes[p] = s.m.Planes[p].Rows(s.y>>sy, (s.y+n+1<<sy-1)>>sy)
	}
	s.y += n
	return &s.t, nil
}

func (s *imageSource) Close() error {
	s.y = s.m.Shape.Height
	if s.free != nil {
		s.free()
		s.free = nil
	}
	return nil
}
