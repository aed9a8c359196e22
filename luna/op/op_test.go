package op_test

import (
	"errors"
	"fmt"
	"image"
	"io"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/pixel/pixeltest"
)

// run wraps ops around m and collects the result.
func run(t testing.TB, m *pixel.Image, rows int, pool *pixel.Pool, ops ...op.Op) *pixel.Image {
	t.Helper()
	chain, err := op.Chain(m.Shape, ops)
	require.NoError(t, err)
	src, err := op.Wrap(pixeltest.NewSource(m, rows), chain, pool)
	require.NoError(t, err)
	out, err := pixeltest.Collect(src)
	require.NoError(t, err)
	return out
}

// every returns ops of all kinds, with parameters that suit the size.
func every(w, h int) []op.Op {
	ops := []op.Op{
		op.Flip{}, op.Flop{}, op.Turn{Quarters: 1}, op.Turn{Quarters: -1}, op.Turn{Quarters: 2},
		op.Premultiply{}, op.Unpremultiply{},
		op.Flatten{}, op.Flatten{Background: [3]uint8{200, 100, 50}},
		op.Embed{Left: 3, Top: 5, Width: w + 7, Height: h + 18, Background: [4]uint8{1, 2, 3, 255}},
		op.Embed{Left: 0, Top: 0, Width: w, Height: h + 1, Background: [4]uint8{9, 9, 9, 255}},
		op.Embed{Left: 1, Top: 0, Width: w + 1, Height: h, Background: [4]uint8{9, 9, 9, 128}},
		op.Resample{Width: w, Height: h},
		op.Resample{Width: (w + 1) / 2, Height: (h + 1) / 2},
		op.Resample{Width: (w + 2) / 3, Height: (h + 4) / 5},
		op.Resample{Width: (w + 6) / 7, Height: h},
		op.Resample{Width: w, Height: (h + 10) / 11},
		op.Resample{Width: 1, Height: 1},
		op.Resample{Width: w + 3, Height: h + 5},
		op.Resample{Width: 2 * w, Height: 3 * h},
		op.Resample{Width: 2*w + 1, Height: (h + 1) / 2},
		op.Resample{Width: (w + 2) / 3, Height: 2*h + 1},
		op.Resample{Width: w, Height: 2*h + 1},
		op.Resample{Width: (w + 1) / 2, Height: (h + 1) / 2, Window: op.Window{
			Left: float64(w) / 9, Top: float64(h) / 7, Width: float64(w) / 1.5, Height: float64(h) / 1.3}},
		op.Resample{Width: 5, Height: 4, Window: op.Window{
			Left: float64(w / 3), Top: float64(h / 3), Width: float64(w - w/3), Height: float64(h - h/3)}},
		op.Resample{Width: (w + 1) / 2, Height: (h + 2) / 3, FullChroma: true},
		op.Resample{Width: (w + 6) / 7, Height: 2*h + 1, FullChroma: true},
		op.Resample{Width: w, Height: h, FullChroma: true},
		op.LUT{},
	}
	for o := range op.TurnLeft + 1 {
		ops = append(ops, op.Orient{Orientation: o})
	}
	for _, to := range pixeltest.Layouts {
		ops = append(ops, op.Convert{To: to})
	}
	for _, r := range []image.Rectangle{
		image.Rect(0, 0, w, h), image.Rect(w/2, h/2, w, h), image.Rect(0, h/3, w-w/3, h-h/3),
		image.Rect(w-1, h-1, w, h), image.Rect(w/3|1, h/4|1, w, h), image.Rect(w/3&^1, h/4&^1, w, h),
	} {
		if !r.Empty() && r.Max.X <= w && r.Max.Y <= h {
			ops = append(ops, op.Crop{Rect: r})
		}
	}
	ops = append(ops, colourOps()...)
	ops = append(ops, wholeOps(w, h)...)
	return append(ops, &op.Late{Label: "late", Lower: func(in pixel.Shape) ([]op.Op, error) {
		return []op.Op{op.Flop{}, op.Embed{Left: 1, Top: 1, Width: in.Width + 2, Height: in.Height + 2, Background: [4]uint8{1, 2, 3, 255}}}, nil
	}})
}

