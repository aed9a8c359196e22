package gif

import (
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// opaque marks the pixels of a packed picture that show: its other bytes are
// blue, green and red. Those that do not show are 0.
const opaque = 0xff << 24

// threshold is the least alpha that shows.
const threshold = 128

// A packed picture has four bytes a pixel.
type packed struct {
	width, height int
	pix           []uint8
}

func packedBytes(s pixel.Shape) int64 { return 4 * int64(s.Width) * int64(s.Height) }

func newPacked(pool *pixel.Pool, s pixel.Shape) *packed {
	return &packed{width: s.Width, height: s.Height, pix: pool.Get(int(packedBytes(s)))}
}

func (m *packed) free(pool *pixel.Pool) {
	if m != nil {
		pool.Put(m.pix)
		m.pix = nil
	}
}

// row returns the bytes of the pixels from x0 up to and without x1 of row y.
func (m *packed) row(x0, x1, y int) []uint8 {
	return m.pix[4*(y*m.width+x0) : 4*(y*m.width+x1)]
}

// read reads all of src into m.
func (m *packed) read(ctx context.Context, src pixel.Source) error {
	shape := src.Shape()
	if shape.Width != m.width || shape.Height != m.height || shape.Deep || !taken(shape.Layout) {
		return fmt.Errorf("%w: a %v picture where %dx%d was due; Accepts tells which layouts", codec.ErrUnsupported, shape, m.width, m.height)
	}
	src = pixel.WithContext(ctx, src)
	y := 0
	for {
		t, err := src.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if t.Y != y || y+t.Rows > m.height {
			return fmt.Errorf("rows %d to %d came where row %d of %d was due", t.Y, t.Y+t.Rows, y, m.height)
		}
		for i := range t.Rows {
			packRow(m.row(0, m.width, y), t, i, shape.Layout)
			y++
		}
	}
	if y != m.height {
		return fmt.Errorf("source ended after %d of %d rows: %w", y, m.height, io.ErrUnexpectedEOF)
	}
	return nil
}

func taken(l pixel.Layout) bool {
	switch l {
	case pixel.Gray, pixel.GrayAlpha, pixel.RGB, pixel.RGBA:
		return true
	}
	return false
}

func packRow(dst []uint8, t *pixel.Strip, y int, layout pixel.Layout) {
	r := t.Planes[0].Row(y)
	g, b := r, r
	var alpha []uint8
	switch layout {
	case pixel.GrayAlpha:
		alpha = t.Planes[1].Row(y)
	case pixel.RGBA:
		alpha = t.Planes[3].Row(y)
	}
	if layout.Planes() > 2 {
		g, b = t.Planes[1].Row(y), t.Planes[2].Row(y)
	}
	for x := range r {
		c := uint32(r[x]) | uint32(g[x])<<8 | uint32(b[x])<<16 | opaque
		if alpha != nil && alpha[x] < threshold {
			c = 0
		}
		binary.LittleEndian.PutUint32(dst[4*x:], c)
	}
}

// A patch is what a frame shows: the pixels in rect of now, but for those, if
// masked, that before shows already.
type patch struct {
	now, before *packed
	rect        image.Rectangle
	masked      bool
}

// row writes the pixels of row y of the patch to dst. Those that are not to be
// painted are 0.
func (p *patch) row(y int, dst []uint32) {
	r := p.rect
	now := p.now.row(r.Min.X, r.Max.X, r.Min.Y+y)
	for x := range dst {
		dst[x] = binary.LittleEndian.Uint32(now[4*x:])
	}
	if !p.masked {
		return
	}
	before := p.before.row(r.Min.X, r.Max.X, r.Min.Y+y)
	for x, c := range dst {
		if c == binary.LittleEndian.Uint32(before[4*x:]) {
			dst[x] = 0
		}
	}
}
