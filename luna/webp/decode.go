package webp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"

	"golang.org/x/image/vp8l"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/internal/modversion"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/cores"
	"github.com/immagin/immagin-go/luna/internal/lazy"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp/internal/vp8/decoder"
)

// decoderVersion is that of what decodes lossless pictures.
func decoderVersion() string {
	return "x/image " + modversion.Of("golang.org/x/image", "unknown")
}

// DecodeWork reports the rows of a lossy picture that are held at a time, and the
// packed pixels, at most twice, of a lossless one or of an alpha channel.
func (c Codec) DecodeWork(info codec.Info, req codec.Request) int64 {
	w, h := int64(info.Shape.Width), int64(info.Shape.Height)
	// A frame may be lossy where the whole canvas is not.
	n := pixel.StripRows*5*w + 64<<10 + decoder.Work(info.Shape.Width, info.Shape.Height, cores.Of(c.Workers, req.Workers))
	if !info.Lossy || info.HasAlpha {
		n += ((w + 15) &^ 15) * ((h + 15) &^ 15) * 9
	}
	return n
}

// Scales lists 1/8, 1/4 and 1/2 for lossy stills without alpha, and for an
// animation of one such picture that covers the canvas. Samples are averaged
// before they become RGB, as libwebp does: luma by 2, 4 or 8, and chroma, of which
// there is half as much, by half of that.
func (c Codec) Scales(info codec.Info) []codec.Scale {
	if !info.Lossy || info.HasAlpha || info.Frames > 1 {
		return nil
	}
	return []codec.Scale{{Numerator: 1, Denominator: 8}, {Numerator: 1, Denominator: 4}, {Numerator: 1, Denominator: 2}}
}

// Decode reads the picture, or the first frame of an animation on its
// canvas: where the frame does not cover that, it is transparent or, without
// alpha, of the background colour. A lossy picture is decoded as the source is
// read, on several cores a little ahead; others at once.
func (c Codec) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	in := ctxio.NewReader(ctx, r)
	src, err := c.decode(ctx, bufio.NewReader(in), req)
	if in.Err() != nil {
		err = in.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("webp: %w", err)
	}
	return src, nil
}

func (c Codec) decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	shrink := 1
	if s := req.Scale; s != (codec.Scale{}) {
		if shrink = s.Denominator; s.Numerator != 1 || shrink != 1 && shrink != 2 && shrink != 4 && shrink != 8 {
			return nil, fmt.Errorf("%w: scale %d/%d", codec.ErrUnsupported, s.Numerator, s.Denominator)
		}
	}
	chunks, err := newChunks(r)
	if err != nil {
		return nil, err
	}
	h, err := readHeader(chunks)
	if err != nil {
		return nil, err
	}
	f := frame{width: h.width, height: h.height}
	if h.animated() {
		if f, err = h.readFrame(chunks); err != nil {
			return nil, err
		}
		chunks = chunks.inside()
		if err := chunks.next(); err != nil {
			return nil, early(err)
		}
	}
	p, err := c.readPicture(ctx, chunks, f, h, req)
	if err != nil {
		return nil, err
	}
	f.width, f.height = p.width, p.height
	if !h.animated() {
		h.width, h.height, h.alpha = p.width, p.height, p.hasAlpha
	}
	if shrink > 1 {
		if p.lossy == nil || h.alpha || !f.covers(h) {
			p.close()
			return nil, fmt.Errorf("%w: scale 1/%d of what is not a lossy still without alpha", codec.ErrUnsupported, shrink)
		}
		return p.scaled(shrink), nil
	}
	return p.source(h, f), nil
}

// readPicture reads an optional ALPH chunk and a VP8 or VP8L chunk, of which
// the first is current. Where the file has told the size before, f holds it.
func (c Codec) readPicture(ctx context.Context, in *chunks, f frame, h *header, req codec.Request) (*picture, error) {
	p := &picture{hasAlpha: h.alpha, pool: req.Pool}
	for {
		var err error
		switch in.kind {
		case "ALPH":
			if p.alpha == nil {
				p.alpha, err = readAlpha(in, f.width, f.height)
				p.hasAlpha = true
			}
		case "VP8 ", "VP8L":
			if err := p.read(ctx, in, f, h.extended, cores.Of(c.Workers, req.Workers)); err != nil {
				p.close()
				return nil, err
			}
			return p, nil
		}
		if err != nil {
			return nil, err
		}
		if err := in.next(); err == io.EOF {
			return nil, errNoPixels
		} else if err != nil {
			return nil, err
		}
	}
}

func (p *picture) read(ctx context.Context, c *chunks, f frame, sized bool, workers int) error {
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
	if p.data, err = readBody(c, b.head, p.pool); err != nil {
		return err
	}
	if p.lossy, err = decoder.New(ctx, p.data, decoder.Options{Workers: workers, Pool: p.pool}); err != nil {
		return malformed("pixels", err)
	}
	p.chroma = p.pool.Get(2 * p.width)
	return nil
}

// readBody reads the rest of the current chunk behind head, into memory of pool
// that grows with what there is: the size that the chunk claims is not trusted.
func readBody(c *chunks, head []byte, pool *pixel.Pool) ([]uint8, error) {
	data := append(pool.Get(64 << 10)[:0], head...)
	for c.body > 0 {
		if len(data) == cap(data) {
			more := append(pool.Get(2 * cap(data))[:0], data...)
			pool.Put(data)
			data = more
		}
		n, err := c.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if err != nil {
			pool.Put(data)
			return nil, err
		}
	}
	return data, nil
}

func malformed(what string, err error) error {
	if errors.Is(err, codec.ErrFormat) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w: %s: %w", codec.ErrFormat, what, err)
}

// source puts p at f on the canvas of h, and closes it in the end.
func (p *picture) source(h *header, f frame) pixel.Source {
	shape := h.info().Shape
	around := h.background
	if h.alpha {
		around = [4]uint8{}
	}
	rows := make([][]uint8, shape.Layout.Planes())
	fill := func(t *pixel.Strip) error {
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
			if err := p.row(rows, y); err != nil {
				return fmt.Errorf("webp: %w", err)
			}
		}
		return nil
	}
	return &lazy.Source{Size: shape, Fill: fill, Pool: p.pool, Free: p.close}
}
