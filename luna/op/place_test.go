package op_test

import (
	"errors"
	"image"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/pixel/pixeltest"
)

func rect(x0, y0, x1, y1 int) image.Rectangle { return image.Rect(x0, y0, x1, y1) }

// letters is a 3x2 picture:
//
//	a b c
//	d e f
func letters() *pixel.Image {
	m := pixel.NewImage(nil, pixel.Shape{Width: 3, Height: 2, Layout: pixel.Gray})
	copy(m.Planes[0].Pix, "abcdef")
	return m
}

func rows(m *pixel.Image) (s []string) {
	for y := range m.Planes[0].Height {
		s = append(s, string(m.Planes[0].Row(y)))
	}
	return s
}

func TestOrient(t *testing.T) {
	for o, want := range [][]string{
		{"abc", "def"}, {"abc", "def"},
		{"cba", "fed"}, {"fed", "cba"}, {"def", "abc"},
		{"ad", "be", "cf"}, {"da", "eb", "fc"}, {"fc", "eb", "da"}, {"cf", "be", "ad"},
	} {
		require.Equal(t, want, rows(run(t, letters(), 2, nil, op.Orient{Orientation: op.Orientation(o)})), "orientation %d", o)
	}
	for quarters, o := range map[int]op.Orientation{0: 1, 1: 6, 2: 3, 3: 8, 4: 1, 5: 6, -1: 8, -2: 3, -3: 6, -4: 1} {
		want := rows(run(t, letters(), 2, nil, op.Orient{Orientation: o}))
		require.Equal(t, want, rows(run(t, letters(), 2, nil, op.Turn{Quarters: quarters})), "%d quarters", quarters)
	}
	require.Equal(t, []string{"def", "abc"}, rows(run(t, letters(), 2, nil, op.Flip{})))
	require.Equal(t, []string{"cba", "fed"}, rows(run(t, letters(), 2, nil, op.Flop{})))
}

// TestOrientYCbCr: subsampled layouts come out as their conversion to RGB
// would, and stay subsampled where nothing forbids it.
func TestOrientYCbCr(t *testing.T) {
	for _, layout := range []pixel.Layout{pixel.YCbCr420, pixel.YCbCr422} {
		for _, size := range []image.Point{{24, 18}, {25, 18}, {24, 19}, {25, 19}, {1, 9}} {
			in := pixel.Shape{Width: size.X, Height: size.Y, Layout: layout}
			m := pixeltest.Noise(in, 3)
			for o := op.Upright; o <= op.TurnLeft; o++ {
				orient := op.Orient{Orientation: o}
				out, err := orient.Out(in)
				require.NoError(t, err)
				if layout == pixel.YCbCr420 && size.X&1 == 0 && size.Y&1 == 0 {
					require.Equal(t, layout, out.Layout)
				}
				if out.Layout != pixel.YCbCr444 {
					continue // the triangle filter's rounding tells left from right
				}
				want := run(t, m, 6, nil, op.Convert{To: pixel.RGB}, orient)
				pixeltest.Equal(t, want, run(t, m, 6, nil, orient, op.Convert{To: pixel.RGB}))
			}
		}
	}
}

// TestOrientTwiceIsNothing for the orientations that are their own inverse.
func TestOrientTwiceIsNothing(t *testing.T) {
	for _, layout := range pixeltest.Layouts {
		m := pixeltest.Noise(pixel.Shape{Width: 34, Height: 50, Layout: layout}, 4)
		for _, o := range []op.Orientation{op.Flopped, op.HalfTurn, op.Flipped, op.Transposed, op.Transverse} {
			orient := op.Orient{Orientation: o}
			if out, err := orient.Out(m.Shape); err != nil || out.Layout != layout {
				continue
			}
			pixeltest.Equal(t, m, run(t, m, 16, nil, orient, orient))
		}
		if layout != pixel.YCbCr422 {
			pixeltest.Equal(t, m, run(t, m, 16, nil, op.Turn{Quarters: 1}, op.Turn{Quarters: -1}))
		}
	}
}

