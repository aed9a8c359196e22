package gif

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
)

// The kinds of blocks, and the labels of extensions.
const (
	kindExtension = 0x21
	kindImage     = 0x2c
	kindTrailer   = 0x3b

	labelControl     = 0xf9
	labelApplication = 0xff
)

const (
	maxSide    = 1<<16 - 1
	readBuffer = 16 << 10
)

// A palette holds RGB triples. What a file's table leaves out is black, as
// browsers show it.
type palette [256][3]uint8

// A screen is what stands at the head of a file.
type screen struct {
	width, height int
	colours       palette
}

// A frame is a picture as its blocks describe it.
type frame struct {
	rect        image.Rectangle
	interlaced  bool
	colours     *palette
	transparent int // -1 is none
	disposal    int // one of the disposals
	delay       int // in hundredths of a second
}

// Disposals: what happens to a frame when its time is over.
const (
	disposeNone       = 0
	disposeKeep       = 1
	disposeBackground = 2
	disposePrevious   = 3
)

// blocks reads a file block by block. A caller of nextFrame must have read or
// skipped the pixels of the frame before.
type blocks struct {
	r      *bufio.Reader
	screen screen
	local  palette
	// loops is as of codec.Info, and xmp as of codec.Metadata, as far as the
	// file was read.
	loops int
	xmp   []byte
	// keepXMP has xmp kept.
	keepXMP bool
	frames  int
	// moves says that the file looks like an animation. If strict, such a one
	// must not lack its trailer, for it may lack frames.
	moves, strict bool
}

// newBlocks reads the header.
func newBlocks(r io.Reader) (*blocks, error) {
	b := &blocks{r: bufio.NewReaderSize(r, readBuffer), loops: 1}
	h, err := readHead(b.r)
	if err != nil {
		return nil, err
	}
	b.screen.width = int(binary.LittleEndian.Uint16(h[6:]))
	b.screen.height = int(binary.LittleEndian.Uint16(h[8:]))
	b.screen.colours[1] = [3]uint8{255, 255, 255} // where there is no table, as sharp shows it
	return b, b.table(&b.screen.colours, h[10])
}

// readHead reads the signature and the logical screen descriptor.
func readHead(r io.Reader) (h [13]byte, err error) {
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return h, early(err)
	}
	if v := string(h[:6]); v != "GIF87a" && v != "GIF89a" {
		return h, fmt.Errorf("%w: no GIF header", codec.ErrFormat)
	}
	return h, nil
}

// early makes what a reader says at a file's end a fault of the file.
func early(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%w: %w", codec.ErrFormat, io.ErrUnexpectedEOF)
	}
	return err
}

// table reads a colour table if flags tell of one.
func (b *blocks) table(p *palette, flags byte) error {
	if flags&0x80 == 0 {
		return nil
	}
	*p = palette{}
	for i := range 2 << (flags & 7) {
		if _, err := io.ReadFull(b.r, p[i][:]); err != nil {
			return early(err)
		}
	}
	return nil
}

// nextFrame reads up to the pixels of the next frame. io.EOF is the end of
// the file, which may lack its trailer.
func (b *blocks) nextFrame() (frame, error) {
	f := frame{transparent: -1}
	for {
		kind, err := b.r.ReadByte()
		if err == io.EOF && b.frames > 0 && !(b.strict && b.moves) {
			return f, io.EOF
		}
		if err != nil {
			return f, early(err)
		}
		switch kind {
		case kindTrailer:
			if b.frames == 0 {
				return f, fmt.Errorf("%w: no picture before the trailer", codec.ErrFormat)
			}
			return f, io.EOF
		case kindExtension:
			if err := b.extension(&f); err != nil {
				return f, err
			}
		case kindImage:
			b.frames++
			b.moves = b.moves || b.frames > 1 || f.delay > 0
			return f, b.descriptor(&f)
		case 0: // a terminator too many
		default:
			return f, fmt.Errorf("%w: block of kind %#02x", codec.ErrFormat, kind)
		}
	}
}

func (b *blocks) extension(f *frame) error {
	label, err := b.r.ReadByte()
	if err != nil {
		return early(err)
	}
	switch label {
	case labelControl:
		return b.control(f)
	case labelApplication:
		return b.application()
	}
	return skip(b.r)
}

