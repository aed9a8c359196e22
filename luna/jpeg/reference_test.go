package jpeg

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// libjpeg's reduced transforms average the full picture.
func TestReferenceScalesAreMeans(t *testing.T) {
	data := photo(t, 96, 64)
	full := decodeWith(t, Codec{}, data, codec.Request{Reference: true})
	require.Equal(t, pixel.YCbCr420, full.Shape.Layout)
	for _, n := range []int{2, 4, 8} {
		scaled := decodeWith(t, Codec{}, data, codec.Request{Reference: true, Scale: codec.Scale{Numerator: 1, Denominator: n}})
		require.Equal(t, pixel.Shape{Width: 96 / n, Height: 64 / n, Layout: pixel.YCbCr444}, scaled.Shape)
		for y := range 64 / n {
			for x := range 96 / n {
				sum := 0
				for j := range n * n {
					sum += int(full.Planes[0].Row(n*y + j/n)[n*x+j%n])
				}
				require.InDelta(t, float64(sum)/float64(n*n), scaled.Planes[0].Row(y)[x], 3, "1/%d at %d,%d: clipping apart", n, x, y)
			}
		}
	}
}

// Kept coefficients and streamed ones are transformed alike.
func TestReferenceOfProgressive(t *testing.T) {
	f := file{width: 128, height: 96, components: ycc(2, 2), sof: markerSOF2, value: func(c, x, y int) uint8 { return uint8(40*c + 9*x + 5*y) }}
	request := codec.Request{Reference: true, Scale: codec.Scale{Numerator: 1, Denominator: 4}}
	progressive := decodeWith(t, Codec{}, f.bytes(), request)
	f.sof = 0
	require.Equal(t, decodeWith(t, Codec{}, f.bytes(), request), progressive)
}

// A panic of a worker is its caller's, who recovers it: in a goroutine of its
// own it would end the process.
func TestWorkersPanicInTheCaller(t *testing.T) {
	d := &decoding{workers: 2}
	require.PanicsWithValue(t, "boom", func() {
		d.inParallel(4, func(i int) error {
			if i == 2 {
				panic("boom")
			}
			return nil
		})
	})
}
