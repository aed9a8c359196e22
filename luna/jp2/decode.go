package jp2

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"io"

	jpeg2000 "github.com/ajroetker/go-jpeg2000"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/internal/interleave"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/lazy"
	"github.com/immagin/immagin-go/luna/pixel"
)

// blockSamples is how many samples a code block has at least on average:
// smaller ones would take more memory than DecodeWork says.
const blockSamples = 64

// Decode reads the whole codestream and checks it; pixels are decoded when
// the first strip is asked for, all at once. Alpha takes a second run.
func (c Codec) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	h, err := readHeader(ctxio.NewReader(ctx, r))
	if err != nil {
		return nil, fmt.Errorf("jp2: %w", err)
	}
	data, err := c.load(h)
	if err != nil {
		return nil, fmt.Errorf("jp2: %w", err)
	}
	d := &decoder{ctx: ctx, header: h, data: data}
	return &lazy.Source{Size: h.info().Shape, Pool: req.Pool, Fill: d.fill, Free: d.free}, nil
}

// load reads the codestream, and holds it to the limits.
func (c Codec) load(h *header) ([]byte, error) {
	pixels := (h.x1 - h.x0) * (h.y1 - h.y0)
	if pixels > c.maxPixels() {
		return nil, fmt.Errorf("%w: %d pixels, where %d are allowed", codec.ErrLimit, pixels, c.maxPixels())
	}
	data := bytes.NewBuffer(h.raw)
	if _, err := io.Copy(data, io.LimitReader(h.rest, c.maxBytes()+1-int64(len(h.raw)))); err != nil {
		return nil, err
	}
	if int64(data.Len()) > c.maxBytes() {
		return nil, fmt.Errorf("%w: more than %d bytes", codec.ErrLimit, c.maxBytes())
	}
	if h.size >= 0 && int64(data.Len()) < h.size {
		return nil, fmt.Errorf("%w: codestream of %d bytes, where %d are due: %w", codec.ErrFormat, data.Len(), h.size, io.ErrUnexpectedEOF)
	}
	packets, blocks := h.work()
	if packets > int64(data.Len()) {
		return nil, fmt.Errorf("%w: %d packets in %d bytes", codec.ErrFormat, packets, data.Len())
	}
	if most := pixels*int64(len(h.components))/blockSamples + 4096; blocks > most {
		return nil, fmt.Errorf("%w: %d code blocks, where %d are allowed", codec.ErrLimit, blocks, most)
	}
	return h.checkParts(data.Bytes())
}

type decoder struct {
	*header
	ctx   context.Context
	data  []byte
	image *image.RGBA
	alpha *image.RGBA
}

func (d *decoder) free() { d.data, d.image, d.alpha = nil, nil, nil }

// fill writes a strip.
func (d *decoder) fill(t *pixel.Strip) error {
	if d.image == nil {
		if err := d.decode(); err != nil {
			return fmt.Errorf("jp2: %w", err)
		}
	}
	if err := d.ctx.Err(); err != nil {
		return fmt.Errorf("jp2: %w", err)
	}
	for y := range t.Rows {
		row := d.image.Pix[(t.Y+y)*d.image.Stride:][:4*t.Planes[0].Width]
		var rows [4][]uint8
		for p := range d.layout.Opaque().Planes() {
			rows[p] = t.Planes[p].Row(y)
		}
		interleave.Split(rows[:d.layout.Opaque().Planes()], row, 4)
		if d.alpha != nil {
			alpha := t.Planes[d.layout.Planes()-1].Row(y)
			interleave.Split([][]uint8{alpha}, d.alpha.Pix[(t.Y+y)*d.alpha.Stride:][:4*len(alpha)], 4)
		}
	}
	return nil
}

func (d *decoder) decode() (err error) {
	if d.image, err = d.run(d.boxes()); err != nil || d.header.alpha == 0 {
		return err
	}
	// The library drops alpha. So it is told that this is a gray picture's
	// only channel, and that components are not transformed.
	if d.transform {
		d.data[d.transformAt] = 0
	}
	cdef := []byte{0, 1, 0, byte(d.header.alpha), 0, 0, 0, 1}
	d.alpha, err = d.run(box("jp2h", box("colr", []byte{1, 0, 0, 0, 0, 0, spaceGray}), box("cdef", cdef)))
	return err
}

// boxes makes a header box with as much of the file's as the library is to
// know.
func (d *decoder) boxes() []byte {
	space := uint32(spaceSRGB)
	switch {
	case d.space == spaceSYCC:
		space = spaceSYCC
	case d.layout.Opaque() == pixel.Gray:
		space = spaceGray
	}
	content := [][]byte{box("colr", binary.BigEndian.AppendUint32([]byte{1, 0, 0}, space))}
	if d.palette != nil {
		content = append(content, box("pclr", d.palette), box("cmap", d.mapping))
	}
	return box("jp2h", content...)
}

// run has the library decode the codestream. Its panics are errors: it has
// been written for good files.
func (d *decoder) run(boxes []byte) (m *image.RGBA, err error) {
	if err := d.ctx.Err(); err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil {
			m, err = nil, fmt.Errorf("%w: the library panics: %v", codec.ErrFormat, r)
		}
	}()
	file := io.MultiReader(bytes.NewReader([]byte(signature)), bytes.NewReader(boxes), bytes.NewReader(box("jp2c", d.data)))
	decoded, err := jpeg2000.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", codec.ErrFormat, err)
	}
	if err := d.ctx.Err(); err != nil {
		return nil, err
	}
	m, ok := decoded.(*image.RGBA)
	if size := d.info().Shape; !ok || m.Rect != image.Rect(0, 0, size.Width, size.Height) {
		return nil, fmt.Errorf("%w: the library yields %v of %v", codec.ErrFormat, decoded.Bounds(), size)
	}
	return m, nil
}
