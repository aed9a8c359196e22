package jpeg

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"io"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/cores"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Decode reads all of r, and decodes pictures of one interleaved scan as rows
// are asked for, on several cores a little ahead; others at once. At full
// size the planes are those of libjpeg-turbo to the last bit; at n/8 they hold
// the lowest n x n frequencies of every block, and those of chroma at full size
// the lowest 2n x 2n.
func (c Codec) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	data, err := readAll(ctxio.NewReader(ctx, r), r, req.Pool)
	if err != nil {
		req.Pool.Put(data)
		return nil, fmt.Errorf("jpeg: %w", err)
	}
	src, err := c.open(ctx, data, req)
	if err != nil {
		req.Pool.Put(data)
		return nil, fmt.Errorf("jpeg: %w", err)
	}
	return src, nil
}

// readAll reads in to its end, into memory of pool with padding bytes of room
// behind it. r is what in reads from: it may know how much is left.
func readAll(in io.Reader, r io.Reader, pool *pixel.Pool) ([]byte, error) {
	const chunk = 32 << 10 // so that a done context is seen in between
	size := 2 * chunk
	if known, ok := r.(interface{ Len() int }); ok {
		size = known.Len() + 1 // one more to see the end
	}
	data := pool.Get(size + padding)[:0]
	for {
		if cap(data)-len(data) <= padding {
			more := pool.Get(2 * cap(data))[:len(data)]
			copy(more, data)
			pool.Put(data)
			data = more
		}
		n, err := in.Read(data[len(data):min(len(data)+chunk, cap(data)-padding)])
		data = data[:len(data)+n]
		if err == io.EOF {
			return data, nil
		}
		if err != nil {
			return data, err
		}
	}
}

func (c Codec) open(ctx context.Context, data []byte, req codec.Request) (*source, error) {
	info, head, err := probe(bufio.NewReader(bytes.NewReader(data)))
	if err != nil {
		return nil, err
	}
	p, err := parse(data, info.Shape.Height, c.maxScans())
	if err != nil {
		return nil, err
	}
	d := &decoding{ctx: ctx, p: p, data: data[:len(data)+padding], lenient: c.AllowTruncated, workers: cores.Of(c.Workers, req.Workers), part: c.part}
	n := req.Scale.Size(8)
	switch n {
	case 1, 2, 4, 8:
	default:
		return nil, fmt.Errorf("%w: scale %d/%d", codec.ErrUnsupported, req.Scale.Numerator, req.Scale.Denominator)
	}
	layout := info.Shape.Layout
	full := req.FullChroma && c.ReferenceLayout(info, req.Scale) != layout
	for i := range p.components {
		d.size[i], d.made[i] = n, n
		if full {
			d.made[i] = p.referenceSize(i, n)
			d.size[i] = d.made[i]
		}
		if req.Reference && n < 8 {
			d.made[i] = p.referenceSize(i, n)
			if d.made[i] > 1 {
				d.size[i] = 8
			}
		}
	}
	if req.Reference || full {
		layout = c.ReferenceLayout(info, req.Scale)
	}
	s := &source{d: d, pool: req.Pool, data: data, layout: layout, ink: head.ink(), reference: req.Reference}
	if err := s.frame(n, req.Region); err != nil {
		return nil, err
	}
	if p.streams() && !d.lenient {
		if whole := p.mcusX * p.mcusY; 2*(s.lastX-s.firstX)*(s.lastRow-s.row) < whole {
			// What is not wanted costs less where it is known not to be.
			d.workers = 1
		}
		s.stream = newStreamer(d, req.Pool)
	} else if err := d.collect(req.Pool); err != nil {
		d.free(req.Pool)
		return nil, err
	}
	s.allocate()
	return s, nil
}

// referenceSize is the side that libjpeg transforms the blocks of component i
// to at n/8: twice as many samples where that saves their interpolation
// (jdmaster.c).
func (p *picture) referenceSize(i, n int) int {
	c := &p.components[i]
	size := n
	for size < 8 && p.maxH*n%(c.h*size*2) == 0 && p.maxV*n%(c.v*size*2) == 0 {
		size *= 2
	}
	return size
}

// ReferenceLayout is 4:4:4 where libjpeg makes chroma at full size because it
// scales down, and where it repeats the chroma of 4:2:2 (jdsample.c does not
// interpolate at 1/8).
func (c Codec) ReferenceLayout(info codec.Info, scale codec.Scale) pixel.Layout {
	switch n := scale.Size(8); {
	case info.Shape.Layout == pixel.YCbCr420 && n < 8, info.Shape.Layout == pixel.YCbCr422 && n == 1:
		return pixel.YCbCr444
	}
	return info.Shape.Layout
}

// streams reports whether rows can be decoded one after the other. Scans that
// come behind one of all components are left out, as libjpeg does: headers do
// not tell of them, so that nobody has reserved memory to collect them in.
func (p *picture) streams() bool {
	return !p.progressive && len(p.scans) > 0 && len(p.scans[0].components) == len(p.components)
}

// Scales lists 1/8, 1/4 and 1/2.
func (c Codec) Scales(codec.Info) []codec.Scale {
	return []codec.Scale{{Numerator: 1, Denominator: 8}, {Numerator: 1, Denominator: 4}, {Numerator: 1, Denominator: 2}}
}

// Region rounds want out to even samples, so that chroma splits evenly.
func (c Codec) Region(info codec.Info, scale codec.Scale, want image.Rectangle) image.Rectangle {
	w, h := scale.Size(info.Shape.Width), scale.Size(info.Shape.Height)
	return image.Rect(want.Min.X&^1, want.Min.Y&^1, min(want.Max.X+want.Max.X&1, w), min(want.Max.Y+want.Max.Y&1, h))
}
