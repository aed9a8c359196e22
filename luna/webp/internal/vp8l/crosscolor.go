package vp8l

// subtractGreenGeneric subtracts green from red and blue.
func subtractGreenGeneric(pixels []uint32) {
	for i, p := range pixels {
		g := p >> 8 & 0xff
		pixels[i] = p&0xff00ff00 | (p&0x00ff00ff|0x01000100-g<<16-g)&0x00ff00ff
	}
}

// addGreen undoes subtractGreen.
func addGreen(pixels []uint32) {
	for i, p := range pixels {
		g := p >> 8 & 0xff
		pixels[i] = p&0xff00ff00 | (p&0x00ff00ff+g<<16+g)&0x00ff00ff
	}
}

// multipliers are what of green is subtracted from red and blue, and of red
// from blue, in 32nds (RFC 9649, section 4.2).
type multipliers struct{ greenToRed, greenToBlue, redToBlue int8 }

func (m multipliers) pixel() uint32 {
	return black | uint32(uint8(m.redToBlue))<<16 | uint32(uint8(m.greenToBlue))<<8 | uint32(uint8(m.greenToRed))
}

func multipliersOf(p uint32) multipliers { return multipliers{int8(p), int8(p >> 8), int8(p >> 16)} }

// share returns the part of a signed sample that is subtracted.
func share(m int8, sample uint32) uint32 { return uint32(int32(m) * int32(int8(sample)) >> 5) }

// decorrelateGeneric subtracts the parts of green and red.
func decorrelateGeneric(pixels []uint32, m multipliers) {
	for i, p := range pixels {
		r := p>>16 - share(m.greenToRed, p>>8)
		b := p - share(m.greenToBlue, p>>8) - share(m.redToBlue, p>>16)
		pixels[i] = p&0xff00ff00 | r&0xff<<16 | b&0xff
	}
}

// leftoverGeneric returns what the samples at a shift cost less their parts of
// green and red, of n pixels of some rows in eights, of which the last may
// overlap the one before.
func leftoverGeneric(pixels []uint32, at, stride, n, rows, shift int, green, red int8) uint32 {
	sum := uint32(0)
	for range rows {
		for i := 0; i < n; i += 8 {
			from := i
			if i+8 > n {
				from = max(n-8, 0)
			}
			for _, p := range pixels[at+from : at+min(from+8, n)] {
				sum += uint32(sampleCosts[uint8(p>>shift-share(green, p>>8)-share(red, p>>16))])
			}
		}
		at += stride
	}
	return sum
}

// A tile is a part of pixels.
type tile struct{ at, stride, width, height int }

// crossColor chooses multipliers for each tile, which go to e.tileData, and
// applies them.
func (e *Encoder) crossColor() error {
	j := &e.job
	e.tileData = grow(e.tileData, tilesOf(j.width, j.tileBits)*tilesOf(j.height, j.tileBits))
	e.crossSearches = grow(e.crossSearches, j.s.workers)
	_, n := j.bands()
	return e.each(n, (*Encoder).crossColorBand)
}

// crossColorBand does so for some rows of tiles.
func (e *Encoder) crossColorBand(worker, band int) {
	j, search := &e.job, &e.crossSearches[worker]
	*search = crossSearch{}
	across, down, size := tilesOf(j.width, j.tileBits), tilesOf(j.height, j.tileBits), 1<<j.tileBits
	rows, _ := j.bands()
	for ty := band * rows; ty < min((band+1)*rows, down); ty++ {
		if j.ctx.Err() != nil {
			return
		}
		var left, above multipliers
		for tx := range across {
			i := ty*across + tx
			if ty > band*rows {
				above = multipliersOf(e.tileData[i-across])
			}
			t := tile{ty*size*j.width + tx*size, j.width, min(size, j.width-tx*size), min(size, j.height-ty*size)}
			m := chooseMultipliers(j.pixels, t, left, above)
			left = search.confirm(j.pixels, t, m, left, above)
			e.tileData[i] = left.pixel()
			for y := range t.height {
				row := t.at + y*j.width
				decorrelate(j.pixels[row:row+t.width], left)
			}
		}
	}
}

