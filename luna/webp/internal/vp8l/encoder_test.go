package vp8l

import (
	"bytes"
	"context"
	"fmt"
	"image"
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
		draw("pixel", 1, 1, noise), draw("row", 16384, 1, natural), draw("column", 1, 700, natural),
		draw("pair", 2, 1, noise), draw("three", 3, 1, flat), draw("flat", 300, 111, flat), draw("clear", 64, 50, clear),
		draw("noise", 97, 55, noise), draw("natural", 211, 157, natural), draw("soft", 160, 90, soft), draw("text", 333, 210, text),
		draw("flat column", 1, 3, flat), draw("long", 4200, 3, flat),
	}
	for _, n := range []int{2, 3, 4, 5, 16, 17, 200, 256, 257, 1000} {
		all = append(all, draw(fmt.Sprint(n, " colours"), 61, 43, colors(n)))
	}
	for range 12 {
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
			b, err := e.Encode(context.Background(), nil, d.pixels, d.width, d.height, 4, Options{Effort: effort})
			require.NoError(t, err, name)
			m := decode(t, b)
			require.Equal(t, image.Rect(0, 0, d.width, d.height), m.Rect, name)
			require.True(t, bytes.Equal(d.pixels, m.Pix), name)
		}
	}
}
