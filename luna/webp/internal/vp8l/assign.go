package vp8l

// assignTiles finds for some tiles the cluster that suits each best.
func (e *Encoder) assignTiles(_, part int) {
	c := &e.clusters
	for i := part << assignedBits; i < min((part+1)<<assignedBits, len(c.tiles)); i++ {
		t := &c.tiles[i]
		best, least := c.alive[0], float32(badCost)
		if len(c.alive) > 1 && t.used {
			for _, k := range c.alive {
				u := &c.clusters[k]
				if cost := combined(u, t, least+u.total) - u.total; cost < least {
					best, least = k, cost
				}
			}
		}
		c.symbols[i] = uint16(best)
	}
}

// settle numbers the clusters that tiles want, and makes them anew of their
// tiles. Tiles without tokens are as the ones before them.
func (c *clustering) settle() {
	clear(c.numbers[:])
	n := uint16(0)
	for i, s := range c.symbols {
		if !c.tiles[i].used {
			c.symbols[i] = c.symbols[i-1]
			continue
		}
		if c.numbers[s] == 0 {
			n++
			c.numbers[s] = n
		}
		c.symbols[i] = c.numbers[s] - 1
	}
	c.clusters = c.clusters[:n]
	for i := range c.clusters {
		clear(c.clusters[i].counts)
	}
	for i, s := range c.symbols {
		if c.tiles[i].used {
			addCounts(c.clusters[s].counts, c.tiles[i].counts)
		}
	}
}

func addCounts(sums, counts []uint32) {
	counts = counts[:len(sums)]
	for i := range sums {
		sums[i] += counts[i]
	}
}
