package op

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/pixel"
)

// swap is a transform that takes CMYK for RGB, and otherwise changes red and
// green round.
type swap struct{}

func (*swap) In(l pixel.Layout) pixel.Layout {
	switch {
	case l == pixel.CMYK || l.Opaque() == pixel.RGB:
		return l
	case l.IsYCbCr():
		return pixel.RGB
	}
	return 0
}

func (*swap) Out(l pixel.Layout) pixel.Layout {
	if l == pixel.CMYK {
		return pixel.RGB
	}
	return l
}

func (*swap) Apply(t *pixel.Strip) { t.Planes[0], t.Planes[1] = t.Planes[1], t.Planes[0] }

func (*swap) Bytes(deep bool) int64 {
	if deep {
		return 2
	}
	return 1
}

func TestProfile(t *testing.T) {
	o := Profile{Label: `srgb from "Swap"`, Transform: new(swap)}
	require.Equal(t, `srgb from "Swap"`, o.String())
	require.Equal(t, o, Profile{Label: o.Label, Transform: o.Transform}, "it is compared")
	require.Equal(t, pixel.RGB, o.Accepts(pixel.YCbCr420))
	for _, deep := range []bool{false, true} {
		for from, to := range map[pixel.Layout]pixel.Layout{pixel.RGB: pixel.RGB, pixel.RGBA: pixel.RGBA, pixel.CMYK: pixel.RGB} {
			in := pixel.Shape{Width: 7, Height: 5, Layout: from, Deep: deep}
			out, err := o.Out(in)
			require.NoError(t, err)
			require.Equal(t, pixel.Shape{Width: 7, Height: 5, Layout: to, Deep: deep}, out)
		}
	}
	for _, in := range []pixel.Shape{{Width: 7, Height: 5, Layout: pixel.Gray}, {Width: 7, Height: 5, Layout: pixel.YCbCr420}, {Layout: pixel.RGB}, {Width: 1, Height: 1}} {
		_, err := o.Out(in)
		require.Error(t, err, "%v", in)
	}
	require.EqualValues(t, 2, o.Work(pixel.Shape{Width: 7, Height: 5, Layout: pixel.RGB, Deep: true}))

	in := pixel.NewImage(nil, pixel.Shape{Width: 3, Height: 40, Layout: pixel.CMYK})
	for p := range 4 {
		for y := range 40 {
			for x := range in.Planes[p].Row(y) {
				in.Planes[p].Row(y)[x] = uint8(p*50 + y)
			}
		}
	}
	for _, rows := range []int{2, 6, 16, 40} {
		m := pixel.NewImage(nil, in.Shape)
		for p := range 4 {
			copy(m.Planes[p].Pix, in.Planes[p].Pix)
		}
		src, err := o.Wrap(m.Source(rows, nil), nil)
		require.NoError(t, err)
		out, err := pixel.ReadAll(nil, src)
		require.NoError(t, err)
		require.Equal(t, pixel.RGB, out.Shape.Layout)
		for p, want := range []uint8{50, 0, 100} {
			for y := range 40 {
				require.Equal(t, want+uint8(y), out.Planes[p].Row(y)[2])
			}
		}
	}
}
