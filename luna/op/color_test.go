package op_test

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/pixel/pixeltest"
)

// colourOps are those that change colours and mix neighbours, for every.
func colourOps() []op.Op {
	return []op.Op{
		op.Grayscale{}, op.NewTint(255, 200, 0),
		op.Modulate{Brightness: 1.2, Saturation: 0.7, Hue: 100, Lightness: -3},
		op.Normalize{Lower: 1, Upper: 99}, op.Normalize{Lower: 0, Upper: 100}, op.Normalize{Lower: 50, Upper: 51},
		op.Blur{Sigma: 0.3}, op.Blur{Sigma: 0.6}, op.Blur{Sigma: 0.9}, op.Blur{Sigma: 5}, op.Blur{Sigma: 30}, op.Blur{Sigma: 1000},
		op.Sharpen{Sigma: 1e-6}, op.Sharpen{Sigma: 0.5}, op.Sharpen{Sigma: 2}, op.Sharpen{Sigma: 10},
		&op.Func{Label: "negative", Apply: negative, Opaque: true},
		&op.Func{Label: "frame", Apply: frame, Size: func(w, h int) (int, int) { return w + 3, h + 2 }},
	}
}

// negative works in place.
func negative(m image.Image) (image.Image, error) {
	n := m.(*image.NRGBA)
	for i := range n.Pix {
		if i%4 != 3 {
			n.Pix[i] = 255 - n.Pix[i]
		}
	}
	return n, nil
}

// frame returns another type of image, whose bounds begin elsewhere.
func frame(m image.Image) (image.Image, error) {
	b := m.Bounds()
	out := image.NewNRGBA64(image.Rect(-1, -1, b.Dx()+2, b.Dy()+1))
	draw.Draw(out, b, m, image.Point{}, draw.Src)
	return out, nil
}

// TestColours holds single colours against sharp 0.35.5.
func TestColours(t *testing.T) {
	tests := []struct {
		op   op.Op
		from [3]uint8
		want []uint8
	}{
		{op.Grayscale{}, [3]uint8{10, 200, 30}, []uint8{173}},
		{op.Grayscale{}, [3]uint8{128, 20, 250}, []uint8{97}},
		{op.Grayscale{}, [3]uint8{6, 233, 174}, []uint8{206}}, // a tie, nearly
		{op.Grayscale{}, [3]uint8{15, 224, 99}, []uint8{195}},
		{op.NewTint(255, 200, 0), [3]uint8{128, 128, 128}, []uint8{163, 122, 0}},
		{op.NewTint(255, 200, 0), [3]uint8{10, 200, 30}, []uint8{212, 167, 25}},
		{op.NewTint(255, 200, 0), [3]uint8{0, 0, 0}, []uint8{0, 0, 0}},
		{op.NewTint(255, 200, 0), [3]uint8{255, 255, 255}, []uint8{255, 255, 255}},
		{op.Modulate{Brightness: 2, Saturation: 1}, [3]uint8{250, 10, 10}, []uint8{255, 196, 148}},
		{op.Modulate{Brightness: 1}, [3]uint8{250, 10, 10}, []uint8{125, 125, 125}},
		{op.Modulate{Brightness: 1, Saturation: 1, Hue: 180}, [3]uint8{250, 10, 10}, []uint8{0, 159, 235}},
		{op.Modulate{Brightness: 1, Saturation: 1, Lightness: 50}, [3]uint8{128, 128, 128}, []uint8{255, 255, 255}},
		{op.Modulate{Brightness: 1.3, Saturation: 1.5, Hue: 40, Lightness: 3}, [3]uint8{128, 20, 250}, []uint8{255, 0, 188}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.op, tt.from), func(t *testing.T) {
			for _, layout := range []pixel.Layout{pixel.RGB, pixel.RGBA} {
				m := pixeltest.Constant(pixel.Shape{Width: 1, Height: 1, Layout: layout}, tt.from[0], tt.from[1], tt.from[2], 77)
				got := run(t, m, 0, nil, tt.op)
				for p, v := range tt.want {
					require.Equal(t, v, got.Planes[p].Pix[0], "plane %d", p)
				}
				if layout.HasAlpha() {
					require.Equal(t, uint8(77), got.Planes[len(tt.want)].Pix[0], "alpha")
				}
			}
		})
	}
}

