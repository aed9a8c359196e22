package png

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
)

const signature = "\x89PNG\r\n\x1a\n"

// chunks reads the chunks of a file one after the other.
type chunks struct {
	r    io.Reader
	kind string
	left uint32 // bytes of the current chunk not yet read
	open bool   // it is not finished
	crc  hash.Hash32
	buf  [8]byte
}

// newChunks reads the signature.
func newChunks(r io.Reader) (*chunks, error) {
	c := &chunks{r: r, crc: crc32.NewIEEE()}
	if _, err := io.ReadFull(r, c.buf[:]); err != nil {
		return nil, early(err)
	}
	if string(c.buf[:]) != signature {
		return nil, fmt.Errorf("%w: no PNG signature", codec.ErrFormat)
	}
	return c, nil
}

// next goes to the next chunk. The current one must have been finished.
func (c *chunks) next() error {
	if _, err := io.ReadFull(c.r, c.buf[:]); err != nil {
		return early(err)
	}
	c.left = binary.BigEndian.Uint32(c.buf[:])
	if c.left > 1<<31-1 {
		return fmt.Errorf("%w: chunk of %d bytes", codec.ErrFormat, c.left)
	}
	c.kind, c.open = string(c.buf[4:]), true
	c.crc.Reset()
	c.crc.Write(c.buf[4:])
	return nil
}

// Read reads from the current chunk, and returns io.EOF at its end.
func (c *chunks) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(len(p), int(c.left))]
	n, err := c.r.Read(p)
	c.left -= uint32(n)
	c.crc.Write(p[:n])
	if c.left > 0 {
		err = early(err)
	} else if err == io.EOF {
		err = nil
	}
	return n, err
}

// finish skips what is left of the chunk, and reports whether its checksum
// was right.
func (c *chunks) finish() (intact bool, err error) {
	if _, err := io.CopyN(io.Discard, c, int64(c.left)); err != nil {
		return false, early(err)
	}
	if _, err := io.ReadFull(c.r, c.buf[:4]); err != nil {
		return false, early(err)
	}
	c.open = false
	return binary.BigEndian.Uint32(c.buf[:]) == c.crc.Sum32(), nil
}

// errDamaged says that a chunk's content does not match its checksum.
var errDamaged = errors.New("checksum does not match")

// finishIntact is finish for chunks whose checksum must be right.
func (c *chunks) finishIntact() error {
	intact, err := c.finish()
	if err == nil && !intact {
		err = fmt.Errorf("%w: %s chunk: %w", codec.ErrFormat, c.kind, errDamaged)
	}
	return err
}

// content reads all of the chunk, which is at most limit bytes long.
func (c *chunks) content(limit uint32) ([]byte, error) {
	if c.left > limit {
		return nil, fmt.Errorf("%w: %s chunk of %d bytes, where at most %d are legal", codec.ErrFormat, c.kind, c.left, limit)
	}
	data := make([]byte, c.left)
	if _, err := io.ReadFull(c, data); err != nil {
		return nil, early(err)
	}
	return data, c.finishIntact()
}

// early turns the end of the file, where more was due, into ErrFormat.
func early(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%w: %w", codec.ErrFormat, io.ErrUnexpectedEOF)
	}
	return err
}
