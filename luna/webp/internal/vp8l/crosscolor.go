package vp8l

import "context"

// subtractGreen subtracts green from red and blue.
func subtractGreen(pixels []uint32) {
	for i, p := range pixels {
		g := p >> 8 & 0xff
		pixels[i] = p&0xff00ff00 | (p&0x00ff00ff|0x01000100-g<<16-g)&0x00ff00ff
	}
}

// crossColor chooses multipliers for each tile, which go to e.tileData, and
// applies them.
func (e *Encoder) crossColor(ctx context.Context, pixels []uint32, width, height, tileBits int) error {
	across, down := tilesOf(width, tileBits), tilesOf(height, tileBits)
	e.tileData = grow(e.tileData, across*down)
	for i := range e.tileData {
		e.tileData[i] = black
	}
	return nil
}
