package op_test

import (
	"errors"
	"fmt"
	"image"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/pixel/pixeltest"
)

// wholeOps hold the whole image. A Trim is not one of them: it reads before it
// is read from.
func wholeOps(w, h int) []op.Op {
	ops := []op.Op{
		op.Rotate{Degrees: 30, Background: [4]uint8{9, 9, 9, 255}},
		op.Rotate{Degrees: -100.5, Background: [4]uint8{200, 100, 50, 128}},
		op.Rotate{},
	}
	for _, s := range []op.Strategy{op.Entropy, op.Attention} {
		ops = append(ops,
			op.SmartCrop{Width: w, Height: h, Strategy: s},
			op.SmartCrop{Width: (w + 1) / 2, Height: h, Strategy: s},
			op.SmartCrop{Width: w - w/3, Height: h - h/4, Strategy: s, Premultiplied: true, Corner: true},
			op.SmartCrop{Width: 1, Height: 1, Strategy: s},
		)
	}
	return ops
}

// straight are the layouts that geometry works on as they are.
var straight = []pixel.Layout{pixel.Gray, pixel.GrayAlpha, pixel.RGB, pixel.RGBA}

// pixelAt returns the samples of a pixel.
func pixelAt(m *pixel.Image, x, y int) (v []uint8) {
	for p := range m.Shape.Layout.Planes() {
		v = append(v, m.Planes[p].Row(y)[x])
	}
	return v
}

func TestRotateFillsTheCorners(t *testing.T) {
	shape := pixel.Shape{Width: 21, Height: 13}
	tests := []struct {
		layout     pixel.Layout
		background [4]uint8
		want       pixel.Layout
		corner     []uint8
	}{
		{pixel.Gray, [4]uint8{7, 7, 7, 255}, pixel.Gray, []uint8{7}},
		{pixel.Gray, [4]uint8{1, 2, 3, 255}, pixel.RGB, []uint8{1, 2, 3}},
		{pixel.Gray, [4]uint8{7, 7, 7, 100}, pixel.GrayAlpha, []uint8{7, 100}},
		{pixel.GrayAlpha, [4]uint8{7, 7, 7, 255}, pixel.GrayAlpha, []uint8{7, 255}},
		{pixel.RGB, [4]uint8{1, 2, 3, 255}, pixel.RGB, []uint8{1, 2, 3}},
		{pixel.RGB, [4]uint8{200, 100, 50, 128}, pixel.RGBA, []uint8{200, 100, 50, 128}},
		{pixel.RGB, [4]uint8{200, 100, 50, 0}, pixel.RGBA, []uint8{0, 0, 0, 0}},
		{pixel.RGBA, [4]uint8{1, 2, 3, 255}, pixel.RGBA, []uint8{1, 2, 3, 255}},
		{pixel.YCbCr420, [4]uint8{1, 2, 3, 255}, pixel.RGB, []uint8{1, 2, 3}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.layout, tt.background), func(t *testing.T) {
			shape.Layout = tt.layout
			got := run(t, pixeltest.Noise(shape, 1), 0, nil, op.Rotate{Degrees: 45, Background: tt.background})
			require.Equal(t, pixel.Shape{Width: 24, Height: 24, Layout: tt.want}, got.Shape)
			for _, at := range []image.Point{{0, 0}, {23, 0}, {0, 23}, {23, 23}} {
				require.Equal(t, tt.corner, pixelAt(got, at.X, at.Y))
			}
		})
	}
}

// TestRotateMixesByAlpha: sharp mixes a background's colour as if it were
// opaque, and gets 255, 199, 99 on the way from 200, 100, 50 at one half.
func TestRotateMixesByAlpha(t *testing.T) {
	m := pixeltest.Constant(pixel.Shape{Width: 20, Height: 20, Layout: pixel.RGBA}, 200, 100, 50, 255)
	got := run(t, m, 0, nil, op.Rotate{Degrees: 30, Background: [4]uint8{200, 100, 50, 128}})
	mixed := 0
	for y := range got.Shape.Height {
		for x := range got.Shape.Width {
			v := pixelAt(got, x, y)
			require.InDeltaSlice(t, []uint8{200, 100, 50}, v[:3], 1)
			if v[3] > 130 && v[3] < 250 {
				mixed++
			}
		}
	}
	require.NotZero(t, mixed)
}

func TestRotateRefuses(t *testing.T) {
	for _, degrees := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		_, err := op.Rotate{Degrees: degrees, Background: [4]uint8{0, 0, 0, 255}}.Out(pixel.Shape{Width: 2, Height: 2, Layout: pixel.RGB})
		var size *op.SizeError
		require.ErrorAs(t, err, &size)
	}
}

