// Package inflate reads zlib streams (RFC 1950 and 1951) at the speed that
// large pictures need: it looks at up to 64 bits of input at a time, and finds
// two literals by one look at a table.
package inflate

import (
	"encoding/binary"
	"errors"
	"io"
)

// Errors of damaged streams. A stream that ends early gives
// [io.ErrUnexpectedEOF].
var (
	ErrHeader   = errors.New("zlib: not a header")
	ErrDeflate  = errors.New("zlib: corrupt deflate data")
	ErrChecksum = errors.New("zlib: checksum does not match")
)

const (
	windowSize = 32 << 10
	// workSize is how much is made between two looks at the output.
	workSize = 32 << 10
	maxMatch = 258
	// slack is what copies may write past the end of a match.
	slack   = 32
	inSize  = 32 << 10
	outSize = windowSize + workSize + maxMatch + slack
)

// Work is at least how many bytes a Reader holds.
const Work = inSize + outSize + 4*(litSize+distSize) + 2<<10

// A state is where a Reader goes on.
type state uint8

const (
	atHeader state = iota
	atBlock
	inStored
	inHuffman
	atTrailer
	atEnd
)

// A Reader inflates one zlib stream. Its memory is Work bytes, whatever the
// stream claims. It reads ahead of the stream's end by up to 32 KiB.
type Reader struct {
	r     io.Reader
	rest  error // of r, once it has returned one
	err   error // what Read returns at the end
	state state
	final bool // the current block is the last

	stored int // bytes left of a stored block
	sum    uint32

	// bits holds the next count bits of input; those above them are zero or
	// what in[pos] goes on with.
	bits  uint64
	count uint
	pos   int // of in, the next byte that is not in bits
	end   int // of in
	from  int // of out, the next byte for Read
	to    int // of out

	isFixed   bool // the tables are those of the fixed code
	lit, dist table
	litTable  [litSize]uint32
	distTable [distSize]uint32
	lengths   [maxLit + maxDist]uint8

	in  [inSize]byte
	out [outSize]byte
}

// NewReader returns a reader of the stream that r begins with. It reads
// nothing yet.
func NewReader(r io.Reader) *Reader { return &Reader{r: r, sum: 1} }

// Read implements [io.Reader]. It returns [io.EOF] only after the checksum was
// found right.
func (z *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for z.from == z.to {
		if z.err != nil {
			return 0, z.err
		}
		if z.to >= windowSize+workSize {
			copy(z.out[:windowSize], z.out[z.to-windowSize:z.to])
			z.from, z.to = windowSize, windowSize
		}
		z.err = z.run()
		z.sum = Adler32(z.sum, z.out[z.from:z.to])
		if z.err == nil && z.state == atTrailer {
			z.err = z.trailer()
		}
	}
	n := copy(p, z.out[z.from:z.to])
	z.from += n
	return n, nil
}

// run inflates until the room for output is full or the data is at an end.
func (z *Reader) run() error {
	for z.to < windowSize+workSize {
		var err error
		switch z.state {
		case atHeader:
			err = z.header()
		case atBlock:
			if z.final {
				z.state = atTrailer
				return nil
			}
			err = z.block()
		case inStored:
			err = z.copyStored()
		case inHuffman:
			err = z.symbols()
		case atTrailer:
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// fill makes at least n bits available, n being 56 at most, or says why it
// cannot.
func (z *Reader) fill(n uint) error {
	for z.count < n {
		if z.pos == z.end {
			if err := z.more(); err != nil {
				return err
			}
		}
		z.bits &= 1<<z.count - 1
		for z.count <= 56 && z.pos < z.end {
			z.bits |= uint64(z.in[z.pos]) << z.count
			z.pos++
			z.count += 8
		}
	}
	return nil
}

// more reads into in, whose bytes have been used up.
func (z *Reader) more() error {
	if z.rest != nil {
		return z.rest
	}
	z.pos, z.end = 0, 0
	for range 100 {
		n, err := z.r.Read(z.in[:])
		z.end = n
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		z.rest = err
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// take returns the next n bits, which must be available.
func (z *Reader) take(n uint) uint {
	v := uint(z.bits & (1<<n - 1))
	z.bits >>= n
	z.count -= n
	return v
}

func (z *Reader) header() error {
	if err := z.fill(16); err != nil {
		return err
	}
	method, flags := z.take(8), z.take(8)
	if method&15 != 8 || method>>4 > 7 || (method<<8|flags)%31 != 0 || flags&0x20 != 0 {
		return ErrHeader
	}
	z.state = atBlock
	return nil
}

// trailer compares the checksum, and returns io.EOF if it is right.
func (z *Reader) trailer() error {
	if z.count&7 != 0 {
		z.take(z.count & 7)
	}
	if err := z.fill(32); err != nil {
		return err
	}
	var b [4]byte
	binary.LittleEndian.PutUint32(b[:], uint32(z.take(32)))
	if binary.BigEndian.Uint32(b[:]) != z.sum {
		return ErrChecksum
	}
	z.state = atEnd
	return io.EOF
}

// copyStored copies of a stored block what there is room for.
func (z *Reader) copyStored() error {
	for z.stored > 0 && z.count >= 8 { // whole bytes, read ahead
		if z.to == windowSize+workSize {
			return nil
		}
		z.out[z.to] = byte(z.take(8))
		z.to++
		z.stored--
	}
	z.drop()
	for z.stored > 0 {
		if z.to == windowSize+workSize {
			return nil
		}
		if z.pos == z.end {
			if err := z.more(); err != nil {
				return err
			}
		}
		n := copy(z.out[z.to:windowSize+workSize], z.in[z.pos:min(z.end, z.pos+z.stored)])
		z.pos += n
		z.to += n
		z.stored -= n
	}
	z.state = atBlock
	return nil
}

// drop forgets the bits above count, once input goes on without them.
func (z *Reader) drop() { z.bits &= 1<<z.count - 1 }
