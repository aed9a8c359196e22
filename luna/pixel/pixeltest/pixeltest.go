// Package pixeltest helps to test what yields or reads pixels, that is codecs and
// operations. It makes pictures ([Noise], [Constant]), yields them as an unkind
// source would ([NewSource]: odd heights of strips, rows that are overwritten as
// soon as they may be), and reads sources as an unkind consumer would ([Collect]),
// checking what the contract of pixel.Source promises. [Equal] says where two
// pictures first differ.
//
//	got, err := pixeltest.Collect(wrap(pixeltest.NewSource(picture, 6)))
//	require.NoError(t, err)
//	pixeltest.Equal(t, want, got)
package pixeltest

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/immagin/immagin-go/luna/pixel"
)

// Layouts are all layouts there are.
var Layouts = [...]pixel.Layout{
	pixel.Gray, pixel.GrayAlpha, pixel.RGB, pixel.RGBA,
	pixel.YCbCr420, pixel.YCbCr422, pixel.YCbCr444, pixel.CMYK,
}

// Noise returns a picture of noise, a fifth of whose samples are 0 and a
// fifth the most that there is, so that everything that clips is made to.
func Noise(s pixel.Shape, seed uint64) *pixel.Image {
	m := pixel.NewImage(nil, s)
	r := rand.New(rand.NewPCG(seed, 0))
	for p := range s.Layout.Planes() {
		for i := range m.Planes[p].Pix {
			m.Planes[p].Pix[i] = uint8(min(max(r.IntN(426)-85, 0), 255))
		}
		for i := range m.Planes[p].Pix16 {
			m.Planes[p].Pix16[i] = uint16(min(max(r.IntN(109226)-21845, 0), 65535))
		}
	}
	return m
}

// Constant returns a picture whose planes hold one value each.
func Constant(s pixel.Shape, values ...uint8) *pixel.Image {
	m := pixel.NewImage(nil, s)
	for p := range s.Layout.Planes() {
		for i := range m.Planes[p].Pix {
			m.Planes[p].Pix[i] = values[p]
		}
	}
	return m
}

// A Source yields a picture in strips of a given height. It scribbles over a
// strip as soon as it may.
type Source struct {
	// Err, if not nil, is what Next answers from row ErrY on.
	Err  error
	ErrY int
	// Closed counts the calls of Close.
	Closed int

	m       *pixel.Image
	rows, y int
	strip   *pixel.Strip
}

// NewSource returns a source over m, which it does not change, in strips of
// the given even height; 0 means all of it.
func NewSource(m *pixel.Image, rows int) *Source {
	if rows <= 0 {
		rows = (m.Shape.Height + 1) &^ 1
	}
	return &Source{m: m, rows: rows}
}

// Shape implements pixel.Source.
func (s *Source) Shape() pixel.Shape { return s.m.Shape }

// Next implements pixel.Source.
func (s *Source) Next() (*pixel.Strip, error) {
	scribble(s.strip, s.m.Shape.Layout)
	s.strip = nil
	shape := s.m.Shape
	switch {
	case s.Closed > 0:
		return nil, fmt.Errorf("pixeltest: read after Close")
	case s.Err != nil && s.y >= s.ErrY:
		return nil, s.Err
	case s.y >= shape.Height:
		return nil, io.EOF
	}
	n := min(s.rows, shape.Height-s.y)
	t := pixel.NewStrip(nil, shape, n)
	t.Y = s.y
	for p := range shape.Layout.Planes() {
		_, sy := shape.Layout.Subsampling(p)
		// A stride of its own shows who takes it for the width.
		dst := &t.Planes[p]
		dst.Stride += 3
		if shape.Deep {
			dst.Pix16 = make([]uint16, dst.Stride*dst.Height)
		} else {
			dst.Pix = make([]uint8, dst.Stride*dst.Height)
		}
		for y := range dst.Height {
			dst.CopyRow(y, &s.m.Planes[p], s.y>>sy+y)
		}
	}
	s.y += n
	s.strip = t
	return t, nil
}

// Close implements pixel.Source.
func (s *Source) Close() error {
	scribble(s.strip, s.m.Shape.Layout)
	s.Closed++
	return nil
}