var sizes = []image.Point{{1, 1}, {1, 7}, {9, 1}, {2, 2}, {3, 2}, {5, 3}, {13, 17}, {16, 16}, {23, 33}, {64, 48}, {31, 101}}

// deepLayouts are those that pictures of 16 bits have.
var deepLayouts = []pixel.Layout{pixel.Gray, pixel.GrayAlpha, pixel.RGB, pixel.RGBA}

// each runs f for every op on every layout, depth and size that it accepts, after
// what Chain puts before it.
func each(t *testing.T, f func(t *testing.T, m *pixel.Image, chain []op.Op)) {
	for i, layout := range slices.Concat(pixeltest.Layouts[:], deepLayouts) {
		for j, size := range sizes {
			shape := pixel.Shape{Width: size.X, Height: size.Y, Layout: layout, Deep: i >= len(pixeltest.Layouts)}
			m := pixeltest.Noise(shape, uint64(100*i+j))
			for _, o := range every(size.X, size.Y) {
				chain, err := op.Chain(shape, []op.Op{o})
				if err != nil {
					continue // TestRefusals has these
				}
				t.Run(fmt.Sprint(shape, "/", o), func(t *testing.T) { f(t, m, chain) })
			}
		}
	}
}

func TestStripHeightsMakeNoDifference(t *testing.T) {
	pool := pixel.NewPool()
	each(t, func(t *testing.T, m *pixel.Image, chain []op.Op) {
		want := run(t, m, 0, nil, chain...)
		for _, rows := range []int{2, 6, 16, 32} {
			pixeltest.Equal(t, want, run(t, m, rows, pool, chain...))
		}
	})
}

func TestOutTellsTheShape(t *testing.T) {
	each(t, func(t *testing.T, m *pixel.Image, chain []op.Op) {
		want, err := op.Out(m.Shape, chain)
		require.NoError(t, err)
		src, err := op.Wrap(pixeltest.NewSource(m, 16), chain, nil)
		require.NoError(t, err)
		require.Equal(t, want, src.Shape())
		require.NoError(t, src.Close())
	})
}

func TestCloseClosesUpstreamOnce(t *testing.T) {
	each(t, func(t *testing.T, m *pixel.Image, chain []op.Op) {
		for strips := range 3 {
			up := pixeltest.NewSource(m, 2)
			src, err := op.Wrap(up, chain, pixel.NewPool())
			require.NoError(t, err)
			for range strips {
				if _, err := src.Next(); err != nil {
					break
				}
			}
			require.NoError(t, src.Close())
			require.Equal(t, 1, up.Closed)
			if len(chain) == 1 && src == pixel.Source(up) {
				continue // the op had nothing to do
			}
			require.NoError(t, src.Close())
			require.Equal(t, 1, up.Closed)
		}
	})
}

func TestErrorsPassThrough(t *testing.T) {
	boom := errors.New("boom")
	each(t, func(t *testing.T, m *pixel.Image, chain []op.Op) {
		for _, at := range []int{0, m.Shape.Height / 2} {
			up := pixeltest.NewSource(m, 2)
			up.Err, up.ErrY = boom, at
			src, err := op.Wrap(up, chain, nil)
			require.NoError(t, err)
			for err == nil {
				_, err = src.Next()
			}
			if at == 0 {
				require.ErrorIs(t, err, boom)
			} else if !errors.Is(err, boom) {
				require.ErrorContains(t, err, "EOF") // a crop may not get there
			}
			_, err = src.Next()
			require.Error(t, err, "after an error every further call returns one")
			require.NoError(t, src.Close())
			require.Equal(t, 1, up.Closed)
		}
	})
}

// short ends before its time.
type short struct {
	pixel.Source
	left int
}

func (s *short) Next() (*pixel.Strip, error) {
	if s.left--; s.left < 0 {
		return nil, io.EOF
	}
	return s.Source.Next()
}

func TestShortSourcesAreNoticed(t *testing.T) {
	each(t, func(t *testing.T, m *pixel.Image, chain []op.Op) {
		if m.Shape.Height < 33 {
			return
		}
		up := &short{pixeltest.NewSource(m, 16), 1}
		src, err := op.Wrap(up, chain, nil)
		require.NoError(t, err)
		if src == pixel.Source(up) {
			return // the op had nothing to do
		}
		rows, err := pixel.Drain(src)
		if rows < src.Shape().Height {
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		}
	})
}
