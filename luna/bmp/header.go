package bmp

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// The compressions (Windows' wingdi.h).
const (
	plain         = 0
	runs8         = 1
	runs4         = 2
	masked        = 3
	embeddedJPEG  = 4
	embeddedPNG   = 5
	maskedByAlpha = 6
)

const maxProfile = codec.MaxMetadata

// A header is what stands before the pixels.
type header struct {
	width, height int
	topDown       bool
	bits          int
	compression   uint32
	offset        int64 // of the pixels
	read          int64 // how much of the file the header took
	masks         [4]mask
	alpha         bool
	colours       int
	palette       [256][3]uint8
	grayscale     bool
	density       float64
	// The profile of a V5 header, from the file's start.
	profileOffset, profileSize int64
}

// A mask says where a channel stands in a pixel, and how its values become 8
// bits.
type mask struct {
	shift uint
	top   uint32 // the largest value; 0 where there is no such channel
}

func newMask(m uint32) (mask, error) {
	if m == 0 {
		return mask{}, nil
	}
	shift := uint(bits.TrailingZeros32(m))
	top := m >> shift
	if top&(top+1) != 0 {
		return mask{}, fmt.Errorf("%w: mask %#x has gaps", codec.ErrFormat, m)
	}
	return mask{shift, top}, nil
}

// value brings a channel of v to 8 bits.
func (m mask) value(v uint32) uint8 {
	v = v >> m.shift & m.top
	switch m.top {
	case 0:
		return 0
	case 255:
		return uint8(v)
	}
	return uint8((uint64(v)*255 + uint64(m.top)/2) / uint64(m.top))
}

// Probe reads the headers and the palette.
func (c Codec) Probe(r io.Reader) (codec.Info, error) {
	h, err := readHeader(r)
	if err != nil {
		return codec.Info{}, fmt.Errorf("bmp: %w", err)
	}
	info := h.info()
	if h.profileSize > 0 && h.profileSize <= maxProfile && h.profileOffset >= h.read && h.profileOffset+h.profileSize <= c.maxBytes() {
		// It stands behind the pixels. A damaged one is passed over.
		if _, err := io.CopyN(io.Discard, r, h.profileOffset-h.read); err == nil {
			if profile, err := io.ReadAll(io.LimitReader(r, h.profileSize)); err == nil && int64(len(profile)) == h.profileSize {
				info.Profile = profile
			} else if err != nil {
				return codec.Info{}, fmt.Errorf("bmp: %w", err)
			}
		} else if err != io.EOF {
			return codec.Info{}, fmt.Errorf("bmp: %w", err)
		}
	}
	return info, nil
}

func (h *header) info() codec.Info {
	layout := h.layout()
	i := codec.Info{
		Shape:       pixel.Shape{Width: h.width, Height: h.height, Layout: layout},
		Orientation: 1,
		Frames:      1,
		Space:       "srgb",
		Channels:    layout.Planes(),
		HasAlpha:    layout.HasAlpha(),
		Density:     h.density,
		Buffered:    h.runLength(),
	}
	if layout == pixel.Gray {
		i.Space = "b-w"
	}
	return i
}

func (h *header) layout() pixel.Layout {
	switch {
	case h.alpha:
		return pixel.RGBA
	case h.grayscale:
		return pixel.Gray
	}
	return pixel.RGB
}

func (h *header) runLength() bool { return h.compression == runs4 || h.compression == runs8 }

// stride reports the bytes of a stored row.
func (h *header) stride() int64 { return (int64(h.width)*int64(h.bits) + 31) / 32 * 4 }

func early(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%w: ends in its headers: %w", codec.ErrFormat, io.ErrUnexpectedEOF)
	}
	return err
}

func readHeader(r io.Reader) (*header, error) {
	var file [18]byte
	if _, err := io.ReadFull(r, file[:]); err != nil {
		return nil, early(err)
	}
	if string(file[:2]) != "BM" {
		return nil, fmt.Errorf("%w: no BM at the start", codec.ErrFormat)
	}
	size := binary.LittleEndian.Uint32(file[14:])
	h := &header{offset: int64(binary.LittleEndian.Uint32(file[10:])), read: 14 + int64(size)}
	if size < 12 || size > 1<<10 {
		return nil, fmt.Errorf("%w: header of %d bytes", codec.ErrUnsupported, size)
	}
	b := make([]byte, max(size, 124))
	copy(b, file[14:])
	if _, err := io.ReadFull(r, b[4:size]); err != nil {
		return nil, early(err)
	}
	entry := 4
	if size == 12 {
		entry = 3
		h.core(b)
	} else if size < 16 {
		return nil, fmt.Errorf("%w: header of %d bytes", codec.ErrUnsupported, size)
	} else if err := h.windows(b, size); err != nil {
		return nil, err
	}
	if h.width < 1 || h.height < 1 || h.width > 1<<26 || h.height > 1<<26 {
		return nil, fmt.Errorf("%w: %dx%d pixels; sides are 1 to %d", codec.ErrFormat, h.width, h.height, 1<<26)
	}
	if err := h.check(); err != nil {
		return nil, err
	}
	if err := h.readMasks(r, b, size); err != nil {
		return nil, err
	}
	if err := h.readPalette(r, entry); err != nil {
		return nil, err
	}
	return h, nil
}

