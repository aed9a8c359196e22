package tiff

import (
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
)

// A buffer holds as much of the file's beginning as was asked for.
type buffer struct {
	r     io.Reader
	data  []byte
	limit int64
	ended bool
}

const readSize = 32 << 10

// need reads on until there are n bytes. At the end of the file there are
// fewer, which is no error.
func (b *buffer) need(n uint64) error {
	for !b.ended && uint64(len(b.data)) < n {
		if int64(len(b.data)) >= b.limit {
			return fmt.Errorf("%w: more than %d bytes", codec.ErrLimit, b.limit)
		}
		if cap(b.data)-len(b.data) < readSize {
			more := make([]byte, len(b.data), 2*cap(b.data)+readSize)
			copy(more, b.data)
			b.data = more
		}
		most := min(readSize-1, b.limit-int64(len(b.data))) + 1 // one beyond the limit, to know of it
		k, err := b.r.Read(b.data[len(b.data) : len(b.data)+int(most)])
		b.data = b.data[:len(b.data)+k]
		if err == io.EOF {
			b.ended = true
		} else if err != nil {
			return err
		}
	}
	return nil
}

// at returns the n bytes from offset on, which must be within the file.
func (b *buffer) at(offset, n uint64) ([]byte, error) {
	if offset > 1<<62 || n > 1<<62 {
		return nil, fmt.Errorf("%w: %d bytes at %d are outside the file", codec.ErrFormat, n, offset)
	}
	if err := b.need(offset + n); err != nil {
		return nil, err
	}
	if offset+n > uint64(len(b.data)) {
		return nil, fmt.Errorf("%w: %d bytes at %d are outside the file: %w", codec.ErrFormat, n, offset, io.ErrUnexpectedEOF)
	}
	return b.data[offset : offset+n : offset+n], nil
}

// some returns at most n bytes from offset on.
func (b *buffer) some(offset, n uint64) ([]byte, error) {
	if offset > 1<<62 {
		return nil, fmt.Errorf("%w: a strip at %d is outside the file", codec.ErrFormat, offset)
	}
	n = min(n, 1<<62)
	if err := b.need(offset + n); err != nil {
		return nil, err
	}
	size := uint64(len(b.data))
	if offset >= size {
		return nil, fmt.Errorf("%w: a strip at %d is outside the file: %w", codec.ErrFormat, offset, io.ErrUnexpectedEOF)
	}
	end := min(offset+n, size)
	return b.data[offset:end:end], nil
}
