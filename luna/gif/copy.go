package gif

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
)

// Copy keeps the header, the frames with what controls them, and the number of
// loops. Of keep a GIF holds XMP alone. What follows the trailer is left out,
// and the trailer that a still may lack is added. Of a file that is refused, w
// has what stands before the fault.
func (c Codec) Copy(ctx context.Context, w io.Writer, r io.Reader, keep codec.Metadata) error {
	in, out := ctxio.NewReader(ctx, r), ctxio.NewWriter(ctx, w)
	k := &copier{r: bufio.NewReaderSize(in, readBuffer), w: bufio.NewWriterSize(out, readBuffer)}
	err := k.copy(keep)
	if err == nil {
		err = k.w.Flush()
	}
	switch {
	case err == nil:
		return nil
	case in.Err() != nil:
		err = in.Err()
	case out.Err() != nil:
		err = out.Err()
	}
	return fmt.Errorf("gif: %w", err)
}

// A copier copies the blocks of a file that are needed to show it.
type copier struct {
	r      *bufio.Reader
	w      *bufio.Writer
	frames int
	moves  bool // as of blocks
	// control is a graphic control extension whose frame has yet to come.
	control []byte
}

func (k *copier) copy(keep codec.Metadata) error {
	h, err := readHead(k.r)
	if err != nil {
		return err
	}
	if len(keep.XMP) > 0 {
		copy(h[:], header)
	}
	k.w.Write(h[:]) // a bufio.Writer remembers its error
	if err := k.table(h[10]); err != nil {
		return err
	}
	writeXMP(k.w, keep.XMP)
	for {
		more, err := k.block()
		if err != nil || !more {
			return err
		}
	}
}

func (k *copier) block() (more bool, err error) {
	kind, err := k.r.ReadByte()
	if err == io.EOF && k.frames > 0 && !k.moves {
		kind, err = kindTrailer, nil
	}
	if err != nil {
		return false, early(err)
	}
	switch kind {
	case kindTrailer:
		if k.frames == 0 {
			return false, fmt.Errorf("%w: no picture before the trailer", codec.ErrFormat)
		}
		return false, k.w.WriteByte(kindTrailer)
	case kindExtension:
		return true, k.extension()
	case kindImage:
		return true, k.image()
	case 0:
		return true, nil
	}
	return false, fmt.Errorf("%w: block of kind %#02x", codec.ErrFormat, kind)
}

func (k *copier) extension() error {
	label, err := k.r.ReadByte()
	if err != nil {
		return early(err)
	}
	first, err := subBlock(k.r)
	if err != nil || len(first) == 0 {
		return err
	}
	switch {
	case label == labelControl && len(first) >= 4:
		k.control = append(append(k.control[:0], kindExtension, labelControl, 4), first[:4]...)
		k.control = append(k.control, 0)
		k.moves = k.moves || first[1]|first[2] != 0
	case label == labelApplication && (string(first) == netscape || string(first) == animexts):
		return k.loops()
	}
	return skip(k.r)
}

// loops copies how often the animation is repeated.
func (k *copier) loops() error {
	k.moves = true
	for {
		data, err := subBlock(k.r)
		if err != nil || len(data) == 0 {
			return err
		}
		if len(data) >= 3 && data[0]&7 == 1 {
			writeRepeats(k.w, binary.LittleEndian.Uint16(data[1:]))
		}
	}
}

func (k *copier) image() error {
	k.frames++
	k.moves = k.moves || k.frames > 1
	k.w.Write(k.control)
	k.control = k.control[:0]
	var h [10]byte
	h[0] = kindImage
	if _, err := io.ReadFull(k.r, h[1:]); err != nil {
		return early(err)
	}
	k.w.Write(h[:])
	if err := k.table(h[9]); err != nil {
		return err
	}
	n, err := k.r.ReadByte() // bits of an index
	if err != nil {
		return early(err)
	}
	k.w.WriteByte(n)
	for {
		data, err := subBlock(k.r)
		if err != nil {
			return err
		}
		if err := k.w.WriteByte(byte(len(data))); err != nil || len(data) == 0 {
			return err
		}
		k.w.Write(data)
	}
}

// table copies a colour table if flags tell of one.
func (k *copier) table(flags byte) error {
	if flags&0x80 == 0 {
		return nil
	}
	_, err := io.CopyN(k.w, k.r, 3*2<<(flags&7))
	return early(err)
}
