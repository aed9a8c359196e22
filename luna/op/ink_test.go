package op_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/pixel/pixeltest"
)

// gradient is a mask that covers each row by its number.
type gradient struct{ width, height int }

func (r *gradient) Size() (int, int)     { return r.width, r.height }
func (r *gradient) Bytes(rows int) int64 { return int64(rows) }
func (r *gradient) Painter() func([]uint8, int) {
	return func(dst []uint8, y int) {
		for i := range dst {
			dst[i] = uint8(min(y+i/r.width, 255))
		}
	}
}

// TestInkIsSharpsComposite holds all pairs of a sample and a coverage against
// the sums of what sharp 0.35.5 made of them: its composite of a raw RGBA layer
// of one colour over raw pixels. Where the base is opaque, sharp adds an alpha
// plane, which is not compared.
func TestInkIsSharpsComposite(t *testing.T) {
	const varying, opaque = -1, 255
	for _, tt := range []struct {
		color [4]uint8
		alpha int // of the base
		sum   string
	}{
		{[4]uint8{255, 255, 255, 255}, 255, "1ee48d4bb608a0ed"},
		{[4]uint8{255, 255, 255, 255}, -1, "522e8ca0a1cd72d9"},
		{[4]uint8{255, 255, 255, 255}, 128, "d53d7b5c3166caf3"},
		{[4]uint8{255, 255, 255, 255}, 1, "5a5485ede15625b4"},
		{[4]uint8{0, 0, 0, 255}, 255, "ac4db4eb4371d2be"},
		{[4]uint8{0, 0, 0, 255}, -1, "fab2ef226fd893e7"},
		{[4]uint8{0, 0, 0, 255}, 128, "a4bb03ecfa45518e"},
		{[4]uint8{0, 0, 0, 255}, 1, "4cbc5423dccd8598"},
		{[4]uint8{200, 100, 50, 255}, 255, "7243aae4da6dc06d"},
		{[4]uint8{200, 100, 50, 255}, -1, "70f912f5b7bb943e"},
		{[4]uint8{200, 100, 50, 255}, 128, "79045fcb092fbf3a"},
		{[4]uint8{200, 100, 50, 255}, 1, "1068aae7f36a41c4"},
		{[4]uint8{1, 2, 254, 255}, 255, "5fd3cfbe5ecfd4b5"},
		{[4]uint8{1, 2, 254, 255}, -1, "7f12158d78da7eac"},
		{[4]uint8{1, 2, 254, 255}, 128, "52c7da0f40ea070a"},
		{[4]uint8{1, 2, 254, 255}, 1, "22ce0c60f8a3179f"},
	} {
		t.Run(fmt.Sprint(tt.color, tt.alpha), func(t *testing.T) {
			shape := pixel.Shape{Width: 256, Height: 256, Layout: pixel.RGBA}
			if tt.alpha == opaque {
				shape.Layout = pixel.RGB
			}
			m := pixel.NewImage(nil, shape)
			for i := range 256 * 256 {
				x := i % 256
				samples := [4]uint8{uint8(x), uint8(255 - x), uint8(x * 7), uint8(tt.alpha)}
				if tt.alpha == varying {
					samples = [4]uint8{77, 200, uint8(x * 7), uint8(x)}
				}
				for p := range shape.Layout.Planes() {
					m.Planes[p].Pix[i] = samples[p]
				}
			}
			out := run(t, m, 16, nil, op.Ink{Mask: &gradient{256, 256}, Color: tt.color})
			h := sha256.New()
			for i := range 256 * 256 {
				for p := range shape.Layout.Planes() {
					h.Write(out.Planes[p].Pix[i : i+1])
				}
			}
			require.Equal(t, tt.sum, hex.EncodeToString(h.Sum(nil)[:8]))
		})
	}
}

func TestInkOnEveryLayout(t *testing.T) {
	pool := pixel.NewPool()
	for i, layout := range pixeltest.Layouts {
		for j, size := range sizes {
			m := pixeltest.Noise(pixel.Shape{Width: size.X, Height: size.Y, Layout: layout}, uint64(100*i+j))
			for _, k := range []op.Ink{
				{Mask: &gradient{1, 1}, Color: [4]uint8{255, 255, 255, 255}},
				{Mask: &gradient{size.X + 9, size.Y + 40}, Left: -4, Top: -37, Color: [4]uint8{9, 9, 9, 200}},
				{Mask: &gradient{size.X, 250}, Left: size.X / 3, Top: size.Y / 2, Color: [4]uint8{200, 100, 50, 255}},
				{Mask: &gradient{3, 3}, Left: size.X, Color: [4]uint8{1, 2, 3, 255}},
				{Mask: &gradient{3, 3}, Top: -3, Color: [4]uint8{1, 2, 3, 255}},
				{Mask: &gradient{0, 0}, Color: [4]uint8{1, 2, 3, 255}},
			} {
				want := run(t, m, 0, nil, k)
				for _, rows := range []int{2, 6, 16} {
					pixeltest.Equal(t, want, run(t, m, rows, pool, k))
				}
				up := pixeltest.NewSource(m, 2)
				chain, err := op.Chain(m.Shape, []op.Op{k})
				require.NoError(t, err)
				src, err := op.Wrap(up, chain, pool)
				require.NoError(t, err)
				_, err = src.Next()
				require.NoError(t, err)
				require.NoError(t, src.Close())
				require.Equal(t, 1, up.Closed)
				if src != pixel.Source(up) { // it had something to do
					require.NoError(t, src.Close())
					require.Equal(t, 1, up.Closed)
				}
			}
		}
	}
}

// TestInkTouchesOnlyWhatItCovers: gray stays gray under a gray colour, an
// opaque image opaque, and what lies beside the mask as it was.
func TestInkTouchesOnlyWhatItCovers(t *testing.T) {
	m := pixeltest.Noise(pixel.Shape{Width: 20, Height: 40, Layout: pixel.Gray}, 1)
	k := op.Ink{Mask: &gradient{5, 4}, Left: 3, Top: 17, Color: [4]uint8{255, 255, 255, 255}}
	out := run(t, m, 6, nil, k)
	require.Equal(t, pixel.Gray, out.Shape.Layout)
	inside := image.Rect(3, 18, 8, 21) // the first row is covered by 0
	for y := range 40 {
		for x := range 20 {
			before, after := m.Planes[0].Row(y)[x], out.Planes[0].Row(y)[x]
			if !image.Pt(x, y).In(inside) {
				require.Equal(t, before, after)
			}
		}
	}
	k.Color = [4]uint8{255, 0, 0, 255}
	require.Equal(t, pixel.RGB, k.Accepts(pixel.Gray))
	require.Equal(t, pixel.RGBA, k.Accepts(pixel.GrayAlpha))
	require.Equal(t, "ink 5x4+3+17 in #ff0000ff", k.String())
	require.Equal(t, int64(16+5*16), k.Work(m.Shape))
}

func ExampleInk() {
	// A mask may be text, or any other shape of one colour.
	m := pixel.NewImage(nil, pixel.Shape{Width: 1, Height: 256, Layout: pixel.Gray})
	clear(m.Planes[0].Pix)
	src, err := op.Ink{Mask: &gradient{1, 256}, Color: [4]uint8{255, 255, 255, 255}}.Wrap(m.Source(0, nil), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := pixel.ReadAll(nil, src)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(out.Planes[0].Pix[0], out.Planes[0].Pix[100], out.Planes[0].Pix[255])
	// Output: 0 100 255
}
