package alpha

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// all calls f for every pair of a sample and its alpha.
func all(f func(c, a uint8)) {
	for c := range 256 {
		for a := range 256 {
			f(uint8(c), uint8(a))
		}
	}
}

func one(f func(row, alpha []uint8), c, a uint8) uint8 {
	row := []uint8{c}
	f(row, []uint8{a})
	return row[0]
}

// TestPremultiply compares with the formula, of which the kernel leaves out
// what needs no arithmetic.
func TestPremultiply(t *testing.T) {
	all(func(c, a uint8) {
		scale := float32(a) / 255
		want := uint8(float32(c) * scale)
		require.Equal(t, want, one(Premultiply, c, a), "%d at alpha %d", c, a)
	})
}

func TestUnpremultiply(t *testing.T) {
	all(func(c, a uint8) {
		want := uint8(0)
		if a > 0 {
			scale := 255 / float32(a)
			want = uint8(min(scale*float32(c), 255))
		}
		require.Equal(t, want, one(Unpremultiply, c, a), "%d at alpha %d", c, a)
	})
}

// TestRoundTrip: what is lost on the way is what alpha cannot hold.
func TestRoundTrip(t *testing.T) {
	all(func(c, a uint8) {
		if a == 0 {
			return
		}
		back := one(Unpremultiply, one(Premultiply, c, a), a)
		require.LessOrEqual(t, back, c)
		require.LessOrEqual(t, int(c)-int(back), 255/int(a)+1, "%d at alpha %d", c, a)
	})
}

func TestFlatten(t *testing.T) {
	for _, background := range []uint8{0, 1, 100, 128, 255} {
		flatten := func(row, alpha []uint8) { Flatten(row, alpha, background) }
		all(func(c, a uint8) {
			x := float32(c) * (float32(a) / 255)
			y := float32(background) * (float32(255-a) / 255)
			sum := float32(x) + float32(y)
			require.Equal(t, uint8(sum), one(flatten, c, a), "%d at alpha %d on %d", c, a, background)
		})
	}
}

// TestValues holds answers of sharp 0.35.5.
func TestValues(t *testing.T) {
	onBlack := func(row, alpha []uint8) { Flatten(row, alpha, 0) }
	require.EqualValues(t, 128, one(onBlack, 255, 128))
	require.EqualValues(t, 0, one(onBlack, 0, 128))
}
