package vp8l

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/vp8l"
)

// A drawing is a picture that tests make, of 4 samples.
type drawing struct {
	name          string
	width, height int
	pixels        []uint8
}

func draw(name string, width, height int, at func(x, y int) [4]uint8) drawing {
	d := drawing{name, width, height, make([]uint8, 0, 4*width*height)}
	for y := range height {
		for x := range width {
			c := at(x, y)
			d.pixels = append(d.pixels, c[:]...)
		}
	}
	return d
}

// drawings are pictures of the kinds that encoders take different ways for.
func drawings() []drawing {
	r := rand.New(rand.NewPCG(1, 2))
	noise := func(int, int) [4]uint8 {
		v := r.Uint32()
		return [4]uint8{uint8(v), uint8(v >> 8), uint8(v >> 16), uint8(v >> 24)}
	}
	colors := func(n int) func(x, y int) [4]uint8 {
		return func(x, y int) [4]uint8 {
			v := r.IntN(n)
			return [4]uint8{uint8(v), uint8(v * 7), uint8(v >> 1), 255 - uint8(v>>8)}
		}
	}
	natural := func(x, y int) [4]uint8 {
		v := 60 + x/2 + y/3 + r.IntN(7)
		return [4]uint8{uint8(v), uint8(v*3/4 + r.IntN(5)), uint8(v/2 + x*y/97), 255}
	}
	soft := func(x, y int) [4]uint8 {
		c := natural(x, y)
		c[3] = uint8(min(max((x-20)*(y-9), 0), 255))
		return c
	}
	text := func(x, y int) [4]uint8 {
		if (x*x/7+y/9*y)%11 < 3 {
			return [4]uint8{20, 20, 30, 255}
		}
		return [4]uint8{250, 250, uint8(240 + x/200), 255}
	}
	flat := func(int, int) [4]uint8 { return [4]uint8{9, 200, 31, 255} }
	clear := func(x, y int) [4]uint8 { return [4]uint8{uint8(x), uint8(y), 0, 0} }
	all := []drawing{
		draw("pixel", 1, 1, noise), draw("row", MaxSize, 1, natural), draw("column", 1, 700, natural),
		draw("pair", 2, 1, noise), draw("three", 3, 1, flat), draw("flat", 300, 111, flat), draw("clear", 64, 50, clear),
		draw("noise", 97, 55, noise), draw("natural", 211, 157, natural), draw("soft", 160, 90, soft), draw("text", 333, 210, text),
		draw("flat column", 1, 3, flat), draw("long", 4200, 3, flat),
	}
	for _, n := range []int{2, 3, 4, 5, 16, 17, 200, 256, 257, 1000} {
		all = append(all, draw(fmt.Sprint(n, " colours"), 61, 43, colors(n)))
	}
	for range 6 {
		all = append(all, draw("any", 1+r.IntN(80), 1+r.IntN(60), []func(x, y int) [4]uint8{noise, natural, soft, text, colors(300)}[r.IntN(5)]))
	}
	return all
}

func decode(t *testing.T, b []byte) *image.NRGBA {
	t.Helper()
	m, err := vp8l.Decode(bytes.NewReader(b))
	require.NoError(t, err)
	return m.(*image.NRGBA)
}

func TestDecodesToThePicture(t *testing.T) {
	e := New()
	for _, d := range drawings() {
		for effort := range MaxEffort + 1 {
			name := fmt.Sprintf("%s of %dx%d at %d", d.name, d.width, d.height, effort)
			b, err := e.Encode(context.Background(), []byte("head"), d.pixels, d.width, d.height, 4, Options{Effort: effort})
			require.NoError(t, err, name)
			require.Equal(t, "head", string(b[:4]))
			b = b[4:]
			m := decode(t, b)
			require.Equal(t, image.Rect(0, 0, d.width, d.height), m.Rect, name)
			require.True(t, bytes.Equal(d.pixels, m.Pix), name)
		}
	}
}

