package vp8

// A Strength is how strongly the edges of a macroblock are filtered. The zero
// Strength leaves them as they are.
type Strength struct {
	// Limit is how much samples beside an edge may differ: twice the level, and
	// Interior. Between macroblocks it is 4 more.
	Limit uint8
	// Interior is how much neighbours on one side may differ, of the normal
	// filter.
	Interior uint8
	// Variance is the difference of neighbours on one side above which the
	// normal filter changes only one sample on each side.
	Variance uint8
}

// StrengthOf returns the strength of a level, 0 to 63, at a sharpness, 0 to 7, in
// key frames (RFC 6386, 9.6, 15.2 to 15.4).
func StrengthOf(level, sharpness int) Strength {
	level = min(max(level, 0), 63)
	if level == 0 {
		return Strength{}
	}
	interior := level
	if sharpness > 0 {
		interior >>= 1
		if sharpness > 4 {
			interior >>= 1
		}
		interior = min(interior, 9-sharpness)
	}
	interior = max(interior, 1)
	s := Strength{Limit: uint8(2*level + interior), Interior: uint8(interior)}
	switch {
	case level >= 40:
		s.Variance = 2
	case level >= 15:
		s.Variance = 1
	}
	return s
}

// Edges says which edges of a macroblock are filtered.
type Edges uint8

// The edges. Those of a picture are not filtered, and inner ones only where a
// macroblock has coefficients or is predicted by 4x4 blocks.
const (
	LeftEdge Edges = 1 << iota
	InnerEdges
	TopEdge
)

// A Place is where a macroblock lies in planes. Rows above it need not lie before
// it in memory, so that a plane may be a ring of rows.
type Place struct {
	Y, Cb, Cr        []uint8
	YStride, CStride int
	YAt, CAt         int // the macroblock's first sample
	YAbove, CAbove   int // that of the row 4 above it, for TopEdge
}

// FilterNormal filters the macroblock at p as the normal loop filter does (RFC
// 6386, 15.3). Macroblocks come in order of rows.
func FilterNormal(p *Place, s Strength, edges Edges) {
	if s.Limit != 0 {
		filterNormal(p, s, edges)
	}
}

func filterNormalGeneric(p *Place, s Strength, edges Edges) {
	if edges&LeftEdge != 0 {
		normalEdge(p.Y, p.YAt-4, p.YAt, 1, p.YStride, 16, s)
		normalEdge(p.Cb, p.CAt-4, p.CAt, 1, p.CStride, 8, s)
		normalEdge(p.Cr, p.CAt-4, p.CAt, 1, p.CStride, 8, s)
	}
	if edges&InnerEdges != 0 {
		for x := 4; x < 16; x += 4 {
			innerEdge(p.Y, p.YAt+x, 1, p.YStride, 16, s)
		}
		innerEdge(p.Cb, p.CAt+4, 1, p.CStride, 8, s)
		innerEdge(p.Cr, p.CAt+4, 1, p.CStride, 8, s)
	}
	if edges&TopEdge != 0 {
		normalEdge(p.Y, p.YAbove, p.YAt, p.YStride, 1, 16, s)
		normalEdge(p.Cb, p.CAbove, p.CAt, p.CStride, 1, 8, s)
		normalEdge(p.Cr, p.CAbove, p.CAt, p.CStride, 1, 8, s)
	}
	if edges&InnerEdges != 0 {
		for y := 4; y < 16; y += 4 {
			innerEdge(p.Y, p.YAt+y*p.YStride, p.YStride, 1, 16, s)
		}
		innerEdge(p.Cb, p.CAt+4*p.CStride, p.CStride, 1, 8, s)
		innerEdge(p.Cr, p.CAt+4*p.CStride, p.CStride, 1, 8, s)
	}
}

// normalEdge filters n samples of an edge between macroblocks. The four samples
// before it begin at before and are across apart, as are those behind it, which
// begin at behind; the next of the edge are along apart.
func normalEdge(pix []uint8, before, behind, across, along, n int, s Strength) {
	limit := 2*(int(s.Limit)+4) + 1
	for range n {
		p, q := pix[before:before+3*across+1], pix[behind:behind+3*across+1]
		p3, p2, p1, p0 := int(p[0]), int(p[across]), int(p[2*across]), int(p[3*across])
		q0, q1, q2, q3 := int(q[0]), int(q[across]), int(q[2*across]), int(q[3*across])
		before, behind = before+along, behind+along
		if !smooth(p3, p2, p1, p0, q0, q1, q2, q3, limit, int(s.Interior)) {
			continue
		}
		if abs(p1-p0) > int(s.Variance) || abs(q1-q0) > int(s.Variance) {
			p[3*across], q[0] = common(p1, p0, q0, q1)
			continue
		}
		a := signed(3*(q0-p0) + signed(p1-q1))
		a1, a2, a3 := (27*a+63)>>7, (18*a+63)>>7, (9*a+63)>>7
		p[across], p[2*across], p[3*across] = clip(p2+a3), clip(p1+a2), clip(p0+a1)
		q[0], q[across], q[2*across] = clip(q0-a1), clip(q1-a2), clip(q2-a3)
	}
}

