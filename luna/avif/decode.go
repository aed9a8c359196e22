package avif

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/internal/isobmff"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/still"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Probe reads the list of what the file holds, and EXIF and XMP where they
// follow it. The size is that of the picture as it is shown: rotation,
// mirroring and cropping of the container are part of the picture, are applied
// by Decode, and overrule the orientation that EXIF may tell, as the
// specification has it and as sharp does.
func (c *Codec) Probe(r io.Reader) (codec.Info, error) {
	h, err := still.Read(r)
	if err == nil {
		err = h.Describe(r)
	}
	if err != nil {
		return codec.Info{}, fmt.Errorf("avif: %w", err)
	}
	info, err := info(h)
	if err != nil {
		return codec.Info{}, fmt.Errorf("avif: %w", err)
	}
	return info, nil
}

func info(h *still.Header) (codec.Info, error) {
	p := h.Picture
	if p.Color.Coded != "av01" {
		return codec.Info{}, fmt.Errorf("%w: a picture coded as %q", codec.ErrUnsupported, p.Color.Coded)
	}
	if p.Alpha != nil && p.Alpha.Coded != "av01" {
		return codec.Info{}, fmt.Errorf("%w: alpha coded as %q", codec.ErrUnsupported, p.Alpha.Coded)
	}
	config, ok := p.Color.Tiles[0].Property("av1C")
	if !ok || len(config) < 4 {
		return codec.Info{}, fmt.Errorf("%w: no \"av1C\" property", codec.ErrFormat)
	}
	// The third byte is tier, high bit depth, twelve bits, monochrome, ….
	gray, deep := config[2]&0x10 != 0, config[2]&0x40 != 0
	identity := p.Color.Colors != nil && p.Color.Colors.Matrix == 0
	info := h.Info(gray, deep, !identity)
	info.Channels = info.Shape.Layout.Planes()
	return info, nil
}

// Bytes that the library holds for each pixel while it decodes, with samples
// of 8 bits and with more: two copies of the pixels, the frame in planes
// (three samples where chroma is not subsampled), and what dav1d keeps beside.
// And what it holds whatever the size. Both measured, and rounded up.
const (
	decodeBytes     = 16
	decodeDeepBytes = 30
	decodeFixed     = 6 << 20
)

// libraryWork is what the library holds for a tile of so many pixels.
func libraryWork(pixels int64, deep bool) int64 {
	if deep {
		return decodeFixed + decodeDeepBytes*pixels
	}
	return decodeFixed + decodeBytes*pixels
}

// DecodeWork counts the picture, and the library's memory, of which it never
// has more than Options.MaxDecodeMemory.
func (c *Codec) DecodeWork(info codec.Info, _ codec.Request) int64 {
	work := libraryWork(int64(info.Shape.Width)*int64(info.Shape.Height), info.Shape.Deep)
	return info.Shape.Bytes() + min(work, c.opts.MaxDecodeMemory)
}

// Decode decodes the picture at once; of a sequence it is the one that stands
// for it. Samples of 10 and 12 bits come as 16. It waits for its turn, see
// Options.MaxDecodes.
func (c *Codec) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	m, err := c.decode(ctx, r, req)
	if err != nil {
		return nil, fmt.Errorf("avif: %w", err)
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
	decode := func(m *isobmff.Image, data []byte, item *isobmff.Item, use func(still.Tile) error) error {
		return c.tile(ctx, m, data, item, use)
	}
	return h.Assemble(ctx, file, shape, req.Pool, decode, decode)
}

// admit compares sizes with the limits, and returns the shape to be decoded.
func (c *Codec) admit(h *still.Header) (pixel.Shape, error) {
	info, err := info(h)
	if err != nil {
		return pixel.Shape{}, err
	}
	shape := info.Shape
	if n := int64(shape.Width) * int64(shape.Height); n > c.opts.MaxPixels {
		return shape, fmt.Errorf("%w: %v is more than %d pixels", codec.ErrLimit, shape, c.opts.MaxPixels)
	}
	for _, m := range []*isobmff.Image{h.Picture.Color, h.Picture.Alpha} {
		if m == nil {
			continue
		}
		if need := libraryWork(int64(m.TileWidth)*int64(m.TileHeight), shape.Deep); need > c.opts.MaxDecodeMemory {
			return shape, fmt.Errorf("%w: decoding %dx%d at once takes %d bytes, of at most %d",
				codec.ErrLimit, m.TileWidth, m.TileHeight, need, c.opts.MaxDecodeMemory)
		}
	}
	return shape, nil
}

// tile has the library decode a single item.
func (c *Codec) tile(ctx context.Context, m *isobmff.Image, data []byte, item *isobmff.Item, use func(still.Tile) error) error {
	// A frame larger than what the container says would cost more than what
	// was agreed to.
	seq, err := findSequence(data)
	if err != nil {
		return err
	}
	if seq.width > m.TileWidth || seq.height > m.TileHeight {
		return fmt.Errorf("%w: AV1 frames of up to %dx%d in an item of %dx%d", codec.ErrFormat, seq.width, seq.height, m.TileWidth, m.TileHeight)
	}
	file, err := single(m, data, item)
	if err != nil {
		return err
	}
	return c.lib.decode(ctx, file, func(width, height int, deep bool, pix []byte) error {
		row := 4 * width
		if deep {
			row *= 2
		}
		return use(still.Tile{
			Width: width, Height: height, Step: 4, Deep: deep,
			Row: func(y int) []byte { return pix[y*row:][:row] },
		})
	})
}

// single returns a file of one item.
func single(m *isobmff.Image, data []byte, item *isobmff.Item) ([]byte, error) {
	config, ok := item.Property("av1C")
	if !ok || len(config) < 4 {
		return nil, fmt.Errorf("%w: no \"av1C\" property", codec.ErrFormat)
	}
	properties := []isobmff.Property{
		isobmff.NewSize(m.TileWidth, m.TileHeight),
		{Type: "av1C", Data: config, Essential: true},
	}
	for _, kind := range []string{"a1op", "lsel"} { // which layers to decode
		if d, ok := item.Property(kind); ok {
			properties = append(properties, isobmff.Property{Type: kind, Data: slices.Clone(d), Essential: true})
		}
	}
	if m.Colors != nil {
		properties = append(properties, isobmff.NewColors(*m.Colors))
	}
	if int64(len(data)) >= 1<<31 {
		return nil, fmt.Errorf("%w: an item of %d bytes", codec.ErrLimit, len(data))
	}
	return isobmff.Write(isobmff.Draft{
		Brand: "avif", All: []string{"avif", "mif1", "miaf"},
		Items: []isobmff.DraftItem{{Type: "av01", Data: data, Properties: properties}},
	}), nil
}
