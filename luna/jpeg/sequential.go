package jpeg

import (
	"encoding/binary"
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
)

var errCode = fmt.Errorf("%w: bits that are no Huffman code", codec.ErrFormat)

// block decodes one block of a sequential scan (T.81, F.2.2) into c, in
// natural order. Of the coefficients past the zigzag index need it reads
// nothing but their length. c must be zero where it is read later.
func (b *bitReader) block(dc, ac *huffman, c *[64]int16, need int, pred *int32) error {
	data, acc, n, pos := b.data, b.acc, b.n, b.pos
	last := len(data) - padding

	if n < 32 {
		if pos <= last {
			acc |= binary.BigEndian.Uint64(data[pos:]) >> (n & 63)
		}
		pos += int(63-n) >> 3
		n |= 56
	}
	e := dc.lookup[acc>>(64-lookupBits)]
	if e == 0 {
		if e = dc.long(acc); e == 0 {
			return errCode
		}
	}
	acc <<= e.length()
	n -= e.length()
	v := e.value()
	if s := e.extra(); s != 0 {
		v = extend(int32(acc>>((64-s)&63)), s)
		acc <<= s
		n -= s
	}
	*pred += v
	c[0] = int16(*pred)

	k := 0
	for k < need {
		if n < 32 {
			if pos <= last {
				acc |= binary.BigEndian.Uint64(data[pos:]) >> (n & 63)
			}
			pos += int(63-n) >> 3
			n |= 56
		}
		e := ac.lookup[acc>>(64-lookupBits)]
		if e == 0 {
			if e = ac.long(acc); e == 0 {
				return errCode
			}
		}
		acc <<= e.length()
		n -= e.length()
		k += e.advance()
		v := e.value()
		if s := e.extra(); s != 0 {
			v = extend(int32(acc>>((64-s)&63)), s)
			acc <<= s
			n -= s
		}
		if k > 63 {
			break
		}
		c[zigzag[k&63]&63] = int16(v)
	}
	for k < 63 {
		if n < 32 {
			if pos <= last {
				acc |= binary.BigEndian.Uint64(data[pos:]) >> (n & 63)
			}
			pos += int(63-n) >> 3
			n |= 56
		}
		if s := ac.leaps[acc>>(64-lookupBits)]; s != noLeap {
			after := k + int(s>>4&127)
			if after < 63 {
				acc <<= s&15 + 1
				n -= uint(s&15) + 1
				if s>>11&1 != 0 {
					break
				}
				k = after
				continue
			}
			if after == 63 && s>>11&1 == 0 {
				acc <<= s&15 + 1
				n -= uint(s&15) + 1
				break
			}
		}
		e := ac.lookup[acc>>(64-lookupBits)]
		if e == 0 {
			if e = ac.long(acc); e == 0 {
				return errCode
			}
		}
		acc = acc << e.length() << e.extra()
		n -= e.length() + e.extra()
		k += e.advance()
	}
	b.acc, b.n, b.pos = acc, n, pos
	return nil
}
