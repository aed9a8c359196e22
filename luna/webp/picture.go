package webp

import (
	"image"
	"io"

	"github.com/immagin/immagin-go/internal/interleave"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp/internal/vp8/decoder"
)

// A picture is what is stored for a still or a frame: packed pixels, or a lossy
// stream and perhaps alpha. Its rows are read from top to bottom.
type picture struct {
	width, height int
	hasAlpha      bool // says the file
	packed        *image.NRGBA
	alpha         []uint8

	lossy  *decoder.Decoder
	data   []uint8      // that lossy reads
	band   decoder.Rows // the rows that it has yielded last
	chroma []uint8      // scratch for two rows
	pool   *pixel.Pool
}

// row writes row y of p.
func (p *picture) row(planes [][]uint8, y int) error {
	if p.packed != nil {
		interleave.Split(planes, p.packed.Pix[y*p.packed.Stride:], 4)
		return nil
	}
	for y >= p.band.Y+p.band.Rows {
		if err := p.next(); err != nil {
			return err
		}
	}
	b := &p.band
	half := (p.width + 1) / 2
	u, v := p.chroma[:p.width], p.chroma[p.width:2*p.width]
	near := (y - b.Y) / 2
	nearU, nearV := b.Cb[near*b.CStride:][:half], b.Cr[near*b.CStride:][:half]
	farU, farV := nearU, nearV
	switch {
	case y%2 != 0 && y/2 == (p.height-1)/2: // there is none below
	case y%2 != 0 && near == 7:
		farU, farV = b.BelowCb[:half], b.BelowCr[:half]
	case y%2 != 0:
		farU, farV = b.Cb[(near+1)*b.CStride:][:half], b.Cr[(near+1)*b.CStride:][:half]
	case near > 0:
		farU, farV = b.Cb[(near-1)*b.CStride:][:half], b.Cr[(near-1)*b.CStride:][:half]
	case b.AboveCb != nil:
		farU, farV = b.AboveCb[:half], b.AboveCr[:half]
	}
	upsample(u, nearU, farU)
	upsample(v, nearV, farV)
	rgb(planes[0], planes[1], planes[2], b.Luma[(y-b.Y)*b.LumaStride:][:p.width], u, v)
	if len(planes) < 4 {
		return nil
	}
	if p.alpha == nil {
		flood(planes[3], 255)
		return nil
	}
	copy(planes[3], p.alpha[y*p.width:])
	return nil
}

// next decodes more rows of a lossy picture.
func (p *picture) next() (err error) {
	if p.band, err = p.lossy.Next(); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF // nobody asks for more than there is
		}
		return malformed("pixels", err)
	}
	return nil
}

// close gives the memory back. Only the first call has an effect.
func (p *picture) close() {
	if p.lossy != nil {
		p.lossy.Close()
	}
	p.pool.Put(p.data)
	p.pool.Put(p.chroma)
	p.lossy, p.data, p.chroma, p.band = nil, nil, nil, decoder.Rows{}
}

func flood(row []uint8, v uint8) {
	for i := range row {
		row[i] = v
	}
}