func TestCrop(t *testing.T) {
	require.Equal(t, []string{"ef"}, rows(run(t, letters(), 2, nil, op.Crop{Rect: rect(1, 1, 3, 2)})))
	require.Equal(t, []string{"b", "e"}, rows(run(t, letters(), 2, nil, op.Crop{Rect: rect(1, 0, 2, 2)})))
}

// TestCropStopsReading: what is below the crop is never asked for.
func TestCropStopsReading(t *testing.T) {
	m := pixeltest.Noise(pixel.Shape{Width: 8, Height: 64, Layout: pixel.RGB}, 1)
	up := pixeltest.NewSource(m, 16)
	up.Err, up.ErrY = errors.New("too far"), 32
	src, err := op.Crop{Rect: rect(0, 4, 8, 30)}.Wrap(up, nil)
	require.NoError(t, err)
	_, err = pixeltest.Collect(src)
	require.NoError(t, err)
}

func TestEmbed(t *testing.T) {
	dots := [4]uint8{'.', '.', '.', 255}
	for _, c := range []struct {
		embed op.Embed
		want  []string
	}{
		{op.Embed{Left: 1, Top: 1, Width: 5, Height: 4, Background: dots}, []string{".....", ".abc.", ".def.", "....."}},
		{op.Embed{Left: -1, Top: -1, Width: 3, Height: 2, Background: dots}, []string{"ef.", "..."}},
		{op.Embed{Left: 2, Top: 1, Width: 4, Height: 2, Background: dots}, []string{"....", "..ab"}},
		{op.Embed{Left: 9, Top: 9, Width: 2, Height: 1, Background: dots}, []string{".."}},
		{op.Embed{Left: -9, Top: -9, Width: 2, Height: 1, Background: dots}, []string{".."}},
	} {
		require.Equal(t, c.want, rows(run(t, letters(), 2, nil, c.embed)), c.embed.String())
	}
	red := run(t, letters(), 2, nil, op.Embed{Width: 4, Height: 2, Background: [4]uint8{255, 0, 0, 128}})
	require.Equal(t, []uint8{'a', 'a', 'a', 255}, values(red, 0, 0))
	require.Equal(t, []uint8{255, 0, 0, 128}, values(red, 3, 0))
	gray := run(t, letters(), 2, nil, op.Embed{Width: 4, Height: 2, Background: [4]uint8{7, 7, 7, 0}})
	require.Equal(t, []uint8{7, 0}, values(gray, 3, 0))
}

// TestResampleKeepsChromaInPlace: a soft picture that is reduced in 4:2:0
// looks like one that is reduced in RGB, whatever part of it stays.
func TestResampleKeepsChromaInPlace(t *testing.T) {
	const w, h = 320, 240
	m := pixel.NewImage(nil, pixel.Shape{Width: w, Height: h, Layout: pixel.YCbCr444})
	for y := range h {
		for x := range w {
			m.Planes[0].Row(y)[x] = 120
			m.Planes[1].Row(y)[x] = uint8(60 + x*120/w)
			m.Planes[2].Row(y)[x] = uint8(60 + y*120/h)
		}
	}
	m = run(t, m, 0, nil, op.Convert{To: pixel.YCbCr420})
	for _, r := range []op.Resample{
		{Width: 100, Height: 75}, {Width: 99, Height: 61}, {Width: 40, Height: 30}, {Width: 500, Height: 301},
		{Width: 100, Height: 75, Keep: rect(11, 13, 90, 70)}, {Width: 100, Height: 75, Keep: rect(10, 13, 91, 70)},
		{Width: 81, Height: 61, Window: op.Window{Left: 31.5, Top: 20.25, Width: 250.5, Height: 200}},
		{Width: 101, Height: 76, ShrinkX: 3.18, ShrinkY: 3.18},
	} {
		t.Run(r.String(), func(t *testing.T) {
			want := run(t, m, 16, nil, op.Convert{To: pixel.RGB}, r)
			got := run(t, m, 16, nil, r, op.Convert{To: pixel.RGB})
			for p := range 3 {
				for i, v := range want.Planes[p].Pix {
					require.InDelta(t, v, got.Planes[p].Pix[i], 4, "plane %d at %d,%d", p, i%got.Shape.Width, i/got.Shape.Width)
				}
			}
		})
	}
}
