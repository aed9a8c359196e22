package encoder

import "github.com/immagin/immagin-go/luna/webp/internal/vp8/kernel"

// trellis quantises coefficients to the levels of least cost, distortion and rate
// together. It works in place, as kernel.Quantize does. Levels before first stay as
// they are.
func trellis(levels, in *kernel.Coefficients, first, context int, m *kernel.Matrix, costs *kernel.Costs, lambda int64) (nonzero uint32) {
	return kernel.Trellis(levels, in, first, context, m, costs, lambda)
}
