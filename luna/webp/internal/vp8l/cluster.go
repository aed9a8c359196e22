package vp8l

import "context"

// A clustering groups the histograms of tiles: bins of like costs first, then
// pairs found at random, and the best pairs where few are left, as libwebp
// does (histogram_enc.c).
type clustering struct {
	store    []uint32
	tiles    []histogram // one for each tile
	clusters []histogram
	alive    []int32 // indices of clusters
	symbols  []uint16
	pairs    []pair
	numbers  [maxTiles]uint16
}

// A pair is of two clusters, the lower index first.
type pair struct {
	a, b int32
	gain float32 // how much the bits change: below 0 is better
}

const (
	partitions = 4
	bins       = partitions * partitions * partitions
	maxGreedy  = 100
	queueSize  = 9
	badCost    = 1e30
)

// grow returns a slice of n elements of any content, s if it is large enough.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// fill counts the tokens of each tile, and estimates.
func (c *clustering) fill(j *job, tokens []token, tileBits, cacheBits int) {
	width, height := j.width, j.height
	across, down := tilesOf(width, tileBits), tilesOf(height, tileBits)
	n := across * down
	_, size := symbolsOf(cacheBits)
	c.store = grow(c.store, 2*n*size)
	c.tiles, c.clusters = grow(c.tiles, n), grow(c.clusters, n)
	for i := range n {
		c.tiles[i] = histogram{counts: c.store[i*size : (i+1)*size : (i+1)*size]}
		c.clusters[i] = histogram{counts: c.store[(n+i)*size : (n+i+1)*size : (n+i+1)*size]}
	}
	c.symbols = grow(c.symbols, n)
	x, y := 0, 0
	for k, t := range tokens {
		if j.stopped(k) {
			return
		}
		h := &c.tiles[y>>tileBits*across+x>>tileBits]
		if !h.used {
			h.used = true
			clear(h.counts)
		}
		add(h.counts, t)
		x += int(t.length)
		for x >= width {
			x -= width
			y++
		}
	}
}

// cluster finds the clusters of what e.clusters was filled with: its clusters,
// and in its symbols for each tile which one.
func (e *Encoder) cluster() error {
	ctx, s, c := e.job.ctx, e.job.s, &e.clusters
	n := len(c.tiles)
	if err := e.each(tilesOf(n, estimatedBits), (*Encoder).estimateTiles); err != nil {
		return err
	}
	c.alive = grow(c.alive, n)[:0]
	for i := range n {
		if c.tiles[i].used { // else all of it is in copies that began before
			c.alive = append(c.alive, int32(i))
		}
	}
	binned := len(c.alive) > 2*bins
	if binned {
		if err := c.bin(ctx, s); err != nil {
			return err
		}
	}
	if !s.low || !binned {
		x := float32(s.quality) / 100
		enough := 1 + int(x*x*x*(maxGreedy-1))
		if err := c.stochastic(ctx, enough); err != nil {
			return err
		}
		if len(c.alive) <= enough {
			if err := c.greedy(ctx); err != nil {
				return err
			}
		}
	}
	if err := e.each(tilesOf(n, assignedBits), (*Encoder).assignTiles); err != nil {
		return err
	}
	c.settle()
	return nil
}

// Binary logarithms of how many tiles are a part of a stage.
const (
	estimatedBits = 6
	assignedBits  = 4
)

func (e *Encoder) estimateTiles(_, part int) {
	c := &e.clusters
	for i := part << estimatedBits; i < min((part+1)<<estimatedBits, len(c.tiles)); i++ {
		t, u := &c.tiles[i], &c.clusters[i]
		if !t.used {
			continue
		}
		t.estimate()
		copy(u.counts, t.counts)
		u.parts, u.extra, u.total = t.parts, t.extra, t.total
	}
}

// bin merges histograms whose three dominant costs are alike.
func (c *clustering) bin(ctx context.Context, s *settings) error {
	var least, most [3]float32
	for k := range 3 {
		least[k] = badCost
		for _, i := range c.alive {
			cost := c.clusters[i].parts[k].cost
			least[k], most[k] = min(least[k], cost), max(most[k], cost)
		}
	}
	factor := float32(0.16)
	if s.quality < 90 {
		for _, n := range [...]int{256, 512, 1024} {
			if len(c.tiles) > n {
				factor /= 2
			}
		}
		if s.quality <= 50 {
			factor /= 2
		}
	}
	var first [bins]int32
	var failures [bins]int
	kept := c.alive[:0]
	for k, i := range c.alive {
		if k&63 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		h := &c.clusters[i]
		bin := 0
		for k := range 3 {
			bin *= partitions
			if wide := most[k] - least[k]; wide > 0 {
				bin += min(int(partitions*(h.parts[k].cost-least[k])/wide), partitions-1)
			}
		}
		if first[bin] == 0 {
			first[bin] = i + 1
			kept = append(kept, i)
			continue
		}
		f := &c.clusters[first[bin]-1]
		limit := float32(-h.total * factor)
		sum := f.total + h.total
		if combined(f, h, sum+limit)-sum >= limit {
			kept = append(kept, i)
			continue
		}
		trivial := h.trivial() && f.trivial()
		if trivial || !h.trivial() && !f.trivial() || failures[bin] >= 32 {
			f.merge(h)
			continue
		}
		failures[bin]++
		kept = append(kept, i)
	}
	c.alive = kept
	return nil
}

