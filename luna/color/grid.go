package color

// The points of a baked grid along each channel. They are Little CMS' own.
const (
	rgbPoints  = 33
	cmykPoints = 17
)

// fractionBits is the precision of positions between the points of a grid: a
// 16-bit value times a fraction fits 32 bits.
const fractionBits = 14

// A grid converts RGB or CMYK by interpolation between points of 16-bit sRGB.
type grid struct {
	nodes  [][4]uint16 // the fourth is padding
	points int
	stride [4]int
	space  Space
	// place is where each 8-bit sample is along a channel.
	place [256]place
}

type place struct{ index, fraction int32 }

func newGrid(e *evaluation) *grid {
	points := rgbPoints
	if e.p.space == CMYK {
		points = cmykPoints
	}
	g := makeGrid(e.p.space, points)
	last := float64(points - 1)
	code := codes()
	for i := range g.nodes {
		var v [4]float64
		for c, n := e.p.space.channels()-1, i; c >= 0; c-- {
			v[c] = float64(n%points) / last
			n /= points
		}
		for c, light := range e.linear(v) {
			g.nodes[i][c] = code.code16(int64(float64(lightOne*clamp(light)) + 0.5))
		}
	}
	return g
}

// makeGrid returns a grid whose nodes are to be filled in: the last channel
// varies fastest.
func makeGrid(space Space, points int) *grid {
	g := &grid{points: points, space: space}
	n := 1
	for c := space.channels() - 1; c >= 0; c-- {
		g.stride[c] = n
		n *= points
	}
	g.nodes = make([][4]uint16, n)
	for v := range g.place {
		g.place[v] = g.find(uint32(v), 255)
	}
	return g
}

// find returns the place of sample v of 0 to full.
func (g *grid) find(v, full uint32) place {
	at := v * uint32(g.points-1)
	i := min(at/full, uint32(g.points-2))
	return place{int32(i), int32(((at-i*full)<<fractionBits + full/2) / full)}
}

func (g *grid) narrow(rows [4][]uint8) {
	if g.space == CMYK {
		g.narrow4(rows)
		return
	}
	red, green, blue := rows[0], rows[1], rows[2]
	green, blue = green[:len(red)], blue[:len(red)]
	sx, sy := g.stride[0], g.stride[1]
	for x := range red {
		r, s, t := g.place[red[x]], g.place[green[x]], g.place[blue[x]]
		base := int(r.index)*sx + int(s.index)*sy + int(t.index)
		a, b, c := g.simplex(base, sx, sy, r.fraction, s.fraction, t.fraction)
		red[x], green[x], blue[x] = code8(uint32(a)), code8(uint32(b)), code8(uint32(c))
	}
}

// narrow4 interpolates along cyan between two tetrahedra of the other inks.
func (g *grid) narrow4(rows [4][]uint8) {
	cyan, magenta, yellow, black := rows[0], rows[1], rows[2], rows[3]
	magenta, yellow, black = magenta[:len(cyan)], yellow[:len(cyan)], black[:len(cyan)]
	sc, sx, sy := g.stride[0], g.stride[1], g.stride[2]
	for x := range cyan {
		c, r, s, t := g.place[cyan[x]], g.place[magenta[x]], g.place[yellow[x]], g.place[black[x]]
		base := int(c.index)*sc + int(r.index)*sx + int(s.index)*sy + int(t.index)
		a, b, d := g.simplex(base, sx, sy, r.fraction, s.fraction, t.fraction)
		if c.fraction != 0 {
			a2, b2, d2 := g.simplex(base+sc, sx, sy, r.fraction, s.fraction, t.fraction)
			a, b, d = between(a, a2, c.fraction), between(b, b2, c.fraction), between(d, d2, c.fraction)
		}
		cyan[x], magenta[x], yellow[x] = code8(uint32(a)), code8(uint32(b)), code8(uint32(d))
	}
}

func between(a, b, fraction int32) int32 {
	return a + ((b-a)*fraction+1<<(fractionBits-1))>>fractionBits
}

// simplex interpolates between the corners of the tetrahedron around a place in
// the cube at base (Kasson, Nin, Plouffe, Hafner, 1995): from corner to corner
// along the channel whose fraction is the largest of those left. The third
// channel's points are neighbours.
func (g *grid) simplex(base, sx, sy int, fx, fy, fz int32) (a, b, c int32) {
	sz := 1
	if fx < fy {
		fx, fy, sx, sy = fy, fx, sy, sx
	}
	if fy < fz {
		fy, fz, sy, sz = fz, fy, sz, sy
		if fx < fy {
			fx, fy, sx, sy = fy, fx, sy, sx
		}
	}
	// The corner across is the last: with it, the others are in range.
	p3 := &g.nodes[base+sx+sy+sz]
	p0, p1, p2 := &g.nodes[base], &g.nodes[base+sx], &g.nodes[base+sx+sy]
	w0, w1, w2, w3 := 1<<fractionBits-fx, fx-fy, fy-fz, fz
	const half = 1 << (fractionBits - 1)
	a = (int32(p0[0])*w0 + int32(p1[0])*w1 + int32(p2[0])*w2 + int32(p3[0])*w3 + half) >> fractionBits
	b = (int32(p0[1])*w0 + int32(p1[1])*w1 + int32(p2[1])*w2 + int32(p3[1])*w3 + half) >> fractionBits
	c = (int32(p0[2])*w0 + int32(p1[2])*w1 + int32(p2[2])*w2 + int32(p3[2])*w3 + half) >> fractionBits
	return a, b, c
}

func (g *grid) wide(rows [4][]uint16) {
	n := g.space.channels()
	first := n - 3
	sx, sy := g.stride[first], g.stride[first+1]
	for x := range rows[0] {
		var at [4]place
		base := 0
		for c := range n {
			at[c] = g.find(uint32(rows[c][x]), 65535)
			base += int(at[c].index) * g.stride[c]
		}
		r, s, t := at[first].fraction, at[first+1].fraction, at[first+2].fraction
		a, b, c := g.simplex(base, sx, sy, r, s, t)
		if first == 1 && at[0].fraction != 0 {
			a2, b2, c2 := g.simplex(base+g.stride[0], sx, sy, r, s, t)
			a, b, c = between(a, a2, at[0].fraction), between(b, b2, at[0].fraction), between(c, c2, at[0].fraction)
		}
		rows[0][x], rows[1][x], rows[2][x] = uint16(a), uint16(b), uint16(c)
	}
}
