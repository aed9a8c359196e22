package jpeg

import "github.com/immagin/immagin-go/luna/pixel"

// A picture is kept as tokens, words that stand for the symbols of its scans
// and for the bits behind them, until all are counted and have codes. That
// takes a fraction of what the coefficients do. A token of the first scan of a
// coefficient holds the run of zeros before it, 4 bits, and its value, 12 bits;
// one without a value stands for the symbol of that run and nothing else.
const (
	zeroRunToken = 0xf000
	eobToken     = 0

	tokenChunk = 16 << 10
	// maxTokenBits is the most that a token is coded as: a code of 16 bits
	// and a value of 11.
	maxTokenBits = 27
)

// A tokenList grows by chunks.
type tokenList struct {
	pool   *pixel.Pool
	most   int // words that may come yet
	chunks [][]uint16
	n      int // used of the last chunk
}

// room returns space for n words, fewer than a chunk has; add says how many
// were taken.
func (l *tokenList) room(n int) []uint16 {
	if len(l.chunks) > 0 {
		last := l.chunks[len(l.chunks)-1]
		if len(last)-l.n >= n {
			return last[l.n:]
		}
		l.end()
	}
	chunk := l.pool.Get16(min(max(l.most, 0)+n, tokenChunk))
	l.chunks = append(l.chunks, chunk)
	return chunk
}

func (l *tokenList) add(n int) { l.n += n }

// end cuts the last chunk to what is used of it.
func (l *tokenList) end() {
	if len(l.chunks) > 0 {
		last := &l.chunks[len(l.chunks)-1]
		*last = (*last)[:l.n]
		l.most -= l.n
	}
	l.n = 0
}

func (l *tokenList) free() {
	for _, chunk := range l.chunks {
		l.pool.Put16(chunk)
	}
	l.chunks = nil
}

// Values from -smallValue to smallValue-1 stand in tables.
const (
	smallBits  = 6
	smallValue = 1 << (smallBits - 1)
)

func isSmall(t uint16) bool { return (t+smallValue)&0xfff < 2*smallValue }

// smallIndex is the place of t in a table, its run before its value.
func smallIndex(t uint16) uint {
	return (uint(t>>12)<<smallBits | uint(t&(2*smallValue-1))) & (16<<smallBits - 1)
}

// smallToken is the token whose place is i.
func smallToken(i int) uint16 {
	return uint16(i>>smallBits)<<12 | uint16(int16(i<<(16-smallBits))>>(16-smallBits))&0xfff
}

// tokenValue is the value of t.
func tokenValue(t uint16) int32 { return int32(int16(t<<4) >> 4) }

// symbolOf is the symbol of t.
func symbolOf(t uint16) uint {
	n, _ := magnitude(tokenValue(t))
	return uint(t>>12)<<4 | n
}

// tokenCounts counts tokens.
type tokenCounts struct {
	small [16 << smallBits]uint32
	large frequencies // of the symbols of others
}

// symbols counts their symbols.
func (c *tokenCounts) symbols() *frequencies {
	f := c.large
	for i, n := range c.small {
		if n > 0 {
			f[symbolOf(smallToken(i))] += n
		}
	}
	return &f
}

// tokenCodes is how tokens with small values are coded: 32 times the bits, plus
// their number.
type tokenCodes [16 << smallBits]uint32

func (c *tokenCodes) build(h *huffmanCode) {
	for i := range c {
		t := smallToken(i)
		n, extra := magnitude(tokenValue(t))
		code := h.codes[uint(t>>12)<<4|n]
		c[i] = (code>>5<<n|uint32(extra))<<5 | (code&31 + uint32(n))
	}
}