// likeness is what it is worth, in eighths of bits, that a multiplier is 0 or
// as that of a tile beside.
const likeness = 3 * 8

// chooseMultipliers searches the multipliers that promise the fewest bits, near
// those of tiles beside it.
func chooseMultipliers(pixels []uint32, t tile, left, above multipliers) multipliers {
	var best multipliers
	red := func(m int8) int {
		cost := int(leftover(pixels, t, 16, m, 0))
		for _, like := range [...]int8{0, left.greenToRed, above.greenToRed} {
			if m == like {
				cost -= likeness
			}
		}
		return cost
	}
	least := red(0)
	for _, m := range [...]int8{left.greenToRed, above.greenToRed} {
		if m != best.greenToRed {
			if cost := red(m); cost < least {
				best.greenToRed, least = m, cost
			}
		}
	}
	for delta := 32; delta > 0; delta /= 2 {
		for _, step := range [...]int{-delta, delta} {
			m := int(best.greenToRed) + step
			if m < -128 || m > 127 {
				continue
			}
			if cost := red(int8(m)); cost < least {
				best.greenToRed, least = int8(m), cost
			}
		}
	}

	blue := func(g, r int8) int {
		cost := int(leftover(pixels, t, 0, g, r))
		for _, like := range [...]multipliers{{}, left, above} {
			if g == like.greenToBlue {
				cost -= likeness
			}
			if r == like.redToBlue {
				cost -= likeness
			}
		}
		return cost
	}
	least = blue(0, 0)
	for _, m := range [...]multipliers{left, above} {
		if m.greenToBlue != best.greenToBlue || m.redToBlue != best.redToBlue {
			if cost := blue(m.greenToBlue, m.redToBlue); cost < least {
				best.greenToBlue, best.redToBlue, least = m.greenToBlue, m.redToBlue, cost
			}
		}
	}
	for _, delta := range [...]int{16, 16, 8, 4, 2} {
		for _, step := range [...][2]int{{0, -1}, {0, 1}, {-1, 0}, {1, 0}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}} {
			g, r := int(best.greenToBlue)+delta*step[0], int(best.redToBlue)+delta*step[1]
			if min(g, r) < -128 || max(g, r) > 127 {
				continue
			}
			if cost := blue(int8(g), int8(r)); cost < least {
				best.greenToBlue, best.redToBlue, least = int8(g), int8(r), cost
			}
		}
	}
	return best
}

// A crossSearch is what the choice of multipliers takes: red and blue of the
// tiles before.
type crossSearch struct {
	sums, found, best [2][256]uint32
}

// confirm returns the best of multipliers by entropy, red and blue on their own.
func (s *crossSearch) confirm(pixels []uint32, t tile, m, left, above multipliers) multipliers {
	options := [...]multipliers{m, {}, left, above}
	for i := range 2 {
		least := float32(badCost)
		for k, o := range options {
			if k > 0 && (i == 0 && o.greenToRed == m.greenToRed || i == 1 && o.greenToBlue == m.greenToBlue && o.redToBlue == m.redToBlue) {
				continue
			}
			c := &s.found[i]
			clear(c[:])
			for y := range t.height {
				row := t.at + y*t.stride
				if i == 0 {
					for _, p := range pixels[row : row+t.width] {
						c[uint8(p>>16-share(o.greenToRed, p>>8))]++
					}
				} else {
					for _, p := range pixels[row : row+t.width] {
						c[uint8(p-share(o.greenToBlue, p>>8)-share(o.redToBlue, p>>16))]++
					}
				}
			}
			cost := -gain(c, &s.sums[i])
			for _, like := range [...]multipliers{{}, left, above} {
				if i == 0 && o.greenToRed == like.greenToRed {
					cost -= 3
				}
				if i == 1 && o.greenToBlue == like.greenToBlue {
					cost -= 3
				}
				if i == 1 && o.redToBlue == like.redToBlue {
					cost -= 3
				}
			}
			if cost < least {
				least = cost
				if i == 0 {
					m.greenToRed = o.greenToRed
				} else {
					m.greenToBlue, m.redToBlue = o.greenToBlue, o.redToBlue
				}
				s.best[i] = *c
			}
		}
		addCounts(s.sums[i][:], s.best[i][:])
	}
	return m
}
