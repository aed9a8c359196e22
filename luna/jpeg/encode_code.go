package jpeg

import (
	"encoding/binary"
	"math/bits"
)

// A bitString is a part of a scan as it is coded on its own, before it is put
// behind the part before it and zeros are stuffed into it.
type bitString struct {
	buf []byte // words of 64 bits, big-endian
	acc uint64 // its lowest n bits follow
	n   uint   // at most 64
}

// codedBytes reports how many bytes a bitString of so many tokens takes at most.
func codedBytes(tokens int) int { return tokens*maxTokenBits/8 + 16 }

// The loops below do what entropyWriter.put does, in variables.

// codeSequential codes tokens of whole MCUs, as tokenizeSequential makes them.
func (e *encoder) codeSequential(words []uint16, buf []byte) bitString {
	acc, free, at := uint64(0), uint(64), 0
	for len(words) > 0 {
		for _, c := range e.owners[:e.perMCU] {
			table := e.channels[c].table
			size, extra := magnitude(int32(int16(words[0])))
			code := e.dc[table].codes[size]
			v, n := uint64(code>>5)<<size|extra, uint(code&31)+size
			if free < n {
				binary.BigEndian.PutUint64(buf[at:], acc<<(free&63)|v>>((n-free)&63))
				at += 8
				free += 64
			}
			acc = acc<<(n&63) | v
			free -= n
			ac := words[2 : 2+words[1]]
			words = words[2+len(ac):]
			small, codes := &e.acTokens[table], &e.ac[table].codes
			for _, t := range ac {
				if isSmall(t) {
					code := small[smallIndex(t)]
					v, n = uint64(code>>5), uint(code&31)
				} else {
					v, n = codeLarge(codes, t)
				}
				if free < n {
					binary.BigEndian.PutUint64(buf[at:], acc<<(free&63)|v>>((n-free)&63))
					at += 8
					free += 64
				}
				acc = acc<<(n&63) | v
				free -= n
			}
		}
	}
	return bitString{buf[:at], acc, 64 - free}
}

// codeLarge codes a token that is not in the table of small ones.
func codeLarge(codes *[256]uint32, t uint16) (v uint64, n uint) {
	n, extra := magnitude(tokenValue(t))
	code := codes[uint(t>>12)<<4|n&15]
	return uint64(code>>5)<<n | extra, uint(code&31) + n
}

// codeCoarse codes the tokens of coarse.
func codeCoarse(words []uint16, small *tokenCodes, codes *[256]uint32, buf []byte) bitString {
	acc, free, at := uint64(0), uint(64), 0
	extra := uint(0) // bits that the next word holds
	for _, t := range words {
		var v uint64
		var n uint
		switch {
		case extra > 0:
			v, n, extra = uint64(t), extra, 0
		case isSmall(t):
			code := small[smallIndex(t)]
			v, n = uint64(code>>5), uint(code&31)
			if t&0xfff == 0 && t != zeroRunToken {
				extra = uint(t >> 12)
			}
		default:
			v, n = codeLarge(codes, t)
		}
		if free < n {
			binary.BigEndian.PutUint64(buf[at:], acc<<(free&63)|v>>((n-free)&63))
			at += 8
			free += 64
		}
		acc = acc<<(n&63) | v
		free -= n
	}
	return bitString{buf[:at], acc, 64 - free}
}

// codeFine codes the tokens of refine.
func codeFine(words []uint16, codes *[256]uint32, buf []byte) bitString {
	var table [32]uint32
	for i := range table {
		table[i] = codes[i&15<<4|i>>4]
	}
	acc, free, at := uint64(0), uint(64), 0
	for _, t := range words {
		code := uint32(0)
		if t&rawToken == 0 {
			code = table[t>>fineBits&31]
			t &= 1<<fineBits - 1
		} else {
			t &^= rawToken
		}
		raw := uint(bits.Len16(t) - 1)
		v, n := uint64(code>>5)<<raw|uint64(t^1<<raw), uint(code&31)+raw
		if free < n {
			binary.BigEndian.PutUint64(buf[at:], acc<<(free&63)|v>>((n-free)&63))
			at += 8
			free += 64
		}
		acc = acc<<(n&63) | v
		free -= n
	}
	return bitString{buf[:at], acc, 64 - free}
}
