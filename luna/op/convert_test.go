package op_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/pixel/pixeltest"
)

func values(m *pixel.Image, x, y int) (v []uint8) {
	for p := range m.Shape.Layout.Planes() {
		sx, sy := m.Shape.Layout.Subsampling(p)
		v = append(v, m.Planes[p].Row(y >> sy)[x>>sx])
	}
	return v
}

func TestConvertValues(t *testing.T) {
	for _, c := range []struct {
		from pixel.Layout
		in   []uint8
		to   pixel.Layout
		want []uint8
	}{
		{pixel.Gray, []uint8{77}, pixel.RGB, []uint8{77, 77, 77}},
		{pixel.Gray, []uint8{77}, pixel.RGBA, []uint8{77, 77, 77, 255}},
		{pixel.Gray, []uint8{77}, pixel.GrayAlpha, []uint8{77, 255}},
		{pixel.Gray, []uint8{77}, pixel.YCbCr420, []uint8{77, 128, 128}},
		{pixel.GrayAlpha, []uint8{77, 9}, pixel.RGBA, []uint8{77, 77, 77, 9}},
		{pixel.RGB, []uint8{1, 2, 3}, pixel.RGBA, []uint8{1, 2, 3, 255}},
		{pixel.RGB, []uint8{255, 0, 0}, pixel.Gray, []uint8{76}},
		{pixel.RGB, []uint8{255, 0, 0}, pixel.GrayAlpha, []uint8{76, 255}},
		{pixel.RGBA, []uint8{255, 0, 0, 40}, pixel.GrayAlpha, []uint8{76, 40}},
		{pixel.RGB, []uint8{255, 0, 0}, pixel.YCbCr444, []uint8{76, 85, 255}},
		{pixel.RGB, []uint8{255, 0, 0}, pixel.YCbCr422, []uint8{76, 85, 255}},
		{pixel.RGB, []uint8{255, 0, 0}, pixel.YCbCr420, []uint8{76, 85, 255}},
		{pixel.YCbCr420, []uint8{76, 85, 255}, pixel.RGB, []uint8{254, 0, 0}},
		{pixel.YCbCr422, []uint8{76, 85, 255}, pixel.RGBA, []uint8{254, 0, 0, 255}},
		{pixel.YCbCr420, []uint8{76, 85, 255}, pixel.YCbCr422, []uint8{76, 85, 255}},
		{pixel.YCbCr444, []uint8{76, 85, 255}, pixel.Gray, []uint8{76}},
		{pixel.CMYK, []uint8{0, 0, 0, 0}, pixel.RGB, []uint8{255, 255, 255}},
		{pixel.CMYK, []uint8{255, 0, 0, 0}, pixel.RGB, []uint8{0, 255, 255}},
		{pixel.CMYK, []uint8{0, 0, 0, 51}, pixel.Gray, []uint8{204}},
		{pixel.CMYK, []uint8{0, 102, 0, 51}, pixel.RGBA, []uint8{204, 122, 204, 255}},
	} {
		t.Run(c.from.String()+" to "+c.to.String(), func(t *testing.T) {
			for _, size := range sizes {
				m := pixeltest.Constant(pixel.Shape{Width: size.X, Height: size.Y, Layout: c.from}, c.in...)
				out := run(t, m, 2, nil, op.Convert{To: c.to})
				require.Equal(t, c.to, out.Shape.Layout)
				require.Equal(t, c.want, values(out, 0, 0))
				require.Equal(t, c.want, values(out, size.X-1, size.Y-1))
			}
		})
	}
}

