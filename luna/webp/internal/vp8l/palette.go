package vp8l

import (
	"context"
	"slices"
)

const maxPalette = 256

// A palette finds the colours of a picture, if they are few.
type palette struct {
	slots  [4 * maxPalette]uint32
	taken  [4 * maxPalette]bool
	sorted [maxPalette]uint32
	colors [maxPalette]uint32 // in the order of their indices
	n      int                // 0 if there are more than 256
}

func paletteSlot(p uint32) uint32 { return p * 0x1e35a7bd >> (32 - 10) }

// find finds the colours of pixels.
func (p *palette) find(j *job, pixels []uint32) {
	clear(p.taken[:])
	p.n = 0
	n := 0
	previous := ^pixels[0]
	for i, v := range pixels {
		if j.stopped(i) {
			return
		}
		if v == previous {
			continue
		}
		previous = v
		k := paletteSlot(v)
		for p.taken[k] && p.slots[k] != v {
			k = (k + 1) % uint32(len(p.slots))
		}
		if !p.taken[k] {
			if n == maxPalette {
				return
			}
			p.taken[k], p.slots[k] = true, v
			n++
		}
	}
	colors := p.sorted[:0]
	for k, taken := range p.taken {
		if taken {
			colors = append(colors, p.slots[k])
		}
	}
	slices.Sort(colors)
	p.n = n
	copy(p.colors[:], colors)
	if p.unsteady() {
		p.chain()
	}
}

// unsteady reports whether a sample both rises and falls in the order of
// colours: only then another order may be better.
func (p *palette) unsteady() bool {
	found := uint8(0)
	previous := uint32(0)
	for _, v := range p.colors[:p.n] {
		d := subtract(v, previous)
		for s, bit := 0, uint8(1); s < 24; s, bit = s+8, bit<<2 {
			switch r := d >> s & 0xff; {
			case r == 0:
			case r < 0x80:
				found |= bit
			default:
				found |= bit << 1
			}
		}
		previous = v
	}
	return found&(found<<1)&0x2a != 0
}

// chain orders the colours by going to the closest next one, as libwebp does
// (palette.c).
func (p *palette) chain() {
	previous := uint32(0)
	for i := range p.n {
		best, least := i, ^uint32(0)
		for k := i; k < p.n; k++ {
			d := subtract(p.colors[k], previous)
			score := uint32(0)
			for s := 0; s < 32; s += 8 {
				v := d >> s & 0xff
				v = min(v, 256-v)
				if s < 24 {
					v *= 9
				}
				score += v
			}
			if score < least {
				best, least = k, score
			}
		}
		p.colors[i], p.colors[best] = p.colors[best], p.colors[i]
		previous = p.colors[i]
	}
}

// bundling returns by how many bits the width shrinks where indices are
// bundled.
func (p *palette) bundling() int {
	switch {
	case p.n <= 2:
		return 3
	case p.n <= 4:
		return 2
	case p.n <= 16:
		return 1
	}
	return 0
}

// apply writes indices of pixels to dst, several to a pixel if they are few, and
// returns the new width.
func (p *palette) apply(ctx context.Context, dst, pixels []uint32, width, height int) (int, error) {
	var indices [4 * maxPalette]uint8
	for i, v := range p.colors[:p.n] {
		k := paletteSlot(v)
		for p.slots[k] != v || !p.taken[k] {
			k = (k + 1) % uint32(len(p.slots))
		}
		indices[k] = uint8(i)
	}
	shrink := p.bundling()
	depth := 8 >> shrink
	packed := tilesOf(width, shrink)
	previous, index := p.colors[0], uint32(0)
	for y := range height {
		if y&63 == 0 {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
		}
		row, out := pixels[y*width:(y+1)*width], dst[y*packed:(y+1)*packed]
		for x, v := range row {
			if v != previous {
				previous = v
				k := paletteSlot(v)
				for p.slots[k] != v {
					k = (k + 1) % uint32(len(p.slots))
				}
				index = uint32(indices[k])
			}
			if sub := x & (1<<shrink - 1); sub == 0 {
				out[x>>shrink] = black | index<<8
			} else {
				out[x>>shrink] |= index << (8 + depth*sub)
			}
		}
	}
	return packed, nil
}
