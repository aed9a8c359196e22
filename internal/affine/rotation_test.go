package affine

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestSizes: the sizes are sharp 0.35.5's.
func TestSizes(t *testing.T) {
	tests := []struct {
		width, height int
		degrees       float64
		wantW, wantH  int
	}{
		{301, 203, 45, 356, 356},
		{301, 203, .5, 303, 206},
		{301, 203, 0, 301, 203},
		{301, 203, 360, 301, 203},
		{301, 203, 90, 203, 301},
		{301, 203, 180, 301, 203},
		{2, 1, 30, 2, 2},
		{33, 1, 30, 29, 17},
		{1, 1, 1e-3, 1, 1},
		{1, 1, 45, 1, 1},
	}
	for _, tt := range tests {
		r := Rotate(tt.width, tt.height, tt.degrees)
		require.Equal(t, [2]int{tt.wantW, tt.wantH}, [2]int{r.Width, r.Height}, "%dx%d by %g", tt.width, tt.height, tt.degrees)
	}
}

func TestAnglesAreModulo360(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		degrees := float64(rapid.IntRange(-720, 720).Draw(t, "degrees"))
		turns := float64(rapid.IntRange(-5, 5).Draw(t, "turns"))
		w, h := rapid.IntRange(1, 5000).Draw(t, "width"), rapid.IntRange(1, 5000).Draw(t, "height")
		// The sign of the angle stays: the cosine of -60 is that of 60, but
		// for the last bit, 300 has another.
		if math.Signbit(math.Mod(degrees+360*turns, 360)) == math.Signbit(math.Mod(degrees, 360)) {
			require.Equal(t, Rotate(w, h, degrees), Rotate(w, h, degrees+360*turns))
		}
	})
}

func TestSincos(t *testing.T) {
	for i := -3600; i <= 3600; i++ {
		degrees := float64(i) / 10
		sin, cos := sincos(degrees)
		radians := degrees / 360 * 2 * math.Pi
		require.InDelta(t, math.Sin(radians), sin, 2e-16, "%g", degrees)
		require.InDelta(t, math.Cos(radians), cos, 2e-16, "%g", degrees)
	}
	// What a C library has, to the last bit.
	sin, cos := sincos(30)
	require.Equal(t, 0.49999999999999994, sin)
	require.Equal(t, 0.8660254037844387, cos)
	sin, cos = sincos(60)
	require.Equal(t, 0.8660254037844386, sin)
	require.Equal(t, 0.5000000000000001, cos)
}

// turn turns one plane with a border of the given value; a second one is
// alpha.
func turn(r Rotation, row func(y int, dst [][]uint8, planes []Plane) (int, int), at func(p, x, y int) uint8, values ...uint8) [][]uint8 {
	planes := make([]Plane, len(values))
	stride := r.InWidth + 2
	for p, v := range values {
		pix := make([]uint8, stride*(r.InHeight+2))
		for i := range pix {
			pix[i] = v
		}
		for y := range r.InHeight {
			for x := range r.InWidth {
				pix[(y+1)*stride+x+1] = at(p, x, y)
			}
		}
		planes[p] = Plane{pix, stride}
	}
	out := make([][]uint8, len(values))
	for p := range out {
		out[p] = make([]uint8, r.Width*r.Height)
	}
	for y := range r.Height {
		rows := make([][]uint8, len(values))
		for p := range rows {
			rows[p] = out[p][y*r.Width:][:r.Width]
		}
		first, last := row(y, rows, planes)
		for p, v := range values {
			for x := range rows[p] {
				if x < first || x >= last {
					rows[p][x] = v
				}
			}
		}
	}
	return out
}

func TestNoAngleChangesNothing(t *testing.T) {
	at := func(p, x, y int) uint8 { return uint8(x*7 + y*31 + p*100) }
	r := Rotate(150, 9, 360)
	for p, plane := range turn(r, r.Opaque, at, 1, 2, 3) {
		for i, v := range plane {
			require.Equal(t, at(p, i%150, i/150), v)
		}
	}
}

// TestOneColourStaysOne: neither the weights nor the way through fractions
// changes a colour that is the same everywhere.
func TestOneColourStaysOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Rotate(rapid.IntRange(1, 60).Draw(t, "width"), rapid.IntRange(1, 60).Draw(t, "height"), rapid.Float64Range(-360, 360).Draw(t, "degrees"))
		v := rapid.Uint8().Draw(t, "value")
		same := func(int, int, int) uint8 { return v }
		for _, got := range turn(r, r.Opaque, same, v)[0] {
			require.Equal(t, v, got)
		}
		alpha := rapid.Uint8().Draw(t, "alpha")
		out := turn(r, r.Alpha, func(p, _, _ int) uint8 { return [2]uint8{v, alpha}[p] }, v, alpha)
		for i, got := range out[0] {
			// Truncation may cost one, as it does libvips.
			require.InDelta(t, alpha, out[1][i], 1)
			if alpha > 0 {
				require.InDelta(t, v, got, 1)
			}
		}
	})
}

// TestTransparentPixelsDoNotBleed: red under no alpha stays out of black.
func TestTransparentPixelsDoNotBleed(t *testing.T) {
	r := Rotate(40, 40, 33)
	out := turn(r, r.Alpha, func(p, x, _ int) uint8 {
		if x < 20 {
			return [2]uint8{255, 0}[p]
		}
		return [2]uint8{0, 255}[p]
	}, 255, 0)
	for i, v := range out[0] {
		if out[1][i] > 0 {
			require.Zero(t, v)
		}
	}
}
