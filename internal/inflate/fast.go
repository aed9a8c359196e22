package inflate

import "encoding/binary"

// fastGeneric is symbols while there are 16 bytes of input beyond what is
// in bits, so that loads fill them (Fabian Giesen, "Reading bits in far too
// many ways", variant 4, as libdeflate has it).
func (z *Reader) fastGeneric() (done bool, err error) {
	lit, dist := &z.litTable, &z.distTable
	litMask, distMask := z.lit.mask&(1<<litBits-1), z.dist.mask&(1<<distBits-1)
	bits, count := z.bits, z.count
	pos, to := z.pos, z.to
	last := z.end - 16
	for pos <= last && to < windowSize+workSize {
		bits |= binary.LittleEndian.Uint64(z.in[pos:]) << (count & 63)
		pos += int(63-count) >> 3
		count |= 56
		// Four looks take at most 44 of the 56 bits.
		e := lit[bits&litMask]
		if e&isLiteral != 0 {
			binary.LittleEndian.PutUint16(z.out[to:], uint16(e>>8))
			to += 1 + int(e>>29&1)
			bits >>= e & 63
			count -= uint(e & 63)
			if e = lit[bits&litMask]; e&isLiteral != 0 {
				binary.LittleEndian.PutUint16(z.out[to:], uint16(e>>8))
				to += 1 + int(e>>29&1)
				bits >>= e & 63
				count -= uint(e & 63)
				if e = lit[bits&litMask]; e&isLiteral != 0 {
					binary.LittleEndian.PutUint16(z.out[to:], uint16(e>>8))
					to += 1 + int(e>>29&1)
					bits >>= e & 63
					count -= uint(e & 63)
					if e = lit[bits&litMask]; e&isLiteral != 0 {
						binary.LittleEndian.PutUint16(z.out[to:], uint16(e>>8))
						to += 1 + int(e>>29&1)
						bits >>= e & 63
						count -= uint(e & 63)
						continue
					}
				}
			}
			// A match takes at most 48.
			bits |= binary.LittleEndian.Uint64(z.in[pos:]) << (count & 63)
			pos += int(63-count) >> 3
			count |= 56
		}
		if e&(isSub|isSpecial) != 0 {
			if e&isSub != 0 {
				bits >>= e & 63
				count -= uint(e & 63)
				e = lit[uint64(e>>16)+bits&(1<<(e>>8&15)-1)]
			}
			if e&isLiteral != 0 {
				z.out[to] = uint8(e >> 8)
				to++
				bits >>= e & 63
				count -= uint(e & 63)
				continue
			}
			if e&isSpecial != 0 {
				bits >>= e & 63
				count -= uint(e & 63)
				done = true
				break
			}
		}
		length := int(e>>16) + int(bits&(1<<(e&63)-1)>>(e>>8&15))
		bits >>= e & 63
		count -= uint(e & 63)
		d := dist[bits&distMask]
		if d&isSub != 0 {
			bits >>= d & 63
			count -= uint(d & 63)
			d = dist[uint64(d>>16)+bits&(1<<(d>>8&15)-1)]
		}
		distance := int(d>>16) + int(bits&(1<<(d&63)-1)>>(d>>8&15))
		bits >>= d & 63
		count -= uint(d & 63)
		if length == 0 || distance == 0 || distance > to {
			err = ErrDeflate
			break
		}
		z.to = to
		z.copyMatch(distance, length)
		to = z.to
	}
	z.bits, z.count = bits, count
	z.pos, z.to = pos, to
	if done {
		z.state = atBlock
	}
	return done, err
}
