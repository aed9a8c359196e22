package op_test

import (
	"errors"
	"image"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/pixel/pixeltest"
)

func TestChainConverts(t *testing.T) {
	in := pixel.Shape{Width: 40, Height: 30, Layout: pixel.YCbCr420}
	white := [4]uint8{255, 255, 255, 255}
	ops := []op.Op{
		op.Resample{Width: 20, Height: 15},
		op.Embed{Width: 20, Height: 20, Background: white},
		op.Crop{Rect: image.Rect(1, 1, 5, 5)},
		op.Embed{Width: 9, Height: 9, Background: [4]uint8{}},
	}
	chain, err := op.Chain(in, ops)
	require.NoError(t, err)
	var names []string
	for _, o := range chain {
		names = append(names, o.String())
	}
	require.Equal(t, []string{
		"resize 20x15",
		"convert to rgb",
		"embed in 20x20 at +0+0 on #ffffffff",
		"crop 4x4+1+1",
		"convert to rgba",
		"embed in 9x9 at +0+0 on #00000000",
	}, names)
	out, err := op.Out(in, chain)
	require.NoError(t, err)
	require.Equal(t, pixel.Shape{Width: 9, Height: 9, Layout: pixel.RGBA}, out)
	again, err := op.Chain(in, chain)
	require.NoError(t, err)
	require.Equal(t, chain, again)

	chain, err = op.Chain(in, []op.Op{op.Crop{Rect: image.Rect(3, 2, 9, 9)}})
	require.NoError(t, err)
	require.Equal(t, []op.Op{op.Convert{To: pixel.YCbCr444}, op.Crop{Rect: image.Rect(3, 2, 9, 9)}}, chain)
}

func TestRefusals(t *testing.T) {
	rgb := pixel.Shape{Width: 40, Height: 30, Layout: pixel.RGB}
	deep := rgb
	deep.Deep = true
	rgba := rgb
	rgba.Layout = pixel.RGBA
	ycc := rgb
	ycc.Layout = pixel.YCbCr420
	for name, c := range map[string]struct {
		in   pixel.Shape
		op   op.Op
		size bool // by a SizeError
		says string
	}{
		"crop right of it":     {rgb, op.Crop{Rect: image.Rect(0, 0, 41, 30)}, true, "crop 41x30+0+0 of a 40x30 image: leaves the image"},
		"crop left of it":      {rgb, op.Crop{Rect: image.Rect(-1, 0, 40, 30)}, true, "leaves the image"},
		"empty crop":           {rgb, op.Crop{}, true, "nothing is left"},
		"crop not converted":   {ycc, op.Crop{Rect: image.Rect(1, 1, 40, 30)}, false, "wants ycbcr 4:4:4"},
		"resize to nothing":    {rgb, op.Resample{Width: 0, Height: 10}, true, "at least 1"},
		"resize by NaN":        {rgb, op.Resample{Width: 10, Height: 10, ShrinkX: math.NaN()}, true, "shrink"},
		"resize by infinity":   {rgb, op.Resample{Width: 10, Height: 10, ShrinkX: math.Inf(1)}, true, "shrink"},
		"shrink out of window": {rgb, op.Resample{Width: 4000, Height: 10, ShrinkX: 3}, true, "window"},
		"window outside":       {rgb, op.Resample{Width: 10, Height: 10, Window: op.Window{Left: 35, Width: 6, Height: 30}}, true, "window"},
		"window of NaN":        {rgb, op.Resample{Width: 10, Height: 10, Window: op.Window{Left: math.NaN(), Width: 6, Height: 30}}, true, "window"},
		"keep outside":         {rgb, op.Resample{Width: 10, Height: 10, Keep: image.Rect(5, 5, 11, 8)}, true, "keep"},
		"unknown kernel":       {rgb, op.Resample{Width: 10, Height: 10, Kernel: 99}, true, "kernel"},
		"orientation 9":        {rgb, op.Orient{Orientation: 9}, true, "1 to 8"},
		"no canvas":            {rgb, op.Embed{Width: 0, Height: 3, Background: [4]uint8{1, 2, 3, 255}}, true, "canvas"},
		"dropping alpha":       {rgba, op.Convert{To: pixel.RGB}, false, "not from rgba"},
		"to CMYK":              {rgb, op.Convert{To: pixel.CMYK}, false, "not from rgb"},
		"to nothing":           {rgb, op.Convert{}, false, "not from rgb"},
		"no layout":            {pixel.Shape{Width: 3, Height: 3}, op.Flip{}, true, "layout"},
		"16 bits":              {deep, op.Tint{}, false, "16 bits"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.op.Out(c.in)
			require.ErrorContains(t, err, c.says)
			var size *op.SizeError
			require.Equal(t, c.size, errors.As(err, &size))
			require.Zero(t, c.op.Work(c.in), "what is refused takes nothing")
			up := &shaped{shape: c.in}
			_, err = c.op.Wrap(up, nil)
			require.ErrorContains(t, err, c.says)
			require.Equal(t, 1, up.closed, "Wrap closes its input when it fails")
		})
	}
}

