package webp

import (
	"context"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/internal/ycc"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp/internal/yuv"
)

// planes are what lossy pictures are stored as: luma, and chroma of half its
// size, in limited range, and alpha.
type planes struct {
	width, height int
	chromaWidth   int
	y, cb, cr     []uint8
	alpha         []uint8 // nil where the source has none
	opaque        bool    // there is none, or it is full everywhere
}

// planeBytes reports what planes take of a pool, at the most.
func planeBytes(shape pixel.Shape) int64 {
	chroma := (int64(shape.Width) + 1) / 2 * ((int64(shape.Height) + 1) / 2)
	n := int64(shape.Width)*int64(shape.Height) + 2*chroma
	if shape.Layout.HasAlpha() {
		n += int64(shape.Width) * int64(shape.Height)
	}
	return n*5/4 + 4<<10
}

func newPlanes(pool *pixel.Pool, shape pixel.Shape) *planes {
	p := &planes{width: shape.Width, height: shape.Height, chromaWidth: (shape.Width + 1) / 2, opaque: true}
	n := p.chromaWidth * ((shape.Height + 1) / 2)
	p.y, p.cb, p.cr = pool.Get(shape.Width*shape.Height), pool.Get(n), pool.Get(n)
	if shape.Layout.HasAlpha() {
		p.alpha = pool.Get(shape.Width * shape.Height)
	}
	return p
}

func (p *planes) free(pool *pixel.Pool) {
	for _, b := range [][]uint8{p.y, p.cb, p.cr, p.alpha} {
		pool.Put(b)
	}
	*p = planes{}
}

// read converts src as it comes, with as much care for edges between colours as
// sharp has, if that is not nil.
func (p *planes) read(ctx context.Context, src pixel.Source, sharp *yuv.Sharp) error {
	if min(p.width, p.height) < yuv.LeastSharp || src.Shape().Layout.Opaque() != pixel.RGB {
		sharp = nil
	}
	if sharp != nil {
		sharp.Begin(p.width, p.height)
	}
	if src.Shape().Layout.Opaque() == pixel.Gray {
		flood(p.cb, 128)
		flood(p.cr, 128)
	}
	err := eachStrip(src, func(t *pixel.Strip) { p.put(t, src.Shape().Layout, sharp) })
	if err != nil {
		return err
	}
	if sharp != nil {
		if err := sharp.Finish(ctx, p.y, p.cb, p.cr, p.width, p.chromaWidth); err != nil {
			return err
		}
	}
	if !p.opaque {
		p.clean()
	}
	return nil
}

// eachStrip calls f with the strips of src, of which all rows have to come in order.
func eachStrip(src pixel.Source, f func(*pixel.Strip)) error {
	y, height := 0, src.Shape().Height
	for {
		t, err := src.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if t.Y != y || y+t.Rows > height {
			return fmt.Errorf("rows %d to %d came where row %d of %d was due", t.Y, t.Y+t.Rows, y, height)
		}
		f(t)
		y += t.Rows
	}
	if y != height {
		return fmt.Errorf("source ended after %d of %d rows: %w", y, height, io.ErrUnexpectedEOF)
	}
	return nil
}

// put converts a strip. Strips begin at even rows, so that none shares a row of
// chroma with another.
func (p *planes) put(t *pixel.Strip, layout pixel.Layout, sharp *yuv.Sharp) {
	for i := range t.Rows {
		y := p.y[(t.Y+i)*p.width:][:p.width]
		switch {
		case sharp != nil:
		case layout.Opaque() == pixel.RGB:
			yuv.Luma(y, t.Planes[0].Row(i), t.Planes[1].Row(i), t.Planes[2].Row(i))
		case layout.IsYCbCr():
			yuv.LimitLuma(y, t.Planes[0].Row(i))
		default:
			yuv.Gray(y, t.Planes[0].Row(i))
		}
		if p.alpha != nil {
			row := p.alpha[(t.Y+i)*p.width:][:p.width]
			copy(row, t.Planes[layout.Planes()-1].Row(i))
			p.opaque = p.opaque && full(row)
		}
	}
	for i := 0; i < t.Rows; i += 2 {
		at := (t.Y + i) / 2 * p.chromaWidth
		cb, cr := p.cb[at:][:p.chromaWidth], p.cr[at:][:p.chromaWidth]
		switch {
		case layout.Opaque() == pixel.RGB:
			p.chroma(cb, cr, t, i, sharp)
		case layout.IsYCbCr():
			limitChroma(cb, &t.Planes[1], layout, i)
			limitChroma(cr, &t.Planes[2], layout, i)
		}
	}
}

