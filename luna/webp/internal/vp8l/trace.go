package vp8l

import "math"

// A tracer finds the cheapest path through the pixels: by literals, entries of
// the colour cache, and by the match of each pixel in any of its lengths, as
// libwebp does (backward_references_cost_enc.c). Costs are of a first parse.
type tracer struct {
	costs   []float32 // of the path up to and with each pixel
	steps   []uint16  // the length of its last step
	symbols [maxSymbols + distanceAt + distanceCodes]float32
	lengths [maxLength]float32     // of copies of one more
	spans   [maxIntervals + 1]span // of equal cost in lengths
	nspans  int
	cache   [1 << maxCacheBits]uint32
	list    [maxIntervals]interval
	head    int16
	free    int16
}

const maxIntervals = 512

// A span is the lengths from one to below another that cost the same.
type span struct {
	cost     float32
	from, to int32
}

// An interval is of pixels that a copy reaches at one cost. Those of a tracer
// do not overlap, and are in a list by where they begin.
type interval struct {
	cost           float32
	from, to       int32
	at             int32 // where the copy begins
	previous, next int16
}

// The weights of cached pixels and literals, since their codes get better with
// more groups of them.
const (
	cachedWeight  = 0.68
	literalWeight = 0.82
)

// traced appends the tokens of the cheapest path, by the costs of a first one.
func (e *Encoder) traced(tokens []token, first *candidate) ([]token, error) {
	pixels, width, cacheBits := e.job.pixels, e.job.width, first.cacheBits
	n := len(pixels)
	t := &e.tracer
	t.costs, t.steps = grow(t.costs, n), grow(t.steps, n)
	for i := range t.costs {
		t.costs[i] = math.MaxFloat32
	}
	h := first.count(&e.job, first.tokens, cacheBits, width)
	literals, _ := symbolsOf(cacheBits)
	estimateSymbols(t.symbols[literalAt:literalAt+literals], h.counts[literalAt:])
	for _, p := range partsOf[1:] {
		estimateSymbols(t.symbols[p.from:p.to], h.counts[p.from:p.to])
	}
	t.prepare()
	if cacheBits > 0 {
		clear(t.cache[:1<<cacheBits])
	}

	matches := e.matches
	var (
		before                     float32
		distance, previousDistance int
		distanceCost               float32
		previousLength, reach      int
		constant                   bool
	)
	for i := range n {
		if i&0x3fff == 0 {
			if err := e.job.ctx.Err(); err != nil {
				return tokens, err
			}
		}
		cost := before
		pixel := pixels[i]
		hit := false
		if cacheBits > 0 {
			index := cacheIndex(pixel, cacheBits)
			if hit = t.cache[index] == pixel; hit {
				cost += float32(t.symbols[literalAt+literalCodes+index] * cachedWeight)
			} else {
				t.cache[index] = pixel
			}
		}
		if !hit {
			cost += float32((t.symbols[alphaAt+pixel>>24] + t.symbols[redAt+pixel>>16&0xff] +
				t.symbols[literalAt+pixel>>8&0xff] + t.symbols[blueAt+pixel&0xff]) * literalWeight)
		}
		if cost < t.costs[i] {
			t.costs[i], t.steps[i] = cost, 1
		}
		length := 0
		distance = 0
		if i > 0 {
			distance, length = matches[i].distance(), matches[i].length()
		}
		if length >= 2 {
			if distance != previousDistance {
				symbol, bits, _ := prefix(planeCode(width, distance))
				distanceCost = t.symbols[distanceAt+symbol] + float32(bits)
				constant = true
				t.push(before+distanceCost, i, length)
			} else {
				// A match that goes on is of no use, but where it goes
				// farther, for the one before was as long as may be.
				if constant {
					reach = i - 1 + previousLength - 1
					constant = false
				}
				if i+length-1 > reach {
					j, longer := i, 0
					for ; j <= reach; j++ {
						m := matches[j+1]
						longer = m.length()
						if m.distance() != distance {
							longer = matches[j].length()
							break
						}
					}
					t.settle(j-1, false)
					t.settle(j, false)
					t.push(t.costs[j-1]+distanceCost, j, longer)
					reach = j + longer - 1
				}
			}
		}
		t.settle(i, true)
		previousDistance, previousLength = distance, length
		before = t.costs[i]
	}
	return e.follow(tokens, pixels, cacheBits), nil
}

// follow appends the tokens of the path that the steps are of.
func (e *Encoder) follow(tokens []token, pixels []uint32, cacheBits int) []token {
	steps, cache := e.tracer.steps, &e.tracer.cache
	// The steps of the path are packed at the end.
	to := len(steps)
	for i := len(steps) - 1; i >= 0; {
		step := steps[i]
		to--
		steps[to] = step
		i -= int(step)
	}
	if cacheBits > 0 {
		clear(cache[:1<<cacheBits])
	}
	i := 0
	for _, step := range steps[to:] {
		if step > 1 {
			tokens = append(tokens, token{value: uint32(e.matches[i].distance()), length: step, kind: copied})
			if cacheBits > 0 {
				for _, p := range pixels[i : i+int(step)] {
					cache[cacheIndex(p, cacheBits)] = p
				}
			}
			i += int(step)
			continue
		}
		p := pixels[i]
		t := token{value: p, length: 1}
		if cacheBits > 0 {
			index := cacheIndex(p, cacheBits)
			if cache[index] == p {
				t.kind, t.value = cached, index
			} else {
				cache[index] = p
			}
		}
		tokens = append(tokens, t)
		i++
	}
	return tokens
}

// estimateSymbols fills in the bits of symbols counted.
func estimateSymbols(costs []float32, counts []uint32) {
	sum, used := uint32(0), 0
	for _, c := range counts[:len(costs)] {
		sum += c
		if c > 0 {
			used++
		}
	}
	if used <= 1 {
		clear(costs)
		return
	}
	all := log2of(sum)
	for i := range costs {
		costs[i] = all
		if c := counts[i]; c > 1 {
			costs[i] = all - log2of(c)
		}
	}
}

func log2of(v uint32) float32 { return timesLog(v) / float32(v) }
