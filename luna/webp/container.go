package webp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
)

// chunks reads the chunks of a RIFF file, or those inside one of its chunks,
// one after the other.
type chunks struct {
	r    io.Reader
	left int64 // bytes of the container behind the current chunk's header
	kind string
	body int64 // bytes of the current chunk not yet read
	pad  int64
	buf  [12]byte
}

// newChunks reads the file header.
func newChunks(r io.Reader) (*chunks, error) {
	c := &chunks{r: r}
	if _, err := io.ReadFull(r, c.buf[:12]); err != nil {
		return nil, early(err)
	}
	if string(c.buf[:4]) != "RIFF" || string(c.buf[8:12]) != "WEBP" {
		return nil, fmt.Errorf("%w: no RIFF header of a WebP file", codec.ErrFormat)
	}
	c.left = int64(binary.LittleEndian.Uint32(c.buf[4:])) - 4
	return c, nil
}

// inside returns the chunks within what is left of the current one.
func (c *chunks) inside() *chunks { return &chunks{r: c, left: c.body} }

// next skips to the next chunk; io.EOF is the end of the container.
func (c *chunks) next() error {
	if rest := min(c.body+c.pad, c.left); rest > 0 {
		n, err := io.CopyN(io.Discard, c.r, rest)
		c.left -= n
		// Some writers forget the padding of the last chunk.
		if err == io.EOF && n >= c.body && c.left <= c.pad {
			return io.EOF
		}
		if err != nil {
			return early(err)
		}
	}
	c.body, c.pad = 0, 0
	if c.left < 8 {
		return io.EOF
	}
	if _, err := io.ReadFull(c.r, c.buf[:8]); err != nil {
		return early(err)
	}
	c.left -= 8
	c.kind = string(c.buf[:4])
	c.body = int64(binary.LittleEndian.Uint32(c.buf[4:]))
	c.pad = c.body & 1
	if c.body > c.left {
		return fmt.Errorf("%w: %q chunk of %d bytes, where %d are left", codec.ErrFormat, c.kind, c.body, c.left)
	}
	return nil
}

// Read reads from the current chunk, and returns io.EOF at its end.
func (c *chunks) Read(p []byte) (int, error) {
	if c.body == 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), c.body)]
	n, err := c.r.Read(p)
	c.body -= int64(n)
	c.left -= int64(n)
	if c.body > 0 {
		err = early(err)
	} else if err == io.EOF {
		err = nil
	}
	return n, err
}

// early turns the end of the file, where more was due, into ErrFormat.
func early(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %w", codec.ErrFormat, io.ErrUnexpectedEOF)
	}
	return err
}
