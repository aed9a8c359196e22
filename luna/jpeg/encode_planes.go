package jpeg

import (
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/pixel"
)

// bands hold the samples of a row of MCUs, up to whole blocks.
type bands struct {
	pix    [3][]uint8
	filled [3]int // rows of each
	height int    // rows of the picture
}

func (e *encoder) newBands() *bands {
	b := &bands{}
	for i := range e.n {
		c := &e.channels[i]
		b.pix[i] = e.pool.Get(c.stride * 8 * c.v)
	}
	return b
}

func (b *bands) free(pool *pixel.Pool) {
	for _, pix := range b.pix {
		pool.Put(pix)
	}
}

// read takes all strips of src and leaves their tokens.
func (e *encoder) read(src pixel.Source) error {
	b := e.newBands()
	defer func() { b.free(e.pool) }()
	if e.workers < 2 || e.mcusY < 2 {
		return e.take(src, b, func(b *bands) *bands {
			e.transform(b)
			return b
		})
	}
	other := e.newBands()
	defer func() { other.free(e.pool) }()
	t := e.startTransformer(other)
	defer t.stop()
	return e.take(src, b, t.swap)
}

// take copies strips into b, and gives it to next when it is full, which
// returns an empty one. Strips and bands begin at even rows, so that chroma
// splits as luma does.
func (e *encoder) take(src pixel.Source, b *bands, next func(*bands) *bands) error {
	height := 8 * e.channels[0].v
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
		y += t.Rows
		for from := 0; from < t.Rows; {
			n := min(t.Rows-from, height-b.height)
			for i := range e.n {
				_, sy := e.file.Subsampling(i)
				for y := from >> sy; y < (from+n+1<<sy-1)>>sy; y++ {
					e.channels[i].put(b.pix[i], b.filled[i], &t.Planes[i], y)
					b.filled[i]++
				}
			}
			from += n
			if b.height += n; b.height == height {
				b = next(b)
			}
		}
	}
	if y != e.shape.Height {
		return fmt.Errorf("source ended after %d of %d rows: %w", y, e.shape.Height, io.ErrUnexpectedEOF)
	}
	if b.height > 0 {
		next(b)
	}
	return nil
}

// put writes row y of the file's sampling as row at of a band, averaged of p
// where that is finer. Rows are continued to whole blocks by the last sample
// of p.
func (c *channel) put(band []uint8, at int, p *pixel.Plane, y int) {
	dst := band[at*c.stride:][:8*c.blocksX]
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

// transform makes tokens of a row of MCUs.
func (e *encoder) transform(b *bands) {
	for i := range e.n {
		c := &e.channels[i]
		pix := b.pix[i]
		for y := b.filled[i]; y < 8*c.v; y++ {
			copy(pix[y*c.stride:][:c.stride], pix[(y-1)*c.stride:])
		}
	}
	if e.progressive {
		e.transformChannels(b)
	} else {
		for x := 0; x < e.mcusX; x += segmentMCUs {
			n := min(segmentMCUs, e.mcusX-x)
			e.transformSegment(b, x, n)
			e.tokenizeSequential(n)
		}
	}
	e.done++
	b.filled, b.height = [3]int{}, 0
}

// segmentMCUs is how many MCUs are transformed at a time. The kernel takes two
// blocks, so it is even; and they stay in the first cache.
const segmentMCUs = 16

// transformSegment transforms n MCUs from the left one.
func (e *encoder) transformSegment(b *bands, left, n int) {
	for i := range e.n {
		c := &e.channels[i]
		x := left * c.h
		for y := range c.v {
			row := e.segment[(c.first+y*c.h)*segmentMCUs:][:segmentMCUs*c.h]
			if e.done*c.v+y >= c.blocksY {
				above := e.segment[(c.first+(y-1)*c.h)*segmentMCUs:]
				for x := range n * c.h {
					row[x].dummy(&above[x-x%c.h+c.h-1])
				}
				continue
			}
			real := min(n*c.h, c.blocksX-x)
			forward(row, b.pix[i][8*y*c.stride+8*x:], c.stride, real, &e.quantizers[c.table])
			for x := real; x < n*c.h; x++ {
				row[x].dummy(&row[x-1])
			}
		}
	}
}
