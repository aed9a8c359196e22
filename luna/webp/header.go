package webp

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/internal/exif"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp/internal/vp8/decoder"
)

// maxProfile is the bound of profiles. Longer ones are refused, since colours
// depend on them.
const maxProfile = codec.MaxMetadata

// Flags of the VP8X chunk.
const (
	flagAnimation = 1 << 1
	flagXMP       = 1 << 2
	flagEXIF      = 1 << 3
	flagAlpha     = 1 << 4
)

// A header is what chunks around the pixels say.
type header struct {
	extended      bool // there is a VP8X chunk
	flags         byte
	width, height int // of the canvas
	alpha         bool
	lossy         bool
	partial       bool // the first frame leaves some of the canvas uncovered
	frames        int
	background    [4]uint8 // of an animation, RGBA
	loops         int
	exif          exif.Data
	exifSeen      bool
	xmpSeen       bool
	profile       []byte
	kept          codec.Metadata
}

// Probe reads the headers of the pixels and, where the file says that it has
// EXIF, XMP or several frames, the chunks behind them, which it skips over.
func (c Codec) Probe(r io.Reader) (codec.Info, error) {
	h, err := probe(r)
	if err != nil {
		return codec.Info{}, fmt.Errorf("webp: %w", err)
	}
	return h.info(), nil
}

