package jpeg

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"runtime"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Decode reads all of r, and decodes pictures of one interleaved scan as rows
// are asked for; others, and scaled ones on several cores, at once. At full
// size the planes are those of libjpeg-turbo to the last bit; at n/8 they hold
// the lowest n x n frequencies of every block.
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
	p, err := parse(data, c.maxScans())
	if err != nil {
		return nil, err
	}
	d := &decoding{ctx: ctx, p: p, data: data[:len(data)+padding], lenient: c.AllowTruncated, workers: c.workers()}
	n := req.Scale.Size(8)
	switch n {
	case 1, 2, 4, 8:
	default:
		return nil, fmt.Errorf("%w: scale %d/%d", codec.ErrUnsupported, req.Scale.Numerator, req.Scale.Denominator)
	}
	layout := info.Shape.Layout
	for i := range p.components {
		d.size[i], d.made[i] = n, n
		if req.Reference && n < 8 {
			d.size[i], d.made[i] = 8, p.referenceSize(i, n)
		}
	}
	if req.Reference {
		layout = c.ReferenceLayout(info, req.Scale)
	}
	s := &source{d: d, pool: req.Pool, data: data, layout: layout, ink: head.ink(), reference: req.Reference}
	if err := s.frame(n, req.Region); err != nil {
		return nil, err
	}
	if p.streams() && !d.lenient && (n == 8 || req.Reference || d.workers == 1 || !p.speculates()) {
		s.stream = &streamer{d: d, w: p.walk(&p.scans[0])}
	} else if err := d.collect(); err != nil {
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
// scales down.
func (c Codec) ReferenceLayout(info codec.Info, scale codec.Scale) pixel.Layout {
	if scale.Size(8) < 8 && info.Shape.Layout == pixel.YCbCr420 {
		return pixel.YCbCr444
	}
	return info.Shape.Layout
}

// streams reports whether rows can be decoded one after the other.
func (p *picture) streams() bool {
	return !p.progressive && len(p.scans) == 1 && len(p.scans[0].components) == len(p.components)
}

// speculates reports whether several workers gain anything.
func (p *picture) speculates() bool {
	w := p.walk(&p.scans[0])
	return w.mcus() >= speculateFrom
}

func (c Codec) workers() int {
	if c.Workers > 0 {
		return c.Workers
	}
	return min(2, runtime.GOMAXPROCS(0))
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
