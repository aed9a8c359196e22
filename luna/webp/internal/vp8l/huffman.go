package vp8l

import (
	"math/bits"
	"slices"
)

// The alphabets of a group of prefix codes (RFC 9649, section 6.2.1).
const (
	lengthCodes   = 24
	distanceCodes = 40
	literalCodes  = 256 + lengthCodes // and one for each entry of the colour cache
	maxCacheBits  = 10
	maxSymbols    = literalCodes + 1<<maxCacheBits
	maxCodeLength = 15

	codeLengthCodes     = 19
	maxCodeLengthLength = 7
)

// A code is the code word of a symbol, the first bit lowest.
type code struct {
	word   uint16
	length uint8
}

// A huffman holds what building prefix codes takes.
type huffman struct {
	keys    [maxSymbols]uint64
	weights [2 * maxSymbols]uint64
	parents [2 * maxSymbols]int16
	depths  [2 * maxSymbols]uint8
	level   [maxSymbols]uint32 // counts, levelled for run lengths
	good    [maxSymbols]bool
	lengths [maxSymbols]uint8
	tokens  [maxSymbols]lengthToken
}

// A lengthToken is a symbol of the code of code lengths, with its extra bits.
type lengthToken struct{ symbol, extra uint8 }

// build makes the codes of counts, none longer than limit.
func (h *huffman) build(codes []code, counts []uint32, limit int) {
	level := h.level[:len(counts)]
	copy(level, counts)
	levelCounts(level, h.good[:len(counts)])
	lengths := h.lengths[:len(counts)]
	h.findLengths(lengths, level, limit)
	var next [maxCodeLength + 2]uint32
	for _, l := range lengths {
		next[l+1]++
	}
	next[1] = 0
	word := uint32(0)
	for l := 1; l <= maxCodeLength; l++ {
		word = (word + next[l]) << 1
		next[l] = word
	}
	for i, l := range lengths {
		codes[i] = code{}
		if l > 0 {
			codes[i] = code{bits.Reverse16(uint16(next[l])) >> (16 - l), l}
			next[l]++
		}
	}
}

// levelCounts makes counts more even, where runs of equal code lengths cost
// less than what is lost, as libwebp does (huffman_encode_utils.c).
func levelCounts(counts []uint32, good []bool) {
	n := len(counts)
	for n > 0 && counts[n-1] == 0 {
		n--
	}
	if n == 0 {
		return
	}
	counts = counts[:n]
	clear(good)
	for i, from := 1, 0; i <= n; i++ {
		if i < n && counts[i] == counts[from] {
			continue
		}
		if run := i - from; counts[from] == 0 && run >= 5 || counts[from] != 0 && run >= 7 {
			for k := from; k < i; k++ {
				good[k] = true
			}
		}
		from = i
	}
	limit, sum, run := counts[0], uint32(0), 0
	for i := 0; i <= n; i++ {
		if i == n || good[i] || i > 0 && good[i-1] || max(counts[i], limit)-min(counts[i], limit) >= 4 {
			if run >= 4 || run >= 3 && sum == 0 {
				mean := uint32(0)
				if sum > 0 {
					mean = max((sum+uint32(run)/2)/uint32(run), 1)
				}
				for k := i - run; k < i; k++ {
					counts[k] = mean
				}
			}
			run, sum = 0, 0
			switch {
			case i < n-3:
				limit = (counts[i] + counts[i+1] + counts[i+2] + counts[i+3] + 2) / 4
			case i < n:
				limit = counts[i]
			}
		}
		run++
		if i < n {
			sum += counts[i]
			if run >= 4 {
				limit = (sum + uint32(run)/2) / uint32(run)
			}
		}
	}
}

// findLengths finds the lengths of Huffman's code. Where one is above the
// limit, rare symbols are taken for more frequent until none is. A symbol on
// its own gets one bit.
func (h *huffman) findLengths(lengths []uint8, counts []uint32, limit int) {
	clear(lengths)
	keys := h.keys[:0]
	for i, c := range counts {
		if c > 0 {
			keys = append(keys, uint64(c)<<16|uint64(i))
		}
	}
	if len(keys) == 0 {
		return
	}
	if len(keys) == 1 {
		lengths[keys[0]&0xffff] = 1
		return
	}
	slices.Sort(keys)
	n := len(keys)
	for least := uint64(1); ; least *= 2 {
		for i, k := range keys {
			h.weights[i] = max(k>>16, least)
		}
		// Leaves and inner nodes are both in order: the two lightest are at
		// the front of one queue or the other.
		leaf, inner := 0, n
		for made := n; made < 2*n-1; made++ {
			var sum uint64
			for range 2 {
				i := leaf
				if leaf < n && (inner == made || h.weights[leaf] <= h.weights[inner]) {
					leaf++
				} else {
					i = inner
					inner++
				}
				h.parents[i] = int16(made)
				sum += h.weights[i]
			}
			h.weights[made] = sum
		}
		h.depths[2*n-2] = 0
		deepest := 0
		for i := 2*n - 3; i >= 0; i-- {
			h.depths[i] = h.depths[h.parents[i]] + 1
			deepest = max(deepest, int(h.depths[i]))
		}
		if deepest <= limit {
			break
		}
	}
	for i, k := range keys {
		lengths[k&0xffff] = h.depths[i]
	}
}

