package encoder

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"math/rand/v2"
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
