package text

import (
	"fmt"
	"math"
)

// An Align is where lines stand that are shorter than the longest.
type Align uint8

// The alignments. The zero Align is Left, also of text that runs from right to
// left.
const (
	Left Align = iota
	Center
	Right
)

// A Frame says how text is to be laid out.
type Frame struct {
	// Width and Height in pixels, at least 1, of the room there is. Lines
	// break at Wrap, where that is from 1 up to Width, else at Width.
	Width, Height, Wrap int
	// Size of the font in pixels: 1 to 4096.
	Size float64
	// LineHeight from baseline to baseline, as a multiple of Size: 0.5 to 10.
	LineHeight float64
	Align      Align
}

// Sizes are in 64ths of a pixel, and positions in 256ths.
const (
	sizeUnit = 64
	subpixel = 256
	minSize  = 1 * sizeUnit
	maxSize  = 4096 * sizeUnit
)

// Layout breaks the text into lines and places its glyphs.
//
// Lines break where the Unicode line breaking algorithm (UAX #14) lets them,
// and words that are longer than a line break between characters. What does not
// fit into the frame in the frame's size is set in the largest size, in 64ths
// of a pixel, that fits, and at worst in one of 1 pixel, of which the frame's
// edges cut off what leaves it.
func (t *Text) Layout(f Frame) (*Block, error) {
	switch {
	case f.Width < 1 || f.Height < 1:
		return nil, fmt.Errorf("text: a frame of %dx%d pixels has no room", f.Width, f.Height)
	case !(f.Size >= 1 && f.Size <= 4096):
		return nil, fmt.Errorf("text: the size is %v; it must be 1 to 4096", f.Size)
	case !(f.LineHeight >= 0.5 && f.LineHeight <= 10):
		return nil, fmt.Errorf("text: the line height is %v; it must be 0.5 to 10", f.LineHeight)
	}
	if f.Wrap < 1 || f.Wrap > f.Width {
		f.Wrap = f.Width
	}
	// The size as asked for, or by bisection the largest that fits.
	size := int64(math.Floor(f.Size*sizeUnit + 0.5))
	l := t.lay(f, size)
	if !l.fits(f) {
		low, high := int64(minSize), size
		for high-low > 1 {
			if mid := (low + high) / 2; t.lay(f, mid).fits(f) {
				low = mid
			} else {
				high = mid
			}
		}
		l = t.lay(f, low)
	}
	return t.block(f, l), nil
}

// A layout is where the lines of a text stand, in 256ths of a pixel. x is from
// the left edge of the lines' box, and y from the first baseline, downwards.
type layout struct {
	size  int64
	lines []line
	// wide says that a line is wider than it may be: not even one character
	// fits.
	wide bool
	// left, top, right and bottom hold the lines' boxes and all ink, and the
	// top and bottom are whole pixels.
	left, top, right, bottom int64
}

type line struct {
	clusters []cluster // from left to right
	x, y     int64
}

func (l *layout) fits(f Frame) bool {
	return !l.wide &&
		ceilDiv(l.right-l.left, subpixel) <= int64(f.Width) &&
		l.bottom-l.top <= int64(f.Height)*subpixel
}

// scale turns units into 256ths of a pixel.
func (l *layout) scale(v int64) int64 { return roundDiv(v*l.size*(subpixel/sizeUnit), em) }

func (t *Text) lay(f Frame, size int64) *layout {
	l := &layout{size: size}
	limit := floorDiv(int64(f.Wrap)*sizeUnit*em, size)
	var widths []int64
	widest := int64(0)
	for _, p := range t.paragraphs {
		for rest := p; ; {
			var taken []cluster
			taken, rest = take(rest, limit)
			width := int64(0)
			for _, c := range taken {
				width += c.advance
			}
			l.wide = l.wide || width > limit
			l.lines = append(l.lines, line{clusters: taken})
			widths = append(widths, width)
			widest = max(widest, width)
			if len(rest) == 0 {
				break
			}
		}
	}
	pitch := roundDiv(int64(math.Floor(f.LineHeight*65536+0.5))*size, 65536*sizeUnit/subpixel)
	l.right = l.scale(widest)
	l.top = -l.scale(t.ascent)
	for i := range l.lines {
		n := &l.lines[i]
		// A baseline on a whole pixel gives crisp feet.
		n.y = roundDiv(int64(i)*pitch, subpixel) * subpixel
		switch f.Align {
		case Center:
			n.x = l.scale((widest - widths[i]) / 2)
		case Right:
			n.x = l.scale(widest - widths[i])
		}
		l.bottom = n.y + l.scale(t.descent)
	}
	for i := range l.lines {
		l.include(&l.lines[i])
	}
	l.top = floorDiv(l.top, subpixel) * subpixel
	l.bottom = ceilDiv(l.bottom, subpixel) * subpixel
	return l
}

// include brings the clusters of a line into order and its ink into the box,
// with what rounding may add.
func (l *layout) include(n *line) {
	n.clusters = append([]cluster(nil), n.clusters...)
	reorder(n.clusters)
	x := int64(0)
	for _, c := range n.clusters {
		for _, g := range c.glyphs {
			l.left = min(l.left, n.x+l.scale(x+g.left)-4)
			l.right = max(l.right, n.x+l.scale(x+g.right)+4)
			l.top = min(l.top, n.y-l.scale(g.top)-4)
			l.bottom = max(l.bottom, n.y-l.scale(g.bottom)+4)
		}
		x += c.advance
	}
}

// take cuts the next line off a paragraph: as much as fits in limit units, but
// at least one character. White space at the end of the line is dropped.
func take(rest []cluster, limit int64) (taken, left []cluster) {
	width, good, possible := int64(0), 0, 0
	n := 0
	for ; n < len(rest); n++ {
		c := rest[n]
		if width += c.advance; width > limit && !c.space {
			break
		}
		if c.mayBreak {
			good = n + 1
		}
		if c.canBreak {
			possible = n + 1
		}
	}
	switch {
	case n == len(rest):
	case good > 0:
		n = good
	case possible > 0:
		n = possible
	default:
		for n = 0; n < len(rest); n++ { // the first character, in full
			if rest[n].canBreak {
				n++
				break
			}
		}
	}
	taken, left = rest[:n], rest[n:]
	for len(taken) > 0 && taken[len(taken)-1].space {
		taken = taken[:len(taken)-1]
	}
	return taken, left
}