// innerEdge is normalEdge for edges within a macroblock.
func innerEdge(pix []uint8, at, across, along, n int, s Strength) {
	limit := 2*int(s.Limit) + 1
	for range n {
		p := pix[at-4*across : at+3*across+1]
		at += along
		p3, p2, p1, p0 := int(p[0]), int(p[across]), int(p[2*across]), int(p[3*across])
		q0, q1, q2, q3 := int(p[4*across]), int(p[5*across]), int(p[6*across]), int(p[7*across])
		if !smooth(p3, p2, p1, p0, q0, q1, q2, q3, limit, int(s.Interior)) {
			continue
		}
		if abs(p1-p0) > int(s.Variance) || abs(q1-q0) > int(s.Variance) {
			p[3*across], p[4*across] = common(p1, p0, q0, q1)
			continue
		}
		a := 3 * (q0 - p0)
		a1, a2 := small((a+4)>>3), small((a+3)>>3)
		a3 := (a1 + 1) >> 1
		p[2*across], p[3*across] = clip(p1+a3), clip(p0+a2)
		p[4*across], p[5*across] = clip(q0-a1), clip(q1-a3)
	}
}

// FilterSimple filters the macroblock at p as the simple loop filter does (RFC
// 6386, 15.2): luma alone.
func FilterSimple(p *Place, s Strength, edges Edges) {
	if s.Limit != 0 {
		filterSimple(p, s, edges)
	}
}

func filterSimpleGeneric(p *Place, s Strength, edges Edges) {
	between, within := 2*(int(s.Limit)+4)+1, 2*int(s.Limit)+1
	if edges&LeftEdge != 0 {
		simpleEdge(p.Y, p.YAt-2, p.YAt, 1, p.YStride, between)
	}
	if edges&InnerEdges != 0 {
		for x := 4; x < 16; x += 4 {
			simpleEdge(p.Y, p.YAt+x-2, p.YAt+x, 1, p.YStride, within)
		}
	}
	if edges&TopEdge != 0 {
		simpleEdge(p.Y, p.YAbove+2*p.YStride, p.YAt, p.YStride, 1, between)
	}
	if edges&InnerEdges != 0 {
		for y := 4; y < 16; y += 4 {
			at := p.YAt + y*p.YStride
			simpleEdge(p.Y, at-2*p.YStride, at, p.YStride, 1, within)
		}
	}
}

func simpleEdge(pix []uint8, before, behind, across, along, limit int) {
	for range 16 {
		p, q := pix[before:before+across+1], pix[behind:behind+across+1]
		before, behind = before+along, behind+along
		p1, p0, q0, q1 := int(p[0]), int(p[across]), int(q[0]), int(q[across])
		if 4*abs(p0-q0)+abs(p1-q1) <= limit {
			p[across], q[0] = common(p1, p0, q0, q1)
		}
	}
}

// common filters one sample on each side.
func common(p1, p0, q0, q1 int) (p, q uint8) {
	a := 3*(q0-p0) + signed(p1-q1)
	return clip(p0 + small((a+3)>>3)), clip(q0 - small((a+4)>>3))
}

func smooth(p3, p2, p1, p0, q0, q1, q2, q3, limit, interior int) bool {
	return 4*abs(p0-q0)+abs(p1-q1) <= limit &&
		abs(p3-p2) <= interior && abs(p2-p1) <= interior && abs(p1-p0) <= interior &&
		abs(q3-q2) <= interior && abs(q2-q1) <= interior && abs(q1-q0) <= interior
}

func abs(v int) int {
	if v < 0 {
		return -v
	}
	return v
}

func clip(v int) uint8 { return uint8(min(max(v, 0), 255)) }
func signed(v int) int { return min(max(v, -128), 127) }
func small(v int) int  { return min(max(v, -16), 15) }
