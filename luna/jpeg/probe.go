package jpeg

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/internal/exif"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Markers, from T.81 table B.1.
const (
	markerSOF0  = 0xc0
	markerSOF1  = 0xc1
	markerSOF2  = 0xc2
	markerDHT   = 0xc4
	markerJPG   = 0xc8
	markerDAC   = 0xcc
	markerSOF15 = 0xcf
	markerRST0  = 0xd0
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda
	markerDNL   = 0xdc
	markerDRI   = 0xdd
	markerTEM   = 0x01
	markerAPP0  = 0xe0
	markerAPP1  = 0xe1
	markerAPP2  = 0xe2
	markerAPP13 = 0xed
	markerAPP14 = 0xee
)

// Probe reads the markers before the first scan, and all of that where the
// height is left to a DNL marker behind it. It refuses what Decode cannot do:
// arithmetic coding, lossless and hierarchical modes, 12 bits, and unusual
// subsampling.
func (c Codec) Probe(r io.Reader) (codec.Info, error) {
	info, _, err := probe(bufio.NewReader(r))
	if err != nil {
		return codec.Info{}, fmt.Errorf("jpeg: %w", err)
	}
	return info, nil
}

// A header collects what markers say.
type header struct {
	info      codec.Info
	frame     frame
	jfif      bool
	adobe     bool
	transform byte
	exif      exif.Data
	exifSeen  bool
	profile   profile
}

// A frame is the content of an SOF marker.
type frame struct {
	marker        byte
	width, height int
	components    []component
}

type component struct{ id, h, v byte }

func probe(r *bufio.Reader) (codec.Info, *header, error) {
	h := new(header)
	var soi [2]byte
	if _, err := io.ReadFull(r, soi[:]); err != nil {
		return h.info, h, early(err)
	}
	if soi != [2]byte{0xff, markerSOI} {
		return h.info, h, fmt.Errorf("%w: no SOI marker", codec.ErrFormat)
	}
	for {
		marker, err := nextMarker(r)
		if err != nil {
			return h.info, h, early(err)
		}
		switch {
		case marker == markerSOS:
			info, err := h.finish()
			if err == nil {
				info.Buffered, err = interleavesLess(r, len(h.frame.components))
			}
			if err == nil && info.Shape.Height == 0 {
				info.Shape.Height, err = lines(r)
			}
			return info, h, err
		case marker == markerEOI:
			return h.info, h, fmt.Errorf("%w: no scan before the EOI marker", codec.ErrFormat)
		case marker >= markerRST0 && marker < markerSOI, marker == markerTEM:
			continue // stands alone
		}
		var size [2]byte
		if _, err := io.ReadFull(r, size[:]); err != nil {
			return h.info, h, early(err)
		}
		n := int(binary.BigEndian.Uint16(size[:])) - 2
		if n < 0 {
			return h.info, h, fmt.Errorf("%w: marker %#x has a length below 2", codec.ErrFormat, marker)
		}
		if err := h.segment(r, marker, n); err != nil {
			return h.info, h, err
		}
	}
}

// interleavesLess reports whether the scan whose header r stands before holds
// fewer than n components, so that there are others.
func interleavesLess(r *bufio.Reader, n int) (bool, error) {
	b, err := r.Peek(3)
	if err != nil {
		return false, early(err)
	}
	return int(b[2]) < n, nil
}

// lines reads the scan whose marker r stands behind, and the number of lines in
// the DNL marker that follows (T.81, B.2.5).
func lines(r *bufio.Reader) (int, error) {
	var b [4]byte
	if _, err := io.ReadFull(r, b[:2]); err != nil {
		return 0, early(err)
	}
	if err := skip(r, max(int(binary.BigEndian.Uint16(b[:]))-2, 0)); err != nil {
		return 0, err
	}
	for {
		marker, err := nextMarker(r)
		if err != nil {
			return 0, early(err)
		}
		if marker >= markerRST0 && marker < markerSOI {
			continue
		}
		if marker == markerDNL {
			if _, err := io.ReadFull(r, b[:]); err != nil {
				return 0, early(err)
			}
		}
		n := int(binary.BigEndian.Uint16(b[2:]))
		if marker != markerDNL || n == 0 {
			return 0, fmt.Errorf("%w: a height of 0, and no DNL marker that tells it", codec.ErrFormat)
		}
		return n, nil
	}
}

// nextMarker skips to the next marker and its fill bytes. Stray bytes before
// it are passed over, as libjpeg does.
func nextMarker(r *bufio.Reader) (byte, error) {
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if b != 0xff {
			continue
		}
		for b == 0xff {
			if b, err = r.ReadByte(); err != nil {
				return 0, err
			}
		}
		if b != 0 {
			return b, nil
		}
	}
}