// trivial reports whether red, blue and alpha take no bits.
func (h *histogram) trivial() bool {
	return h.parts[1].only >= 0 && h.parts[2].only >= 0 && h.parts[3].only >= 0
}

// push evaluates a pair, and keeps it in front if it is better than all before.
func (c *clustering) push(a, b int32, limit float32) float32 {
	p := pair{a: min(a, b), b: max(a, b)}
	c.evaluate(&p, limit)
	if p.gain >= limit {
		return 0
	}
	c.pairs = append(c.pairs, p)
	c.lead(len(c.pairs) - 1)
	return p.gain
}

func (c *clustering) evaluate(p *pair, limit float32) {
	a, b := &c.clusters[p.a], &c.clusters[p.b]
	sum := a.total + b.total
	p.gain = combined(a, b, sum+limit) - sum
}

func (c *clustering) lead(i int) {
	if c.pairs[i].gain < c.pairs[0].gain {
		c.pairs[i], c.pairs[0] = c.pairs[0], c.pairs[i]
	}
}

func (c *clustering) drop(i int) {
	c.pairs[i] = c.pairs[len(c.pairs)-1]
	c.pairs = c.pairs[:len(c.pairs)-1]
}

// remove removes a cluster from those alive, which are in order.
func (c *clustering) remove(i int32) {
	for k, v := range c.alive {
		if v == i {
			c.alive = append(c.alive[:k], c.alive[k+1:]...)
			return
		}
	}
}

// stochastic merges the better ones of pairs drawn at random, until enough are
// left or nothing is won.
func (c *clustering) stochastic(ctx context.Context, enough int) error {
	c.pairs = c.pairs[:0]
	seed := uint64(1)
	rounds := len(c.alive)
	idle := 0
	for round := 0; round < rounds && len(c.alive) >= enough && len(c.alive) >= 2; round++ {
		if idle++; idle >= rounds/2 {
			break
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		best := float32(0)
		if len(c.pairs) > 0 {
			best = c.pairs[0].gain
		}
		n := uint64(len(c.alive))
		for range n / 2 {
			seed = seed * 48271 % 2147483647
			drawn := seed % (n * (n - 1))
			i, j := drawn/(n-1), drawn%(n-1)
			if j >= i {
				j++
			}
			if gain := c.push(c.alive[i], c.alive[j], best); gain < 0 {
				best = gain
				if len(c.pairs) == queueSize {
					break
				}
			}
		}
		if len(c.pairs) == 0 {
			continue
		}
		a, b := c.pairs[0].a, c.pairs[0].b
		c.clusters[a].merge(&c.clusters[b])
		c.remove(b)
		for k := 0; k < len(c.pairs); {
			p := &c.pairs[k]
			first, second := p.a == a || p.a == b, p.b == a || p.b == b
			if first && second {
				c.drop(k)
				continue
			}
			if first || second {
				if first {
					p.a = a
				} else {
					p.b = a
				}
				if p.a > p.b {
					p.a, p.b = p.b, p.a
				}
				if c.evaluate(p, 0); p.gain >= 0 {
					c.drop(k)
					continue
				}
			}
			c.lead(k)
			k++
		}
		idle = 0
	}
	return nil
}

// greedy merges the best of all pairs as long as there is one.
func (c *clustering) greedy(ctx context.Context) error {
	c.pairs = c.pairs[:0]
	for i, a := range c.alive {
		for _, b := range c.alive[i+1:] {
			c.push(a, b, 0)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	for len(c.pairs) > 0 {
		a, b := c.pairs[0].a, c.pairs[0].b
		c.clusters[a].merge(&c.clusters[b])
		c.remove(b)
		for k := 0; k < len(c.pairs); {
			if p := c.pairs[k]; p.a == a || p.b == a || p.a == b || p.b == b {
				c.drop(k)
				continue
			}
			c.lead(k)
			k++
		}
		for _, i := range c.alive {
			if i != a {
				c.push(a, i, 0)
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}
