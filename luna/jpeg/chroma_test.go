package jpeg

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Of 4:2:0 a scaled picture has as much chroma as luma where it is asked for,
// and in the same places.
func TestFullChroma(t *testing.T) {
	blocks := file{width: 96, height: 64, components: ycc(2, 2), sof: markerSOF2, value: func(c, x, y int) uint8 { return uint8(40*c + 9*x + 5*y) }}
	for name, data := range map[string][]byte{"baseline": photo(t, 96, 64), "progressive": blocks.bytes()} {
		for _, n := range []int{2, 4, 8} {
			t.Run(fmt.Sprintf("%s at 1/%d", name, n), func(t *testing.T) {
				scale := codec.Scale{Numerator: 1, Denominator: n}
				m := decodeWith(t, Codec{}, data, codec.Request{Scale: scale, FullChroma: true})
				require.Equal(t, pixel.Shape{Width: 96 / n, Height: 64 / n, Layout: pixel.YCbCr444}, m.Shape)
				plain := decodeWith(t, Codec{}, data, codec.Request{Scale: scale})
				require.Equal(t, plain.Planes[0].Pix, m.Planes[0].Pix, "luma is what it is anyway")
				mean := decodeWith(t, Codec{}, data, codec.Request{Scale: scale, Reference: true})
				for p := 1; p < 3; p++ {
					full, coarse := 0, 0
					for y := range m.Shape.Height {
						for x := range m.Shape.Width {
							want := int(mean.Planes[p].Row(y)[x])
							full += distance(int(m.Planes[p].Row(y)[x]), want)
							coarse += distance(int(plain.Planes[p].Row(y / 2)[x/2]), want)
						}
					}
					require.LessOrEqual(t, full, coarse, "plane %d is nearer than a coarse one", p)
					require.Less(t, full, 3*m.Shape.Width*m.Shape.Height)
				}
			})
		}
		whole := decodeWith(t, Codec{}, data, codec.Request{FullChroma: true})
		require.Equal(t, pixel.YCbCr420, whole.Shape.Layout, "at full size it would have to be made up")
	}
}

func distance(a, b int) int { return max(a-b, b-a) }

// libjpeg repeats the chroma of 4:2:2 at 1/8, and interpolates it at other
// scales.
func TestFullChromaOf422(t *testing.T) {
	f := file{width: 64, height: 32, components: ycc(2, 1), value: func(c, x, y int) uint8 { return uint8(60*c + 2*x + y) }}
	for n, layout := range map[int]pixel.Layout{2: pixel.YCbCr422, 4: pixel.YCbCr422, 8: pixel.YCbCr444} {
		for _, request := range []codec.Request{{FullChroma: true}, {Reference: true}} {
			request.Scale = codec.Scale{Numerator: 1, Denominator: n}
			m := decodeWith(t, Codec{}, f.bytes(), request)
			require.Equal(t, pixel.Shape{Width: 64 / n, Height: 32 / n, Layout: layout}, m.Shape)
			if n == 8 {
				for p := 1; p < 3; p++ {
					for y := range m.Shape.Height {
						row := m.Planes[p].Row(y)
						for x := 0; x < len(row); x += 2 {
							require.Equal(t, row[x], row[x+1])
						}
					}
				}
			}
		}
	}
}
