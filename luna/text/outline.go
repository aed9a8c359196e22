package text

import (
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

// maxCoordinate bounds outlines, in 256ths of a pixel: far outside of any
// image, and small enough for products of three in 64 bits.
const maxCoordinate = 1 << 24

// flatness is how far, in 256ths of a pixel, a chord may leave its curve.
const flatness = 16

// An edge is a straight piece of an outline, in 256ths of a pixel, y
// downwards. y0 < y1; sign is -1 where the outline runs upwards.
type edge struct {
	x0, y0, x1, y1, sign int32
}

// An outline is the edges of a glyph in one size, and what box they fill.
type outline struct {
	edges                    []edge
	left, top, right, bottom int32
}

// flatten turns the curves of a glyph into edges.
func flatten(segments []opentype.Segment, upem, size int64) outline {
	p := pen{upem: upem, size: size}
	for _, s := range segments {
		switch s.Op {
		case opentype.SegmentOpMoveTo:
			p.close()
			p.at = p.point(s.Args[0])
			p.start = p.at
		case opentype.SegmentOpLineTo:
			p.line(p.point(s.Args[0]))
		case opentype.SegmentOpQuadTo:
			p.quadratic(p.point(s.Args[0]), p.point(s.Args[1]))
		case opentype.SegmentOpCubeTo:
			p.cubic(p.point(s.Args[0]), p.point(s.Args[1]), p.point(s.Args[2]))
		}
	}
	p.close()
	return p.out
}

type point struct{ x, y int64 }

// A pen draws an outline in the order of the font's segments.
type pen struct {
	upem, size int64
	start, at  point
	out        outline
}

// point scales a point in font units, which is rounded to their 64ths first, so
// that the rest is exact.
func (p *pen) point(s font.SegmentPoint) point {
	return point{p.scale(s.X), p.scale(-s.Y)}
}

func (p *pen) scale(v float32) int64 {
	if !(v > -1<<20 && v < 1<<20) { // a damaged font, or NaN
		v = 0
	}
	units := v * 64 // exact
	if units < 0 {
		units -= 0.5
	} else {
		units += 0.5
	}
	x := roundDiv(int64(units)*p.size*(subpixel/sizeUnit), 64*p.upem)
	return min(max(x, -maxCoordinate), maxCoordinate)
}

func (p *pen) close() { p.line(p.start) }

func (p *pen) line(to point) {
	e := edge{int32(p.at.x), int32(p.at.y), int32(to.x), int32(to.y), 1}
	p.at = to
	if e.y0 == e.y1 {
		return
	}
	if e.y0 > e.y1 {
		e = edge{e.x1, e.y1, e.x0, e.y0, -1}
	}
	o := &p.out
	if len(o.edges) == 0 {
		o.left, o.top, o.right, o.bottom = e.x0, e.y0, e.x0, e.y1
	}
	o.left, o.right = min(o.left, e.x0, e.x1), max(o.right, e.x0, e.x1)
	o.top, o.bottom = min(o.top, e.y0), max(o.bottom, e.y1)
	o.edges = append(o.edges, e)
}

// quadratic draws a curve as n chords: their error is a quarter of the second
// difference divided by n squared.
func (p *pen) quadratic(b, c point) {
	a := p.at
	bend := max(abs(a.x-2*b.x+c.x), abs(a.y-2*b.y+c.y))
	n := pieces(bend, 4*flatness)
	for i := int64(1); i < n; i++ {
		j := n - i
		at := func(a, b, c int64) int64 { return roundDiv(a*j*j+2*b*i*j+c*i*i, n*n) }
		p.line(point{at(a.x, b.x, c.x), at(a.y, b.y, c.y)})
	}
	p.line(c)
}

// cubic is like quadratic, with an error of at most three quarters of the
// larger second difference.
func (p *pen) cubic(b, c, d point) {
	a := p.at
	bend := max(abs(a.x-2*b.x+c.x), abs(a.y-2*b.y+c.y), abs(b.x-2*c.x+d.x), abs(b.y-2*c.y+d.y))
	n := pieces(3*bend, 4*flatness)
	for i := int64(1); i < n; i++ {
		j := n - i
		at := func(a, b, c, d int64) int64 {
			return roundDiv(a*j*j*j+3*b*i*j*j+3*c*i*i*j+d*i*i*i, n*n*n)
		}
		p.line(point{at(a.x, b.x, c.x, d.x), at(a.y, b.y, c.y, d.y)})
	}
	p.line(d)
}

// pieces returns the least n with n*n*unit >= bend, up to 256.
func pieces(bend, unit int64) int64 {
	n := int64(1)
	for n < 256 && n*n*unit < bend {
		n++
	}
	return n
}

func abs(v int64) int64 { return max(v, -v) }
