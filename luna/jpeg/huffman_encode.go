package jpeg

import "slices"

// frequencies counts symbols. The last stands for the code of all ones, which
// JPEG reserves.
type frequencies [257]uint32

// A huffmanCode is made for given frequencies.
type huffmanCode struct {
	counts  [17]uint8 // by length, from 1
	symbols []uint8   // by length
	// codes holds a symbol's code times 32, plus its length.
	codes [256]uint32
}

// optimal makes the code of T.81, K.2, choosing as libjpeg does among symbols
// that are as frequent.
func (h *huffmanCode) optimal(f *frequencies) {
	// A tree is a chain of leaves: others tells the next, or -1.
	var (
		freq   [257]uint64
		symbol [257]int
		others [257]int
		size   [257]int
	)
	n := 0
	for s := range 257 {
		others[s] = -1
		if s == 256 {
			freq[n], symbol[n] = 1, s
			n++
		} else if f[s] > 0 {
			freq[n], symbol[n] = uint64(f[s]), s
			n++
		}
	}
	for {
		least, next := -1, -1
		for i := range n {
			switch {
			case freq[i] == 0:
			case least < 0 || freq[i] <= freq[least]:
				least, next = i, least
			case next < 0 || freq[i] <= freq[next]:
				next = i
			}
		}
		if next < 0 {
			break
		}
		freq[least] += freq[next]
		freq[next] = 0
		last := least
		for ; others[last] >= 0; last = others[last] {
			size[last]++
		}
		size[last]++
		others[last] = next
		for i := next; i >= 0; i = others[i] {
			size[i]++
		}
	}

	var counts [258]int
	for i := range n {
		counts[size[i]]++
	}
	// No code may have more than 16 bits (figure K.3).
	for i := 257; i > 16; i-- {
		for counts[i] > 0 {
			j := i - 2
			for counts[j] == 0 {
				j--
			}
			counts[i] -= 2
			counts[i-1]++
			counts[j+1] += 2
			counts[j]--
		}
	}
	longest := 16
	for counts[longest] == 0 {
		longest--
	}
	counts[longest]-- // the reserved one

	*h = huffmanCode{symbols: h.symbols[:0]}
	order := make([]int, 0, 256)
	for i := range n {
		if symbol[i] < 256 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return size[a] - size[b] })
	for _, i := range order {
		h.symbols = append(h.symbols, uint8(symbol[i]))
	}
	code, i := uint32(0), 0
	for length := 1; length <= 16; length++ {
		h.counts[length] = uint8(counts[length])
		for range counts[length] {
			h.codes[h.symbols[i]] = code<<5 | uint32(length)
			code++
			i++
		}
		code <<= 1
	}
}