// core reads a BITMAPCOREHEADER.
func (h *header) core(b []byte) {
	h.width, h.height = int(binary.LittleEndian.Uint16(b[4:])), int(binary.LittleEndian.Uint16(b[6:]))
	h.bits = int(binary.LittleEndian.Uint16(b[10:]))
}

// windows reads a BITMAPINFOHEADER or one that begins as that does. OS/2's of
// 16 to 64 bytes leave out some of its end.
func (h *header) windows(b []byte, size uint32) error {
	h.width = int(int32(binary.LittleEndian.Uint32(b[4:])))
	height := int64(int32(binary.LittleEndian.Uint32(b[8:])))
	if height < 0 {
		h.topDown, height = true, -height
	}
	if height > 1<<26 {
		return fmt.Errorf("%w: height %d", codec.ErrFormat, height)
	}
	h.height = int(height)
	h.bits = int(binary.LittleEndian.Uint16(b[14:]))
	h.compression = binary.LittleEndian.Uint32(b[16:])
	if size == 64 && h.compression >= masked {
		return fmt.Errorf("%w: OS/2 compression %d", codec.ErrUnsupported, h.compression)
	}
	if perMetre := int32(binary.LittleEndian.Uint32(b[24:])); perMetre > 0 {
		h.density = float64(perMetre) * 0.0254
	}
	h.colours = int(min(binary.LittleEndian.Uint32(b[32:]), 1<<16))
	if size >= 124 && string(b[56:60]) == "DEBM" { // PROFILE_EMBEDDED, as it stands
		h.profileOffset = 14 + int64(binary.LittleEndian.Uint32(b[112:]))
		h.profileSize = int64(binary.LittleEndian.Uint32(b[116:]))
	}
	return nil
}

// check compares depth and compression.
func (h *header) check() error {
	ok := false
	switch h.compression {
	case plain:
		ok = h.bits == 1 || h.bits == 2 || h.bits == 4 || h.bits == 8 || h.bits == 16 || h.bits == 24 || h.bits == 32
	case runs8:
		ok = h.bits == 8
	case runs4:
		ok = h.bits == 4
	case masked, maskedByAlpha:
		ok = h.bits == 16 || h.bits == 32
	case embeddedJPEG, embeddedPNG:
		return fmt.Errorf("%w: a JPEG or PNG within", codec.ErrUnsupported)
	}
	if !ok {
		return fmt.Errorf("%w: %d bits with compression %d", codec.ErrUnsupported, h.bits, h.compression)
	}
	if h.topDown && h.runLength() {
		return fmt.Errorf("%w: runs from the top", codec.ErrFormat)
	}
	return nil
}

// readMasks finds where channels stand in pixels of 16 and 32 bits.
func (h *header) readMasks(r io.Reader, b []byte, size uint32) error {
	m := [4]uint32{0xff0000, 0xff00, 0xff}
	if h.bits == 16 {
		m = [4]uint32{0x7c00, 0x3e0, 0x1f}
	}
	switch {
	case h.bits != 16 && h.bits != 32, h.compression == plain && size < 108:
	case size >= 52:
		// They are part of the header. Where they do not apply, only alpha
		// counts, as browsers have it.
		for i := range m {
			if i == 3 && size < 56 {
				break
			}
			if v := binary.LittleEndian.Uint32(b[40+4*i:]); h.compression != plain || i == 3 {
				m[i] = v
			}
		}
	case h.compression != plain:
		n := 3
		if h.compression == maskedByAlpha {
			n = 4
		}
		var more [16]byte
		if _, err := io.ReadFull(r, more[:4*n]); err != nil {
			return early(err)
		}
		h.read += int64(4 * n)
		for i := range n {
			m[i] = binary.LittleEndian.Uint32(more[4*i:])
		}
	}
	for i, v := range m {
		var err error
		if h.masks[i], err = newMask(v); err != nil {
			return err
		}
	}
	h.alpha = h.masks[3].top > 0 && (h.bits == 16 || h.bits == 32)
	return nil
}

// readPalette reads as many colours as there is room for before the pixels.
// Indices beyond are black.
func (h *header) readPalette(r io.Reader, entry int) error {
	if h.bits > 8 {
		return nil
	}
	n := 1 << h.bits
	if h.colours > 0 {
		n = min(n, h.colours)
	}
	if room := (h.offset - h.read) / int64(entry); room > 0 {
		n = min(n, int(room))
	}
	raw := make([]byte, n*entry)
	if _, err := io.ReadFull(r, raw); err != nil {
		return early(err)
	}
	h.read += int64(len(raw))
	h.grayscale = true
	for i := range n {
		c := raw[i*entry:]
		h.palette[i] = [3]uint8{c[2], c[1], c[0]}
		h.grayscale = h.grayscale && c[0] == c[1] && c[1] == c[2]
	}
	return nil
}
