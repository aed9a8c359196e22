package vp8l

import "context"

// greedyTokens parses pixels into literals and the copies of matches, which are
// shortened where the one that follows then reaches farther, as libwebp does
// (backward_references_enc.c). Distances are in pixels.
func (j *job) greedyTokens(tokens []token, matches []match) []token {
	pixels := j.pixels
	n := len(pixels)
	checked := -1
	for i := 0; i < n; {
		if j.stopped(len(tokens)) {
			break
		}
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
		for k := checked + 1; k <= last; k++ {
			reach := k + 1
			if l := matches[k].length(); l >= minLength {
				reach = k + l
			}
			if reach > reached {
				length, reached = k-i, reach
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
func (j *job) runTokens(tokens []token) []token {
	pixels, width := j.pixels, j.width
	n := len(pixels)
	tokens = append(tokens, token{value: pixels[0], length: 1})
	for i := 1; i < n; {
		if j.stopped(len(tokens)) {
			break
		}
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
func (c *candidate) useCache(j *job) {
	pixels, tokens, cacheBits := j.pixels, c.tokens, c.cacheBits
	if cacheBits == 0 {
		return
	}
	cache := c.cache[:1<<cacheBits]
	clear(cache)
	// Pixels of 0 are what a cache begins with.
	i := 0
	for k := range tokens {
		if j.stopped(k) {
			return
		}
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
// bits for literals and copies, up to most. Every other one is looked at, and
// those beside the best.
func (c *candidate) chooseCache(ctx context.Context, pixels []uint32, most int) int {
	var sizes [maxCacheBits/2 + 1]int
	n := 0
	for b := most; b > 0; b -= 2 {
		sizes[n] = b
		n++
	}
	if n == 0 {
		return 0
	}
	best, least := c.tryCaches(ctx, pixels, sizes[:n+1])
	if best == 0 {
		return 0
	}
	n = 0
	for _, b := range [...]int{best - 1, best + 1} {
		if b > 0 && b <= most {
			sizes[n] = b
			n++
		}
	}
	if n == 0 {
		return best
	}
	if b, cost := c.tryCaches(ctx, pixels, sizes[:n]); cost < least {
		return b
	}
	return best
}

// withoutCache is what the cost without a colour cache is taken for, since
// groups of codes then win more.
const withoutCache = 0.99

// tryCaches returns the best of sizes of colour caches, of which 0 is none, and
// the cost of it.
func (c *candidate) tryCaches(ctx context.Context, pixels []uint32, sizes []int) (int, float32) {
	var at, cacheAt [maxCacheBits/2 + 1]int
	size, cacheSize := 0, 0
	for k, b := range sizes {
		at[k], cacheAt[k] = size, cacheSize
		_, n := symbolsOf(b)
		size += n
		if b > 0 {
			cacheSize += 1 << b
		}
	}
	c.counts = grow(c.counts, size)
	c.caches = grow(c.caches, cacheSize)
	counts, caches := c.counts, c.caches
	clear(counts)
	clear(caches)
	i := 0
	skip := 0
	for k, t := range c.tokens {
		if k&(sampled-1) == 0 {
			if ctx.Err() != nil {
				break
			}
			skip = k / sampled % skipped
		}
		if skip > 0 {
			i += int(t.length)
			continue
		}
		if t.kind == literal {
			i++
			for k, b := range sizes {
				if b > 0 {
					key := cacheIndex(t.value, b)
					slot := &caches[cacheAt[k]+int(key)]
					if *slot == t.value {
						counts[at[k]+literalAt+literalCodes+int(key)]++
						continue
					}
					*slot = t.value
				}
				add(counts[at[k]:], t)
			}
			continue
		}
		symbol, _, _ := prefix(uint32(t.length))
		for k := range sizes {
			counts[at[k]+literalAt+256+symbol]++
		}
		previous := ^pixels[i]
		for _, p := range pixels[i : i+int(t.length)] {
			if p == previous {
				continue
			}
			previous = p
			for k, b := range sizes {
				if b > 0 {
					caches[cacheAt[k]+int(cacheIndex(p, b))] = p
				}
			}
		}
		i += int(t.length)
	}
	best, least := 0, float32(badCost)
	for k, b := range sizes {
		_, n := symbolsOf(b)
		h := histogram{counts: counts[at[k] : at[k]+n]}
		h.estimate()
		if b == 0 {
			h.total *= withoutCache
		}
		if h.total < least {
			best, least = b, h.total
		}
	}
	return best, least
}

// estimate estimates the bits of the tokens in one group of codes, their
// distances taken for codes, or turned into them if there is a width.
func (c *candidate) estimate(j *job, width int) {
	h := c.count(j, c.tokens, c.cacheBits, width)
	h.estimate()
	c.cost = h.total
}

// count counts tokens, whose distances are codes, or in pixels if there is a
// width.
func (c *candidate) count(j *job, tokens []token, cacheBits, width int) histogram {
	_, n := symbolsOf(cacheBits)
	c.counts = grow(c.counts, n)
	h := histogram{counts: c.counts}
	clear(h.counts)
	for k, t := range tokens {
		if j.stopped(k) {
			break
		}
		if width > 0 && t.kind == copied {
			t.value = planeCode(width, int(t.value))
		}
		add(h.counts, t)
	}
	return h
}

// A candidate is one way to parse pixels.
type candidate struct {
	tokens    []token
	cacheBits int
	cost      float32
	counts    []uint32
	caches    []uint32
	cache     [1 << maxCacheBits]uint32
}

// parse parses the pixels of the job: 0 by matches, 1 by runs.
func (e *Encoder) parse(_, way int) {
	j, c := &e.job, &e.candidates[way]
	c.tokens = grow(c.tokens, len(j.pixels))[:0]
	if way == 0 {
		c.tokens = j.greedyTokens(c.tokens, e.matches)
	} else {
		c.tokens = j.runTokens(c.tokens)
	}
	c.cacheBits = 0
	if j.s.low {
		return
	}
	if j.s.quality > 25 {
		c.cacheBits = c.chooseCache(j.ctx, j.pixels, j.mostCache)
		c.useCache(j)
	}
	c.estimate(j, 0)
}

// findTokens parses the pixels of the job, and returns the best way to. Distances
// are codes.
func (e *Encoder) findTokens() (*candidate, error) {
	j := &e.job
	if err := e.findMatches(); err != nil {
		return nil, err
	}
	ways := len(e.candidates)
	if j.s.low {
		ways = 1
	}
	if err := e.each(ways, (*Encoder).parse); err != nil {
		return nil, err
	}
	best, other := &e.candidates[0], &e.candidates[1]
	switch {
	case j.s.low:
	case other.cost < best.cost:
		best, other = other, best
		// The cheapest path may still have some of the matches, if they are
		// not but a few.
		if len(other.tokens) > len(j.pixels)-len(j.pixels)/32 {
			break
		}
		var err error
		if other.tokens, err = e.traced(other.tokens[:0], best); err != nil {
			return nil, err
		}
		other.cacheBits = best.cacheBits
		best.estimate(j, j.width)
		if other.estimate(j, j.width); other.cost < best.cost {
			best = other
		}
	case j.s.quality >= 25:
		var err error
		if other.tokens, err = e.traced(other.tokens[:0], best); err != nil {
			return nil, err
		}
		other.cacheBits = best.cacheBits
		if other.estimate(j, 0); other.cost < best.cost {
			best = other
		}
	}
	for i := range best.tokens {
		if j.stopped(i) {
			break
		}
		if t := &best.tokens[i]; t.kind == copied {
			t.value = planeCode(j.width, int(t.value))
		}
	}
	return best, nil
}
