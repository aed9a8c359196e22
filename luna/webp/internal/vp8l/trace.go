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

// prepare makes spans of the costs of lengths.
func (t *tracer) prepare() {
	for k := range t.lengths {
		symbol, bits, _ := prefix(uint32(k + 1))
		t.lengths[k] = t.symbols[literalAt+256+symbol] + float32(bits)
	}
	t.nspans = 0
	for k := range int32(maxLength) {
		if cost := t.lengths[k]; k == 0 || cost != t.spans[t.nspans-1].cost {
			t.spans[t.nspans] = span{cost: cost, from: k}
			t.nspans++
		}
		t.spans[t.nspans-1].to = k + 1
	}
	for i := range t.list {
		t.list[i].next = int16(i + 1)
	}
	t.list[len(t.list)-1].next = -1
	t.head, t.free = -1, 0
}

// offer takes a copy that begins at a pixel for the cheapest path to another,
// if it is.
func (t *tracer) offer(to, at int, cost float32) {
	if cost < t.costs[to] {
		t.costs[to], t.steps[to] = cost, uint16(to-at+1)
	}
}

// settle takes what the intervals offer to pixel i, and with clean drops those
// that are past.
func (t *tracer) settle(i int, clean bool) {
	for k := t.head; k >= 0; {
		v := &t.list[k]
		if int(v.from) > i {
			break
		}
		next := v.next
		if int(v.to) > i {
			t.offer(i, int(v.at), v.cost)
		} else if clean {
			t.pop(k)
		}
		k = next
	}
}

func (t *tracer) link(a, b int16) {
	if a >= 0 {
		t.list[a].next = b
	} else {
		t.head = b
	}
	if b >= 0 {
		t.list[b].previous = a
	}
}

func (t *tracer) pop(k int16) {
	t.link(t.list[k].previous, t.list[k].next)
	t.list[k].next = t.free
	t.free = k
}

// insert puts an interval in its place, which is looked for from near on.
func (t *tracer) insert(near int16, cost float32, at, from, to int) {
	if from >= to {
		return
	}
	if t.free < 0 {
		for i := from; i < to; i++ {
			t.offer(i, at, cost)
		}
		return
	}
	k := t.free
	v := &t.list[k]
	t.free = v.next
	*v = interval{cost: cost, from: int32(from), to: int32(to), at: int32(at)}
	if near < 0 {
		near = t.head
	}
	for near >= 0 && v.from < t.list[near].from {
		near = t.list[near].previous
	}
	for near >= 0 {
		next := t.list[near].next
		if next < 0 || t.list[next].from >= v.from {
			break
		}
		near = next
	}
	if near >= 0 {
		t.link(k, t.list[near].next)
	} else {
		t.link(k, t.head)
	}
	t.link(near, k)
}

// push adds what a copy of up to length pixels from at on reaches at which
// cost.
func (t *tracer) push(cost float32, at, length int) {
	if length < 10 { // not worth an interval
		for k := range length {
			t.offer(at+k, at, cost+t.lengths[k])
		}
		return
	}
	near := t.head
	for i := range t.spans[:t.nspans] {
		s := &t.spans[i]
		if int(s.from) >= length {
			break
		}
		from, to := at+int(s.from), at+min(int(s.to), length)
		sum := cost + s.cost
		for near >= 0 && int(t.list[near].from) < to {
			v := &t.list[near]
			next := v.next
			if from >= int(v.to) {
				near = next
				continue
			}
			if sum >= v.cost {
				after := int(v.to)
				t.insert(near, sum, at, from, int(v.from))
				if from = after; from >= to {
					break
				}
				near = next
				continue
			}
			if from <= int(v.from) {
				if int(v.to) > to {
					v.from = int32(to)
					break
				}
				t.pop(near)
				near = next
				continue
			}
			if to < int(v.to) {
				end := int(v.to)
				v.to = int32(from)
				t.insert(near, v.cost, int(v.at), to, end)
				near = v.next
				break
			}
			v.to = int32(from)
			near = next
		}
		t.insert(near, sum, at, from, to)
	}
}
