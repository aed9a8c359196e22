package text

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestCoverageOfTriangles compares with the share of a grid of points in each
// pixel that lie in the triangle.
func TestCoverageOfTriangles(t *testing.T) {
	const side, grid = 6, 32
	rapid.Check(t, func(t *rapid.T) {
		coordinate := rapid.Int64Range(-2*subpixel, (side+2)*subpixel)
		var corner [3]point
		for i := range corner {
			corner[i] = point{coordinate.Draw(t, "x"), coordinate.Draw(t, "y")}
		}
		var p pen
		p.at, p.start = corner[0], corner[0]
		p.line(corner[1])
		p.line(corner[2])
		p.close()

		var a accumulator
		a.reset(side, 0, side)
		for _, e := range p.out.edges {
			a.add(e, 0, 0)
		}
		inside := func(x, y float64) bool {
			signs := [2]bool{}
			for i := range corner {
				c, d := corner[i], corner[(i+1)%3]
				cross := float64(d.x-c.x)*(y-float64(c.y)) - float64(d.y-c.y)*(x-float64(c.x))
				if cross > 0 {
					signs[0] = true
				} else {
					signs[1] = true
				}
			}
			return signs[0] != signs[1]
		}
		for row := range side {
			got := make([]uint8, side)
			a.cover(got, row)
			for column := range side {
				n := 0
				for i := range grid * grid {
					x := (float64(column) + (float64(i%grid)+0.5)/grid) * subpixel
					y := (float64(row) + (float64(i/grid)+0.5)/grid) * subpixel
					if inside(x, y) {
						n++
					}
				}
				want := float64(n) * 255 / grid / grid
				// An edge through a pixel misjudges about a point a row.
				require.LessOrEqual(t, math.Abs(want-float64(got[column])), 255*2.0/grid, "%v: %d, %d", corner, column, row)
			}
		}
	})
}

// TestWholePixels are covered in full, with no seam between two halves.
func TestWholePixels(t *testing.T) {
	for _, x := range []int64{0, 1, 100, 255, 256, 300} {
		var p pen
		rectangle := func(left, right int64) {
			p.at = point{left, 0}
			p.start = p.at
			p.line(point{left, 512})
			p.line(point{right, 512})
			p.line(point{right, 0})
			p.close()
		}
		rectangle(-300, x)
		rectangle(x, 5*subpixel)
		var a accumulator
		a.reset(4, 0, 2)
		for _, e := range p.out.edges {
			a.add(e, 0, 0)
		}
		for row := range 2 {
			got := make([]uint8, 4)
			a.cover(got, row)
			require.Equal(t, []uint8{255, 255, 255, 255}, got)
		}
	}
}

func TestDivision(t *testing.T) {
	for _, tt := range []struct{ a, b, floor, round, ceil int64 }{
		{7, 2, 3, 4, 4}, {-7, 2, -4, -3, -3}, {6, 3, 2, 2, 2}, {-6, 3, -2, -2, -2}, {-1, 3, -1, 0, 0}, {-2, 3, -1, -1, 0}, {0, 5, 0, 0, 0},
	} {
		require.Equal(t, [3]int64{tt.floor, tt.round, tt.ceil}, [3]int64{floorDiv(tt.a, tt.b), roundDiv(tt.a, tt.b), ceilDiv(tt.a, tt.b)}, "%d/%d", tt.a, tt.b)
	}
}

// TestDamagedOutlines are drawn as something, at no cost.
func TestDamagedOutlines(t *testing.T) {
	p := pen{upem: 16, size: maxSize}
	for _, v := range []float32{float32(math.NaN()), float32(math.Inf(1)), -math.MaxFloat32, 32767, 1e9, -32768} {
		require.LessOrEqual(t, abs(p.scale(v)), int64(maxCoordinate))
	}
	far := point{maxCoordinate, -maxCoordinate}
	p.cubic(point{-maxCoordinate, maxCoordinate}, far, point{-maxCoordinate, 5})
	p.quadratic(far, point{7, maxCoordinate})
	p.close()
	var a accumulator
	a.reset(10, 0, 10)
	for _, e := range p.out.edges {
		require.Less(t, e.y0, e.y1)
		a.add(e, 0, 0)
	}
	for row := range 10 {
		a.cover(make([]uint8, 10), row)
	}
}
