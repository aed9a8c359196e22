package op

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/pixel/pixeltest"
)

// TestSettle holds what ops settle on to what they do themselves.
func TestSettle(t *testing.T) {
	for _, o := range []Op{
		SmartCrop{Width: 20, Height: 40}, SmartCrop{Width: 20, Height: 40, Strategy: Attention},
		Trim{Threshold: 10}, Normalize{Lower: 1, Upper: 99}, Normalize{Lower: 0, Upper: 100},
	} {
		for _, layout := range []pixel.Layout{pixel.Gray, pixel.RGB, pixel.RGBA} {
			m := pixeltest.Noise(pixel.Shape{Width: 60, Height: 40, Layout: layout}, 5)
			for p := range layout.Planes() {
				for y := range 40 {
					for x, v := range m.Planes[p].Row(y) {
						if x < 9 || y > 30 {
							v = 100 // a border
						}
						m.Planes[p].Row(y)[x] = v/2 + 50
					}
				}
			}
			src, err := o.Wrap(pixeltest.NewSource(m, 16), nil)
			require.NoError(t, err)
			want, err := pixel.ReadAll(nil, src)
			require.NoError(t, err)
			settled := src.(Settler).Settle()
			require.NotNil(t, settled)
			src.Close()
			again, err := settled.Wrap(pixeltest.NewSource(m, 16), nil)
			require.NoError(t, err)
			got, err := pixel.ReadAll(nil, again)
			require.NoError(t, err)
			require.Equal(t, want.Shape, got.Shape, "%v of %v", o, layout)
			pixeltest.Equal(t, want, got)
			// Another picture is treated alike, which that by itself is not.
			other := pixeltest.Noise(m.Shape, 6)
			again, err = settled.Wrap(pixeltest.NewSource(other, 16), nil)
			require.NoError(t, err)
			require.Equal(t, want.Shape, again.Shape())
			_, switches := again.(Settler)
			require.False(t, switches)
		}
	}
}

func TestSettleOfNothing(t *testing.T) {
	m := pixel.NewImage(nil, pixel.Shape{Width: 8, Height: 8, Layout: pixel.RGB})
	for p := range 3 {
		for i := range m.Planes[p].Pix {
			m.Planes[p].Pix[i] = 77
		}
	}
	src, err := Normalize{Lower: 1, Upper: 99}.Wrap(m.Source(0, nil), nil)
	require.NoError(t, err)
	require.Nil(t, src.(Settler).Settle(), "nothing was read")
	_, err = src.Next()
	require.NoError(t, err)
	other := pixeltest.Noise(m.Shape, 6)
	same, err := src.(Settler).Settle().Wrap(pixeltest.NewSource(other, 16), nil)
	require.NoError(t, err)
	got, err := pixel.ReadAll(nil, same)
	require.NoError(t, err)
	pixeltest.Equal(t, other, got)
	src, err = SmartCrop{Width: 4, Height: 8}.Wrap(m.Source(0, nil), nil)
	require.NoError(t, err)
	require.Nil(t, src.(Settler).Settle())
}
