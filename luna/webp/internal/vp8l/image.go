package vp8l

import (
	"context"
	"math/bits"
)

// The transforms of RFC 9649, section 4.
const (
	predictorTransform = iota
	crossColorTransform
	subtractGreenTransform
	colorIndexingTransform
)

// maxTiles is the most tiles that groups of codes are chosen for.
const maxTiles = 2600

// encode writes the transforms of e.pixels, and what they leave.
func (e *Encoder) encode(ctx context.Context, width, height int, s *settings) error {
	n := width * height
	e.palette.find(e.pixels[:n])
	groupBits := s.groupBits(width, height, e.palette.n > 0)
	most := 6
	if s.method >= 4 {
		most = 9 - s.method
	}
	tileBits := min(groupBits, max(most, 4))
	mostCache := maxCacheBits
	var plan plan
	if s.low {
		plan.palette = e.palette.n > 0
		plan.predict, plan.subtractGreen = !plan.palette, !plan.palette
	} else {
		plan = e.analyze(width, height, tileBits)
	}
	s.palette, s.bundled = plan.palette, plan.palette && e.palette.bundling() > 0
	pixels := e.pixels[:n]
	if plan.palette {
		if err := e.writePalette(ctx, s); err != nil {
			return err
		}
		e.residuals = grow(e.residuals, n)
		packed, err := e.palette.apply(ctx, e.residuals, pixels, width, height)
		if err != nil {
			return err
		}
		width = packed
		pixels = e.residuals[:width*height]
		mostCache = min(bits.Len(uint(e.palette.n)), maxCacheBits)
	}
	if plan.subtractGreen {
		e.w.put(1|subtractGreenTransform<<1, 3)
		subtractGreen(pixels)
	}
	if plan.predict {
		if err := e.predictTiles(ctx, width, height, tileBits, s); err != nil {
			return err
		}
		pixels = e.residuals[:n]
		e.w.put(1|predictorTransform<<1, 3)
		e.w.put(uint32(tileBits-2), 3)
		if err := e.writeTiles(ctx, e.tileData, tilesOf(width, tileBits), s); err != nil {
			return err
		}
	}
	if plan.crossColor {
		if err := e.crossColor(ctx, pixels, width, height, tileBits); err != nil {
			return err
		}
		e.w.put(1|crossColorTransform<<1, 3)
		e.w.put(uint32(tileBits-2), 3)
		if err := e.writeTiles(ctx, e.tileData, tilesOf(width, tileBits), s); err != nil {
			return err
		}
	}
	e.w.put(0, 1)
	return e.writePixels(ctx, pixels, width, height, groupBits, mostCache, s)
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

// writePalette writes the colours, each as the difference to the one before.
func (e *Encoder) writePalette(ctx context.Context, s *settings) error {
	e.w.put(1|colorIndexingTransform<<1, 3)
	n := e.palette.n
	e.w.put(uint32(n-1), 8)
	e.tileData = grow(e.tileData, n)
	previous := uint32(0)
	for i, v := range e.palette.colors[:n] {
		e.tileData[i] = subtract(v, previous)
		previous = v
	}
	quick := *s
	quick.quality, quick.tries = 20, 11
	return e.writeTiles(ctx, e.tileData, n, &quick)
}

// writeTiles writes a picture with one group of codes and no colour cache.
func (e *Encoder) writeTiles(ctx context.Context, pixels []uint32, width int, s *settings) error {
	full := *s
	full.low, full.palette = false, true
	tokens, _, err := e.findTokens(ctx, pixels, width, 0, &full)
	if err != nil {
		return err
	}
	e.w.put(0, 1)
	h := e.count(tokens, 0, 0)
	e.codes = grow(e.codes, literalAt+literalCodes)
	e.buildCodes(e.codes, h.counts, 0)
	e.writeCodes(e.codes, 0)
	return e.writeTokens(ctx, tokens, width, 0, nil, e.codes, len(e.codes))
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
func (e *Encoder) writePixels(ctx context.Context, pixels []uint32, width, height, groupBits, mostCache int, s *settings) error {
	tokens, cacheBits, err := e.findTokens(ctx, pixels, width, mostCache, s)
	if err != nil {
		return err
	}
	c := &e.clusters
	c.fill(tokens, width, height, groupBits, cacheBits)
	if err := c.run(ctx, s); err != nil {
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
		// Tokens of the picture are still needed.
		kept := e.tokens[0]
		e.tokens[0] = e.groupTokens
		err := e.writeTiles(ctx, e.tileData, tilesOf(width, groupBits), s)
		e.groupTokens, e.tokens[0] = e.tokens[0], kept
		if err != nil {
			return err
		}
	} else {
		e.w.put(0, 1)
	}
	_, size := symbolsOf(cacheBits)
	e.codes = grow(e.codes, size*len(c.clusters))
	for i := range c.clusters {
		codes := e.codes[i*size : (i+1)*size]
		e.buildCodes(codes, c.clusters[i].counts, cacheBits)
		e.writeCodes(codes, cacheBits)
	}
	return e.writeTokens(ctx, tokens, width, groupBits, c.symbols, e.codes, size)
}

// writeTokens writes tokens, whose distances are codes. Groups says which codes
// a tile has, each size of them.
func (e *Encoder) writeTokens(ctx context.Context, tokens []token, width, groupBits int, groups []uint16, codes []code, size int) error {
	w := e.w
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
