package vp8l

import "math/bits"

// The transforms of RFC 9649, section 4.
const (
	predictorTransform = iota
	crossColorTransform
	subtractGreenTransform
	colorIndexingTransform
)

// maxTiles is the most tiles that groups of codes are chosen for.
const maxTiles = 2600

// encode writes e.pixels, by the shortest of the plans that are tried.
func (e *Encoder) encode() error {
	pixels := e.pixels[:e.job.width*e.job.height]
	e.palette.find(&e.job, pixels)
	groupBits := e.job.s.groupBits(e.job.width, e.job.height, e.palette.n > 0)
	e.job.tileBits = e.job.s.tileBits(groupBits)
	plans := e.analyze(e.job.width, e.job.height, e.job.tileBits)
	if err := e.job.ctx.Err(); err != nil {
		return err
	}
	plans = plans[:min(len(plans), e.job.s.plans)]
	start, job := e.w, e.job
	var shortest bitWriter
	for i, p := range plans {
		e.w, e.job = start, job
		if err := e.encodePlan(p, groupBits); err != nil {
			return err
		}
		if i == 0 || e.w.bits() < shortest.bits() {
			shortest = e.w
			if len(plans) > 1 {
				e.trial = append(e.trial[:0], e.w.buf[len(start.buf):]...)
			}
		}
		start.buf = e.w.buf[:len(start.buf)]
		if p.subtractGreen && i < len(plans)-1 {
			if err := e.job.chunks(pixels, addGreen); err != nil {
				return err
			}
		}
	}
	e.w = shortest
	if len(plans) > 1 {
		e.w.buf = append(start.buf, e.trial...)
	}
	return nil
}

// encodePlan writes transforms and what they leave.
func (e *Encoder) encodePlan(plan plan, groupBits int) error {
	j := &e.job
	n := j.width * j.height
	j.pixels = e.pixels[:n]
	plan.crossColor = plan.crossColor && !j.s.low
	mostCache := maxCacheBits
	j.s.palette, j.s.bundled = false, false
	if plan.palette {
		if err := e.writePalette(); err != nil {
			return err
		}
		e.residuals = grow(e.residuals, n)
		packed, err := e.palette.apply(j.ctx, e.residuals, j.pixels, j.width, j.height)
		if err != nil {
			return err
		}
		j.width = packed
		j.pixels = e.residuals[:packed*j.height]
		mostCache = min(bits.Len(uint(e.palette.n)), maxCacheBits)
		j.s.palette, j.s.bundled = true, e.palette.bundling() > 0
	}
	if plan.subtractGreen {
		e.w.put(1|subtractGreenTransform<<1, 3)
		if err := j.chunks(j.pixels, subtractGreen); err != nil {
			return err
		}
	}
	if plan.predict {
		if err := e.predictTiles(); err != nil {
			return err
		}
		j.pixels = e.residuals[:n]
		if err := e.writeTransform(predictorTransform); err != nil {
			return err
		}
	}
	if plan.crossColor {
		// Three multipliers take more bits than a predictor.
		j.tileBits = min(j.tileBits+1, 6)
		if err := e.crossColor(); err != nil {
			return err
		}
		if err := e.writeTransform(crossColorTransform); err != nil {
			return err
		}
	}
	e.w.put(0, 1)
	j.mostCache = mostCache
	return e.writePixels(groupBits)
}

// writeTransform writes a transform of tiles, which are in e.tileData.
func (e *Encoder) writeTransform(kind uint32) error {
	e.w.put(1|kind<<1, 3)
	e.w.put(uint32(e.job.tileBits-2), 3)
	return e.writeTiles(tilesOf(e.job.width, e.job.tileBits), e.job.s.quality)
}

// groupBits returns the size of the tiles that groups of codes are for.
func (s *settings) groupBits(width, height int, palette bool) int {
	b := 7 - s.method
	if palette {
		b = 9 - s.method
	}
	for b < 9 && tilesOf(width, b)*tilesOf(height, b) > maxTiles {
		b++
	}
	return min(max(b, 2), 9)
}

// tileBits returns the size of the tiles that predictors are chosen for.
func (s *settings) tileBits(groupBits int) int {
	if s.method < 4 || s.plane {
		return min(groupBits, 6)
	}
	return 3
}

// writePalette writes the colours, each as the difference to the one before.
func (e *Encoder) writePalette() error {
	e.w.put(1|colorIndexingTransform<<1, 3)
	n := e.palette.n
	e.w.put(uint32(n-1), 8)
	e.tileData = grow(e.tileData, n)
	previous := uint32(0)
	for i, v := range e.palette.colors[:n] {
		e.tileData[i] = subtract(v, previous)
		previous = v
	}
	return e.writeTiles(n, 20)
}

// writeTiles writes e.tileData as a picture with one group of codes and no
// colour cache. The job is as before afterwards.
func (e *Encoder) writeTiles(width, quality int) error {
	kept := e.job
	settings := *kept.s
	settings.quality, settings.low, settings.palette, settings.bundled = quality, false, true, false
	e.tileSettings = settings
	e.job = job{ctx: kept.ctx, pixels: e.tileData, width: width, s: &e.tileSettings}
	err := e.writeTilePixels()
	e.job = kept
	return err
}