func opaque(d drawing) []uint8 {
	var p []uint8
	for i := 0; i < len(d.pixels); i += 4 {
		p = append(p, d.pixels[i:i+3]...)
	}
	return p
}

func TestThreeSamplesAreOpaque(t *testing.T) {
	for _, d := range drawings() {
		rgb := opaque(d)
		b, err := Encode(context.Background(), nil, rgb, d.width, d.height, 3, Options{Effort: 3})
		require.NoError(t, err)
		require.Zero(t, b[4]>>4&1, "the bit that says alpha is used")
		pix := decode(t, b).Pix
		for i := range d.width * d.height {
			require.Equal(t, append(rgb[3*i:3*i+3:3*i+3], 255), pix[4*i:4*i+4])
		}
	}
}

func TestAlphaBitIsSetWhereAPixelIsTransparent(t *testing.T) {
	p := []uint8{1, 2, 3, 255, 4, 5, 6, 255}
	b, err := Encode(context.Background(), nil, p, 2, 1, 4, Options{})
	require.NoError(t, err)
	require.Zero(t, b[4]>>4&1)
	p[7] = 254
	b, err = Encode(context.Background(), nil, p, 2, 1, 4, Options{})
	require.NoError(t, err)
	require.NotZero(t, b[4]>>4&1)
}

func TestBytesDependNeitherOnWorkersNorOnWhatWasEncodedBefore(t *testing.T) {
	reused := New()
	large := draw("large", 700, 600, func(x, y int) [4]uint8 {
		return [4]uint8{uint8(x * y >> 7), uint8(x + y), uint8((x ^ y) * 3), 255}
	})
	for _, d := range append(drawings()[8:20], large) {
		for _, effort := range []int{0, 4, 5} {
			want, err := Encode(context.Background(), nil, d.pixels, d.width, d.height, 4, Options{Effort: effort})
			require.NoError(t, err)
			for workers := 1; workers <= 3; workers++ {
				got, err := reused.Encode(context.Background(), nil, d.pixels, d.width, d.height, 4, Options{Effort: effort, Workers: workers})
				require.NoError(t, err)
				require.True(t, bytes.Equal(want, got), "%s at %d with %d workers", d.name, effort, workers)
			}
		}
	}
}

func TestHigherEffortsMakeSmallerFiles(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	d := draw("natural", 300, 260, func(x, y int) [4]uint8 {
		v := int(90*math.Sin(float64(x)/40)*math.Cos(float64(y)/23)) + 128
		return [4]uint8{uint8(v + r.IntN(4)), uint8(v*7/8 + r.IntN(4)), uint8(v/2 + x/4 + r.IntN(4)), 255}
	})
	size := func(effort int) int {
		b, err := Encode(context.Background(), nil, d.pixels, d.width, d.height, 4, Options{Effort: effort})
		require.NoError(t, err)
		return len(b)
	}
	fast, usual, best := size(0), size(4), size(6)
	require.Less(t, usual, fast)
	require.LessOrEqual(t, best, usual+usual/200)
}

func TestRefusesWhatIsNoPicture(t *testing.T) {
	for _, c := range []struct{ width, height, samples, bytes int }{
		{0, 1, 4, 0}, {1, 0, 4, 0}, {-1, -1, 4, 4}, {16385, 1, 3, 3 * 16385}, {1, 16385, 3, 3 * 16385}, {1, 1, 2, 2}, {2, 2, 4, 15}, {2, 2, 3, 13},
	} {
		b, err := Encode(context.Background(), []byte("head"), make([]uint8, c.bytes), c.width, c.height, c.samples, Options{})
		require.ErrorIs(t, err, ErrSize)
		require.Equal(t, "head", string(b))
	}
	for _, effort := range []int{-1, 7} {
		_, err := Encode(context.Background(), nil, make([]uint8, 4), 1, 1, 4, Options{Effort: effort})
		require.Error(t, err)
	}
}

func TestStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, d := range drawings() {
		b, err := Encode(ctx, []byte("head"), d.pixels, d.width, d.height, 4, Options{Effort: 4, Workers: 2})
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, "head", string(b))
	}
	d := draw("noise", 500, 500, func(x, y int) [4]uint8 {
		return [4]uint8{uint8(x * y * y), uint8(x * x * y), uint8(x * 77 / (y + 1)), 255}
	})
	for stop := range 60 {
		_, err := Encode(&stopping{Context: context.Background(), left: stop}, nil, d.pixels, d.width, d.height, 4, Options{Effort: 4})
		require.ErrorIs(t, err, context.Canceled, "after %d looks", stop)
	}
}

// A stopping context is done after some looks at it.
type stopping struct {
	context.Context
	left int
}

func (s *stopping) Err() error {
	if s.left--; s.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestAllocatesNothingOnceWarm(t *testing.T) {
	e := New()
	for _, d := range drawings()[:12] {
		for _, effort := range []int{0, 4} {
			encode := func(dst []byte) []byte {
				b, err := e.Encode(context.Background(), dst, d.pixels, d.width, d.height, 4, Options{Effort: effort})
				require.NoError(t, err)
				return b
			}
			b := encode(nil)
			require.Zero(t, testing.AllocsPerRun(3, func() { b = encode(b[:0]) }), "%s at %d", d.name, effort)
		}
	}
}

func FuzzDecodesToThePicture(f *testing.F) {
	f.Add([]byte("pixels of a picture, of any kind"), uint16(5), uint8(4), uint8(0))
	f.Add(bytes.Repeat([]byte{1, 2, 3, 255}, 300), uint16(17), uint8(3), uint8(1))
	f.Add(bytes.Repeat([]byte{9}, 900), uint16(31), uint8(6), uint8(2))
	e := New()
	f.Fuzz(func(t *testing.T, b []byte, width uint16, effort, kind uint8) {
		b = bytes.Clone(b)
		samples := 3 + int(kind&1)
		if kind&2 != 0 { // few colours
			for i := range b {
				b[i] &= 0x11
			}
		}
		w := 1 + int(width)%300
		if len(b) > 1<<16 {
			b = b[:1<<16]
		}
		for len(b) < w*samples {
			b = append(b, byte(len(b)*7))
		}
		h := len(b) / (w * samples)
		b = b[:w*h*samples]
		got, err := e.Encode(context.Background(), nil, b, w, h, samples, Options{Effort: int(effort) % 7, Workers: 1 + int(kind>>6)})
		require.NoError(t, err)
		pix := decode(t, got).Pix
		for i := range w * h {
			require.Equal(t, b[samples*i:samples*i+3], pix[4*i:4*i+3])
			if samples == 4 {
				require.Equal(t, b[4*i+3], pix[4*i+3])
			}
		}
	})
}

func ExampleEncoder_Encode() {
	pixels := []uint8{255, 0, 0, 0, 255, 0} // red, green
	b, err := New().Encode(context.Background(), nil, pixels, 2, 1, 3, Options{Effort: 4})
	if err != nil {
		panic(err)
	}
	m, err := vp8l.Decode(bytes.NewReader(b))
	if err != nil {
		panic(err)
	}
	fmt.Println(m.At(0, 0), m.At(1, 0))
	// Output: {255 0 0 255} {0 255 0 255}
}

func BenchmarkEncode(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 8))
	d := draw("natural", 800, 600, func(x, y int) [4]uint8 {
		v := int(90*math.Sin(float64(x)/40)*math.Cos(float64(y)/23)) + 128
		return [4]uint8{uint8(v + r.IntN(4)), uint8(v*7/8 + r.IntN(4)), uint8(v/2 + x/4 + r.IntN(4)), 255}
	})
	for _, effort := range []int{0, 4, 6} {
		b.Run(fmt.Sprint(effort), func(b *testing.B) {
			e := New()
			var out []byte
			b.SetBytes(int64(len(d.pixels)))
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if out, err = e.Encode(context.Background(), out[:0], d.pixels, d.width, d.height, 4, Options{Effort: effort}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
