package encoder

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/vp8"
)

// draw makes a picture of gradients, edges and noise.
func draw(seed uint64, width, height int) *Picture {
	r := rand.New(rand.NewPCG(seed, 1))
	p := &Picture{Width: width, Height: height, YStride: width + r.IntN(3), CStride: (width+1)/2 + r.IntN(3)}
	p.Y = make([]uint8, p.YStride*height)
	p.Cb = make([]uint8, p.CStride*((height+1)/2))
	p.Cr = make([]uint8, p.CStride*((height+1)/2))
	noise := 1 << r.IntN(9)
	for i, plane := range [][]uint8{p.Y, p.Cb, p.Cr} {
		stride := p.YStride
		if i > 0 {
			stride = p.CStride
		}
		a, b, c, d := r.IntN(9)-4, r.IntN(9)-4, 2+r.IntN(40), 2+r.IntN(40)
		smooth := r.IntN(3) > 0
		for at := range plane {
			x, y := at%stride, at/stride
			v := 128 + (a*x+b*y)/4
			if (x/c+y/d)%2 == 0 {
				v += 60
			}
			if !smooth || (x/32+y/32)%3 == 0 {
				v += r.IntN(noise) - noise/2
			}
			plane[at] = uint8(min(max(v, 0), 255))
		}
	}
	return p
}

// decode decodes a frame with x/image.
func decode(t *testing.T, b []byte) *image.YCbCr {
	t.Helper()
	d := vp8.NewDecoder()
	d.Init(bytes.NewReader(b), len(b))
	_, err := d.DecodeFrameHeader()
	require.NoError(t, err)
	m, err := d.DecodeFrame()
	require.NoError(t, err)
	return m
}

// same requires that m is what e made, the loop filter apart.
func same(t *testing.T, e *Encoder, m *image.YCbCr, p *Picture) {
	t.Helper()
	for y := range p.Height {
		for x := range p.Width {
			at := (y/16*e.columns + x/16) * 256
			want := e.planeY[at+(y%16/4*4+x%16/4)*16+y%4*4+x%4]
			if got := m.Y[y*m.YStride+x]; got != want {
				require.Equal(t, want, got, "luma at %d, %d", x, y)
			}
		}
	}
	for y := range (p.Height + 1) / 2 {
		for x := range (p.Width + 1) / 2 {
			at := (y/8*e.columns+x/8)*128 + (y%8/4*2+x%8/4)*16 + y%4*4 + x%4
			if got := m.Cb[y*m.CStride+x]; got != e.planeC[at] {
				require.Equal(t, e.planeC[at], got, "Cb at %d, %d", x, y)
			}
			if got := m.Cr[y*m.CStride+x]; got != e.planeC[at+64] {
				require.Equal(t, e.planeC[at+64], got, "Cr at %d, %d", x, y)
			}
		}
	}
}

// TestReconstruction encodes drawn pictures of all sizes and settings: a decoder
// makes what the encoder took for the result.
func TestReconstruction(t *testing.T) {
	e := New()
	e.keep, e.noFilter = true, true
	n := 300
	if testing.Short() {
		n = 60
	}
	for i := range n {
		r := rand.New(rand.NewPCG(uint64(i), 2))
		width, height := 1+r.IntN(80), 1+r.IntN(80)
		if i%10 == 0 {
			width, height = 1+r.IntN(257), 1+r.IntN(129)
		}
		p := draw(uint64(i), width, height)
		o := Options{Quality: r.IntN(101), Effort: r.IntN(7), Workers: 1 + r.IntN(3)}
		t.Run(fmt.Sprintf("%dx%d %+v", width, height, o), func(t *testing.T) {
			b, err := e.Encode(context.Background(), nil, p, o)
			require.NoError(t, err)
			same(t, e, decode(t, b), p)
		})
	}
}

// TestWorkersDoNotMatter compares the bytes that different numbers of cores write.
func TestWorkersDoNotMatter(t *testing.T) {
	for effort := range 7 {
		p := draw(uint64(effort), 333, 250)
		var want []byte
		for _, workers := range []int{1, 2, 3, 8} {
			got, err := New().Encode(context.Background(), nil, p, Options{Quality: 75, Effort: effort, Workers: workers})
			require.NoError(t, err)
			if want == nil {
				want = got
			}
			require.True(t, bytes.Equal(want, got), "effort %d, %d workers", effort, workers)
		}
	}
}

// TestNothingIsAllocated encodes again what was encoded before.
func TestNothingIsAllocated(t *testing.T) {
	p := draw(3, 400, 300)
	for _, o := range []Options{{75, 0, 1}, {75, 4, 1}, {90, 6, 1}, {90, 4, 2}} {
		e := New()
		b, err := e.Encode(t.Context(), nil, p, o)
		require.NoError(t, err)
		// Now and then there is one for a goroutine, by the runtime, or for a
		// worker that gets more rows than ever before.
		least := 1.0
		for i := 0; i < 10 && least > 0; i++ {
			least = min(least, testing.AllocsPerRun(1, func() {
				b, err = e.Encode(t.Context(), b[:0], p, o)
			}))
			require.NoError(t, err)
		}
		require.Zero(t, least, "%+v", o)
	}
}

