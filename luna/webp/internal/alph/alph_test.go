package alph

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	reference "golang.org/x/image/vp8l"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8l"
)

type kind struct {
	name string
	at   func(r *rand.Rand, x, y, width, height int) uint8
}

var kinds = []kind{
	{"opaque", func(*rand.Rand, int, int, int, int) uint8 { return 255 }},
	{"noise", func(r *rand.Rand, _, _, _, _ int) uint8 { return uint8(r.Uint32()) }},
	{"mask", func(_ *rand.Rand, x, y, w, h int) uint8 {
		if (2*x-w)*(2*x-w)+(2*y-h)*(2*y-h) < w*h {
			return 255
		}
		return 0
	}},
	{"slope", func(_ *rand.Rand, x, y, w, h int) uint8 { return uint8(255 * (x + y) / (w + h)) }},
	{"columns", func(_ *rand.Rand, x, _, _, _ int) uint8 { return uint8(x * 37) }},
	{"rows", func(_ *rand.Rand, _, y, _, _ int) uint8 { return uint8(y * 53) }},
	{"soft", func(r *rand.Rand, x, y, w, h int) uint8 {
		d := (2*x-w)*(2*x-w) + (2*y-h)*(2*y-h)
		return uint8(min(max(w*h-d, 0)/16, 250)) + uint8(r.IntN(3))
	}},
}

func plane(r *rand.Rand, k kind, width, height int) []uint8 {
	p := make([]uint8, 0, width*height)
	for y := range height {
		for x := range width {
			p = append(p, k.at(r, x, y, width, height))
		}
	}
	return p
}

// decode decodes a payload in the words of the specification.
func decode(t *testing.T, b []byte, width, height int) []uint8 {
	t.Helper()
	require.Zero(t, b[0]&0xf0)
	var p []uint8
	if b[0]&3 == 0 {
		p = bytes.Clone(b[1:])
		require.Len(t, p, width*height)
	} else {
		size := uint32(width-1) | uint32(height-1)<<14
		head := []byte{0x2f, byte(size), byte(size >> 8), byte(size >> 16), byte(size >> 24)}
		m, err := reference.Decode(io.MultiReader(bytes.NewReader(head), bytes.NewReader(b[1:])))
		require.NoError(t, err)
		for i := 1; i < len(m.(*image.NRGBA).Pix); i += 4 {
			p = append(p, m.(*image.NRGBA).Pix[i])
		}
	}
	filter := b[0] >> 2
	for y := range height {
		for x := range width {
			i := y*width + x
			switch {
			case filter == none || i == 0:
			case y == 0 || filter == horizontal && x > 0:
				p[i] += p[i-1]
			case x == 0 || filter == vertical:
				p[i] += p[i-width]
			default:
				p[i] += uint8(min(max(int(p[i-1])+int(p[i-width])-int(p[i-width-1]), 0), 255))
			}
		}
	}
	return p
}

func TestDecodesToThePlane(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	e := New()
	found := map[byte]bool{}
	for _, k := range kinds {
		for _, size := range [][2]int{{1, 1}, {1, 9}, {9, 1}, {3, 2}, {64, 48}, {131, 77}} {
			p := plane(r, k, size[0], size[1])
			for effort := range vp8l.MaxEffort + 1 {
				b, err := e.Encode(context.Background(), []byte("head"), p, size[0], size[1], Options{Effort: effort})
				require.NoError(t, err)
				require.Equal(t, "head", string(b[:4]))
				found[b[4]&15] = true
				require.True(t, bytes.Equal(p, decode(t, b[4:], size[0], size[1])), fmt.Sprint(k.name, size, effort))
			}
		}
	}
	require.Subset(t, found, map[byte]bool{0: true, 1: true, 1 | horizontal<<2: true, 1 | vertical<<2: true}, "raw, unfiltered and filtered planes")
}

func TestRefusesWhatIsNoPlane(t *testing.T) {
	for _, size := range [][3]int{{0, 0, 0}, {2, 2, 3}, {1 << 15, 1, 1 << 15}, {-1, -1, 1}} {
		_, err := Encode(context.Background(), nil, make([]uint8, size[2]), size[0], size[1], Options{})
		require.ErrorIs(t, err, vp8l.ErrSize)
	}
	_, err := Encode(context.Background(), nil, []uint8{1}, 1, 1, Options{Effort: 7})
	require.Error(t, err)
}

func TestEachFilterIsUndone(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for filter := range filters {
		for _, k := range kinds {
			p := plane(r, k, 23, 17)
			b, err := New().compress(context.Background(), nil, p, 23, 17, filter, Options{Effort: 4})
			require.NoError(t, err)
			require.Equal(t, p, decode(t, b, 23, 17), "%s with filter %d", k.name, filter)
		}
	}
}

func TestBytesDependNeitherOnWorkersNorOnWhatWasEncodedBefore(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	reused := New()
	for _, k := range kinds {
		p := plane(r, k, 310, 290)
		for _, effort := range []int{0, 4, 6} {
			want, err := Encode(context.Background(), nil, p, 310, 290, Options{Effort: effort})
			require.NoError(t, err)
			for workers := 1; workers <= 3; workers++ {
				got, err := reused.Encode(context.Background(), nil, p, 310, 290, Options{Effort: effort, Workers: workers})
				require.NoError(t, err)
				require.True(t, bytes.Equal(want, got), "%s at %d with %d workers", k.name, effort, workers)
			}
		}
	}
}

func TestAllocatesNothingOnceWarm(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	e := New()
	for _, k := range kinds {
		p := plane(r, k, 120, 90)
		encode := func(dst []byte) []byte {
			b, err := e.Encode(context.Background(), dst, p, 120, 90, Options{Effort: 4})
			require.NoError(t, err)
			return b
		}
		b := encode(make([]byte, 0, 3*len(p)))
		require.Zero(t, testing.AllocsPerRun(3, func() { b = encode(b[:0]) }), k.name)
	}
}

func TestStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p := plane(rand.New(rand.NewPCG(1, 1)), kinds[6], 200, 100)
	b, err := Encode(ctx, []byte("head"), p, 200, 100, Options{Effort: 4})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, "head", string(b))
}

func FuzzDecodesToThePlane(f *testing.F) {
	f.Add([]byte("samples of alpha"), uint8(3), uint8(4))
	f.Add(bytes.Repeat([]byte{0, 255, 255}, 90), uint8(17), uint8(2))
	f.Fuzz(func(t *testing.T, b []byte, width, effort uint8) {
		w := 1 + int(width)
		b = append(bytes.Clone(b), make([]byte, w)...)
		h := min(len(b)/w, 300)
		b = b[:w*h]
		got, err := Encode(context.Background(), nil, b, w, h, Options{Effort: int(effort) % 7})
		require.NoError(t, err)
		require.True(t, bytes.Equal(b, decode(t, got, w, h)))
	})
}

func ExampleEncoder_Encode() {
	plane := []uint8{0, 0, 255, 255} // 2x2
	b, err := New().Encode(context.Background(), nil, plane, 2, 2, Options{Effort: 4})
	if err != nil {
		panic(err)
	}
	fmt.Println(b[0]) // raw, since that is shortest
	// Output: 0
}

func BenchmarkEncode(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, k := range kinds {
		b.Run(k.name, func(b *testing.B) {
			p := plane(r, k, 800, 600)
			e := New()
			var out []byte
			b.SetBytes(int64(len(p)))
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if out, err = e.Encode(context.Background(), out[:0], p, 800, 600, Options{Effort: 4}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
