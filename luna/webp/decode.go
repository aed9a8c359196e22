package webp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"

	"golang.org/x/image/vp8"
	"golang.org/x/image/vp8l"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/internal/interleave"
	"github.com/immagin/immagin-go/internal/modversion"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/lazy"
	"github.com/immagin/immagin-go/luna/pixel"
)

func decoderVersion() string {
	return "x/image " + modversion.Of("golang.org/x/image", "unknown")
}

// Decode reads the picture, or the first frame of an animation on its
// canvas: where the frame does not cover that, it is transparent or, without
// alpha, of the background colour. Conversion to RGB happens as the source is
// read.
//
// Once a lossy picture's bytes are read, ctx is not looked at until its
// planes are decoded.
func (c Codec) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	in := ctxio.NewReader(ctx, r)
	src, err := decode(bufio.NewReader(in), req.Pool)
	if in.Err() != nil {
		err = in.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("webp: %w", err)
	}
	return src, nil
}

func decode(r io.Reader, pool *pixel.Pool) (pixel.Source, error) {
	c, err := newChunks(r)
	if err != nil {
		return nil, err
	}
	h, err := readHeader(c)
	if err != nil {
		return nil, err
	}
	f := frame{width: h.width, height: h.height}
	if h.animated() {
		if f, err = h.readFrame(c); err != nil {
			return nil, err
		}
		c = c.inside()
		if err := c.next(); err != nil {
			return nil, early(err)
		}
	}
	p, err := readPicture(c, f, h)
	if err != nil {
		return nil, err
	}
	f.width, f.height = p.width, p.height
	if !h.animated() {
		h.width, h.height, h.alpha = p.width, p.height, p.hasAlpha
	}
	return p.source(h, f, pool), nil
}

// A picture is decoded pixels: packed ones, or planes and perhaps alpha.
type picture struct {
	width, height int
	hasAlpha      bool // says the file
	packed        *image.NRGBA
	planes        *image.YCbCr
	alpha         []uint8
}

// readPicture reads an optional ALPH chunk and a VP8 or VP8L chunk, of which
// the first is current. Where the file has told the size before, f holds it.
func readPicture(c *chunks, f frame, h *header) (*picture, error) {
	p := &picture{hasAlpha: h.alpha}
	for {
		var err error
		switch c.kind {
		case "ALPH":
			if p.alpha == nil {
				p.alpha, err = readAlpha(c, f.width, f.height)
				p.hasAlpha = true
			}
		case "VP8 ", "VP8L":
			return p, p.read(c, f, h.extended)
		}
		if err != nil {
			return nil, err
		}
		if err := c.next(); err == io.EOF {
			return nil, errNoPixels
		} else if err != nil {
			return nil, err
		}
	}
}

func (p *picture) read(c *chunks, f frame, sized bool) error {
	b, err := readBitstream(c)
	if err != nil {
		return err
	}
	if sized && (b.width != f.width || b.height != f.height) {
		return fmt.Errorf("%w: %dx%d pixels where %dx%d were announced", codec.ErrFormat, b.width, b.height, f.width, f.height)
	}
	p.width, p.height = b.width, b.height
	if b.lossless {
		p.hasAlpha = b.alpha
		m, err := vp8l.Decode(io.MultiReader(bytes.NewReader(b.head), c))
		if err != nil {
			return malformed("pixels", err)
		}
		p.packed = m.(*image.NRGBA)
		return nil
	}
	// x/image allocates by the chunk's declared size, so it is told the true
	// one.
	data := bytes.NewBuffer(b.head)
	if _, err := data.ReadFrom(c); err != nil {
		return err
	}
	d := vp8.NewDecoder()
	d.Init(data, data.Len())
	if _, err := d.DecodeFrameHeader(); err != nil {
		return malformed("pixels", err)
	}
	if p.planes, err = d.DecodeFrame(); err != nil {
		return malformed("pixels", err)
	}
	return nil
}

func malformed(what string, err error) error {
	if errors.Is(err, codec.ErrFormat) {
		return err
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w: %s: %w", codec.ErrFormat, what, err)
}

// source puts p at f on the canvas of h.
func (p *picture) source(h *header, f frame, pool *pixel.Pool) pixel.Source {
	shape := h.info().Shape
	around := h.background
	if h.alpha {
		around = [4]uint8{}
	}
	chroma := pool.Get(2 * f.width)
	fill := func(t *pixel.Strip) error {
		rows := make([][]uint8, shape.Layout.Planes())
		for i := range t.Rows {
			for p := range rows {
				rows[p] = t.Planes[p].Row(i)
			}
			y := t.Y + i - f.y
			if y < 0 || y >= f.height || f.width < shape.Width {
				for p, row := range rows {
					flood(row, around[p])
				}
			}
			if y < 0 || y >= f.height {
				continue
			}
			for p := range rows {
				rows[p] = rows[p][f.x:][:f.width]
			}
			p.row(rows, y, chroma)
		}
		return nil
	}
	return &lazy.Source{Size: shape, Fill: fill, Pool: pool, Free: func() { pool.Put(chroma) }}
}

// row writes row y of p; chroma is scratch for two rows.
func (p *picture) row(planes [][]uint8, y int, chroma []uint8) {
	if p.packed != nil {
		interleave.Split(planes, p.packed.Pix[y*p.packed.Stride:], 4)
		return
	}
	m := p.planes
	near := y / 2
	far := near - 1
	if y%2 != 0 {
		far = near + 1
	}
	far = min(max(far, 0), (p.height-1)/2)
	half := (p.width + 1) / 2
	u, v := chroma[:p.width], chroma[p.width:2*p.width]
	near, far = near*m.CStride, far*m.CStride
	upsample(u, m.Cb[near:][:half], m.Cb[far:][:half])
	upsample(v, m.Cr[near:][:half], m.Cr[far:][:half])
	rgb(planes[0], planes[1], planes[2], m.Y[y*m.YStride:][:p.width], u, v)
	if len(planes) < 4 {
		return
	}
	if p.alpha == nil {
		flood(planes[3], 255)
		return
	}
	copy(planes[3], p.alpha[y*p.width:])
}

func flood(row []uint8, v uint8) {
	for i := range row {
		row[i] = v
	}
}
