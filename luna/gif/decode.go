package gif

import (
	"context"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/lazy"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Decode reads blocks until it is known whether there is transparency: for an
// opaque picture to the end. The compressed bytes up to there are kept until
// they are decoded, as the source is read. It fails where pixels or blocks are
// malformed or the file ends within them; frames after the first one are read
// only where they tell of transparency.
func (c Codec) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	d := &decoder{ctx: ctx, in: ctxio.NewReader(ctx, r), pool: req.Pool}
	s, err := d.open((*summary).hasAlpha)
	if err != nil {
		return nil, d.fail(err)
	}
	d.shape = s.shape()
	if d.frame, err = d.blocks.nextFrame(); err != nil {
		return nil, d.fail(err)
	}
	d.paint.colours(d.frame)
	fill := d.strip
	if d.frame.interlaced {
		fill = d.interlacedStrip
	}
	return &lazy.Source{Size: d.shape, Pool: d.pool, Fill: fill, Free: d.free}, nil
}

// A decoder reads the first picture of a file.
type decoder struct {
	ctx    context.Context
	in     *ctxio.Reader
	pool   *pixel.Pool
	blocks *blocks
	shape  pixel.Shape
	frame  frame

	unpacker *unpacker
	paint    painter
	// indices are those of a row, or of all rows of an interlaced picture in
	// the order of the file, of which there are so many.
	indices []uint8
	there   int
}

// open looks at the blocks as far as is enough, and begins to read them anew.
func (d *decoder) open(enough func(*summary) bool) (summary, error) {
	var s summary
	t := &tape{r: d.in}
	b, err := newBlocks(t)
	if err != nil {
		return s, err
	}
	b.strict = enough == nil
	if err := s.scan(b, enough); err != nil {
		return s, err
	}
	d.blocks, err = newBlocks(t.rewound())
	return s, err
}

// fail names the cause: the reader's or the context's error if there was one.
func (d *decoder) fail(err error) error {
	if d.in.Err() != nil {
		err = d.in.Err()
	}
	return fmt.Errorf("gif: %w", err)
}

func (d *decoder) free() {
	d.pool.Put(d.indices)
	d.indices, d.unpacker, d.blocks = nil, nil, nil
}

func (d *decoder) start(indices int) error {
	d.unpacker = &unpacker{b: d.blocks}
	d.indices = d.pool.Get(indices)
	return d.unpacker.start()
}

// strip fills a strip of a picture that is not interlaced.
func (d *decoder) strip(t *pixel.Strip) error {
	r := d.frame.rect
	if err := d.ctx.Err(); err != nil {
		return d.fail(err)
	}
	if t.Y == 0 {
		if err := d.start(r.Dx()); err != nil {
			return d.fail(err)
		}
	}
	for i := range t.Rows {
		n := 0
		if y := t.Y + i; y >= r.Min.Y && y < r.Max.Y {
			var err error
			if n, err = d.unpacker.read(d.indices); err != nil {
				return d.fail(err)
			}
		}
		d.row(t, i, d.indices[:n])
	}
	return d.end(t)
}

// interlacedStrip reads all pixels first.
func (d *decoder) interlacedStrip(t *pixel.Strip) error {
	r := d.frame.rect
	if t.Y == 0 {
		if err := d.start(r.Dx() * r.Dy()); err != nil {
			return d.fail(err)
		}
		for y := 0; y < r.Dy(); y += pixel.StripRows {
			if err := d.ctx.Err(); err != nil {
				return d.fail(err)
			}
			n, err := d.unpacker.read(d.indices[y*r.Dx() : min(y+pixel.StripRows, r.Dy())*r.Dx()])
			if d.there += n; err != nil {
				return d.fail(err)
			}
		}
	}
	for i := range t.Rows {
		var row []uint8
		if y := t.Y + i; y >= r.Min.Y && y < r.Max.Y {
			from := stored(y-r.Min.Y, r.Dy()) * r.Dx()
			row = d.indices[min(from, d.there):min(from+r.Dx(), d.there)]
		}
		d.row(t, i, row)
	}
	return d.end(t)
}

// row writes a row of the canvas: indices in the frame, and nothing around.
func (d *decoder) row(t *pixel.Strip, y int, indices []uint8) {
	var rows [4][]uint8
	planes := d.shape.Layout.Planes()
	x := d.frame.rect.Min.X
	for p := range planes {
		row := t.Planes[p].Row(y)
		rows[p] = row[min(x, len(row)):]
		if len(indices) < len(row) || d.frame.transparent >= 0 {
			clear(row)
		}
	}
	d.paint.row(rows[:planes], indices)
}

// end reads what is left of the pixels behind the last strip: a file that ends
// there is not whole.
func (d *decoder) end(t *pixel.Strip) error {
	if t.Y+t.Rows < d.shape.Height {
		return nil
	}
	if err := d.unpacker.finish(); err != nil {
		return d.fail(err)
	}
	return nil
}

// stored reports the place in the file of row y of an interlaced picture of
// that height: every eighth row comes first, those between, and so on.
func stored(y, height int) int {
	eighths, quarters, halves := (height+7)/8, (height+3)/8, (height+1)/4
	switch {
	case y%8 == 0:
		return y / 8
	case y%8 == 4:
		return eighths + y/8
	case y%4 == 2:
		return eighths + quarters + y/4
	}
	return eighths + quarters + halves + y/2
}

// A painter makes samples of indices.
type painter struct {
	planes      [4][256]uint8
	transparent int
}

func (p *painter) colours(f frame) {
	p.transparent = f.transparent
	for i, c := range f.colours {
		p.planes[0][i], p.planes[1][i], p.planes[2][i], p.planes[3][i] = c[0], c[1], c[2], 255
	}
	if f.transparent >= 0 {
		for c := range p.planes {
			p.planes[c][f.transparent] = 0
		}
	}
}

// row writes the pixels of indices to the beginning of rows, and leaves what
// is under transparent ones.
func (p *painter) row(rows [][]uint8, indices []uint8) {
	for c, row := range rows {
		table := &p.planes[c]
		row = row[:len(indices)]
		if p.transparent < 0 {
			for x, i := range indices {
				row[x] = table[i]
			}
			continue
		}
		for x, i := range indices {
			if int(i) != p.transparent {
				row[x] = table[i]
			}
		}
	}
}