// control reads a graphic control extension.
func (b *blocks) control(f *frame) error {
	first, err := subBlock(b.r)
	if err != nil || len(first) == 0 {
		return err
	}
	if len(first) >= 4 {
		f.disposal = int(first[0] >> 2 & 7)
		if f.disposal == 4 { // the third bit, as some took the specification's 3 for
			f.disposal = disposePrevious
		}
		f.delay = int(binary.LittleEndian.Uint16(first[1:]))
		f.transparent = -1
		if first[0]&1 != 0 {
			f.transparent = int(first[3])
		}
	}
	return skip(b.r)
}

const (
	netscape = "NETSCAPE2.0"
	animexts = "ANIMEXTS1.0"
	xmpLabel = "XMP DataXMP"
)

// application reads an application extension.
func (b *blocks) application() error {
	first, err := subBlock(b.r)
	if err != nil || len(first) == 0 {
		return err
	}
	switch string(first) {
	case netscape, animexts:
		b.moves = true
		for {
			data, err := subBlock(b.r)
			if err != nil || len(data) == 0 {
				return err
			}
			if len(data) >= 3 && data[0]&7 == 1 {
				// The file counts repetitions.
				b.loops = int(binary.LittleEndian.Uint16(data[1:]))
				if b.loops > 0 {
					b.loops++
				}
			}
		}
	case xmpLabel:
		if b.keepXMP {
			return b.packet()
		}
	}
	return skip(b.r)
}

// xmpTrailer is what follows an XMP packet, so that readers who take its text
// for lengths of sub-blocks find to its end: 1, and all bytes from 255 to 0
// (XMP Specification Part 3, 1.1.2).
var xmpTrailer = func() (t [257]byte) {
	t[0] = 1
	for i := range 256 {
		t[1+i] = byte(255 - i)
	}
	return t
}()

// packet keeps an XMP packet: it stands there as it is, without sub-blocks.
func (b *blocks) packet() error {
	var raw []byte // the sub-blocks with their lengths
	for {
		data, err := subBlock(b.r)
		if err != nil {
			return err
		}
		if len(data) == 0 {
			break
		}
		if len(raw)+len(data) > codec.MaxMetadata+2*len(xmpTrailer) {
			return skip(b.r)
		}
		raw = append(append(raw, byte(len(data))), data...)
	}
	// The last of the trailer's bytes may have been the terminator.
	for n := len(xmpTrailer); n >= len(xmpTrailer)-1; n-- {
		if text, ok := bytes.CutSuffix(raw, xmpTrailer[:n]); ok && len(text) <= codec.MaxMetadata {
			b.xmp = text
		}
	}
	return nil
}

// descriptor reads an image descriptor, and the local colour table.
func (b *blocks) descriptor(f *frame) error {
	var h [9]byte
	if _, err := io.ReadFull(b.r, h[:]); err != nil {
		return early(err)
	}
	x, y := int(binary.LittleEndian.Uint16(h[0:])), int(binary.LittleEndian.Uint16(h[2:]))
	w, ht := int(binary.LittleEndian.Uint16(h[4:])), int(binary.LittleEndian.Uint16(h[6:]))
	f.rect = image.Rect(x, y, x+w, y+ht)
	f.interlaced = h[8]&0x40 != 0
	if b.frames == 1 {
		b.screen.width = max(b.screen.width, f.rect.Max.X)
		b.screen.height = max(b.screen.height, f.rect.Max.Y)
	}
	f.colours = &b.screen.colours
	if h[8]&0x80 != 0 {
		f.colours = &b.local
	}
	return b.table(f.colours, h[8])
}

// bounds is the canvas, once there was a frame.
func (b *blocks) bounds() image.Rectangle { return image.Rect(0, 0, b.screen.width, b.screen.height) }

// subBlock returns the next sub-block, which is empty at the terminator. It
// is valid until the next read.
func subBlock(r *bufio.Reader) ([]byte, error) {
	n, err := r.ReadByte()
	if err != nil || n == 0 {
		return nil, early(err)
	}
	data, err := r.Peek(int(n))
	if err != nil {
		return nil, early(err)
	}
	_, err = r.Discard(int(n))
	return data, err
}

// skip passes over the sub-blocks up to and with the terminator.
func skip(r *bufio.Reader) error {
	for {
		data, err := subBlock(r)
		if err != nil || len(data) == 0 {
			return err
		}
	}
}

// skipPixels passes over the pixels of a frame of which nothing was read.
func (b *blocks) skipPixels() error {
	if _, err := b.r.ReadByte(); err != nil {
		return early(err)
	}
	return skip(b.r)
}