// segment reads the n bytes of a marker segment, into memory only where it
// wants them; they are below 64 KiB.
func (h *header) segment(r *bufio.Reader, marker byte, n int) error {
	switch marker {
	case markerAPP0, markerAPP1, markerAPP2, markerAPP13, markerAPP14:
	case markerDHT, markerJPG, markerDAC:
		return skip(r, n)
	default:
		if marker < markerSOF0 || marker > markerSOF15 {
			return skip(r, n)
		}
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(r, data); err != nil {
		return early(err)
	}
	switch marker {
	case markerAPP0:
		h.app0(data)
	case markerAPP1:
		h.app1(data)
	case markerAPP2:
		return h.profile.add(data)
	case markerAPP13:
		h.app13(data)
	case markerAPP14:
		if len(data) >= 12 && string(data[:5]) == "Adobe" {
			h.adobe, h.transform = true, data[11]
		}
	default:
		return h.sof(marker, data)
	}
	return nil
}

func skip(r *bufio.Reader, n int) error {
	_, err := r.Discard(n)
	return early(err)
}

// early turns the end of the file, where more was due, into ErrFormat.
func early(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: ends in its headers: %w", codec.ErrFormat, io.ErrUnexpectedEOF)
	}
	return err
}

// app0 reads JFIF's density (JFIF 1.02, page 5). A density of 1 is what
// encoders write that know none.
func (h *header) app0(data []byte) {
	if len(data) < 5 {
		return
	}
	h.jfif = string(data[:5]) == "JFIF\x00"
	if !h.jfif || len(data) < 12 {
		return
	}
	x := float64(binary.BigEndian.Uint16(data[8:]))
	if y := binary.BigEndian.Uint16(data[10:]); x == 1 || y == 1 {
		return
	}
	switch data[7] {
	case 1:
		h.info.Density = x
	case 2:
		h.info.Density = x * 2.54
	}
}

// sof reads a frame header (T.81, B.2.2).
func (h *header) sof(marker byte, data []byte) error {
	if marker > markerSOF2 {
		return fmt.Errorf("%w: %s", codec.ErrUnsupported, process(marker))
	}
	if h.frame.components != nil {
		return fmt.Errorf("%w: several frame headers", codec.ErrFormat)
	}
	if len(data) < 6 || len(data) != 6+3*int(data[5]) {
		return fmt.Errorf("%w: frame header of %d bytes", codec.ErrFormat, len(data))
	}
	if data[0] != 8 {
		return fmt.Errorf("%w: %d bits a sample, where 8 can be read", codec.ErrUnsupported, data[0])
	}
	f := frame{
		marker: marker,
		height: int(binary.BigEndian.Uint16(data[1:])),
		width:  int(binary.BigEndian.Uint16(data[3:])),
	}
	if f.width == 0 {
		return fmt.Errorf("%w: width 0", codec.ErrFormat)
	}
	for i := 6; i < len(data); i += 3 {
		f.components = append(f.components, component{id: data[i], h: data[i+1] >> 4, v: data[i+1] & 15})
	}
	h.frame = f
	return nil
}

func process(marker byte) string {
	switch {
	case marker == 0xc3 || marker == 0xcb:
		return "lossless JPEG"
	case marker >= 0xc9:
		return "arithmetic coding"
	}
	return "hierarchical JPEG"
}

// finish fills Info once the first scan is reached.
func (h *header) finish() (codec.Info, error) {
	f := h.frame
	if f.components == nil {
		return h.info, fmt.Errorf("%w: no frame header before the first scan", codec.ErrFormat)
	}
	layout, err := h.layout()
	if err != nil {
		return h.info, err
	}
	i := &h.info
	i.Shape = pixel.Shape{Width: f.width, Height: f.height, Layout: layout}
	i.Orientation = max(h.exif.Orientation, 1)
	if h.exif.Density > 0 {
		i.Density = h.exif.Density
	}
	i.Frames = 1
	i.Channels = len(f.components)
	i.Space = map[int]string{1: "b-w", 3: "srgb", 4: "cmyk"}[i.Channels]
	i.Progressive = f.marker == markerSOF2
	i.Lossy = true
	i.Profile = h.profile.bytes()
	return *i, nil
}

// layout tells what Decode will yield of the frame's components.
func (h *header) layout() (pixel.Layout, error) {
	c := h.frame.components
	switch len(c) {
	case 1:
		return pixel.Gray, nil
	case 4:
		return pixel.CMYK, nil
	case 3:
	default:
		return 0, fmt.Errorf("%w: %d components", codec.ErrUnsupported, len(c))
	}
	if h.rgb() {
		return pixel.RGB, nil
	}
	if c[1].h == 0 || c[1].v == 0 {
		return 0, fmt.Errorf("%w: sampling factor 0", codec.ErrFormat)
	}
	if c[1].h != c[2].h || c[1].v != c[2].v || c[0].h%c[1].h != 0 || c[0].v%c[1].v != 0 {
		return 0, fmt.Errorf("%w: chroma subsampling %dx%d to %dx%d and %dx%d",
			codec.ErrUnsupported, c[0].h, c[0].v, c[1].h, c[1].v, c[2].h, c[2].v)
	}
	switch c[0].h/c[1].h<<4 | c[0].v/c[1].v {
	case 0x21:
		return pixel.YCbCr422, nil
	case 0x22:
		return pixel.YCbCr420, nil
	}
	return pixel.YCbCr444, nil
}

// rgb tells RGB from YCbCr as libjpeg does (jdapimin.c).
func (h *header) rgb() bool {
	if h.jfif {
		return false
	}
	if h.adobe {
		return h.transform == 0
	}
	c := h.frame.components
	return c[0].id == 'R' && c[1].id == 'G' && c[2].id == 'B'
}
