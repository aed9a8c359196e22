package kernel

import (
	"encoding/binary"
	"math/bits"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// TokenProbabilities are vp8.Probabilities by type, by band and context, 4 places a
// band, and by node.
type TokenProbabilities [vp8.Types][4 * vp8.Bands][16]uint8

// certain is the node of signs, of which neither is likelier.
const certain = 15

// Set takes probabilities over.
func (t *TokenProbabilities) Set(p *vp8.Probabilities) {
	for kind := range p {
		for band := range p[kind] {
			for context := range p[kind][band] {
				row := &t[kind][4*band+context]
				copy(row[:], p[kind][band][context][:])
				row[certain] = 128
			}
		}
	}
}

// MaxTokens is how many tokens a macroblock has at most: 25 blocks of 16 levels of
// seven nodes, eleven extra bits and a sign; and what the assembly writes too much.
const MaxTokens = 25*16*19 + 8

// A token is a bit and, in its low byte, what the coder multiplies by: the
// probability of 0 in 1/256 if the bit is 0, else that of 1.

// A way is how a level goes through the token tree: the tokens' nodes and bits.
type way struct {
	nodes, bits []uint8
}

// waysOf are the ways of levels 0 to 4, and of the six categories; from node 0.
var waysOf = [11]way{
	{[]uint8{0, 1}, []uint8{1, 0}},
	{[]uint8{0, 1, 2}, []uint8{1, 1, 0}},
	{[]uint8{0, 1, 2, 3, 4}, []uint8{1, 1, 1, 0, 0}},
	{[]uint8{0, 1, 2, 3, 4, 5}, []uint8{1, 1, 1, 0, 1, 0}},
	{[]uint8{0, 1, 2, 3, 4, 5}, []uint8{1, 1, 1, 0, 1, 1}},
	{[]uint8{0, 1, 2, 3, 6, 7}, []uint8{1, 1, 1, 1, 0, 0}},
	{[]uint8{0, 1, 2, 3, 6, 7}, []uint8{1, 1, 1, 1, 0, 1}},
	{[]uint8{0, 1, 2, 3, 6, 8, 9}, []uint8{1, 1, 1, 1, 1, 0, 0}},
	{[]uint8{0, 1, 2, 3, 6, 8, 9}, []uint8{1, 1, 1, 1, 1, 0, 1}},
	{[]uint8{0, 1, 2, 3, 6, 8, 10}, []uint8{1, 1, 1, 1, 1, 1, 0}},
	{[]uint8{0, 1, 2, 3, 6, 8, 10}, []uint8{1, 1, 1, 1, 1, 1, 1}},
}

func token(p, bit uint8) uint16 {
	return uint16((p^-bit)+bit) | uint16(bit)<<8
}

// wayOf is the index of a magnitude's way.
func wayOf(v int) int {
	if v <= 4 {
		return v
	}
	for i := len(vp8.Categories) - 1; ; i-- {
		if v >= vp8.Categories[i].Base {
			return 5 + i
		}
	}
}

// tokensGeneric writes a macroblock's tokens to dst, and returns how many they are,
// and how many levels. See Tokens.
func tokensGeneric(dst []uint16, levels []int16, blocks *[25]uint8, whole bool, p *TokenProbabilities) (tokens, used int) {
	n := 0
	for i, b := range blocks {
		kind, first := vp8.Luma, 0
		switch {
		case i == 0 && !whole:
			continue
		case i == 0:
			kind = vp8.SecondOrder
		case i > 16:
			kind = vp8.Chroma
		case whole:
			kind, first = vp8.LumaAfterDC, 1
		}
		last := int(b & 31)
		row := &p[kind][4*first+int(b>>5)]
		skip := 0 // after a zero a block cannot end
		for at := first; at < last; at++ {
			v := int(levels[used])
			used++
			var sign uint8
			if v < 0 {
				v, sign = -v, 1
			}
			index := wayOf(v)
			w := &waysOf[index]
			for k := skip; k < len(w.nodes); k++ {
				dst[n] = token(row[w.nodes[k]], w.bits[k])
				n++
			}
			if index > 4 {
				c := &vp8.Categories[index-5]
				rest := v - c.Base
				for k, q := range c.Probabilities {
					dst[n] = token(q, uint8(rest>>(len(c.Probabilities)-1-k)&1))
					n++
				}
			}
			skip = 1
			if v > 0 {
				skip = 0
				dst[n] = token(128, sign)
				n++
			}
			row = &p[kind][4*int(vp8.BandOf[at+1])+min(v, 2)]
		}
		if last < 16 {
			dst[n] = token(row[0], 0)
			n++
		}
	}
	return n, used
}

// A Coder is the state of the boolean entropy encoder of RFC 6386, 7.
type Coder struct {
	Low   uint64 // what is not yet written, of which the last 8 bits may still change
	Span  uint32 // 128..255
	Count uint32 // bits of Low beyond the last 8; less than 48
}

// codeGeneric codes tokens. What it writes goes to dst[at:], which has room for a
// byte a token and 8 more; a carry may go further back. It returns where it ends.
//
// What remains of the span is the same sum of either bit: split is
// 1+(span-1)*p/256, and span-split comes to the like, with what a token holds.
func codeGeneric(s *Coder, dst []uint8, at int, tokens []uint16) int {
	low, span, count := s.Low, s.Span, s.Count
	for _, t := range tokens {
		m, bit := uint32(t&255), uint32(t>>8)
		next := (span*m + 256 - m - bit) >> 8
		low += uint64((span - next) & -bit)
		shift := bits.LeadingZeros8(uint8(next))
		span = next << shift
		low <<= shift
		count += uint32(shift)
		if count >= 48 {
			rest := count - 48 + 8
			v := low >> rest
			if v>>48 != 0 {
				for i := at - 1; i >= 0; i-- {
					dst[i]++
					if dst[i] != 0 {
						break
					}
				}
			}
			binary.BigEndian.PutUint64(dst[at:], v<<16)
			at += 6
			low &= 1<<rest - 1
			count -= 48
		}
	}
	s.Low, s.Span, s.Count = low, span, count
	return at
}