func (e *Encoder) writeTilePixels() error {
	best, err := e.findTokens()
	if err != nil {
		return err
	}
	e.w.put(0, 1)
	h := best.count(&e.job, best.tokens, 0, 0)
	e.codes = grow(e.codes, literalAt+literalCodes)
	e.buildCodes(e.codes, h.counts, 0)
	e.writeCodes(e.codes, 0)
	return e.writeTokens(best.tokens, 0, nil, e.codes, len(e.codes))
}

// codeOrder bounds the five codes of a group, in the order in which they are
// written.
func codeOrder(cacheBits int) [5][2]int {
	literals, _ := symbolsOf(cacheBits)
	return [5][2]int{{literalAt, literalAt + literals}, {redAt, redAt + 256}, {blueAt, blueAt + 256}, {alphaAt, alphaAt + 256}, {distanceAt, distanceAt + distanceCodes}}
}

func (e *Encoder) buildCodes(codes []code, counts []uint32, cacheBits int) {
	for _, r := range codeOrder(cacheBits) {
		e.huffman.build(codes[r[0]:r[1]], counts[r[0]:r[1]], maxCodeLength)
	}
}

func (e *Encoder) writeCodes(codes []code, cacheBits int) {
	for _, r := range codeOrder(cacheBits) {
		e.huffman.write(&e.w, codes[r[0]:r[1]])
	}
}

// writePixels writes the picture that the transforms leave, with a colour cache
// and groups of codes.
func (e *Encoder) writePixels(groupBits int) error {
	best, err := e.findTokens()
	if err != nil {
		return err
	}
	tokens, cacheBits := best.tokens, best.cacheBits
	c := &e.clusters
	c.fill(&e.job, tokens, groupBits, cacheBits)
	if err := e.cluster(); err != nil {
		return err
	}
	if cacheBits > 0 {
		e.w.put(1|uint32(cacheBits)<<1, 5)
	} else {
		e.w.put(0, 1)
	}
	if groups := len(c.clusters); groups > 1 {
		e.w.put(1, 1)
		e.w.put(uint32(groupBits-2), 3)
		e.tileData = grow(e.tileData, len(c.symbols))
		for i, v := range c.symbols {
			e.tileData[i] = uint32(v) << 8
		}
		// The tokens of the picture are still needed.
		best.tokens, e.groups = e.groups, best.tokens
		err := e.writeTiles(tilesOf(e.job.width, groupBits), e.job.s.quality)
		best.tokens, e.groups = e.groups, best.tokens
		if err != nil {
			return err
		}
	} else {
		e.w.put(0, 1)
	}
	_, size := symbolsOf(cacheBits)
	e.codes = grow(e.codes, size*len(c.clusters))
	for i := range c.clusters {
		if err := e.job.ctx.Err(); err != nil {
			return err
		}
		codes := e.codes[i*size : (i+1)*size]
		e.buildCodes(codes, c.clusters[i].counts, cacheBits)
		e.writeCodes(codes, cacheBits)
	}
	return e.writeTokens(tokens, groupBits, c.symbols, e.codes, size)
}

// writeTokens writes tokens, whose distances are codes. Groups says which codes
// a tile has, each size of them.
func (e *Encoder) writeTokens(tokens []token, groupBits int, groups []uint16, codes []code, size int) error {
	w, ctx, width := e.w, e.job.ctx, e.job.width
	x, y := 0, 0
	across := tilesOf(width, groupBits)
	tile := -1
	group := codes[:size]
	for i, t := range tokens {
		if i&0xfff == 0 {
			if err := ctx.Err(); err != nil {
				e.w = w
				return err
			}
		}
		if groups != nil {
			if at := y>>groupBits*across + x>>groupBits; at != tile {
				tile = at
				k := int(groups[at]) * size
				group = codes[k : k+size]
			}
		}
		switch t.kind {
		case literal:
			p := t.value
			green, red := group[literalAt+p>>8&0xff], group[redAt+p>>16&0xff]
			blue, alpha := group[blueAt+p&0xff], group[alphaAt+p>>24]
			w.put(uint32(green.word)|uint32(red.word)<<green.length, uint(green.length+red.length))
			w.put(uint32(blue.word)|uint32(alpha.word)<<blue.length, uint(blue.length+alpha.length))
		case cached:
			c := group[literalAt+literalCodes+t.value]
			w.put(uint32(c.word), uint(c.length))
		default:
			symbol, n, extra := prefix(uint32(t.length))
			c := group[literalAt+256+symbol]
			w.put(uint32(c.word)|extra<<c.length, uint(c.length)+n)
			symbol, n, extra = prefix(t.value)
			c = group[distanceAt+symbol]
			w.put(uint32(c.word), uint(c.length))
			w.put(extra, n)
		}
		x += int(t.length)
		for x >= width {
			x -= width
			y++
		}
	}
	e.w = w
	return nil
}
