// Package isobmff reads and writes still pictures in ISO base media files
// (ISO/IEC 14496-12): the container of AVIF and HEIC (ISO/IEC 23008-12). It
// knows where the coded pictures lie and how they are put together, and
// nothing of how they are coded.
//
// What a library in C has to say about a picture it is asked for a single one
// at a time, in a file that [Write] made. So no byte of a container that came
// from outside is read by anything but this package.
package isobmff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

var (
	// ErrMalformed: the bytes are not what the standards allow, or end early.
	ErrMalformed = errors.New("malformed container")
	// ErrUnsupported: they are legal, but hold no still picture that this
	// package can tell of.
	ErrUnsupported = errors.New("unsupported container feature")
	// ErrLimit: they list more than a picture needs.
	ErrLimit = errors.New("container over the limit")
)

// Limits of what is read.
const (
	// maxMeta is the size of the box that lists all, profiles among it.
	maxMeta = 8 << 20
	// maxEntries bounds items, properties, and the references, extents and
	// properties of all items, each in total over all boxes that list them.
	maxEntries = 1 << 16
	// maxBoxes bounds how many boxes are passed over before that one.
	maxBoxes = 64
)

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrMalformed, fmt.Errorf(format, args...))
}

// header reads the header of a box. The size is that of the body, or -1 where
// it reaches to the end of the file; n is how many bytes were read.
func header(r io.Reader) (kind string, body int64, n int64, err error) {
	var b [16]byte
	if _, err := io.ReadFull(r, b[:8]); err != nil {
		return "", 0, 0, err
	}
	kind = string(b[4:8])
	switch size := int64(binary.BigEndian.Uint32(b[:])); {
	case size == 0:
		return kind, -1, 8, nil
	case size == 1:
		if _, err := io.ReadFull(r, b[8:]); err != nil {
			return "", 0, 0, early(err)
		}
		size := binary.BigEndian.Uint64(b[8:])
		if size < 16 || size > 1<<62 {
			return "", 0, 0, malformed("%q box of %d bytes", kind, size)
		}
		return kind, int64(size) - 16, 16, nil
	case size < 8:
		return "", 0, 0, malformed("%q box of %d bytes", kind, size)
	default:
		return kind, size - 8, 8, nil
	}
}

// early turns the end of the file, where more was due, into ErrMalformed.
func early(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %w", ErrMalformed, io.ErrUnexpectedEOF)
	}
	return err
}

// A cursor reads numbers from the front of a slice. Beyond its end it reads
// zeros, and remembers that.
type cursor struct {
	b     []byte
	short bool
}

func (c *cursor) take(n int) []byte {
	if n > len(c.b) {
		c.short = true
		c.b = nil
		return make([]byte, min(n, 8))
	}
	b := c.b[:n]
	c.b = c.b[n:]
	return b
}

// uint reads a number of 0 to 8 bytes.
func (c *cursor) uint(bytes int) uint64 {
	var v uint64
	for _, b := range c.take(bytes) {
		v = v<<8 | uint64(b)
	}
	return v
}

// full reads the version and the flags of a full box.
func (c *cursor) full() (version uint8, flags uint32) {
	v := c.uint(4)
	return uint8(v >> 24), uint32(v & 0xffffff)
}

// text reads up to a zero byte, or to the end.
func (c *cursor) text() string {
	for i, b := range c.b {
		if b == 0 {
			s := string(c.b[:i])
			c.b = c.b[i+1:]
			return s
		}
	}
	s := string(c.b)
	c.b = nil
	return s
}

// box reads a whole box: false at the end.
func (c *cursor) box() (kind string, body cursor, ok bool, err error) {
	if len(c.b) == 0 {
		return "", cursor{}, false, nil
	}
	r := sliceReader{&c.b}
	kind, size, _, err := header(r)
	if err != nil {
		return "", cursor{}, false, early(err)
	}
	if size < 0 {
		size = int64(len(c.b))
	}
	if size > int64(len(c.b)) {
		return "", cursor{}, false, malformed("%q box of %d bytes, where %d are left", kind, size, len(c.b))
	}
	return kind, cursor{b: c.take(int(size))}, true, nil
}

// sliceReader reads from the front of a slice.
type sliceReader struct{ b *[]byte }

func (r sliceReader) Read(p []byte) (int, error) {
	if len(*r.b) == 0 {
		return 0, io.EOF
	}
	n := copy(p, *r.b)
	*r.b = (*r.b)[n:]
	return n, nil
}