// TestGrayStaysGray: one channel in, one channel out, and the same as three
// equal ones would give within rounding.
func TestGrayStaysGray(t *testing.T) {
	ramp := pixel.NewImage(nil, pixel.Shape{Width: 256, Height: 1, Layout: pixel.GrayAlpha})
	for v := range 256 {
		ramp.Planes[0].Pix[v], ramp.Planes[1].Pix[v] = uint8(v), 255
	}
	for _, o := range []op.Op{
		op.Grayscale{}, op.Modulate{Brightness: 1.3, Saturation: 2, Hue: 77, Lightness: 3}, op.Normalize{Lower: 10, Upper: 80},
		op.Blur{Sigma: 3}, op.Sharpen{Sigma: 2},
	} {
		gray := run(t, ramp, 0, nil, o)
		require.Equal(t, pixel.GrayAlpha, gray.Shape.Layout)
		rgb := run(t, ramp, 0, nil, op.Convert{To: pixel.RGBA}, o)
		for p := range rgb.Shape.Layout.Planes() - 1 {
			for x, v := range rgb.Planes[p].Pix {
				require.InDelta(t, v, gray.Planes[0].Pix[x], 1, "%v plane %d at %d", o, p, x)
			}
		}
	}
	tinted := run(t, ramp, 0, nil, op.NewTint(255, 200, 0))
	for i, v := range []uint8{0, 10, 60, 128, 200, 255} { // sharp makes these of one channel
		require.Equal(t, []uint8{0, 11, 61, 128, 200, 255}[i], tinted.Planes[0].Pix[v])
	}
}

// TestBlurOfARow holds a row against sharp 0.35.5, with the masks of each kind:
// seven-bit weights, and exact ones.
func TestBlurOfARow(t *testing.T) {
	m := pixel.NewImage(nil, pixel.Shape{Width: 6, Height: 1, Layout: pixel.Gray})
	copy(m.Planes[0].Pix, []uint8{0, 10, 60, 128, 200, 255})
	require.Equal(t, []uint8{3, 21, 66, 131, 199, 244}, run(t, m, 0, nil, op.Blur{Sigma: 0.9}).Planes[0].Pix[:6])
	pixeltest.Equal(t, m, run(t, m, 0, nil, op.Blur{Sigma: 0.557}))
	flat := pixeltest.Constant(pixel.Shape{Width: 31, Height: 40, Layout: pixel.RGB}, 0, 128, 255)
	pixeltest.Equal(t, flat, run(t, flat, 0, nil, op.Blur{Sigma: 0.6}))
	pixeltest.Equal(t, flat, run(t, flat, 0, nil, op.Blur{Sigma: 1000}))
}

func TestSharpenOfARow(t *testing.T) {
	m := pixel.NewImage(nil, pixel.Shape{Width: 6, Height: 1, Layout: pixel.Gray})
	copy(m.Planes[0].Pix, []uint8{0, 10, 60, 128, 200, 255})
	require.Equal(t, []uint8{0, 0, 51, 129, 216, 255}, run(t, m, 0, nil, op.Sharpen{Sigma: 1}).Planes[0].Pix[:6])
}

func TestNormalizeStretches(t *testing.T) {
	shape := pixel.Shape{Width: 64, Height: 64, Layout: pixel.Gray}
	m := pixel.NewImage(nil, shape)
	for i := range m.Planes[0].Pix {
		m.Planes[0].Pix[i] = uint8(100 + i/64)
	}
	got := run(t, m, 16, nil, op.Normalize{Lower: 0, Upper: 100})
	require.Less(t, got.Planes[0].Pix[0], uint8(10))
	require.Greater(t, got.Planes[0].Pix[64*64-1], uint8(245))
	flat := pixeltest.Constant(shape, 100)
	pixeltest.Equal(t, flat, run(t, flat, 16, nil, op.Normalize{Lower: 1, Upper: 99}))
}