func scribble(t *pixel.Strip, layout pixel.Layout) {
	if t == nil {
		return
	}
	for p := range layout.Planes() {
		for y := range t.Planes[p].Height {
			if t.Planes[p].Pix16 != nil {
				for x, row := 0, t.Planes[p].Row16(y); x < len(row); x++ {
					row[x] = uint16(0x5555 + 333*x + y)
				}
				continue
			}
			row := t.Planes[p].Row(y)
			for x := range row {
				row[x] = uint8(0x55 + 3*x + y)
			}
		}
	}
}

// Collect reads src to its end and closes it. It reports an error where src
// breaks the contract of pixel.Source, and uses its own rights to the full: it
// scribbles over every strip before it asks for the next.
func Collect(src pixel.Source) (*pixel.Image, error) {
	shape := src.Shape()
	m := pixel.NewImage(nil, shape)
	y := 0
	for {
		t, err := src.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			src.Close()
			return nil, err
		}
		if err := check(t, shape, y); err != nil {
			src.Close()
			return nil, err
		}
		for p := range shape.Layout.Planes() {
			_, sy := shape.Layout.Subsampling(p)
			for i := range t.Planes[p].Height {
				m.Planes[p].CopyRow(t.Y>>sy+i, &t.Planes[p], i)
			}
		}
		y += t.Rows
		scribble(t, shape.Layout)
	}
	if _, err := src.Next(); err != io.EOF {
		return nil, fmt.Errorf("pixeltest: Next after the end says %v", err)
	}
	if s := src.Shape(); s != shape {
		return nil, fmt.Errorf("pixeltest: the shape changed from %s to %s", shape, s)
	}
	if err := src.Close(); err != nil {
		return nil, err
	}
	if err := src.Close(); err != nil {
		return nil, fmt.Errorf("pixeltest: the second Close says %w", err)
	}
	if _, err := src.Next(); err == nil {
		return nil, fmt.Errorf("pixeltest: Next after Close yields a strip")
	}
	if y != shape.Height {
		return nil, fmt.Errorf("pixeltest: ended after %d of %d rows", y, shape.Height)
	}
	return m, nil
}

func check(t *pixel.Strip, shape pixel.Shape, y int) error {
	if t.Y != y {
		return fmt.Errorf("pixeltest: strip at row %d where %d was due", t.Y, y)
	}
	if t.Rows < 1 || y+t.Rows > shape.Height || t.Rows&1 != 0 && y+t.Rows != shape.Height {
		return fmt.Errorf("pixeltest: strip of %d rows at row %d of %d", t.Rows, y, shape.Height)
	}
	for p := range len(t.Planes) {
		plane := &t.Planes[p]
		if p >= shape.Layout.Planes() {
			if plane.Pix != nil || plane.Pix16 != nil {
				return fmt.Errorf("pixeltest: plane %d of %s has samples", p, shape.Layout)
			}
			continue
		}
		if (plane.Pix16 != nil) != shape.Deep {
			return fmt.Errorf("pixeltest: plane %d of %s has samples of another depth", p, shape)
		}
		w, _ := shape.PlaneSize(p)
		_, sy := shape.Layout.Subsampling(p)
		if h := (t.Rows + 1<<sy - 1) >> sy; plane.Width != w || plane.Height != h {
			return fmt.Errorf("pixeltest: plane %d is %dx%d, not %dx%d", p, plane.Width, plane.Height, w, h)
		}
	}
	return nil
}

// Equal fails the test where a and b differ, and says where they first do.
func Equal(t testing.TB, want, got *pixel.Image) {
	t.Helper()
	if want.Shape != got.Shape {
		t.Fatalf("shape is %s, not %s", got.Shape, want.Shape)
	}
	for p := range want.Shape.Layout.Planes() {
		a, b := &want.Planes[p], &got.Planes[p]
		for y := range a.Height {
			if want.Shape.Deep {
				for x, v := range a.Row16(y) {
					if w := b.Row16(y)[x]; v != w {
						t.Fatalf("plane %d of %s differs at %d,%d: is %d, not %d", p, want.Shape, x, y, w, v)
					}
				}
				continue
			}
			if bytes.Equal(a.Row(y), b.Row(y)) {
				continue
			}
			for x := range a.Width {
				if a.Row(y)[x] != b.Row(y)[x] {
					t.Fatalf("plane %d of %s differs at %d,%d: is %d, not %d", p, want.Shape, x, y, b.Row(y)[x], a.Row(y)[x])
				}
			}
		}
	}
}
