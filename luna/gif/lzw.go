package gif

import (
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
)

const (
	maxCodeBits = 12
	codes       = 1 << maxCodeBits
)

// An unpacker decodes the indices of one frame after another.
type unpacker struct {
	b *blocks
	// in is what is left of a sub-block; ended says that there is no other.
	in    []byte
	ended bool
	// bits holds the next count bits of the stream, the first lowest.
	bits  uint32
	count uint

	literal      uint // bits of an index
	clear, width uint
	next         int // the code that will be defined next
	last         int // the code before, or -1
	stopped      bool

	prefix [codes]uint16
	suffix [codes]uint8
	first  [codes]uint8
	length [codes]uint16
	// rest is what the last code means beyond what was asked for: a part of
	// text.
	rest []uint8
	text [codes]uint8
}

// start begins with a frame's pixels.
func (u *unpacker) start() error {
	n, err := u.b.r.ReadByte()
	if err != nil {
		return early(err)
	}
	if n < 1 || n > 8 {
		return fmt.Errorf("%w: LZW codes for indices of %d bits, where 2 to 8 are allowed", codec.ErrFormat, n)
	}
	u.literal, u.clear = uint(n), 1<<n
	u.in, u.rest, u.bits, u.count = nil, nil, 0, 0
	u.ended, u.stopped = false, false
	for i := range 1 << n {
		u.suffix[i], u.first[i], u.length[i] = uint8(i), uint8(i), 1
	}
	u.reset()
	return nil
}

// reset forgets all codes but those of indices.
func (u *unpacker) reset() {
	u.width, u.next, u.last = u.literal+1, int(u.clear)+2, -1
}

// code returns the next code, or the one that ends them where none is left.
func (u *unpacker) code() (int, error) {
	for u.count < u.width {
		if len(u.in) == 0 {
			if u.ended {
				return int(u.clear) + 1, nil
			}
			data, err := subBlock(u.b.r)
			if err != nil {
				return 0, err
			}
			if u.in = data; len(data) == 0 {
				u.ended = true
				continue
			}
		}
		u.bits |= uint32(u.in[0]) << u.count
		u.in = u.in[1:]
		u.count += 8
	}
	c := u.bits & (1<<u.width - 1)
	u.bits >>= u.width
	u.count -= u.width
	return int(c), nil
}

// read fills p, or as much of it as there are pixels.
func (u *unpacker) read(p []uint8) (n int, err error) {
	n = copy(p, u.rest)
	u.rest = u.rest[n:]
	for n < len(p) && !u.stopped {
		c, err := u.code()
		if err != nil {
			return n, err
		}
		switch {
		case c == int(u.clear):
			u.reset()
			continue
		case c == int(u.clear)+1:
			u.stopped = true
			return n, nil
		case u.last < 0 && c > int(u.clear), c > u.next:
			u.stopped = true
			return n, fmt.Errorf("%w: LZW code %d, where %d is the next", codec.ErrFormat, c, u.next)
		}
		if u.last >= 0 && u.next < codes {
			u.define(c)
		}
		u.last = c
		n += u.expand(c, p[n:])
	}
	return n, nil
}

// define gives the next code its meaning: the last one and the first index of
// c, which may be that very code.
func (u *unpacker) define(c int) {
	i := u.next & (codes - 1)
	u.prefix[i] = uint16(u.last)
	u.first[i] = u.first[u.last]
	u.length[i] = u.length[u.last] + 1
	u.suffix[i] = u.first[c&(codes-1)]
	u.next++
	if u.next == 1<<u.width && u.width < maxCodeBits {
		u.width++
	}
}

// expand writes the meaning of c, and keeps what there is no room for.
func (u *unpacker) expand(c int, p []uint8) int {
	k := int(u.length[c])
	if k > len(p) {
		u.write(c, u.text[:k])
		n := copy(p, u.text[:k])
		u.rest = u.text[n:k]
		return n
	}
	u.write(c, p[:k])
	return k
}

func (u *unpacker) write(c int, p []uint8) {
	for i := len(p) - 1; i > 0; i-- {
		p[i] = u.suffix[c&(codes-1)]
		c = int(u.prefix[c&(codes-1)])
	}
	p[0] = u.suffix[c&(codes-1)]
}

// finish passes over what is left of the pixels.
func (u *unpacker) finish() error {
	if u.ended {
		return nil
	}
	u.ended, u.stopped, u.in, u.rest = true, true, nil, nil
	return skip(u.b.r)
}