// framed returns a background with content in r.
func framed(shape pixel.Shape, r image.Rectangle, background, content []uint8) *pixel.Image {
	m := pixeltest.Constant(shape, background...)
	for p := range shape.Layout.Planes() {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				m.Planes[p].Row(y)[x] = content[p]
			}
		}
	}
	return m
}

func TestTrim(t *testing.T) {
	all := image.Rect(0, 0, 29, 23)
	box := image.Rect(5, 7, 20, 18)
	tests := []struct {
		name                string
		layout              pixel.Layout
		background, content []uint8
		trim                op.Trim
		want                image.Rectangle
	}{
		{"rgb", pixel.RGB, []uint8{9, 8, 7}, []uint8{9, 50, 7}, op.Trim{Threshold: 10}, box},
		{"below the threshold", pixel.RGB, []uint8{9, 8, 7}, []uint8{19, 18, 17}, op.Trim{Threshold: 10}, all},
		{"just above it", pixel.RGB, []uint8{9, 8, 7}, []uint8{9, 8, 18}, op.Trim{Threshold: 10}, box},
		{"a fraction below", pixel.RGB, []uint8{9, 8, 7}, []uint8{9, 8, 17}, op.Trim{Threshold: 9.5}, box},
		{"darker", pixel.Gray, []uint8{200}, []uint8{100}, op.Trim{Threshold: 99}, box},
		{"a background that is given", pixel.RGB, []uint8{255, 0, 0}, []uint8{0, 0, 0}, op.Trim{Background: [4]uint8{255, 0, 0, 255}, Given: true}, box},
		{"another background", pixel.RGB, []uint8{255, 0, 0}, []uint8{0, 0, 0}, op.Trim{Background: [4]uint8{0, 255, 0, 255}, Given: true}, all},
		{"only alpha", pixel.RGBA, []uint8{0, 0, 0, 0}, []uint8{0, 0, 0, 255}, op.Trim{Threshold: 10}, box},
		{"only colour", pixel.RGBA, []uint8{10, 20, 30, 255}, []uint8{90, 20, 30, 255}, op.Trim{Threshold: 10}, box},
		{"colours that cannot be seen", pixel.RGBA, []uint8{10, 20, 30, 0}, []uint8{90, 120, 130, 0}, op.Trim{Threshold: 10}, all},
		{"gray and alpha", pixel.GrayAlpha, []uint8{10, 255}, []uint8{90, 255}, op.Trim{Threshold: 10}, box},
		{"given alpha", pixel.GrayAlpha, []uint8{10, 128}, []uint8{10, 255}, op.Trim{Threshold: 10, Background: [4]uint8{10, 10, 10, 128}, Given: true}, box},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := framed(pixel.Shape{Width: all.Dx(), Height: all.Dy(), Layout: tt.layout}, box, tt.background, tt.content)
			for _, rows := range []int{0, 2, 6, 16} {
				got := run(t, m, rows, pixel.NewPool(), tt.trim)
				require.Equal(t, pixel.Shape{Width: tt.want.Dx(), Height: tt.want.Dy(), Layout: tt.layout}, got.Shape)
				pixeltest.Equal(t, run(t, m, 0, nil, op.Crop{Rect: tt.want}), got)
			}
		})
	}
}

func TestTrimSeesColourOnGray(t *testing.T) {
	m := framed(pixel.Shape{Width: 20, Height: 20, Layout: pixel.Gray}, image.Rect(5, 5, 10, 10), []uint8{255}, []uint8{0})
	got := run(t, m, 0, nil, op.Trim{Threshold: 10, Background: [4]uint8{255, 0, 0, 255}, Given: true})
	require.Equal(t, pixel.Shape{Width: 20, Height: 20, Layout: pixel.RGB}, got.Shape, "white is not red")
}

func TestTrimOfSmallImages(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {2, 2}, {1, 2}} {
		_, err := op.Trim{}.Out(pixel.Shape{Width: size.X, Height: size.Y, Layout: pixel.RGB})
		var small *op.SizeError
		require.ErrorAs(t, err, &small)
	}
	m := framed(pixel.Shape{Width: 1, Height: 9, Layout: pixel.Gray}, image.Rect(0, 3, 1, 6), []uint8{0}, []uint8{200})
	require.Equal(t, 3, run(t, m, 0, nil, op.Trim{Threshold: 10}).Shape.Height)
}

