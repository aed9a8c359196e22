package png

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Bounds of metadata. What is longer is refused if colours depend on it, and
// passed over else.
const (
	maxProfile = 4 << 20
	maxEXIF    = 1 << 20
)

// The colour types.
const (
	typeGray      = 0
	typeRGB       = 2
	typePalette   = 3
	typeGrayAlpha = 4
	typeRGBA      = 6
)

// A header is what stands before the first IDAT chunk.
type header struct {
	width, height int
	depth         int // bits a sample, or an index
	colour        int // one of the types
	interlaced    bool
	palette       [256][4]uint8
	paletted      bool
	// transparent holds a tRNS chunk's sample values, one for gray or three
	// for RGB, if keyed.
	transparent [3]uint16
	keyed       bool
	translucent bool // the palette has alpha

	frames      int
	plays       int    // of an animation
	first       []byte // the content of the fcTL chunk before the pixels
	density     float64
	dense       bool // EXIF has told it
	orientation int
	profile     []byte
	metadata    codec.Metadata
}

// Probe reads the chunks before the first IDAT.
func (c Codec) Probe(r io.Reader) (codec.Info, error) {
	cs, err := newChunks(r)
	if err != nil {
		return codec.Info{}, fmt.Errorf("png: %w", err)
	}
	h, err := readHeader(cs)
	if err != nil {
		return codec.Info{}, fmt.Errorf("png: %w", err)
	}
	return h.info(), nil
}

// readHeader reads up to the first IDAT chunk, which is then current.
func readHeader(c *chunks) (*header, error) {
	if err := c.next(); err != nil {
		return nil, err
	}
	h := &header{frames: 1}
	if err := h.ihdr(c); err != nil {
		return nil, err
	}
	for {
		if err := c.next(); err != nil {
			return nil, err
		}
		if c.kind == "IDAT" {
			if h.colour == typePalette && !h.paletted {
				return nil, fmt.Errorf("%w: no palette", codec.ErrFormat)
			}
			return h, nil
		}
		if err := h.chunk(c); err != nil {
			return nil, err
		}
	}
}

func (h *header) ihdr(c *chunks) error {
	if c.kind != "IHDR" || c.left != 13 {
		return fmt.Errorf("%w: no IHDR chunk at the start", codec.ErrFormat)
	}
	d, err := c.content(13)
	if err != nil {
		return err
	}
	w, ht := binary.BigEndian.Uint32(d), binary.BigEndian.Uint32(d[4:])
	if w-1 > 1<<31-2 || ht-1 > 1<<31-2 {
		return fmt.Errorf("%w: size %dx%d", codec.ErrFormat, w, ht)
	}
	h.width, h.height = int(w), int(ht)
	h.depth, h.colour = int(d[8]), int(d[9])
	if !legal(h.colour, h.depth) {
		return fmt.Errorf("%w: colour type %d with %d bits", codec.ErrFormat, h.colour, h.depth)
	}
	if d[10] != 0 || d[11] != 0 || d[12] > 1 {
		return fmt.Errorf("%w: compression %d, filter %d, interlace %d", codec.ErrUnsupported, d[10], d[11], d[12])
	}
	h.interlaced = d[12] == 1
	return nil
}

func legal(colour, depth int) bool {
	switch colour {
	case typeGray:
		return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16
	case typePalette:
		return depth == 1 || depth == 2 || depth == 4 || depth == 8
	case typeRGB, typeGrayAlpha, typeRGBA:
		return depth == 8 || depth == 16
	}
	return false
}

// chunk reads or skips the current chunk.
func (h *header) chunk(c *chunks) error {
	switch c.kind {
	case "PLTE":
		return h.plte(c)
	case "tRNS":
		return h.trns(c)
	case "iCCP":
		return h.iccp(c)
	case "pHYs", "eXIf", "iTXt", "acTL", "fcTL":
		if c.left > maxEXIF {
			break
		}
		data, err := c.content(maxEXIF)
		if errors.Is(err, errDamaged) {
			return nil // ancillary: as if it were not there
		}
		if err != nil {
			return err
		}
		h.ancillary(c.kind, data)
		return nil
	case "IHDR", "IEND":
		return fmt.Errorf("%w: %s before the pixels", codec.ErrFormat, c.kind)
	}
	if c.kind[0]&0x20 == 0 && c.kind != "PLTE" {
		return fmt.Errorf("%w: critical chunk %q", codec.ErrUnsupported, c.kind)
	}
	_, err := c.finish()
	return err
}

