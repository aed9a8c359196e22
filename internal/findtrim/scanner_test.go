package findtrim

import (
	"image"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// naive sorts nine samples for every median.
func naive(planes [][]uint8, width, height int, threshold float64, background []uint8) (box image.Rectangle) {
	for p, plane := range planes {
		for y := range height {
			for x := range width {
				var nine []uint8
				for dy := -1; dy <= 1; dy++ {
					for dx := -1; dx <= 1; dx++ {
						nine = append(nine, plane[min(max(y+dy, 0), height-1)*width+min(max(x+dx, 0), width-1)])
					}
				}
				slices.Sort(nine)
				if math.Abs(float64(nine[4])-float64(background[p])) > threshold {
					box = box.Union(image.Rect(x, y, x+1, y+1))
				}
			}
		}
	}
	return box
}

func scan(planes [][]uint8, width, height int, threshold float64, background []uint8) image.Rectangle {
	s := NewScanner(width, threshold, background...)
	for y := range height {
		rows := make([][]uint8, len(planes))
		for p := range rows {
			rows[p] = planes[p][y*width:][:width]
		}
		s.Push(rows...)
	}
	return s.Box()
}

func TestBoxIsThatOfMedians(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width, height := rapid.IntRange(1, 40).Draw(t, "width"), rapid.IntRange(1, 12).Draw(t, "height")
		bands := rapid.IntRange(1, 4).Draw(t, "bands")
		spread := rapid.IntRange(1, 30).Draw(t, "spread")
		seed := rapid.Uint32().Draw(t, "seed")
		next := func(n int) int {
			seed = seed*1664525 + 1013904223
			return int(seed>>8) % n
		}
		planes, background := make([][]uint8, bands), make([]uint8, bands)
		for p := range planes {
			background[p] = uint8(next(256))
			planes[p] = make([]uint8, width*height)
			for i := range planes[p] {
				planes[p][i] = uint8(min(max(int(background[p])+next(2*spread+1)-spread, 0), 255))
			}
		}
		threshold := rapid.Float64Range(0, 40).Draw(t, "threshold")
		require.Equal(t, naive(planes, width, height, threshold, background), scan(planes, width, height, threshold, background))
	})
}

func TestSpecksAreNoContent(t *testing.T) {
	plane := make([]uint8, 20*10)
	plane[5*20+7] = 255
	require.Equal(t, image.Rectangle{}, scan([][]uint8{plane}, 20, 10, 10, []uint8{0}))
	for y := 3; y < 6; y++ {
		for x := 11; x < 14; x++ {
			plane[y*20+x] = 255
		}
	}
	require.Equal(t, image.Rect(11, 3, 14, 6), scan([][]uint8{plane}, 20, 10, 10, []uint8{0}))
}

func TestNoRowsNoBox(t *testing.T) {
	require.True(t, NewScanner(5, 10, 0).Box().Empty())
}
