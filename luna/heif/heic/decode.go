package heic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/internal/isobmff"
	"github.com/immagin/immagin-go/internal/wasm"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/still"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Probe reads the list of what the file holds, and EXIF and XMP where they
// follow it. The size is that of the picture as it is shown: rotation,
// mirroring and cropping of the container are part of the picture, are applied
// by Decode, and overrule the orientation that EXIF may tell.
func (c *Codec) Probe(r io.Reader) (codec.Info, error) {
	h, err := still.Read(r)
	if err == nil {
		err = h.Describe(r)
	}
	if err != nil {
		return codec.Info{}, fmt.Errorf("heic: %w", err)
	}
	info, err := info(h)
	if err != nil {
		return codec.Info{}, fmt.Errorf("heic: %w", err)
	}
	return info, nil
}

func info(h *still.Header) (codec.Info, error) {
	for _, m := range []*isobmff.Image{h.Picture.Color, h.Picture.Alpha} {
		if m != nil && m.Coded != "hvc1" {
			return codec.Info{}, fmt.Errorf("%w: a picture coded as %q", codec.ErrUnsupported, m.Coded)
		}
	}
	s, err := findSequence(h.Picture.Color.Tiles[0])
	if err != nil {
		return codec.Info{}, err
	}
	return h.Info(s.chroma == 0, false, true), nil
}

// Bytes that the library holds for each pixel, with samples of 8 bits and with
// more, and whatever the size; measured, and rounded up.
const (
	workBytes     = 18
	workDeepBytes = 30
	workFixed     = 6 << 20
)

func work(pixels int64, deep bool) int64 {
	if deep {
		return workFixed + workDeepBytes*pixels
	}
	return workFixed + workBytes*pixels
}

// DecodeWork counts the picture, and the library's memory, of which it never
// has more than Options.MaxMemory.
func (c *Codec) DecodeWork(info codec.Info, _ codec.Request) int64 {
	pixels := int64(info.Shape.Width) * int64(info.Shape.Height)
	return info.Shape.Bytes() + min(work(pixels, true), c.opts.MaxMemory)
}

// Decode decodes the picture at once; of a sequence it is the one that stands
// for it. Samples of more than 8 bits are rounded to 8. It waits for its turn,
// see Options.MaxDecodes.
func (c *Codec) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	m, err := c.decode(ctx, r, req)
	if err != nil {
		return nil, fmt.Errorf("heic: %w", err)
	}
	return pixel.WithContext(ctx, m.Source(0, func() { m.Free(req.Pool) })), nil
}