func (h *header) ancillary(kind string, data []byte) {
	switch {
	case kind == "pHYs" && len(data) == 9 && data[8] == 1 && !h.dense: // a metre
		h.density = float64(binary.BigEndian.Uint32(data)) * 0.0254
	case kind == "eXIf":
		h.exif(data)
	case kind == "iTXt":
		h.itxt(data)
	case kind == "acTL" && len(data) == 8:
		h.frames = max(1, int(binary.BigEndian.Uint32(data)&(1<<31-1)))
		h.plays = int(binary.BigEndian.Uint32(data[4:]) & (1<<31 - 1))
	case kind == "fcTL" && h.first == nil:
		h.first = data
	}
}

func (h *header) plte(c *chunks) error {
	data, err := c.content(3 * 256)
	if err != nil {
		return err
	}
	if len(data)%3 != 0 || len(data) == 0 || h.paletted {
		return fmt.Errorf("%w: palette of %d bytes", codec.ErrFormat, len(data))
	}
	// Indices beyond the palette are opaque black, as libpng has it.
	for i := range h.palette {
		h.palette[i] = [4]uint8{3: 255}
	}
	for i := range len(data) / 3 {
		copy(h.palette[i][:3], data[3*i:])
	}
	h.paletted = true
	return nil
}

func (h *header) trns(c *chunks) error {
	data, err := c.content(256)
	if err != nil {
		return err
	}
	switch {
	case h.colour == typePalette && h.paletted:
		for i, a := range data {
			h.palette[i][3] = a
		}
		h.translucent = true
	case h.colour == typeGray && len(data) == 2, h.colour == typeRGB && len(data) == 6:
		for i := range len(data) / 2 { // of which only the low bits count
			h.transparent[i] = binary.BigEndian.Uint16(data[2*i:]) & (1<<h.depth - 1)
		}
		h.keyed = true
	case h.colour == typeGrayAlpha, h.colour == typeRGBA:
		// Superfluous.
	default:
		return fmt.Errorf("%w: tRNS of %d bytes for colour type %d", codec.ErrFormat, len(data), h.colour)
	}
	return nil
}

// iccp inflates an embedded profile: name, 0, method 0, zlib stream. A
// damaged one is passed over.
func (h *header) iccp(c *chunks) error {
	limit := int64(c.left)
	packed, err := io.ReadAll(io.LimitReader(c, min(limit, maxProfile)))
	if err != nil {
		return err
	}
	tooLong := c.left > 0
	intact, err := c.finish()
	if err != nil {
		return err
	}
	if tooLong {
		return errProfile
	}
	end := bytes.IndexByte(packed[:min(len(packed), 80)], 0)
	if !intact || end < 0 || end+2 > len(packed) || packed[end+1] != 0 {
		return nil
	}
	z, err := zlib.NewReader(bytes.NewReader(packed[end+2:]))
	if err != nil {
		return nil
	}
	profile, err := io.ReadAll(io.LimitReader(z, maxProfile+1))
	if len(profile) > maxProfile {
		return errProfile
	}
	if err == nil {
		h.profile = profile
	}
	return nil
}

var errProfile = fmt.Errorf("%w: ICC profile of more than %d bytes", codec.ErrLimit, maxProfile)

// info tells what the header says in the words of package codec.
func (h *header) info() codec.Info {
	layout := h.layout()
	i := codec.Info{
		Shape:       pixel.Shape{Width: h.width, Height: h.height, Layout: layout, Deep: h.depth == 16},
		Orientation: max(h.orientation, 1),
		Frames:      h.frames,
		Loops:       h.plays,
		Space:       "srgb",
		Channels:    layout.Planes(),
		HasAlpha:    layout.HasAlpha(),
		Density:     h.density,
		Progressive: h.interlaced,
		Profile:     h.profile,
		Metadata:    h.metadata,
	}
	gray := layout.Opaque() == pixel.Gray
	switch {
	case gray && h.depth == 16:
		i.Space = "grey16"
	case gray:
		i.Space = "b-w"
	case h.depth == 16:
		i.Space = "rgb16"
	}
	return i
}

func (h *header) layout() pixel.Layout {
	switch {
	case h.colour == typeGray && h.keyed, h.colour == typeGrayAlpha:
		return pixel.GrayAlpha
	case h.colour == typeGray:
		return pixel.Gray
	case h.colour == typeRGBA, h.keyed, h.translucent:
		return pixel.RGBA
	}
	return pixel.RGB
}

// bits reports the stored bits of a pixel.
func (h *header) bits() int {
	switch h.colour {
	case typeRGB:
		return 3 * h.depth
	case typeGrayAlpha:
		return 2 * h.depth
	case typeRGBA:
		return 4 * h.depth
	}
	return h.depth
}

// rowBytes reports the stored bytes of n pixels in a row.
func (h *header) rowBytes(n int) int64 { return (int64(n)*int64(h.bits()) + 7) / 8 }
