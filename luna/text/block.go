package text

import (
	"cmp"
	"slices"
)

// A Block is text that has been laid out: a mask of the pixels that its glyphs
// cover. It does not change and is safe for concurrent use.
type Block struct {
	width, height int
	size          float64
	lines         int
	outlines      []outline
	glyphs        []placed // by top
	widest        int      // glyph, in pixels
	bytes         int64
}

// placed is an outline and where its origin is: in 256ths of a pixel from the
// block's top-left corner.
type placed struct {
	outline int
	x, y    int64
}

// block places the glyphs of a layout.
func (t *Text) block(f Frame, l *layout) *Block {
	b := &Block{
		width:  int(min(ceilDiv(l.right-l.left, subpixel), int64(f.Width))),
		height: int(min((l.bottom-l.top)/subpixel, int64(f.Height))),
		size:   float64(l.size) / sizeUnit,
		lines:  len(l.lines),
	}
	w := t.set.shapers.Get().(*shaper)
	type key struct {
		font int
		id   uint32
	}
	known := map[key]int{}
	edges := 0
	for _, n := range l.lines {
		x := int64(0)
		for _, c := range n.clusters {
			for _, g := range c.glyphs {
				k := key{g.font, uint32(g.id)}
				i, ok := known[k]
				if !ok {
					face := w.faces[g.font]
					drawn, _ := face.GlyphDataOutline(g.id)
					i = len(b.outlines)
					b.outlines = append(b.outlines, flatten(drawn.Segments, int64(face.Upem()), l.size))
					known[k] = i
					edges += len(b.outlines[i].edges)
				}
				o := &b.outlines[i]
				b.widest = max(b.widest, int(o.right-o.left)/subpixel+2)
				b.glyphs = append(b.glyphs, placed{
					outline: i,
					x:       roundDiv(n.x+l.scale(x+g.x)-l.left, 4) * 4, // 64ths of a pixel
					y:       n.y - l.top - l.scale(g.y),
				})
			}
			x += c.advance
		}
	}
	t.set.shapers.Put(w)
	slices.SortStableFunc(b.glyphs, func(p, q placed) int { return cmp.Compare(b.top(p), b.top(q)) })
	b.widest = min(b.widest, b.width)
	const edgeBytes, glyphBytes, outlineBytes = 20, 24, 40
	b.bytes = int64(2*edges*edgeBytes + 2*len(b.glyphs)*glyphBytes + 2*len(b.outlines)*outlineBytes)
	return b
}

func (b *Block) top(p placed) int64 { return p.y + int64(b.outlines[p.outline].top) }

// Size reports the width and height of the block in pixels. It is the box of
// its lines, from the ascent of the first to the descent of the last, and of
// all ink.
func (b *Block) Size() (width, height int) { return b.width, b.height }

// FontSize reports the size in pixels that the text was set in, which is less
// than was asked for where that did not fit.
func (b *Block) FontSize() float64 { return b.size }

// Lines reports how many lines there are.
func (b *Block) Lines() int { return b.lines }

// Blank reports whether the block covers no pixel.
func (b *Block) Blank() bool { return len(b.glyphs) == 0 || b.width == 0 || b.height == 0 }

// Bytes reports the most memory that the block, and one painter with rows of
// the given number at a time, hold.
func (b *Block) Bytes(rows int) int64 {
	return b.bytes + 4*int64(b.widest+2)*int64(rows)
}

// Painter returns a function that writes the coverage of whole rows of the
// block, 0 to 255 a pixel, from row y on into dst, whose length is a multiple
// of the block's width. The rows must lie in the block. Rows come out the same
// however many are asked for at a time. The function is for one goroutine.
func (b *Block) Painter() func(dst []uint8, y int) {
	var a accumulator
	return func(dst []uint8, y int) {
		clear(dst)
		rows := len(dst) / b.width
		top, bottom := int64(y)*subpixel, int64(y+rows)*subpixel
		for _, p := range b.glyphs {
			o := &b.outlines[p.outline]
			if b.top(p) >= bottom {
				break
			}
			if p.y+int64(o.bottom) <= top {
				continue
			}
			b.paint(&a, p, dst, y, rows)
		}
	}
}

func (b *Block) paint(a *accumulator, p placed, dst []uint8, y, rows int) {
	o := &b.outlines[p.outline]
	left := max(floorDiv(p.x+int64(o.left), subpixel), 0)
	right := min(ceilDiv(p.x+int64(o.right), subpixel), int64(b.width))
	if left >= right {
		return
	}
	first := max(int(floorDiv(b.top(p), subpixel)), y)
	last := min(int(ceilDiv(p.y+int64(o.bottom), subpixel)), y+rows)
	a.reset(int(right-left), first, last-first)
	for _, e := range o.edges {
		a.add(e, p.x-left*subpixel, p.y)
	}
	for row := first; row < last; row++ {
		a.cover(dst[(row-y)*b.width+int(left):][:right-left], row-first)
	}
}
