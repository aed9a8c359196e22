package inflate

import "math/bits"

const (
	maxLit     = 288 // of the fixed code; 286 in others
	maxDist    = 32  // of the fixed code; 30 in others
	maxCodeLen = 15

	litBits  = 11
	distBits = 9
	// The most entries that a table with its subtables takes, as zlib's
	// examples/enough.c counts them: enough 288 11 15, enough 32 9 15.
	litSize  = 2342
	distSize = 594
)

// An entry of a table tells what the next bits of input are. 0 means that no
// code begins with them. The lowest 6 bits are how many bits to take.
//
//	literal      isLiteral | second literal << 16 | first literal << 8 | bits; isPair if there are two
//	length       base << 16 | length of the code << 8 | bits, extra ones included
//	distance     likewise
//	end of block isSpecial | bits
//	longer code  isSub | index of the subtable << 16 | its bits << 8 | bits of the first part
//
// Bit 30 is part of the base in entries of distances.
const (
	isLiteral = 1 << 31
	isSpecial = 1 << 30
	isPair    = 1 << 29
	isSub     = 1 << 7
)

// A table finds codes by the next bits of input.
type table struct{ mask uint64 }

var litEntries, distEntries = makeEntries()

// makeEntries makes the entries of all symbols, without code lengths.
func makeEntries() (lit [maxLit]uint32, dist [maxDist]uint32) {
	for i := range 256 {
		lit[i] = isLiteral | uint32(i)<<8
	}
	lit[256] = isSpecial
	base := uint32(3)
	for i := 257; i < 285; i++ {
		extra := uint32(max(0, (i-261)/4))
		lit[i] = base<<16 | extra
		base += 1 << extra
	}
	lit[285] = 258 << 16
	base = 1
	for i := range 30 {
		extra := uint32(max(0, i/2-1))
		dist[i] = base<<16 | extra
		base += 1 << extra
	}
	return lit, dist
}

// build fills t for the canonical code of these lengths, and returns how many
// bits its first part looks at. Entry 0 stands for symbols that must not
// occur. Like compress/flate, it takes only complete codes, those of one
// symbol of one bit, and empty ones.
func build(t []uint32, lengths []uint8, entries []uint32, most int) (first int, ok bool) {
	var count [maxCodeLen + 1]int
	for _, n := range lengths {
		count[n]++
	}
	count[0] = 0
	longest := maxCodeLen
	for longest > 0 && count[longest] == 0 {
		longest--
	}
	if longest == 0 {
		t[0], t[1] = 0, 0
		return 1, true
	}
	var next [maxCodeLen + 1]int
	code := 0
	for n := 1; n <= longest; n++ {
		code <<= 1
		next[n] = code
		code += count[n]
	}
	if code != 1<<longest && (code != 1 || longest != 1) {
		return 0, false
	}
	first = min(longest, most)
	if code == 1 {
		t[1] = 0
	}
	if longest > first {
		clear(t[:1<<first])
	}
	for symbol, n := range lengths {
		if n == 0 {
			continue
		}
		code := int(bits.Reverse16(uint16(next[n])) >> (16 - n))
		next[n]++
		e := withLength(entries[symbol], uint32(n))
		if int(n) <= first {
			for i := code; i < 1<<first; i += 1 << n {
				t[i] = e
			}
			continue
		}
		// The longest code of a subtable is not known yet: keep it.
		head := &t[code&(1<<first-1)]
		*head = max(*head, uint32(n))
	}
	if longest > first {
		subtables(t, lengths, entries, first, count, longest)
	}
	return first, true
}

// subtables places the codes that are longer than first bits. The heads of
// their tables hold the length of the longest code yet.
func subtables(t []uint32, lengths []uint8, entries []uint32, first int, count [maxCodeLen + 1]int, longest int) {
	var next [maxCodeLen + 1]int
	code := 0
	for n := 1; n <= longest; n++ {
		code <<= 1
		next[n] = code
		code += count[n]
	}
	free := 1 << first
	for symbol, n := range lengths {
		if int(n) <= first {
			continue
		}
		code := int(bits.Reverse16(uint16(next[n])) >> (16 - n))
		next[n]++
		head := &t[code&(1<<first-1)]
		if *head <= maxCodeLen {
			size := *head - uint32(first)
			*head = isSub | uint32(free)<<16 | size<<8 | uint32(first)
			free += 1 << size
		}
		sub := t[*head>>16&0x3fff:][:1<<(*head>>8&15)]
		e := withLength(entries[symbol], uint32(n)-uint32(first))
		for i := code >> first; i < len(sub); i += 1 << (int(n) - first) {
			sub[i] = e
		}
	}
}

// withLength adds the length of the code to a symbol's entry, which holds that
// of its extra bits.
func withLength(e, n uint32) uint32 {
	switch {
	case e == 0:
		return 0
	case e&isLiteral != 0 || e == isSpecial:
		return e + n
	}
	return e + n<<8 + n
}

// pair puts two literals into entries of the first part of a table that see
// the codes of both. lengths are those of the literals.
func pair(t []uint32, lengths []uint8, first int) {
	shortest := uint8(maxCodeLen)
	for _, n := range lengths {
		if n > 0 {
			shortest = min(shortest, n)
		}
	}
	if int(shortest)*2 > first {
		return
	}
	for i := 1<<first - 1; i >= 0; i-- {
		e := t[i]
		if e&isLiteral == 0 {
			continue
		}
		// An index below i has not been changed yet.
		second := t[i>>(e&63)]
		if second&isLiteral != 0 && e&63+second&63 <= uint32(first) {
			t[i] = e + second&63 | second&0xff00<<8 | isPair
		}
	}
}