// TestTrimKeepsTheRules of sources, which Trim reads already when it is
// wrapped.
func TestTrimKeepsTheRules(t *testing.T) {
	boom := errors.New("boom")
	for _, layout := range straight {
		for i, size := range sizes {
			shape := pixel.Shape{Width: size.X, Height: size.Y, Layout: layout}
			if size.X < 3 && size.Y < 3 {
				continue
			}
			m := pixeltest.Noise(shape, uint64(i))
			want := run(t, m, 0, nil, op.Trim{Threshold: 200})
			for _, rows := range []int{2, 6, 16, 32} {
				pixeltest.Equal(t, want, run(t, m, rows, pixel.NewPool(), op.Trim{Threshold: 200}))
			}

			up := pixeltest.NewSource(m, 2)
			src, err := op.Trim{Threshold: 200}.Wrap(up, nil)
			require.NoError(t, err)
			require.NoError(t, src.Close())
			require.NoError(t, src.Close())
			require.Equal(t, 1, up.Closed)
			_, err = src.Next()
			require.Error(t, err)

			up = pixeltest.NewSource(m, 2)
			up.Err, up.ErrY = boom, (size.Y-1)/2
			_, err = op.Trim{}.Wrap(up, pixel.NewPool())
			require.ErrorIs(t, err, boom)
			require.Equal(t, 1, up.Closed)

			_, err = op.Trim{}.Wrap(&short{pixeltest.NewSource(m, 2), (size.Y - 1) / 2}, nil)
			require.Error(t, err)
		}
	}
}

func TestSmartCropFindsTheContent(t *testing.T) {
	for _, layout := range straight {
		for _, strategy := range []op.Strategy{op.Entropy, op.Attention} {
			t.Run(fmt.Sprint(layout, " ", strategy), func(t *testing.T) {
				m := pixeltest.Constant(pixel.Shape{Width: 160, Height: 60, Layout: layout}, []uint8{80, 255, 80, 255}[:layout.Planes()]...)
				if layout == pixel.RGB || layout == pixel.RGBA {
					m.Planes[1] = pixeltest.Constant(pixel.Shape{Width: 160, Height: 60, Layout: pixel.Gray}, 80).Planes[0]
				}
				noise := pixeltest.Noise(pixel.Shape{Width: 40, Height: 60, Layout: pixel.Gray}, 3)
				for y := range 60 {
					copy(m.Planes[0].Row(y)[100:], noise.Planes[0].Row(y))
				}
				got := run(t, m, 0, nil, op.SmartCrop{Width: 60, Height: 60, Strategy: strategy})
				background := 0
				for x := range 60 {
					if got.Planes[0].Row(30)[x] == 80 {
						background++
					}
				}
				require.LessOrEqual(t, background, 22, "all 40 columns of the content are kept")
			})
		}
	}
}

// TestSmartCropLooksAwayFromWhatIsTransparent: straight colours are multiplied
// by alpha before they are looked at, but not in the result.
func TestSmartCropLooksAwayFromWhatIsTransparent(t *testing.T) {
	for _, strategy := range []op.Strategy{op.Entropy, op.Attention} {
		m := pixeltest.Noise(pixel.Shape{Width: 100, Height: 40, Layout: pixel.RGBA}, 5)
		for y := range 40 {
			for x := range 100 {
				m.Planes[3].Row(y)[x] = 255
				if x < 60 {
					m.Planes[3].Row(y)[x] = 0
				}
			}
		}
		got := run(t, m, 0, nil, op.SmartCrop{Width: 40, Height: 40, Strategy: strategy})
		seen := 0
		for _, a := range got.Planes[3].Row(20) {
			seen += int(a) / 255
		}
		require.Greater(t, seen, 20, "%v", strategy)

		hidden := run(t, pixeltest.Constant(pixel.Shape{Width: 9, Height: 9, Layout: pixel.RGBA}, 200, 100, 50, 0), 0, nil,
			op.SmartCrop{Width: 5, Height: 5, Strategy: strategy})
		require.Equal(t, []uint8{200, 100, 50, 0}, pixelAt(hidden, 2, 2), "colours stay straight")
	}
}

func TestSmartCropRefuses(t *testing.T) {
	shape := pixel.Shape{Width: 9, Height: 9, Layout: pixel.RGB}
	for _, c := range []op.SmartCrop{
		{Width: 10, Height: 9}, {Width: 9, Height: 10}, {Width: 0, Height: 9}, {Width: 9, Height: -1}, {Width: 9, Height: 9, Strategy: 2},
	} {
		_, err := c.Out(shape)
		var size *op.SizeError
		require.ErrorAs(t, err, &size)
		require.Zero(t, c.Work(shape))
	}
}
