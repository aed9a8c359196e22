package png

import (
	"errors"

	"github.com/immagin/immagin-go/luna/pixel"
)

var errClosed = errors.New("png: source is closed")

// A pass is one of Adam7's: pixels x0, x0+dx, … of rows y0, y0+dy, ….
type pass struct{ x0, y0, dx, dy int }

var passes = [7]pass{
	{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2},
}

// size reports how many columns and rows it has of a picture of that size.
func (a pass) size(width, height int) (w, h int) {
	return (width - a.x0 + a.dx - 1) / a.dx, (height - a.y0 + a.dy - 1) / a.dy
}

// interlaced returns a source that collects the whole picture when its first
// strip is asked for.
func (d *decoder) interlaced() pixel.Source {
	return &deferred{shape: d.shape, open: func() (pixel.Source, error) {
		defer d.close()
		m := pixel.NewImage(d.pool, d.shape)
		for _, a := range passes {
			if err := d.pass(m, a); err != nil {
				m.Free(d.pool)
				return nil, d.fail(err)
			}
		}
		if err := d.finish(); err != nil {
			m.Free(d.pool)
			return nil, err
		}
		return m.Source(0, func() { m.Free(d.pool) }), nil
	}}
}

// pass reads one pass and scatters its pixels.
func (d *decoder) pass(m *pixel.Image, a pass) error {
	w, h := a.size(d.width, d.height)
	if w <= 0 || h <= 0 {
		return nil
	}
	d.start(w)
	line := pixel.NewStrip(d.pool, pixel.Shape{Width: w, Height: 1, Layout: d.shape.Layout, Deep: d.shape.Deep}, 1)
	defer line.Free(d.pool)
	var rows planes
	rows.set(line, 0)
	for y := range h {
		if err := d.next(); err != nil {
			return err
		}
		d.expandRow(&rows, w)
		for p := range rows.planes {
			if plane := &m.Planes[p]; rows.is16Bit {
				scatter(plane.Row16(a.y0+y*a.dy), rows.deep[p], a)
			} else {
				scatter(plane.Row(a.y0+y*a.dy), rows.rows[p], a)
			}
		}
	}
	return nil
}

// scatter sets every dx-th sample of a row from x0 on.
func scatter[T uint8 | uint16](to, row []T, a pass) {
	for i, v := range row {
		to[a.x0+i*a.dx] = v
	}
}

// deferred opens its source at the first Next.
type deferred struct {
	shape pixel.Shape
	open  func() (pixel.Source, error)
	src   pixel.Source
	err   error
}

func (s *deferred) Shape() pixel.Shape { return s.shape }

func (s *deferred) Next() (*pixel.Strip, error) {
	if s.err == nil && s.src == nil {
		s.src, s.err = s.open()
	}
	if s.err != nil {
		return nil, s.err
	}
	return s.src.Next()
}

func (s *deferred) Close() error {
	if s.src != nil {
		return s.src.Close()
	}
	if s.err == nil {
		s.err = errClosed
	}
	return nil
}
