package encoder

import (
	"bytes"
	"image"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8/decoder"
)

// drifts are kinds of pictures for which an encoder and a decoder may come to
// differ: f is what stands at x and y.
var drifts = []struct {
	name string
	plan func(r *rand.Rand) func(x, y int) int
}{
	{"noise", func(r *rand.Rand) func(x, y int) int {
		return func(int, int) int { return r.IntN(256) }
	}},
	{"faint noise", func(r *rand.Rand) func(x, y int) int {
		at, n := r.IntN(256), 1+r.IntN(12)
		return func(int, int) int { return at + r.IntN(n) }
	}},
	{"gradient", func(r *rand.Rand) func(x, y int) int {
		a, b, at := r.IntN(65)-32, r.IntN(65)-32, r.IntN(256)
		return func(x, y int) int { return at + (a*x+b*y)/16 }
	}},
	{"only 0 and 255", func(r *rand.Rand) func(x, y int) int {
		return func(int, int) int { return 255 * r.IntN(2) }
	}},
	{"blocks of 0 and 255", func(r *rand.Rand) func(x, y int) int {
		n, m := 1+r.IntN(20), 1+r.IntN(20)
		return func(x, y int) int { return 255 * ((x/n + y/m) % 2) }
	}},
	{"flat", func(r *rand.Rand) func(x, y int) int {
		v := []int{0, 255, r.IntN(256)}[r.IntN(3)]
		return func(int, int) int { return v }
	}},
	{"a scene", func(r *rand.Rand) func(x, y int) int {
		type disc struct{ x, y, square, v int }
		discs := make([]disc, 1+r.IntN(9))
		for i := range discs {
			n := 2 + r.IntN(60)
			discs[i] = disc{r.IntN(257), r.IntN(129), n * n, r.IntN(256)}
		}
		grain := r.IntN(20)
		return func(x, y int) int {
			v := 60 + y
			for _, d := range discs {
				if (x-d.x)*(x-d.x)+(y-d.y)*(y-d.y) < d.square {
					v = d.v
				}
			}
			return v + r.IntN(grain+1)
		}
	}},
}

// drift draws picture i.
func drift(i int) (string, *Picture, *rand.Rand) {
	r := rand.New(rand.NewPCG(uint64(i), 77))
	w, h := 1+r.IntN(257), 1+r.IntN(129)
	switch i % 11 {
	case 0:
		w, h = 1+r.IntN(20), 1+r.IntN(20)
	case 1:
		w = 1
	case 2:
		h = 1
	}
	if i == 0 {
		w, h = 1, 1
	}
	kind := drifts[r.IntN(len(drifts))]
	p := &Picture{Width: w, Height: h, YStride: w, CStride: (w + 1) / 2}
	plane := func(w, h int) []uint8 {
		f, samples := kind.plan(r), make([]uint8, 0, w*h)
		for y := range h {
			for x := range w {
				samples = append(samples, uint8(min(max(f(x, y), 0), 255)))
			}
		}
		return samples
	}
	p.Y, p.Cb, p.Cr = plane(w, h), plane((w+1)/2, (h+1)/2), plane((w+1)/2, (h+1)/2)
	return kind.name, p, r
}

// TestNoDrift encodes random pictures at all qualities and efforts. What the
// encoder predicts from is what decoders make of the file: x/image's, and ours,
// which agrees with it after the loop filter as well. IMMAGIN_TEST_COUNT is how
// many pictures there are.
func TestNoDrift(t *testing.T) {
	count := 150
	if text := os.Getenv("IMMAGIN_TEST_COUNT"); text != "" {
		var err error
		count, err = strconv.Atoi(text)
		require.NoError(t, err, "IMMAGIN_TEST_COUNT")
	}
	bare, full := New(), New()
	bare.keep, bare.noFilter = true, true
	for i := range count {
		name, p, r := drift(i)
		// Of these all pairs come in 700 pictures.
		o := Options{Quality: 1 + i%100, Effort: i % 7, Workers: 1 + r.IntN(3)}
		about := []any{"picture %d: %s of %dx%d, %+v", i, name, p.Width, p.Height, o}
		b, err := bare.Encode(t.Context(), nil, p, o)
		require.NoError(t, err, about...)
		same(t, bare, decode(t, b), p)
		agree(t, b, p, about)
		if t.Failed() {
			t.Fatalf(about[0].(string), about[1:]...)
		}

		b, err = full.Encode(t.Context(), nil, p, o)
		require.NoError(t, err, about...)
		agree(t, b, p, about)
		if i%10 == 0 {
			fresh, err := New().Encode(t.Context(), nil, p, o)
			require.NoError(t, err, about...)
			require.True(t, bytes.Equal(fresh, b), about...)
		}
	}
}

// agree requires that both decoders make the same of a frame.
func agree(t *testing.T, b []byte, p *Picture, about []any) {
	t.Helper()
	theirs := decode(t, b)
	ours, err := decoder.Decode(t.Context(), b, decoder.Options{})
	require.NoError(t, err, about...)
	require.Equal(t, image.Rect(0, 0, p.Width, p.Height), ours.Rect, about...)
	for y := range p.Height {
		require.True(t, bytes.Equal(theirs.Y[y*theirs.YStride:][:p.Width], ours.Y[y*ours.YStride:][:p.Width]), about...)
	}
	for y := range (p.Height + 1) / 2 {
		n := (p.Width + 1) / 2
		require.True(t, bytes.Equal(theirs.Cb[y*theirs.CStride:][:n], ours.Cb[y*ours.CStride:][:n]), about...)
		require.True(t, bytes.Equal(theirs.Cr[y*theirs.CStride:][:n], ours.Cr[y*ours.CStride:][:n]), about...)
	}
}