// chroma makes the chroma of two rows of RGB, or of the last one.
func (p *planes) chroma(cb, cr []uint8, t *pixel.Strip, i int, sharp *yuv.Sharp) {
	var rows yuv.Rows
	for k := range rows {
		from := min(i+k, t.Rows-1)
		for c := range 3 {
			rows[k][c] = t.Planes[c].Row(from)
		}
		if p.alpha != nil {
			rows[k][3] = t.Planes[3].Row(from)
		}
	}
	switch {
	case sharp != nil:
		sharp.Add(t.Y+i, &rows)
	case p.opaque || full(rows[0][3]) && full(rows[1][3]):
		yuv.Chroma(cb, cr, &rows)
	default:
		yuv.ChromaWeighted(cb, cr, &rows)
	}
}

// limitChroma makes a row of chroma, averaged where the source has more.
func limitChroma(dst []uint8, c *pixel.Plane, layout pixel.Layout, i int) {
	switch layout {
	case pixel.YCbCr420:
		yuv.LimitChroma(dst, c.Row(i/2))
		return
	case pixel.YCbCr422:
		a, b := c.Row(i), c.Row(min(i+1, c.Height-1))
		b = b[:len(dst)]
		for x, v := range a[:len(dst)] {
			dst[x] = uint8((int(v) + int(b[x]) + x&1) >> 1)
		}
	default:
		ycc.Quarter(dst, c.Row(i), c.Row(min(i+1, c.Height-1)))
	}
	yuv.LimitChroma(dst, dst)
}

// full reports whether all of a row of alpha is 255.
func full(row []uint8) bool {
	all := uint8(255)
	for _, v := range row {
		all &= v
	}
	return all == 255
}

// clean has what nobody sees cost little, as libwebp does
// (WebPCleanupTransparentArea): of each square of 8x8 pixels, those that are
// transparent get the mean of the others, and a square without any is flat and
// as the one before it.
func (p *planes) clean() {
	const side = 8
	for y := 0; y < p.height; y += side {
		rows := min(side, p.height-y)
		follows := false
		var flat [3]uint8
		for x := 0; x < p.width; x += side {
			columns := min(side, p.width-x)
			if !p.smooth(x, y, columns, rows) || columns < side || rows < side {
				follows = false
				continue
			}
			at, chroma := y*p.width+x, y/2*p.chromaWidth+x/2
			if !follows {
				flat = [3]uint8{p.y[at], p.cb[chroma], p.cr[chroma]}
				follows = true
			}
			for i := range side {
				flood(p.y[at+i*p.width:][:side], flat[0])
			}
			for i := range side / 2 {
				flood(p.cb[chroma+i*p.chromaWidth:][:side/2], flat[1])
				flood(p.cr[chroma+i*p.chromaWidth:][:side/2], flat[2])
			}
		}
	}
}

// smooth gives the transparent pixels of a rectangle the mean of the others, and
// reports whether there are no others.
func (p *planes) smooth(x, y, columns, rows int) (transparent bool) {
	sum, n := 0, 0
	for i := range rows {
		at := (y+i)*p.width + x
		luma := p.y[at:][:columns]
		for k, a := range p.alpha[at:][:columns] {
			if a != 0 {
				sum += int(luma[k])
				n++
			}
		}
	}
	if n == 0 || n == columns*rows {
		return n == 0
	}
	mean := uint8(sum / n)
	for i := range rows {
		at := (y+i)*p.width + x
		luma := p.y[at:][:columns]
		for k, a := range p.alpha[at:][:columns] {
			if a == 0 {
				luma[k] = mean
			}
		}
	}
	return false
}
