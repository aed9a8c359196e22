package quantize

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

type picture struct {
	w, h       int
	r, g, b, a []uint8
}

// photo is a picture of smooth colours with a little noise.
func photo(w, h int, alpha bool) *picture {
	p := &picture{w: w, h: h, r: make([]uint8, w*h), g: make([]uint8, w*h), b: make([]uint8, w*h)}
	rng := rand.New(rand.NewPCG(1, 2))
	clip := func(v float64) uint8 { return uint8(min(max(v, 0), 255)) }
	for i := range p.r {
		x, y := float64(i%w)/float64(w), float64(i/w)/float64(h)
		light := 120 + 60*math.Sin(7*x+3*y) + 8*rng.NormFloat64()
		p.r[i], p.g[i], p.b[i] = clip(light+50*math.Sin(4*y)), clip(light+20*x), clip(light-60*math.Cos(3*x))
		if alpha {
			p.a = append(p.a, clip(300*x-20))
		}
	}
	return p
}

func (p *picture) row(y int) (r, g, b, a []uint8) {
	from, to := y*p.w, (y+1)*p.w
	if p.a != nil {
		a = p.a[from:to]
	}
	return p.r[from:to], p.g[from:to], p.b[from:to], a
}

func (p *picture) palette(limit, quality int) []Color {
	var h Histogram
	for y := range p.h {
		h.Add(p.row(y))
	}
	palette, err := h.Palette(context.Background(), limit, quality)
	if err != nil {
		panic(err)
	}
	return palette
}

// psnr maps the picture with that much dithering, and compares what is not
// transparent.
func (p *picture) psnr(palette []Color, strength float64) float64 {
	d := NewDitherer(NewMapper(palette), p.w, strength)
	dst := make([]uint8, p.w)
	sum, n := 0., 0.
	for y := range p.h {
		r, g, b, a := p.row(y)
		d.Row(dst, r, g, b, a)
		for x, i := range dst {
			was, is := Color{r[x], g[x], b[x], 255}, palette[i]
			if a != nil {
				was[3] = a[x]
			}
			for k := range 4 {
				v := float64(is[k]) - float64(was[k])
				if k < 3 {
					v *= float64(was[3]) / 255
				}
				sum += v * v
				n++
			}
		}
	}
	return 10 * math.Log10(255*255*n/sum)
}

func TestPhotograph(t *testing.T) {
	for _, alpha := range []bool{false, true} {
		p := photo(320, 240, alpha)
		palette := p.palette(256, 100)
		require.Len(t, palette, 256)
		plain, half := p.psnr(palette, 0), p.psnr(palette, 0.5)
		t.Logf("alpha %v: %.2f dB, dithered by half %.2f", alpha, plain, half)
		require.Greater(t, plain, 34.)
		require.Greater(t, half, 33.)
		require.Less(t, p.psnr(p.palette(16, 100), 0), plain)
	}
}

// TestQuality: the lower the quality, the fewer colours.
func TestQuality(t *testing.T) {
	p := photo(320, 240, false)
	last := 257
	for _, q := range []int{100, 90, 75, 50, 30, 10, 1} {
		n := len(p.palette(256, q))
		t.Logf("quality %d: %d colours", q, n)
		require.LessOrEqual(t, n, last)
		last = n
	}
	require.Less(t, last, 64)
	require.GreaterOrEqual(t, last, 2)
}

// TestFewColours: a picture that has few keeps them.
func TestFewColours(t *testing.T) {
	const w, h = 64, 64
	p := &picture{w: w, h: h, r: make([]uint8, w*h), g: make([]uint8, w*h), b: make([]uint8, w*h), a: make([]uint8, w*h)}
	for i := range p.r {
		k := i % 200
		p.r[i], p.g[i], p.b[i], p.a[i] = uint8(k), uint8(3*k), uint8(200-k), uint8(255-k)
	}
	palette := p.palette(256, 100)
	require.Len(t, palette, 200)
	for _, strength := range []float64{0, 1} {
		require.True(t, math.IsInf(p.psnr(palette, strength), 1))
	}
	for i := range len(palette) - 1 {
		require.LessOrEqual(t, palette[i][3], palette[i+1][3])
	}
	p.a[0], p.a[100] = 0, 0
	palette = p.palette(8, 100)
	require.LessOrEqual(t, len(palette), 8)
	require.Equal(t, Color{}, palette[0])
}

func TestTransparent(t *testing.T) {
	p := &picture{w: 3, h: 1, r: []uint8{9, 8, 7}, g: []uint8{1, 2, 3}, b: []uint8{4, 5, 6}, a: []uint8{0, 0, 0}}
	require.Equal(t, []Color{{}}, p.palette(256, 80))
	palette, err := new(Histogram).Palette(t.Context(), 256, 80)
	require.NoError(t, err)
	require.Equal(t, []Color{{3: 255}}, palette)
	m := NewMapper([]Color{{}, {0, 0, 0, 255}, {255, 255, 255, 255}})
	require.EqualValues(t, 0, m.Index(Color{200, 200, 200, 0}))
	require.EqualValues(t, 1, m.Index(Color{20, 20, 20, 255}))
	require.EqualValues(t, 2, m.Index(Color{220, 220, 220, 250}))
}

// TestNearest compares the search with one that looks at all.
func TestNearest(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	random := func() Color {
		return Color{uint8(rng.Uint32()), uint8(rng.Uint32()), uint8(rng.Uint32()), uint8(rng.Uint32())}
	}
	palette := make([]Color, 100)
	for i := range palette {
		palette[i] = random()
	}
	s := newSearch(palette)
	for range 2000 {
		p := pointOf(random())
		best := math.Inf(1)
		for _, c := range palette {
			q := pointOf(c)
			best = min(best, distance(&p, &q))
		}
		q := pointOf(palette[s.nearest(&p)])
		require.Equal(t, best, distance(&p, &q))
	}
}

func BenchmarkPalette(b *testing.B) {
	p := photo(800, 600, false)
	b.SetBytes(3 * 800 * 600)
	for b.Loop() {
		p.palette(256, 100)
	}
}

func BenchmarkDither(b *testing.B) {
	p := photo(800, 600, false)
	palette := p.palette(256, 100)
	dst := make([]uint8, p.w)
	b.SetBytes(3 * 800 * 600)
	for b.Loop() {
		d := NewDitherer(NewMapper(palette), p.w, 1)
		for y := range p.h {
			r, g, u, a := p.row(y)
			d.Row(dst, r, g, u, a)
		}
	}
}

func TestPaletteStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var h Histogram
	h.Add([]uint8{0, 90, 200}, []uint8{0, 9, 100}, []uint8{50, 9, 3}, nil)
	_, err := h.Palette(ctx, 2, 80)
	require.ErrorIs(t, err, context.Canceled)
}
