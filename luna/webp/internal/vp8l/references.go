package vp8l

import "context"

// greedyTokens parses pixels into literals and the copies of matches, which are
// shortened where the one that follows then reaches farther, as libwebp does
// (backward_references_enc.c). Distances are in pixels.
func greedyTokens(tokens []token, pixels []uint32, matches []match) []token {
	n := len(pixels)
	checked := -1
	for i := 0; i < n; {
		m := matches[i]
		length := m.length()
		if length < minLength {
			tokens = append(tokens, token{value: pixels[i], length: 1})
			i++
			continue
		}
		last := min(i+length, n-1)
		checked = max(checked, i)
		reached := 0
		for j := checked + 1; j <= last; j++ {
			reach := j + 1
			if k := matches[j].length(); k >= minLength {
				reach = j + k
			}
			if reach > reached {
				length, reached = j-i, reach
				if reached >= n {
					break
				}
			}
		}
		if length == 1 {
			tokens = append(tokens, token{value: pixels[i], length: 1})
		} else {
			tokens = append(tokens, token{value: uint32(m.distance()), length: uint16(length), kind: copied})
		}
		i += length
	}
	return tokens
}

// runTokens parses pixels into literals, runs, and copies of the row above.
func runTokens(tokens []token, pixels []uint32, width int) []token {
	n := len(pixels)
	tokens = append(tokens, token{value: pixels[0], length: 1})
	for i := 1; i < n; {
		limit := min(n-i, maxLength)
		run, above := matchLength(pixels, i-1, i, limit), 0
		if i >= width {
			above = matchLength(pixels, i-width, i, limit)
		}
		switch {
		case run >= above && run >= minLength:
			tokens = append(tokens, token{value: 1, length: uint16(run), kind: copied})
			i += run
		case above >= minLength:
			tokens = append(tokens, token{value: uint32(width), length: uint16(above), kind: copied})
			i += above
		default:
			tokens = append(tokens, token{value: pixels[i], length: 1})
			i++
		}
	}
	return tokens
}

// useCache turns literals that the colour cache has into its indices.
func (e *Encoder) useCache(tokens []token, pixels []uint32, cacheBits int) {
	cache := e.cache[:1<<cacheBits]
	clear(cache)
	// Pixels of 0 are what a cache begins with.
	i := 0
	for k := range tokens {
		t := &tokens[k]
		if t.kind == literal {
			index := cacheIndex(t.value, cacheBits)
			if cache[index] == t.value {
				t.kind, t.value = cached, index
			} else {
				cache[index] = t.value
			}
			i++
			continue
		}
		for _, p := range pixels[i : i+int(t.length)] {
			cache[cacheIndex(p, cacheBits)] = p
		}
		i += int(t.length)
	}
}

// One in some blocks of tokens is looked at for the size of the colour cache.
const (
	sampled = 1 << 14
	skipped = 3
)

// chooseCache returns the size of the colour cache that promises the fewest
// bits for literals and copies.
func (e *Encoder) chooseCache(ctx context.Context, tokens []token, pixels []uint32, most int) (int, error) {
	if most == 0 {
		return 0, nil
	}
	var at [maxCacheBits + 1]int
	size := 0
	for b := range most + 1 {
		at[b] = size
		_, n := symbolsOf(b)
		size += n
	}
	e.counts = grow(e.counts, size)
	counts := e.counts
	clear(counts)
	e.caches = grow(e.caches, 2<<most)
	caches := e.caches // the one of b bits at 1<<b
	clear(caches)
	i := 0
	skip := 0 // pixels
	for k, t := range tokens {
		if k&(sampled-1) == 0 {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			skip = k / sampled % skipped
		}
		if skip > 0 {
			i += int(t.length)
			continue
		}
		if t.kind == literal {
			p := t.value
			i++
			add(counts, t)
			key := cacheIndex(p, most)
			for b := most; b > 0; b-- {
				if slot := &caches[1<<b+key]; *slot == p {
					counts[at[b]+literalAt+literalCodes+int(key)]++
				} else {
					*slot = p
					add(counts[at[b]:], t)
				}
				key >>= 1
			}
			continue
		}
		symbol, _, _ := prefix(uint32(t.length))
		for b := range most + 1 {
			counts[at[b]+literalAt+256+symbol]++
		}
		previous := ^pixels[i]
		for _, p := range pixels[i : i+int(t.length)] {
			if p == previous {
				continue
			}
			previous = p
			key := cacheIndex(p, most)
			for b := most; b > 0; b-- {
				caches[1<<b+key] = p
				key >>= 1
			}
		}
		i += int(t.length)
	}
	best, least := 0, float32(badCost)
	for b := range most + 1 {
		_, n := symbolsOf(b)
		h := histogram{counts: counts[at[b] : at[b]+n]}
		if h.estimate(); h.total < least {
			best, least = b, h.total
		}
	}
	return best, nil
}

// tokensCost estimates the bits of tokens in one group of codes.
func (e *Encoder) tokensCost(tokens []token, cacheBits int) float32 {
	h := e.count(tokens, cacheBits, 0)
	h.estimate()
	return h.total
}

// count counts tokens, whose distances are codes, or in pixels if there is a
// width.
func (e *Encoder) count(tokens []token, cacheBits, width int) histogram {
	_, n := symbolsOf(cacheBits)
	e.counts = grow(e.counts, n)
	h := histogram{counts: e.counts}
	clear(h.counts)
	for _, t := range tokens {
		if width > 0 && t.kind == copied {
			t.value = planeCode(width, int(t.value))
		}
		add(h.counts, t)
	}
	return h
}

// findTokens parses pixels, and returns the tokens and the bits of their
// colour cache, at most mostCache. Distances are codes.
func (e *Encoder) findTokens(ctx context.Context, pixels []uint32, width, mostCache int, s *settings) ([]token, int, error) {
	if err := e.findMatches(ctx, pixels, width, s); err != nil {
		return nil, 0, err
	}
	best := greedyTokens(e.tokens[0][:0], pixels, e.matches)
	cacheBits := 0
	if !s.low {
		var err error
		if s.quality > 25 {
			if cacheBits, err = e.chooseCache(ctx, best, pixels, mostCache); err != nil {
				return nil, 0, err
			}
		}
		if cacheBits > 0 {
			e.useCache(best, pixels, cacheBits)
		}
		least := e.tokensCost(best, cacheBits)
		matched := true
		other := runTokens(e.tokens[1][:0], pixels, width)
		runBits := 0
		if s.quality > 25 {
			if runBits, err = e.chooseCache(ctx, other, pixels, mostCache); err != nil {
				return nil, 0, err
			}
		}
		if runBits > 0 {
			e.useCache(other, pixels, runBits)
		}
		if cost := e.tokensCost(other, runBits); cost < least {
			best, other, least, cacheBits = other, best, cost, runBits
			matched = false
		}
		if matched && s.quality >= 25 {
			if other, err = e.traced(ctx, other[:0], best, pixels, width, cacheBits); err != nil {
				return nil, 0, err
			}
			if cost := e.tokensCost(other, cacheBits); cost < least {
				best, other = other, best
			}
		}
		e.tokens[1] = other
	}
	e.tokens[0] = best
	for i := range best {
		if t := &best[i]; t.kind == copied {
			t.value = planeCode(width, int(t.value))
		}
	}
	return best, cacheBits, nil
}
