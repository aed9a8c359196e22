package vp8l

// Where the histograms of a group begin. The literals are last, since their
// number depends on the colour cache.
const (
	redAt      = 0
	blueAt     = 256
	alphaAt    = 512
	distanceAt = 768
	literalAt  = distanceAt + distanceCodes
)

// A histogram counts the symbols of the five codes of a group.
type histogram struct {
	counts []uint32
	parts  [5]part // by the order in which they are looked at
	extra  float32 // bits behind prefix codes of lengths and distances
	total  float32 // estimated bits
	used   bool    // whether there are tokens
}

// A part is what is known of one of the five.
type part struct {
	cost float32
	sum  uint32
	only int32 // the symbol, if there is but one, or -1
}

// partsOf bounds the histograms in counts, by part.
var partsOf = [5]struct{ from, to int }{
	{literalAt, 0}, {redAt, redAt + 256}, {blueAt, blueAt + 256}, {alphaAt, alphaAt + 256}, {distanceAt, distanceAt + distanceCodes},
}

// symbolsOf returns the number of literal symbols with a cache, and of counts,
// which is a multiple of 8.
func symbolsOf(cacheBits int) (literals, counts int) {
	literals = literalCodes
	if cacheBits > 0 {
		literals += 1 << cacheBits
	}
	return literals, literalAt + (literals+7)&^7
}

func (h *histogram) of(i int) []uint32 {
	p := partsOf[i]
	if i == 0 {
		return h.counts[literalAt:]
	}
	return h.counts[p.from:p.to]
}

// add counts a token, whose distance is a code.
func add(counts []uint32, t token) {
	switch t.kind {
	case literal:
		p := t.value
		counts[literalAt+p>>8&0xff]++
		counts[redAt+p>>16&0xff]++
		counts[blueAt+p&0xff]++
		counts[alphaAt+p>>24]++
	case cached:
		counts[literalAt+literalCodes+int(t.value)]++
	default:
		symbol, _, _ := prefix(uint32(t.length))
		counts[literalAt+256+symbol]++
		symbol, _, _ = prefix(t.value)
		counts[distanceAt+symbol]++
	}
}

// estimate fills in the costs.
func (h *histogram) estimate() {
	h.extra = extraCost(h.counts[literalAt+256:literalAt+256+lengthCodes]) +
		extraCost(h.counts[distanceAt:distanceAt+distanceCodes])
	h.total = h.extra
	for i := range h.parts {
		var m measure
		x := h.of(i)
		measureCounts(&m, x, none[:len(x)])
		p := part{sum: m.sum, only: -1, cost: m.cost(len(x))}
		if m.most == m.sum && m.sum > 0 {
			for k, v := range x {
				if v != 0 {
					p.only = int32(k)
					break
				}
			}
		}
		h.parts[i] = p
		h.total += p.cost
	}
}

// none is what a histogram is added to, to measure it on its own.
var none [maxSymbols]uint32

// extraCost returns the bits behind the prefix codes counted.
func extraCost(counts []uint32) float32 {
	bits := uint32(0)
	for i := 4; i < len(counts); i++ {
		bits += uint32(i>>1-1) * counts[i]
	}
	return float32(bits)
}

// combined returns the cost of the sum of two histograms, or anything above
// the limit.
func combined(a, b *histogram, limit float32) float32 {
	cost := a.extra + b.extra
	for i := range a.parts {
		p, q := &a.parts[i], &b.parts[i]
		switch {
		case p.sum == 0:
			cost += q.cost
		case q.sum == 0, p.only >= 0 && p.only == q.only:
			cost += p.cost
		default:
			var m measure
			x := a.of(i)
			measureCounts(&m, x, b.of(i))
			cost += m.cost(len(x))
		}
		if cost > limit {
			break
		}
	}
	return cost
}

// merge adds another histogram.
func (h *histogram) merge(other *histogram) {
	addCounts(h.counts, other.counts)
	h.estimate()
}
