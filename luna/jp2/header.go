package jp2

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A header is what stands before the first tile.
type header struct {
	*container
	*stream
	raw    []byte // of the codestream
	rest   io.Reader
	size   int64 // of the codestream, or negative
	layout pixel.Layout
	alpha  int // the component that it is, or 0
}

// Probe reads boxes up to the codestream, and its main header. What stands
// behind it, metadata perhaps, is not told.
func (c Codec) Probe(r io.Reader) (codec.Info, error) {
	h, err := readHeader(r)
	if err != nil {
		return codec.Info{}, fmt.Errorf("jp2: %w", err)
	}
	return h.info(), nil
}

func readHeader(r io.Reader) (*header, error) {
	boxes, rest, size, err := readContainer(r)
	if err != nil {
		return nil, err
	}
	h := &header{container: boxes, rest: rest, size: size}
	if size >= 0 {
		h.rest = io.LimitReader(rest, size)
	}
	if h.stream, h.raw, err = readStream(h.rest); err != nil {
		return nil, err
	}
	return h, h.colours()
}

// colours chooses the layout, and refuses colour spaces and channels that are
// not understood.
func (h *header) colours() error {
	n := len(h.components)
	h.layout = [...]pixel.Layout{1: pixel.Gray, pixel.GrayAlpha, pixel.RGB, pixel.RGBA}[n]
	if h.container.raw {
		return h.channelRoles(n)
	}
	colours := h.layout.Opaque().Planes()
	switch {
	case h.space == 0 && h.profile != nil, h.space == 0 && h.profile == nil:
	case h.space == spaceGray && colours == 1, h.space == spaceSRGB && (colours == 3 || h.palette != nil):
	case h.space == spaceSYCC && colours == 3 && !h.transform:
	default:
		return fmt.Errorf("%w: colour space %d of %d components", codec.ErrUnsupported, h.space, n)
	}
	if len(h.profile) >= 20 && string(h.profile[16:20]) == "CMYK" {
		return fmt.Errorf("%w: CMYK", codec.ErrUnsupported)
	}
	if h.palette != nil {
		return h.paletteColours()
	}
	return h.channelRoles(n)
}

// channelRoles finds alpha: as the channel definitions say, else behind the
// colours.
func (h *header) channelRoles(n int) error {
	if h.layout.HasAlpha() {
		h.alpha = n - 1
	}
	b := h.channels
	if len(b) < 2 {
		return nil
	}
	count := int(binary.BigEndian.Uint16(b))
	if len(b) < 2+6*count {
		return fmt.Errorf("%w: channel definitions of %d bytes", codec.ErrFormat, len(b))
	}
	for i := range count {
		channel, kind, of := binary.BigEndian.Uint16(b[2+6*i:]), binary.BigEndian.Uint16(b[4+6*i:]), binary.BigEndian.Uint16(b[6+6*i:])
		switch {
		case int(channel) >= n:
			return fmt.Errorf("%w: channel %d of %d", codec.ErrFormat, channel, n)
		case kind == 0 && of == channel+1 && int(channel) != h.alpha, kind == 0 && of == 0 && n == 1:
		case kind == 1 && h.alpha > 0 && int(channel) == h.alpha:
		case kind == 65535 && h.alpha > 0 && int(channel) == h.alpha:
			// Something of which nothing is said.
			h.alpha, h.layout = 0, h.layout.Opaque()
		default:
			return fmt.Errorf("%w: channel %d of type %d for colour %d", codec.ErrUnsupported, channel, kind, of)
		}
	}
	return nil
}

// paletteColours looks at a palette of 8-bit gray or RGB for one component.
func (h *header) paletteColours() error {
	if len(h.palette) < 3 {
		return fmt.Errorf("%w: palette of %d bytes", codec.ErrFormat, len(h.palette))
	}
	entries, columns := int(binary.BigEndian.Uint16(h.palette)), int(h.palette[2])
	if len(h.components) != 1 || columns != 1 && columns != 3 || h.channels != nil {
		return fmt.Errorf("%w: a palette of %d columns for %d components", codec.ErrUnsupported, columns, len(h.components))
	}
	if entries < 1 || entries > 1024 || len(h.palette) != 3+columns+entries*columns || len(h.mapping) != 4*columns {
		return fmt.Errorf("%w: a palette of %d colours in %d bytes", codec.ErrFormat, entries, len(h.palette))
	}
	for i := range columns {
		if m := h.mapping[4*i:]; h.palette[3+i] != 7 || m[0] != 0 || m[1] != 0 || m[2] != 1 || int(m[3]) != i {
			return fmt.Errorf("%w: a palette whose columns have %d bits and go elsewhere", codec.ErrUnsupported, h.palette[3+i]&127+1)
		}
	}
	if columns == 3 {
		h.layout = pixel.RGB
	}
	return nil
}

// info tells what the header says in the words of package codec.
func (h *header) info() codec.Info {
	i := codec.Info{
		Shape:       pixel.Shape{Width: int(h.x1 - h.x0), Height: int(h.y1 - h.y0), Layout: h.layout},
		Orientation: max(h.exif.Orientation, 1),
		Frames:      1,
		Space:       "srgb",
		Channels:    max(len(h.components), h.layout.Planes()),
		HasAlpha:    h.layout.HasAlpha(),
		Density:     h.density,
		Lossy:       !h.reversible,
		Profile:     h.profile,
		Metadata:    h.metadata,
	}
	gray, deep := h.layout.Opaque() == pixel.Gray, h.components[0].depth > 8
	switch {
	case gray && deep:
		i.Space = "grey16"
	case gray:
		i.Space = "b-w"
	case deep:
		i.Space = "rgb16"
	}
	return i
}