func (c *Codec) decode(ctx context.Context, r io.Reader, req codec.Request) (*pixel.Image, error) {
	var shape pixel.Shape
	h, file, err := still.ReadFile(ctxio.NewReader(ctx, r), func(h *still.Header) (err error) {
		shape, err = c.admit(h)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := c.decodes.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer c.decodes.Release(1)
	decode := func(gray bool) still.Decode {
		return func(m *isobmff.Image, data []byte, item *isobmff.Item, use func(still.Tile) error) error {
			return c.tile(ctx, m, data, item, gray, use)
		}
	}
	return h.Assemble(ctx, file, shape, req.Pool, decode(shape.Layout.Opaque() == pixel.Gray), decode(true))
}

// admit compares sizes with the limits, and returns the shape to be decoded.
func (c *Codec) admit(h *still.Header) (pixel.Shape, error) {
	info, err := info(h)
	if err != nil {
		return pixel.Shape{}, err
	}
	if n := int64(info.Shape.Width) * int64(info.Shape.Height); n > c.opts.MaxPixels {
		return info.Shape, fmt.Errorf("%w: %v is more than %d pixels", codec.ErrLimit, info.Shape, c.opts.MaxPixels)
	}
	for _, m := range []*isobmff.Image{h.Picture.Color, h.Picture.Alpha} {
		if m == nil {
			continue
		}
		seq, err := findSequence(m.Tiles[0])
		if err != nil {
			return info.Shape, err
		}
		if need := work(int64(m.TileWidth)*int64(m.TileHeight), seq.depth > 8); need > c.opts.MaxMemory {
			return info.Shape, fmt.Errorf("%w: decoding %dx%d at once takes %d bytes, of at most %d",
				codec.ErrLimit, m.TileWidth, m.TileHeight, need, c.opts.MaxMemory)
		}
	}
	return info.Shape, nil
}

// spaceYCbCr is libheif's number for it.
const spaceYCbCr = 0

// stride is how many bytes libheif puts between rows of so many samples: at
// least 64 samples, an even number of them, and a multiple of 16 bytes.
func stride(samples, bytes int) int {
	return (max((samples+1)&^1, 64)*bytes + 15) &^ 15
}

// tile has the library decode a single item.
func (c *Codec) tile(ctx context.Context, m *isobmff.Image, data []byte, item *isobmff.Item, gray bool, use func(still.Tile) error) error {
	seq, err := findSequence(item)
	if err != nil {
		return err
	}
	// The library's glue copies as many rows as the container says.
	if seq.chroma == 0 && !gray {
		return fmt.Errorf("%w: a gray tile in a picture with colours", codec.ErrUnsupported)
	}
	if seq.width != m.TileWidth || seq.height != m.TileHeight {
		return fmt.Errorf("%w: HEVC frames of %dx%d in an item of %dx%d", codec.ErrFormat, seq.width, seq.height, m.TileWidth, m.TileHeight)
	}
	colors := seq.colors
	if m.Colors != nil {
		colors = *m.Colors
	}
	convert, err := newConverter(colors)
	if err != nil {
		return err
	}
	config := disguise(item, seq)
	file := isobmff.Write(isobmff.Draft{
		Brand: "heic", All: []string{"heic", "mif1"},
		Items: []isobmff.DraftItem{{Type: "hvc1", Data: data, Properties: []isobmff.Property{
			{Type: "hvcC", Data: config, Essential: true}, isobmff.NewSize(m.TileWidth, m.TileHeight),
		}}},
	})
	err = c.m.Run(ctx, c.opts.MaxMemory, func(i *wasm.Instance) error {
		p, err := planes(i, file, seq)
		if err != nil {
			return err
		}
		return use(p.tile(convert, gray))
	})
	switch {
	case errors.Is(err, wasm.ErrMemory):
		return fmt.Errorf("%w: %w", codec.ErrLimit, err)
	case errors.Is(err, wasm.ErrExhausted):
		return fmt.Errorf("%w: %w", codec.ErrExhausted, err)
	case errors.Is(err, wasm.ErrTrap):
		return fmt.Errorf("%w: %w", codec.ErrFormat, err)
	}
	return err
}

// A frame is what the library has decoded, in its memory.
type frame struct {
	width, height  int
	pix            []byte
	luma, chroma   int  // strides
	shiftX, shiftY uint // of chroma
}

// planes runs the library on a file of one item.
func planes(i *wasm.Instance, file []byte, seq sequence) (frame, error) {
	f := frame{width: seq.width, height: seq.height}
	in, err := i.Store(file)
	if err != nil {
		return f, err
	}
	// Five numbers: width, height, colour space, chroma, premultiplied.
	told, err := i.Store(make([]byte, 20))
	if err != nil {
		return f, err
	}
	decode := func(headersOnly uint64, out uint32) error {
		ok, err := i.Call("decode", uint64(in), uint64(len(file)), headersOnly,
			uint64(told), uint64(told+4), uint64(told+8), uint64(told+12), uint64(told+16), uint64(out))
		if err == nil && ok == 0 {
			err = fmt.Errorf("%w: libheif refuses it", codec.ErrFormat)
		}
		return err
	}
	if err := decode(1, 0); err != nil {
		return f, err
	}
	var v [4]uint32
	for k := range v {
		if v[k], err = i.Uint32(told + uint32(4*k)); err != nil {
			return f, err
		}
	}
	if int64(v[0]) != int64(f.width) || int64(v[1]) != int64(f.height) {
		return f, fmt.Errorf("%w: libheif makes %dx%d of %dx%d", codec.ErrFormat, v[0], v[1], f.width, f.height)
	}
	space, chroma := v[2], v[3]
	switch {
	case space == spaceYCbCr && chroma >= 1 && chroma <= 3:
		// 4:2:0, 4:2:2, 4:4:4
		f.shiftX, f.shiftY = min(1, 3-uint(chroma)), min(1, 2-min(uint(chroma), 2))
	default:
		return f, fmt.Errorf("%w: colours as libheif's %d, chroma as its %d", codec.ErrUnsupported, space, chroma)
	}
	// It is asked for 8 bits, and makes them only where it converts chroma. So
	// there is room for 16, and a mark where the last sample is to be.
	bytes := 1
	if seq.depth > 8 {
		bytes = 2
	}
	f.layOut(bytes)
	size := f.size()
	out, err := i.Alloc(size)
	if err != nil {
		return f, err
	}
	mark := out + uint32(size) - 1 - uint32(f.chroma) + uint32(f.chromaWidth()*bytes)
	if bytes == 2 {
		b, err := i.Bytes(mark, 1)
		if err != nil {
			return f, err
		}
		b[0] = unwritten
	}
	if err := decode(0, out); err != nil {
		return f, err
	}
	if bytes == 2 {
		b, err := i.Bytes(mark, 1)
		if err != nil {
			return f, err
		}
		if b[0] == unwritten {
			bytes = 1
			f.layOut(1)
			size = f.size()
		}
	}
	if f.pix, err = i.Bytes(out, size); err != nil {
		return f, err
	}
	if bytes == 2 {
		f.shorten(seq.depth - 8)
	}
	if seq.chroma == 1 {
		f.mend()
	}
	return f, nil
}

// unwritten is no high byte of a sample of at most 12 bits.
const unwritten = 0xa5

// layOut says how far rows are apart, where samples have so many bytes.
func (f *frame) layOut(bytes int) {
	f.luma, f.chroma = stride(f.width, bytes), stride(f.chromaWidth(), bytes)
}

func (f *frame) chromaWidth() int  { return (f.width + 1<<f.shiftX - 1) >> f.shiftX }
func (f *frame) chromaHeight() int { return (f.height + 1<<f.shiftY - 1) >> f.shiftY }

func (f *frame) size() int64 {
	return int64(f.luma)*int64(f.height) + 2*int64(f.chroma)*int64(f.chromaHeight())
}

// shorten makes 8 bits of samples with so many more.
func (f *frame) shorten(more int) {
	for at := 0; at < len(f.pix); {
		row := f.luma
		if at >= f.luma*f.height {
			row = f.chroma
		}
		b := f.pix[at:][:row]
		for i := range row / 2 {
			b[i] = byte((uint(b[2*i]) | uint(b[2*i+1])<<8) >> more)
		}
		at += row
	}
}

// disguise returns the item's "hvcC" property with another format of chroma
// than is true. The library's glue has libheif decode to the format that it
// finds there, and only there. Gray pictures it cannot ask for: those are made
// 4:2:0, with chroma that is not looked at. Pictures in 4:2:0 come out through
// 4:4:4, with borders spoilt on either way: those are made 4:4:4, to save the
// way back, see [frame.mend].
func disguise(item *isobmff.Item, seq sequence) []byte {
	d, _ := item.Property("hvcC")
	d = slices.Clone(d)
	const formatAt = 16
	format := seq.chroma
	switch seq.chroma {
	case 0:
		format = 1
	case 1:
		format = 3
	}
	d[formatAt] = d[formatAt]&^3 | byte(format)
	return d
}

// mend makes the outermost rows and columns of chroma anew. Where libheif
// 1.18.2 interpolates chroma, it gets all but those right. Between two samples
// a and b lie (3a+b)/4 and (a+3b)/4: what lies on the line through them beyond
// the first is a.
func (f frame) mend() {
	if f.shiftX != 0 || f.shiftY != 0 {
		return
	}
	size := f.chroma * f.height
	for _, p := range [][]byte{f.pix[f.luma*f.height:][:size], f.pix[f.luma*f.height+size:][:size]} {
		if f.height >= 4 {
			for _, y := range [][3]int{{0, 1, 2}, {f.height - 1, f.height - 2, f.height - 3}} {
				to, a, b := p[y[0]*f.chroma:][:f.width], p[y[1]*f.chroma:], p[y[2]*f.chroma:]
				for x := range to {
					to[x] = beyond(a[x], b[x])
				}
			}
		}
		if f.width >= 4 {
			for y := range f.height {
				row := p[y*f.chroma:][:f.width]
				row[0] = beyond(row[1], row[2])
				row[f.width-1] = beyond(row[f.width-2], row[f.width-3])
			}
		}
	}
}

func beyond(a, b byte) byte { return byte(min(max((3*int(a)-int(b)+1)>>1, 0), 255)) }

// tile makes gray or RGB of a frame, row by row.
func (f frame) tile(convert converter, gray bool) still.Tile {
	luma := func(y int) []byte { return f.pix[y*f.luma:][:f.width] }
	if gray {
		row := make([]byte, f.width)
		return still.Tile{Width: f.width, Height: f.height, Step: 1, Row: func(y int) []byte {
			convert.gray(row, luma(y))
			return row
		}}
	}
	row := make([]byte, 3*f.width)
	cb := f.pix[f.luma*f.height:]
	cr := cb[f.chroma*f.chromaHeight():]
	return still.Tile{Width: f.width, Height: f.height, Step: 3, Row: func(y int) []byte {
		at := (y >> f.shiftY) * f.chroma
		convert.row(row, luma(y), cb[at:], cr[at:], f.shiftX)
		return row
	}}
}