// TestUpsampling computes libjpeg's h2v2 triangle again, pixel by pixel.
func TestUpsampling(t *testing.T) {
	for _, size := range sizes {
		in := pixeltest.Noise(pixel.Shape{Width: size.X, Height: size.Y, Layout: pixel.YCbCr420}, 5)
		out := run(t, in, 6, nil, op.Convert{To: pixel.YCbCr444})
		for p := 1; p < 3; p++ {
			c := &in.Planes[p]
			at := func(x, y int) int {
				return int(c.Row(min(max(y, 0), c.Height-1))[min(max(x, 0), c.Width-1)])
			}
			for y := range size.Y {
				for x := range size.X {
					want := at(x/2, y/2)
					if c.Width > 2 {
						dx, dy := x&1*2-1, y&1*2-1
						this := 3*at(x/2, y/2) + at(x/2, y/2+dy)
						next := 3*at(x/2+dx, y/2) + at(x/2+dx, y/2+dy)
						want = (3*this + next + 8 - x&1) >> 4
					}
					require.EqualValues(t, want, out.Planes[p].Row(y)[x], "plane %d of %v at %d,%d", p, size, x, y)
				}
			}
		}
		pixeltest.Equal(t, run(t, out, 4, nil, op.Convert{To: pixel.RGB}), run(t, in, 4, nil, op.Convert{To: pixel.RGB}))
	}
}

// TestCropThenConvert: a crop at an odd place leaves the colours of what
// stays as they are without it.
func TestCropThenConvert(t *testing.T) {
	in := pixeltest.Noise(pixel.Shape{Width: 41, Height: 37, Layout: pixel.YCbCr420}, 6)
	for _, crop := range []op.Crop{{Rect: rect(3, 5, 30, 30)}, {Rect: rect(3, 4, 30, 29)}, {Rect: rect(2, 1, 31, 37)}} {
		want := run(t, in, 16, nil, op.Convert{To: pixel.RGB}, crop)
		pixeltest.Equal(t, want, run(t, in, 16, nil, crop, op.Convert{To: pixel.RGB}))
	}
}

func TestFlattenAndAlpha(t *testing.T) {
	m := pixeltest.Constant(pixel.Shape{Width: 3, Height: 3, Layout: pixel.RGBA}, 255, 100, 0, 128)
	require.Equal(t, []uint8{128, 50, 0}, values(run(t, m, 2, nil, op.Flatten{}), 1, 1))
	require.Equal(t, []uint8{255, 177, 127}, values(run(t, m, 2, nil, op.Flatten{Background: [3]uint8{255, 255, 255}}), 1, 1))
	require.Equal(t, []uint8{128, 50, 0, 128}, values(run(t, m, 2, nil, op.Premultiply{}), 1, 1))
	require.Equal(t, []uint8{255, 99, 0, 128}, values(run(t, m, 2, nil, op.Premultiply{}, op.Unpremultiply{}), 1, 1))
	gray := pixeltest.Constant(pixel.Shape{Width: 3, Height: 3, Layout: pixel.GrayAlpha}, 255, 128)
	require.Equal(t, []uint8{128}, values(run(t, gray, 2, nil, op.Flatten{}), 1, 1))
	require.Equal(t, []uint8{255, 128, 128}, values(run(t, gray, 2, nil, op.Flatten{Background: [3]uint8{255, 0, 0}}), 1, 1))
}

func TestLUT(t *testing.T) {
	invert := op.NewLUT(func(v uint8) uint8 { return 255 - v })
	halve := op.NewLUT(func(v uint8) uint8 { return v / 2 })
	m := pixeltest.Constant(pixel.Shape{Width: 3, Height: 3, Layout: pixel.RGBA}, 10, 20, 255, 128)
	require.Equal(t, []uint8{245, 235, 0, 128}, values(run(t, m, 2, nil, invert), 1, 1))
	require.Equal(t, []uint8{122, 117, 0, 128}, values(run(t, m, 2, nil, invert.Then(halve)), 1, 1))
	pixeltest.Equal(t, run(t, m, 2, nil, halve, invert), run(t, m, 2, nil, halve.Then(invert)))
	gray := pixeltest.Constant(pixel.Shape{Width: 3, Height: 3, Layout: pixel.Gray}, 10)
	require.Equal(t, []uint8{245}, values(run(t, gray, 2, nil, invert), 1, 1))
	red := invert
	red.Green, red.Blue = halve.Green, halve.Blue
	require.Equal(t, []uint8{245, 5, 5}, values(run(t, gray, 2, nil, red), 1, 1))
}
