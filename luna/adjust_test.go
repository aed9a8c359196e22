package luna

import (
	"fmt"
	"image"
	"math/rand/v2"
	"testing"

	"github.com/disintegration/imaging"
	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/pixel/pixeltest"
)

// TestAdjustIsImaging: a table does to a whole image what package imaging does.
func TestAdjustIsImaging(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	m := image.NewNRGBA(image.Rect(0, 0, 61, 47))
	for i := range m.Pix {
		m.Pix[i] = uint8(r.IntN(256))
	}
	shape := pixel.Shape{Width: 61, Height: 47, Layout: pixel.RGBA}
	planar := pixel.NewImage(nil, shape)
	for i, v := range m.Pix {
		planar.Planes[i%4].Pix[i/4] = v
	}
	type test struct {
		name string
		lut  op.LUT
		want *image.NRGBA
	}
	var tests []test
	for _, v := range []float64{-100, -99.5, -50, -1, 1, 20, 33.3, 99, 100} {
		tests = append(tests, test{fmt.Sprint("contrast ", v), contrast(edit.Contrast(v)), imaging.AdjustContrast(m, v)})
	}
	for _, v := range []float64{1e-9, 0.3, 0.45, 2.2, 100, 1e300} {
		tests = append(tests, test{fmt.Sprint("gamma ", v), gamma(edit.Gamma(v)), imaging.AdjustGamma(m, v)})
	}
	for _, v := range [][2]float64{{0, 3}, {0.5, 5}, {0.5, -5}, {1, 1e3}, {0.25, -1e-9}, {0.7, 1e300}} {
		tests = append(tests, test{fmt.Sprint("sigmoid ", v), sigmoid(edit.Sigmoid{Midpoint: v[0], Factor: v[1]}), imaging.AdjustSigmoid(m, v[0], v[1])})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src, err := tt.lut.Wrap(pixeltest.NewSource(planar, 6), nil)
			require.NoError(t, err)
			got, err := pixeltest.Collect(src)
			require.NoError(t, err)
			for i, v := range tt.want.Pix {
				require.Equal(t, v, got.Planes[i%4].Pix[i/4], "sample %d", i)
			}
		})
	}
}