// shaped is a source that must not be read.
type shaped struct {
	pixel.Source
	shape  pixel.Shape
	closed int
}

func (s *shaped) Shape() pixel.Shape { return s.shape }
func (s *shaped) Close() error       { s.closed++; return nil }

func TestWrapClosesWhenALaterOpFails(t *testing.T) {
	up := &shaped{shape: pixel.Shape{Width: 8, Height: 8, Layout: pixel.RGB}}
	_, err := op.Wrap(up, []op.Op{op.Flop{}, op.Resample{Width: 4, Height: 4}, op.Crop{Rect: image.Rect(0, 0, 5, 5)}}, nil)
	require.ErrorContains(t, err, "leaves the image")
	require.Equal(t, 1, up.closed)
}

func TestLate(t *testing.T) {
	late := &op.Late{
		Label: "resize to 10x10 (contain)",
		Lower: func(in pixel.Shape) ([]op.Op, error) {
			g := op.Target{Width: 10, Height: 10, Fit: op.Contain}.Resize(in.Width, in.Height)
			return []op.Op{g.Resample(), g.Embed([4]uint8{0, 0, 255, 255})}, nil
		},
	}
	require.Equal(t, "resize to 10x10 (contain)", late.String())
	in := pixel.Shape{Width: 20, Height: 40, Layout: pixel.YCbCr420}
	out, err := late.Out(in)
	require.NoError(t, err)
	require.Equal(t, pixel.Shape{Width: 10, Height: 10, Layout: pixel.RGB}, out)
	require.Positive(t, late.Work(in))
	m := run(t, pixeltest.Constant(in, 76, 85, 255), 6, nil, late) // red
	require.Equal(t, []uint8{0, 0}, m.Planes[0].Row(0)[:2])
	require.Equal(t, uint8(255), m.Planes[2].Row(0)[0])
	require.InDelta(t, 255, m.Planes[0].Row(5)[5], 3)

	late.Bound = func(in pixel.Shape) pixel.Shape { return pixel.Shape{Width: 100, Height: 200} }
	out, err = late.Out(in)
	require.NoError(t, err)
	require.Equal(t, pixel.Shape{Width: 100, Height: 200, Layout: pixel.RGB}, out)

	late.Lower = func(pixel.Shape) ([]op.Op, error) { return nil, errors.New("cannot") }
	up := &shaped{shape: in}
	_, err = late.Wrap(up, nil)
	require.EqualError(t, err, "cannot")
	require.Equal(t, 1, up.closed)
}

// TestWorkIsHonest compares what an op says it holds with what it allocates
// without a pool.
func TestWorkIsHonest(t *testing.T) {
	const slack = 8 << 10 // tables and structures
	for _, layout := range []pixel.Layout{pixel.RGB, pixel.YCbCr420} {
		m := pixeltest.Noise(pixel.Shape{Width: 1000, Height: 700, Layout: layout}, 7)
		for _, o := range []op.Op{
			op.Resample{Width: 100, Height: 70}, op.Resample{Width: 900, Height: 70}, op.Resample{Width: 300, Height: 900},
			op.Resample{Width: 1500, Height: 1300}, op.Resample{Width: 1500, Height: 300}, op.Resample{Width: 200, Height: 150, FullChroma: true},
			op.Convert{To: pixel.RGBA}, op.Convert{To: pixel.YCbCr444}, op.Turn{Quarters: 1}, op.Flop{}, op.Crop{Rect: image.Rect(10, 11, 500, 600)},
		} {
			if chain, err := op.Chain(m.Shape, []op.Op{o}); err == nil && len(chain) == 1 {
				t.Run(layout.String()+"/"+o.String(), func(t *testing.T) { measure(t, m, o, slack) })
			}
		}
	}
}

func measure(t *testing.T, m *pixel.Image, o op.Op, slack uint64) {
	var before, after runtime.MemStats
	work := uint64(o.Work(m.Shape))
	runtime.ReadMemStats(&before)
	src, err := o.Wrap(m.Source(16, nil), nil)
	require.NoError(t, err)
	_, err = pixel.Drain(src)
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	require.NoError(t, src.Close())
	took := after.TotalAlloc - before.TotalAlloc
	require.LessOrEqual(t, took, work+work/8+slack, "the allocator rounds up")
	require.LessOrEqual(t, work, 2*took+slack, "and it does not exaggerate")
}
