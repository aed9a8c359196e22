package jpeg

import (
	"fmt"
	"image"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A source yields strips of whole MCU rows, transformed on demand from the
// grids or straight from the scan.
type source struct {
	d      *decoding
	pool   *pixel.Pool
	data   []byte // the file
	layout pixel.Layout
	ink    ink
	// reference says that blocks are made smaller as libjpeg does.
	reference bool
	shape     pixel.Shape
	region    image.Rectangle // in scaled samples
	stream    *streamer       // nil where the grids hold the picture

	// A band is some MCU rows of all components at the size they are stored
	// in, of all MCU columns from firstX up to lastX.
	band          [4]pixel.Plane
	bandRows      int // MCU rows a band
	mcuW, mcuH    int // of an MCU, in scaled samples
	firstX, lastX int // MCU columns that are wanted
	row, lastRow  int // next MCU row, and the one behind the last wanted
	// stretched holds components that are stored coarser than the layout has
	// them, at full size.
	stretched [4]pixel.Plane
	out       pixel.Strip
	err       error
}

// frame works out what is to be decoded at n/8.
func (s *source) frame(n int, region image.Rectangle) error {
	p := s.d.p
	all := image.Rect(0, 0, ceil(p.width*n, 8), ceil(p.height*n, 8))
	if region.Empty() {
		region = all
	}
	if !region.In(all) || region.Min.X&1 != 0 || region.Min.Y&1 != 0 {
		return fmt.Errorf("%w: region %v of %v", codec.ErrUnsupported, region, all)
	}
	s.region = region
	s.shape = pixel.Shape{Width: region.Dx(), Height: region.Dy(), Layout: s.layout}
	s.mcuW, s.mcuH = n*p.maxH, n*p.maxV
	s.firstX, s.lastX = region.Min.X/s.mcuW, ceil(region.Max.X, s.mcuW)
	s.row, s.lastRow = region.Min.Y/s.mcuH, ceil(region.Max.Y, s.mcuH)
	s.bandRows = max(1, pixel.StripRows/s.mcuH)
	if s.bandRows*s.mcuH%2 != 0 {
		s.bandRows *= 2
	}
	return nil
}

func (s *source) allocate() {
	for i := range s.d.p.components {
		c := &s.d.p.components[i]
		w := (s.lastX - s.firstX) * c.h * s.d.made[i]
		h := s.bandRows * c.v * s.d.made[i]
		s.band[i] = pixel.Plane{Pix: s.pool.Get(w * h), Stride: w, Width: w, Height: h}
		if s.coarse(i) {
			w, h := (s.lastX-s.firstX)*s.mcuW, s.bandRows*s.mcuH
			s.stretched[i] = pixel.Plane{Pix: s.pool.Get(w * h), Stride: w, Width: w, Height: h}
		}
	}
}

// coarse reports whether component i is stored at fewer samples than its
// plane of the layout has.
func (s *source) coarse(i int) bool {
	c := &s.d.p.components[i]
	sx, sy := s.layout.Subsampling(i)
	return c.h*s.d.made[i]<<sx != s.mcuW || c.v*s.d.made[i]<<sy != s.mcuH
}

func (s *source) Shape() pixel.Shape { return s.shape }

func (s *source) Next() (*pixel.Strip, error) {
	if s.err == nil && s.row >= s.lastRow {
		s.err = io.EOF
		s.release()
	}
	if s.err != nil {
		return nil, s.err
	}
	first := s.row
	s.row = min(s.lastRow, first+s.bandRows)
	if s.err = s.decode(first); s.err != nil {
		return nil, s.err
	}
	y0 := max(first*s.mcuH, s.region.Min.Y)
	y1 := min(s.row*s.mcuH, s.region.Max.Y)
	s.out = pixel.Strip{Y: y0 - s.region.Min.Y, Rows: y1 - y0}
	for i := range s.layout.Planes() {
		plane := s.band[i]
		if s.coarse(i) {
			s.stretch(i)
			plane = s.stretched[i]
		}
		sx, sy := s.layout.Subsampling(i)
		at := (y0-first*s.mcuH)>>sy*plane.Stride + (s.region.Min.X-s.firstX*s.mcuW)>>sx
		width, _ := s.shape.PlaneSize(i)
		s.out.Planes[i] = pixel.Plane{Pix: plane.Pix[at:], Stride: plane.Stride, Width: width, Height: (y1 - y0 + 1<<sy - 1) >> sy}
	}
	s.ink.apply(&s.out)
	return &s.out, nil
}

// decode fills the band with the MCU rows from first up to s.row.
func (s *source) decode(first int) error {
	if s.stream != nil {
		for s.stream.next < s.row {
			if err := s.d.ctx.Err(); err != nil {
				return err
			}
			my := s.stream.next
			if err := s.stream.row(my >= first, s.firstX, s.lastX, func(b *batch, at, n, mx int) {
				s.transformBatch(b, at, n, mx, my-first)
			}); err != nil {
				return err
			}
		}
		return nil
	}
	for my := first; my < s.row; my++ {
		if err := s.d.ctx.Err(); err != nil {
			return err
		}
		for i := range s.d.p.components {
			s.transformRow(i, my, my-first)
		}
	}
	return nil
}

// transformBatch writes n MCUs of b, from at on, into the band: from column mx
// of the picture on, in row my of the band.
func (s *source) transformBatch(b *batch, at, n, mx, my int) {
	for i := range s.d.p.components {
		c := &s.d.p.components[i]
		plane := &s.band[i]
		made := s.d.made[i]
		kept := c.h * s.d.size[i] * s.d.size[i]
		for v := range c.v {
			dst := plane.Pix[(my*c.v+v)*made*plane.Stride+(mx-s.firstX)*c.h*made:]
			s.transform(i, dst, b.rows[i][v][at*kept:(at+n)*kept])
		}
	}
}

// transformRow writes MCU row my of the grid of component i into the band, as
// its row at.
func (s *source) transformRow(i, my, at int) {
	c := &s.d.p.components[i]
	plane := &s.band[i]
	n := s.d.size[i] * s.d.size[i]
	blocks := (s.lastX - s.firstX) * c.h
	for v := range c.v {
		k := s.d.grids[i].coefficients[((my*c.v+v)*c.gridX+s.firstX*c.h)*n:][:blocks*n]
		s.transform(i, plane.Pix[(at*c.v+v)*s.d.made[i]*plane.Stride:], k)
	}
}

// transform writes the blocks k of component i to dst, one beside the other.
func (s *source) transform(i int, dst []uint8, k []int16) {
	quant, stride := s.d.p.components[i].quant, s.band[i].Stride
	switch size := s.d.made[i]; {
	case size == 8:
		for x := 0; x < len(k)/64; x++ {
			idct8(dst[8*x:], stride, (*[64]int16)(k[64*x:]), quant)
		}
	case size == 4 && s.reference:
		for x := 0; x < len(k)/64; x++ {
			idct4Reduced(dst[4*x:], stride, (*[64]int16)(k[64*x:]), quant)
		}
	case size == 2 && s.reference:
		for x := 0; x < len(k)/64; x++ {
			idct2Reduced(dst[2*x:], stride, (*[64]int16)(k[64*x:]), quant)
		}
	case size == 4:
		for x := 0; x < len(k)/16; x++ {
			idct4(dst[4*x:], stride, k[16*x:], quant)
		}
	case size == 2:
		idct2Row(dst, stride, k, quant)
	default:
		for x := range k {
			dst[x] = idct1(k[x], quant)
		}
	}
}

// stretch repeats the samples of component i to the size that the layout has
// for it, as libjpeg's int_upsample does.
func (s *source) stretch(i int) {
	p := s.d.p
	c := &p.components[i]
	sx, sy := s.layout.Subsampling(i)
	src, dst := &s.band[i], &s.stretched[i]
	for y := range s.bandRows * s.mcuH >> sy {
		from := src.Row(min(y*c.v<<sy/p.maxV, src.Height-1))
		to := dst.Row(y)
		if factor := p.maxH >> sx / c.h; factor*c.h<<sx == p.maxH {
			for x := range from {
				for j := range factor {
					to[x*factor+j] = from[x]
				}
			}
			continue
		}
		for x := range to {
			to[x] = from[min(x*c.h<<sx/p.maxH, len(from)-1)]
		}
	}
}

func (s *source) Close() error {
	if s.err == nil {
		s.err = io.ErrClosedPipe
	}
	s.release()
	for i := range s.band {
		s.pool.Put(s.band[i].Pix)
		s.pool.Put(s.stretched[i].Pix)
	}
	s.band, s.stretched = [4]pixel.Plane{}, [4]pixel.Plane{}
	return nil
}

// release gives back what is behind the band, which the last strip is made
// of.
func (s *source) release() {
	if s.stream != nil {
		s.stream.close(s.pool)
		s.stream = nil
	}
	s.d.free(s.pool)
	s.pool.Put(s.data)
	s.data = nil
}