// codeLengthOrder is the order in which the lengths of the code of code
// lengths are written.
var codeLengthOrder = [codeLengthCodes]uint8{17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// write writes codes, and clears them where there is only one, since a symbol
// that is the only one takes no bits.
func (h *huffman) write(w *bitWriter, codes []code) {
	count := 0
	var symbols [2]int
	for i := range codes {
		if codes[i].length > 0 {
			if count < 2 {
				symbols[count] = i
			}
			if count++; count > 2 {
				break
			}
		}
	}
	switch {
	case count == 0:
		w.put(1, 4) // simple, one symbol, of one bit, 0
	case count <= 2 && symbols[0] < 256 && symbols[1] < 256:
		w.put(1, 1)
		w.put(uint32(count-1), 1)
		if symbols[0] <= 1 {
			w.put(uint32(symbols[0])<<1, 2)
		} else {
			w.put(uint32(symbols[0])<<1|1, 9)
		}
		if count == 2 {
			w.put(uint32(symbols[1]), 8)
		}
	default:
		h.writeLengths(w, codes)
	}
	if count == 1 {
		codes[symbols[0]] = code{}
	}
}

// writeLengths writes the lengths of codes, run-length coded and then
// prefix-coded.
func (h *huffman) writeLengths(w *bitWriter, codes []code) {
	tokens := h.tokens[:0]
	for i, previous := 0, uint8(8); i < len(codes); {
		length, run := codes[i].length, 1
		for i+run < len(codes) && codes[i+run].length == length {
			run++
		}
		i += run
		if length == 0 {
			tokens = appendZeros(tokens, run)
		} else {
			tokens = appendRun(tokens, run, length, previous)
			previous = length
		}
	}
	var counts [codeLengthCodes]uint32
	for _, t := range tokens {
		counts[t.symbol]++
	}
	var of [codeLengthCodes]code
	h.build(of[:], counts[:], maxCodeLengthLength)

	w.put(0, 1)
	stored := codeLengthCodes
	for stored > 4 && of[codeLengthOrder[stored-1]].length == 0 {
		stored--
	}
	w.put(uint32(stored-4), 4)
	only, used := 0, 0
	for _, i := range codeLengthOrder[:stored] {
		w.put(uint32(of[i].length), 3)
		if of[i].length > 0 {
			only = int(i)
			used++
		}
	}
	if used == 1 {
		of[only] = code{}
	}

	// Zeros at the end may be left out, where that costs less.
	trimmed, zeros := len(tokens), uint(0)
	for trimmed > 0 {
		t := tokens[trimmed-1].symbol
		if t != 0 && t < 17 {
			break
		}
		trimmed--
		zeros += uint(of[t].length) + extraBits(t)
	}
	if trimmed > 1 && zeros > 12 {
		w.put(1, 1)
		if trimmed == 2 {
			w.put(0, 3+2)
		} else {
			pairs := uint(bits.Len(uint(trimmed-2))-1)/2 + 1
			w.put(uint32(pairs-1), 3)
			w.put(uint32(trimmed-2), 2*pairs)
		}
		tokens = tokens[:trimmed]
	} else {
		w.put(0, 1)
	}
	for _, t := range tokens {
		c := of[t.symbol]
		w.put(uint32(c.word)|uint32(t.extra)<<c.length, uint(c.length)+extraBits(t.symbol))
	}
}

// extraBits returns how many bits follow a symbol of the code of code lengths.
func extraBits(symbol uint8) uint {
	switch symbol {
	case 16:
		return 2
	case 17:
		return 3
	case 18:
		return 7
	}
	return 0
}

func appendZeros(tokens []lengthToken, run int) []lengthToken {
	for run > 0 {
		switch {
		case run < 3:
			tokens = append(tokens, lengthToken{})
			run--
		case run < 11:
			return append(tokens, lengthToken{17, uint8(run - 3)})
		default:
			n := min(run, 138)
			tokens = append(tokens, lengthToken{18, uint8(n - 11)})
			run -= n
		}
	}
	return tokens
}

func appendRun(tokens []lengthToken, run int, length, previous uint8) []lengthToken {
	if length != previous {
		tokens = append(tokens, lengthToken{symbol: length})
		run--
	}
	for run > 0 {
		if run < 3 {
			tokens = append(tokens, lengthToken{symbol: length})
			run--
			continue
		}
		n := min(run, 6)
		tokens = append(tokens, lengthToken{16, uint8(n - 3)})
		run -= n
	}
	return tokens
}