func TestColourOpsRefuse(t *testing.T) {
	shape := pixel.Shape{Width: 4, Height: 4, Layout: pixel.RGB}
	for _, o := range []op.Op{
		op.Blur{Sigma: 0.2}, op.Blur{Sigma: 1001}, op.Sharpen{}, op.Sharpen{Sigma: 11}, op.Normalize{Lower: 5, Upper: 4},
		op.Normalize{Upper: 101}, op.Normalize{Lower: -1}, &op.Func{},
		&op.Func{Apply: negative, Size: func(int, int) (int, int) { return 0, 1 }},
	} {
		_, err := o.Out(shape)
		require.Error(t, err, "%v", o)
		up := pixeltest.NewSource(pixeltest.Noise(shape, 1), 0)
		_, err = o.Wrap(up, nil)
		require.Error(t, err, "%v", o)
		require.Equal(t, 1, up.Closed)
	}
}

func TestFunc(t *testing.T) {
	m := pixeltest.Noise(pixel.Shape{Width: 5, Height: 20, Layout: pixel.RGBA}, 1)
	want := run(t, m, 0, nil, op.NewLUT(func(v uint8) uint8 { return 255 - v }))
	pixeltest.Equal(t, want, run(t, m, 6, nil, &op.Func{Apply: negative}))

	boom := errors.New("boom")
	for _, f := range []func(image.Image) (image.Image, error){
		func(image.Image) (image.Image, error) { return nil, boom },
		func(image.Image) (image.Image, error) { return nil, nil },
		func(image.Image) (image.Image, error) { return image.NewGray(image.Rect(0, 0, 5, 19)), nil },
	} {
		src, err := (&op.Func{Label: "x-try", Apply: f}).Wrap(pixeltest.NewSource(m, 6), nil)
		require.NoError(t, err)
		_, err = src.Next()
		require.ErrorContains(t, err, "x-try")
		_, err = src.Next()
		require.Error(t, err)
		require.NoError(t, src.Close())
	}
}

// A photo of one colour made of another type of image comes through as its
// colour model says.
func TestFuncConverts(t *testing.T) {
	m := pixeltest.Constant(pixel.Shape{Width: 3, Height: 3, Layout: pixel.RGB}, 1, 2, 3)
	got := run(t, m, 0, nil, &op.Func{Apply: func(image.Image) (image.Image, error) {
		out := image.NewRGBA(image.Rect(7, 7, 10, 10))
		draw.Draw(out, out.Rect, image.NewUniform(color.NRGBA{200, 100, 50, 128}), image.Point{}, draw.Src)
		return out, nil
	}})
	for p, v := range []uint8{200, 100, 50, 128} {
		require.InDelta(t, v, got.Planes[p].Pix[4], 1)
	}
}

// TestBlurMatchesDefinition compares with the sums as they are defined, on a
// mask of each kind.
func TestBlurMatchesDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	row := make([]int, 40)
	m := pixel.NewImage(nil, pixel.Shape{Width: len(row), Height: 1, Layout: pixel.Gray})
	for x := range row {
		row[x] = r.IntN(256)
		m.Planes[0].Pix[x] = uint8(row[x])
	}
	at := func(x int) int { return row[min(max(x, 0), len(row)-1)] }
	sum := func(x int, half []int) (n int) {
		for i := 1 - len(half); i < len(half); i++ {
			n += half[max(i, -i)] * at(x+i)
		}
		return n
	}
	for _, tt := range []struct {
		sigma float64
		half  []int
		scale func(int) int
	}{
		// 20, 5: the weights of seven bits would miss 128 by more than 2.
		{0.6, []int{20, 5}, func(n int) int { return (n + 15) / 30 }},
		// 20, 11 of 42 as 61 and 34 of 128.
		{0.9, []int{61, 34}, func(n int) int { return min((n+64)>>7, 255) }},
	} {
		got := run(t, m, 0, nil, op.Blur{Sigma: tt.sigma})
		for x := range row {
			// The pass down one row has a weight of its own.
			v := tt.scale(sum(x, tt.half))
			down := v * tt.half[0]
			for _, w := range tt.half[1:] {
				down += 2 * w * v
			}
			require.Equal(t, uint8(tt.scale(down)), got.Planes[0].Pix[x], "sigma %g at %d", tt.sigma, x)
		}
	}
}
