package jpeg

import (
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/pixel"
)

// read takes all strips of src and leaves the coefficients in e.rows.
func (e *encoder) read(src pixel.Source) error {
	for i := range e.n {
		c := &e.channels[i]
		c.band = e.pool.Get(c.stride * 8 * c.v)
	}
	e.rows = make([][]uint16, 0, e.mcusY)
	y := 0
	for {
		t, err := src.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if t.Y != y || y+t.Rows > e.shape.Height {
			return fmt.Errorf("strip of rows %d to %d of %d came where row %d was due", t.Y, t.Y+t.Rows, e.shape.Height, y)
		}
		e.take(t)
		y += t.Rows
	}
	if y != e.shape.Height {
		return fmt.Errorf("source ended after %d of %d rows: %w", y, e.shape.Height, io.ErrUnexpectedEOF)
	}
	if e.filled > 0 {
		e.transform()
	}
	return nil
}

// take copies a strip into the bands, and transforms those that are full.
// Strips and bands begin at even rows, so that chroma splits as luma does.
func (e *encoder) take(t *pixel.Strip) {
	height := 8 * e.channels[0].v
	for from := 0; from < t.Rows; {
		n := min(t.Rows-from, height-e.filled)
		for i := range e.n {
			c := &e.channels[i]
			_, sy := e.file.Subsampling(i)
			for y := from >> sy; y < (from+n+1<<sy-1)>>sy; y++ {
				c.put(&t.Planes[i], y)
			}
		}
		from += n
		if e.filled += n; e.filled == height {
			e.transform()
		}
	}
}

// put appends row y of the file's sampling to the band, averaged of p where
// that is finer. Rows are continued to whole blocks by the last sample of p.
func (c *channel) put(p *pixel.Plane, y int) {
	dst := c.band[c.filled*c.stride:][:c.stride]
	c.filled++
	a := p.Row(y << c.dy)
	b := a
	if c.dy > 0 && y<<1+1 < p.Height {
		b = p.Row(y<<1 + 1)
	}
	n := 0
	switch {
	case c.dx > 0 && c.dy > 0:
		n = average4(dst, a, b)
	case c.dx > 0:
		n = average2(dst, a)
	case c.dy > 0:
		for n = range a {
			dst[n] = uint8((int(a[n]) + int(b[n]) + n&1) >> 1)
		}
		n++
	default:
		n = copy(dst, a)
	}
	lastA, lastB := int(a[len(a)-1]), int(b[len(b)-1])
	for ; n < len(dst); n++ {
		if c.dx > 0 && c.dy > 0 {
			dst[n] = uint8((2*lastA + 2*lastB + 1 + n&1) >> 2)
		} else {
			dst[n] = uint8((lastA + lastB + n&1) >> 1)
		}
	}
}

// average4 halves both sides, and reports the width. As in libjpeg
// (h2v2_downsample), halves are rounded down and up in turn, so that no
// picture gets brighter. The last sample of an odd width is left out.
func average4(dst, a, b []uint8) int {
	n := len(a) / 2
	dst, b = dst[:n], b[:len(a)]
	for x := range dst {
		dst[x] = uint8((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1]) + 1 + x&1) >> 2)
	}
	return n
}

// average2 halves the width (h2v1_downsample).
func average2(dst, a []uint8) int {
	n := len(a) / 2
	dst = dst[:n]
	for x := range dst {
		dst[x] = uint8((int(a[2*x]) + int(a[2*x+1]) + x&1) >> 1)
	}
	return n
}

// transform turns the bands into a row of MCUs.
func (e *encoder) transform() {
	my := len(e.rows)
	row := e.pool.Get16(e.mcusX * e.perMCU * blockWords)
	e.rows = append(e.rows, row)
	at := func(c *channel, x, y int) *block { return (*block)(row[e.index(c, x, y)*blockWords:]) }
	var samples [64]int32
	for i := range e.n {
		c := &e.channels[i]
		q := &e.quantizers[c.table]
		for y := c.filled; y < 8*c.v; y++ {
			copy(c.band[y*c.stride:][:c.stride], c.band[(y-1)*c.stride:])
		}
		for y := range c.v {
			if my*c.v+y >= c.blocksY {
				for x := range e.mcusX * c.h {
					at(c, x, y).dummy(at(c, x-x%c.h+c.h-1, y-1))
				}
				continue
			}
			band := c.band[8*y*c.stride:]
			for x := range c.blocksX {
				fdct(&samples, band[8*x:], c.stride)
				q.quantize(at(c, x, y), &samples)
			}
			for x := c.blocksX; x < e.mcusX*c.h; x++ {
				at(c, x, y).dummy(at(c, x-1, y))
			}
		}
		c.filled = 0
	}
	e.filled = 0
	if !e.progressive {
		e.countSequential(row)
	}
}