func probe(r io.Reader) (*header, error) {
	c, err := newChunks(r)
	if err != nil {
		return nil, err
	}
	h, err := readHeader(c)
	if err != nil {
		return nil, err
	}
	seen := false
	for {
		switch c.kind {
		case "ALPH":
			h.alpha = h.alpha || !seen
		case "VP8 ", "VP8L":
			if !seen {
				seen = true
				err = h.bitstream(c)
			}
		case "ANMF":
			if h.animated() {
				if h.frames++; h.frames == 1 {
					seen = true
					err = h.firstFrame(c)
				}
			}
		default:
			err = h.metadata(c)
		}
		if err != nil {
			return nil, err
		}
		if seen && !h.animated() && (h.flags&flagEXIF == 0 || h.exifSeen) && (h.flags&flagXMP == 0 || h.xmpSeen) {
			break
		}
		err = c.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	if !seen {
		return nil, errNoPixels
	}
	if h.frames = max(h.frames, 1); h.frames == 1 && h.partial {
		h.lossy = false // what is around it is exact, and nothing of it can be scaled
	}
	return h, nil
}

var errNoPixels = fmt.Errorf("%w: no pixels", codec.ErrFormat)

// readHeader reads up to the first chunk of pixels, which is then current.
func readHeader(c *chunks) (*header, error) {
	h := &header{}
	if err := c.next(); err != nil {
		return nil, early(err)
	}
	switch c.kind {
	case "VP8 ", "VP8L":
		return h, nil
	case "VP8X":
	default:
		return nil, fmt.Errorf("%w: begins with a %q chunk", codec.ErrFormat, c.kind)
	}
	if err := h.vp8x(c); err != nil {
		return nil, err
	}
	for {
		if err := c.next(); err == io.EOF {
			return nil, errNoPixels
		} else if err != nil {
			return nil, err
		}
		switch c.kind {
		case "VP8 ", "VP8L", "ALPH":
			if !h.animated() {
				return h, nil
			}
		case "ANMF":
			if h.animated() {
				return h, nil
			}
		default:
			if err := h.metadata(c); err != nil {
				return nil, err
			}
		}
	}
}

func (h *header) animated() bool { return h.flags&flagAnimation != 0 }

func (h *header) vp8x(c *chunks) error {
	var d [10]byte
	if _, err := io.ReadFull(c, d[:]); err != nil {
		return early(err)
	}
	h.extended, h.flags = true, d[0]
	h.width, h.height = 1+uint24(d[4:]), 1+uint24(d[7:])
	if int64(h.width)*int64(h.height) >= 1<<32 {
		return fmt.Errorf("%w: canvas of %dx%d", codec.ErrFormat, h.width, h.height)
	}
	h.alpha = h.flags&flagAlpha != 0
	return nil
}

func (h *header) metadata(c *chunks) error {
	switch c.kind {
	case "ICCP":
		if c.body > maxProfile {
			return fmt.Errorf("%w: ICC profile of more than %d bytes", codec.ErrLimit, maxProfile)
		}
		profile, err := io.ReadAll(c)
		h.profile = profile
		return err
	case "EXIF":
		if h.exifSeen || c.body > codec.MaxMetadata {
			return nil
		}
		data, err := io.ReadAll(c)
		if err != nil {
			return err
		}
		h.exifSeen = true
		h.kept.EXIF = bytes.TrimPrefix(data, []byte("Exif\x00\x00"))
		// Damaged EXIF does not make the picture unreadable.
		if d, err := exif.Parse(data); err == nil {
			h.exif = d
		}
	case "XMP ":
		if h.xmpSeen || c.body > codec.MaxMetadata {
			return nil
		}
		data, err := io.ReadAll(c)
		h.xmpSeen, h.kept.XMP = true, data
		return err
	case "ANIM":
		var d [6]byte
		if _, err := io.ReadFull(c, d[:]); err != nil {
			return early(err)
		}
		h.background = [4]uint8{d[2], d[1], d[0], d[3]}
		h.loops = int(binary.LittleEndian.Uint16(d[4:]))
	}
	return nil
}

// bitstream reads the beginning of the VP8 or VP8L chunk of a still picture.
func (h *header) bitstream(c *chunks) error {
	b, err := readBitstream(c)
	if err != nil {
		return err
	}
	if h.extended && (b.width != h.width || b.height != h.height) {
		return fmt.Errorf("%w: %dx%d pixels on a canvas of %dx%d", codec.ErrFormat, b.width, b.height, h.width, h.height)
	}
	h.width, h.height = b.width, b.height
	h.lossy = !b.lossless
	if b.lossless {
		h.alpha = b.alpha // which libwebp believes rather than VP8X
	}
	return nil
}

// A bitstream is what the first bytes of a VP8 or VP8L chunk say.
type bitstream struct {
	head          []byte // those bytes
	width, height int
	lossless      bool
	alpha         bool
}

func readBitstream(c *chunks) (bitstream, error) {
	b := bitstream{lossless: c.kind == "VP8L", head: make([]byte, decoder.HeaderSize)}
	if b.lossless {
		b.head = b.head[:5]
	}
	if _, err := io.ReadFull(c, b.head); err != nil {
		return b, early(err)
	}
	d := b.head
	if b.lossless {
		if d[0] != 0x2f || d[4]>>5 != 0 {
			return b, fmt.Errorf("%w: no header of a VP8L picture", codec.ErrFormat)
		}
		bits := uint32(d[1]) | uint32(d[2])<<8 | uint32(d[3])<<16 | uint32(d[4])<<24
		b.width, b.height = 1+int(bits&0x3fff), 1+int(bits>>14&0x3fff)
		b.alpha = bits>>28&1 != 0
		return b, nil
	}
	var err error
	if b.width, b.height, err = decoder.Size(d); err != nil {
		return b, malformed("pixels", err)
	}
	return b, nil
}

// A frame is the header of an ANMF chunk.
type frame struct {
	x, y, width, height int
	duration            int  // in milliseconds
	overwrite           bool // rather than blend
	dispose             bool // to the background, before the next frame
	head                [frameHeader]byte
}

// frameHeader is the length of what stands before a frame's chunks.
const frameHeader = 16

func (h *header) readFrame(c *chunks) (frame, error) {
	var d [frameHeader]byte
	if _, err := io.ReadFull(c, d[:]); err != nil {
		return frame{}, early(err)
	}
	f := frame{
		head: d,
		x:    2 * uint24(d[0:]), y: 2 * uint24(d[3:]), width: 1 + uint24(d[6:]), height: 1 + uint24(d[9:]),
		duration:  uint24(d[12:]),
		overwrite: d[15]&frameOverwrites != 0,
		dispose:   d[15]&frameDisposes != 0,
	}
	if f.x+f.width > h.width || f.y+f.height > h.height {
		return frame{}, fmt.Errorf("%w: frame %dx%d+%d+%d on a canvas of %dx%d",
			codec.ErrFormat, f.width, f.height, f.x, f.y, h.width, h.height)
	}
	return f, nil
}

// covers reports whether f is all of the canvas.
func (f frame) covers(h *header) bool { return f.width == h.width && f.height == h.height }

// Flags of an ANMF chunk.
const (
	frameDisposes   = 1 << 0
	frameOverwrites = 1 << 1
)

// firstFrame looks into the first ANMF chunk.
func (h *header) firstFrame(c *chunks) error {
	f, err := h.readFrame(c)
	if err != nil {
		return err
	}
	h.partial = !f.covers(h)
	in := c.inside()
	for {
		if err := in.next(); err == io.EOF {
			return errNoPixels
		} else if err != nil {
			return err
		}
		if in.kind == "VP8 " || in.kind == "VP8L" {
			h.lossy = in.kind == "VP8 "
			return nil
		}
	}
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// info tells what the header says in the words of package codec.
func (h *header) info() codec.Info {
	layout := pixel.RGB
	if h.alpha {
		layout = pixel.RGBA
	}
	return codec.Info{
		Shape:       pixel.Shape{Width: h.width, Height: h.height, Layout: layout},
		Orientation: max(h.exif.Orientation, 1),
		Frames:      h.frames,
		Space:       "srgb",
		Channels:    layout.Planes(),
		HasAlpha:    h.alpha,
		Density:     h.exif.Density,
		Lossy:       h.lossy,
		Loops:       h.loops,
		Profile:     h.profile,
		Metadata:    h.kept,
	}
}
