package jpeg

import (
	"encoding/binary"
	"math/bits"
)

// A bitString is a part of a scan as it is coded on its own, before it is put
// behind the part before it and zeros are stuffed into it.
type bitString struct {
	buf []byte // big-endian, in whole words of 64 bits
	n   int    // bits
}

// codedBytes reports how many bytes a bitString of so many tokens takes at most.
func codedBytes(tokens int) int { return tokens*maxTokenBits/8 + 16 }

// The loops below keep what is yet to be written in the upper bits of acc, used
// of them, fewer than a byte. They write all of acc at every step and move on
// by its whole bytes, which is faster than to see whether it is full. There is
// room for two tokens at a time.

// codeSequential codes tokens of whole MCUs, as tokenizeSequential makes them.
func (e *encoder) codeSequential(words []uint16, buf []byte) bitString {
	acc, used, at := uint64(0), uint(0), 0
	for len(words) > 0 {
		for _, c := range e.owners[:e.perMCU] {
			table := e.channels[c].table & 1
			size, extra := magnitude(int32(int16(words[0])))
			code := e.dc[table].codes[size]
			v, n := uint64(code>>5)<<(size&63)|extra, uint(code&31)+size
			ac := words[2 : 2+words[1]]
			words = words[2+len(ac):]
			small, codes := &e.acTokens[table], &e.ac[table].codes
			if len(ac)&1 != 0 {
				w, m := codeToken(small, codes, ac[0])
				v, n = v<<(m&63)|w, n+m
				ac = ac[1:]
			}
			for {
				used += n
				acc |= v << ((64 - used) & 63)
				binary.BigEndian.PutUint64(buf[at:], acc)
				at += int(used >> 3)
				acc <<= used & 56
				used &= 7
				if len(ac) < 2 {
					break
				}
				t, u := ac[0], ac[1]
				ac = ac[2:]
				var m uint
				if isSmall(t) && isSmall(u) {
					code := small[smallIndex(t)]
					v, n = uint64(code>>5), uint(code&31)
					code = small[smallIndex(u)]
					m = uint(code & 31)
					v, n = v<<m|uint64(code>>5), n+m
					continue
				}
				v, n = codeToken(small, codes, t)
				w, m := codeToken(small, codes, u)
				v, n = v<<(m&63)|w, n+m
			}
		}
	}
	return bitString{buf, 8*at + int(used)}
}

// codeToken codes a token of the first scan of its coefficient.
func codeToken(small *tokenCodes, codes *[256]uint32, t uint16) (v uint64, n uint) {
	if isSmall(t) {
		code := small[smallIndex(t)]
		return uint64(code >> 5), uint(code & 31)
	}
	n, extra := magnitude(tokenValue(t))
	code := codes[uint(t>>12)<<4|n&15]
	return uint64(code>>5)<<n | extra, uint(code&31) + n
}

// codeCoarse codes the tokens of coarse.
func codeCoarse(words []uint16, small *tokenCodes, codes *[256]uint32, buf []byte) bitString {
	acc, used, at := uint64(0), uint(0), 0
	extra := uint(0) // bits that the next word holds
	for _, t := range words {
		var v uint64
		var n uint
		if extra > 0 {
			v, n, extra = uint64(t), extra, 0
		} else {
			v, n = codeToken(small, codes, t)
			if t&0xfff == 0 && t != zeroRunToken {
				extra = uint(t >> 12)
			}
		}
		used += n
		acc |= v << ((64 - used) & 63)
		binary.BigEndian.PutUint64(buf[at:], acc)
		at += int(used >> 3)
		acc <<= used & 56
		used &= 7
	}
	return bitString{buf, 8*at + int(used)}
}

// codeFine codes the tokens of refine.
func codeFine(words []uint16, codes *[256]uint32, buf []byte) bitString {
	var table [64]uint32 // nothing in the upper half, for rawToken
	for i := range 32 {
		table[i] = codes[i&15<<4|i>>4]
	}
	acc, used, at := uint64(0), uint(0), 0
	for _, t := range words {
		code := table[t>>fineBits]
		// A raw token has its bits in place of the symbol.
		t &= 1<<fineBits - 1 | uint16(int16(t)>>15)&(rawToken-1)
		raw := uint(bits.Len16(t)) - 1
		v, n := uint64(code>>5)<<(raw&15)|uint64(t^1<<(raw&15)), uint(code&31)+raw
		used += n
		acc |= v << ((64 - used) & 63)
		binary.BigEndian.PutUint64(buf[at:], acc)
		at += int(used >> 3)
		acc <<= used & 56
		used &= 7
	}
	return bitString{buf, 8*at + int(used)}
}

// codeDC codes the first scan of the DC coefficients of whole MCUs.
func (e *encoder) codeDC(words []uint16, buf []byte) bitString {
	acc, used, at := uint64(0), uint(0), 0
	for len(words) > 0 {
		for i, c := range e.owners[:e.perMCU] {
			size, extra := magnitude(int32(int16(words[i])) >> 1)
			code := e.dc[e.channels[c].table].codes[size]
			used += uint(code&31) + size
			acc |= (uint64(code>>5)<<size | extra) << ((64 - used) & 63)
			binary.BigEndian.PutUint64(buf[at:], acc)
			at += int(used >> 3)
			acc <<= used & 56
			used &= 7
		}
		words = words[e.perMCU:]
	}
	return bitString{buf, 8*at + int(used)}
}

// codeDCBits codes the second one.
func codeDCBits(words []uint16, buf []byte) bitString {
	for i := range (len(words) + 63) / 64 {
		v := uint64(0)
		for j, w := range words[64*i : min(64*i+64, len(words))] {
			v |= uint64(w&1) << (63 - j)
		}
		binary.BigEndian.PutUint64(buf[8*i:], v)
	}
	return bitString{buf, len(words)}
}