// An impatient context is done when it was asked n times.
type impatient struct {
	context.Context
	left atomic.Int64
}

func (c *impatient) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// TestCancel has contexts end at all points: Encode looks soon, returns what it was
// given, and works again afterwards.
func TestCancel(t *testing.T) {
	p := draw(5, 700, 500)
	for _, workers := range []int{1, 2, 5} {
		e := New()
		o := Options{Quality: 80, Effort: 2, Workers: workers}
		want, err := e.Encode(t.Context(), []byte("prefix"), p, o)
		require.NoError(t, err)
		for n := int64(0); ; n += 1 + n/3 {
			ctx := &impatient{Context: t.Context()}
			ctx.left.Store(n)
			b, err := e.Encode(ctx, []byte("prefix"), p, o)
			if err == nil {
				require.Greater(t, n, int64(2*500/16), "looks at the context in every row")
				require.Equal(t, want, b)
				break
			}
			require.ErrorIs(t, err, context.Canceled)
			require.Equal(t, "prefix", string(b))
			require.GreaterOrEqual(t, ctx.left.Load(), int64(-2*workers), "goes on when the context is done")
		}
		got, err := e.Encode(t.Context(), []byte("prefix"), p, o)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

// TestBadPictures are refused.
func TestBadPictures(t *testing.T) {
	good := func() *Picture { return draw(1, 20, 20) }
	for name, change := range map[string]func(p *Picture){
		"no width":     func(p *Picture) { p.Width = 0 },
		"too high":     func(p *Picture) { p.Height = MaxSide + 1 },
		"narrow rows":  func(p *Picture) { p.YStride = 19 },
		"few rows":     func(p *Picture) { p.Y = p.Y[:19*p.YStride] },
		"little blue":  func(p *Picture) { p.Cb = p.Cb[:50] },
		"little red":   func(p *Picture) { p.Cr = nil },
		"narrow blues": func(p *Picture) { p.CStride = 9 },
	} {
		t.Run(name, func(t *testing.T) {
			p := good()
			change(p)
			b, err := New().Encode(t.Context(), []byte("x"), p, Options{})
			require.Error(t, err)
			require.Equal(t, "x", string(b))
		})
	}
}

// TestFirstPartitionHolds has an encoder believe that the first partition is small:
// modes stay within it, and the picture is right.
func TestFirstPartitionHolds(t *testing.T) {
	p := draw(9, 500, 400)
	e := New()
	e.keep, e.noFilter = true, true
	free, err := e.Encode(t.Context(), nil, p, Options{Quality: 85, Effort: 4})
	require.NoError(t, err)
	first := func(b []byte) int { return int(b[0])>>5 | int(b[1])<<3 | int(b[2])<<11 }
	// A third of what modes take beside the rest.
	e.withheld = firstPartition - int64(first(free))*8*256/3
	bound, err := e.Encode(t.Context(), nil, p, Options{Quality: 85, Effort: 4, Workers: 2})
	require.NoError(t, err)
	same(t, e, decode(t, bound), p)
	require.Less(t, first(bound), first(free)*3/4)
}

// FuzzEncode takes samples and settings from bytes. A decoder makes what the encoder
// took for the result.
func FuzzEncode(f *testing.F) {
	f.Add([]byte("a picture of little sense"), uint8(17), uint8(3), uint8(75), uint8(4))
	f.Add([]byte{0, 255}, uint8(1), uint8(1), uint8(100), uint8(6))
	f.Add([]byte{128}, uint8(40), uint8(40), uint8(0), uint8(0))
	f.Fuzz(func(t *testing.T, data []byte, width, height, quality, effort uint8) {
		if len(data) == 0 {
			return
		}
		w, h := 1+int(width)%70, 1+int(height)%70
		cw, ch := (w+1)/2, (h+1)/2
		p := &Picture{Width: w, Height: h, YStride: w, CStride: cw}
		at := 0
		plane := func(n int) []uint8 {
			s := make([]uint8, n)
			for i := range s {
				s[i] = data[at%len(data)] + uint8(at/len(data))
				at++
			}
			return s
		}
		p.Y, p.Cb, p.Cr = plane(w*h), plane(cw*ch), plane(cw*ch)
		e := New()
		e.keep, e.noFilter = true, true
		b, err := e.Encode(t.Context(), nil, p, Options{Quality: int(quality), Effort: int(effort), Workers: 2})
		require.NoError(t, err)
		same(t, e, decode(t, b), p)
	})
}

func BenchmarkEncode(b *testing.B) {
	p := draw(8, 800, 600)
	for _, effort := range []int{0, 4, 6} {
		b.Run(fmt.Sprint(effort), func(b *testing.B) {
			e := New()
			var dst []byte
			for b.Loop() {
				dst, _ = e.Encode(b.Context(), dst[:0], p, Options{Quality: 80, Effort: effort, Workers: 1})
			}
		})
	}
}
