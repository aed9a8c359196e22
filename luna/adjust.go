package luna

import (
	"crypto/sha256"
	"image"
	"sync"

	"github.com/disintegration/imaging"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/op"
)

// The edits beyond sharp's are computed by package imaging. All that it does to
// a sample depends on that sample alone, so what it makes of a ramp of all 256
// is a table that makes the same of any image.

func contrast(e edit.Contrast) op.LUT {
	return tabulate(func(m image.Image) *image.NRGBA { return imaging.AdjustContrast(m, float64(e)) })
}

func gamma(e edit.Gamma) op.LUT {
	return tabulate(func(m image.Image) *image.NRGBA { return imaging.AdjustGamma(m, float64(e)) })
}

func sigmoid(e edit.Sigmoid) op.LUT {
	return tabulate(func(m image.Image) *image.NRGBA { return imaging.AdjustSigmoid(m, e.Midpoint, e.Factor) })
}

func tabulate(adjust func(image.Image) *image.NRGBA) op.LUT {
	ramp := image.NewNRGBA(image.Rect(0, 0, 256, 1))
	for v := range 256 {
		copy(ramp.Pix[4*v:], []uint8{uint8(v), uint8(v), uint8(v), 255})
	}
	made := adjust(ramp)
	var l op.LUT
	for v := range 256 {
		l.Red[v], l.Green[v], l.Blue[v] = made.Pix[4*v], made.Pix[4*v+1], made.Pix[4*v+2]
	}
	return l
}

// adjustRevision is a hash of tables that package imaging makes on this
// machine. Its arithmetic is not ours: where the compiler fuses products into
// additions, or math.Exp is another assembly, a sample in a tie may round
// otherwise. So machines on which it would have different revisions.
var adjustRevision = sync.OnceValue(func() string {
	h := sha256.New()
	write := func(l op.LUT) { h.Write(l.Red[:]) }
	for v := -100; v <= 100; v++ {
		write(contrast(edit.Contrast(v)))
	}
	for _, v := range []edit.Gamma{1e-5, 0.1, 0.25, 1 / 2.2, 0.5, 0.8, 1.2, 1.5, 1.8, 2, 2.2, 2.4, 3, 5, 10} {
		write(gamma(v))
	}
	for _, midpoint := range []float64{0, 0.25, 0.4, 0.5, 0.75, 1} {
		for _, factor := range []float64{-1e3, -10, -5, -3, -1, -1e-300, 1, 2.5, 3, 5, 7, 10, 1e3} {
			write(sigmoid(edit.Sigmoid{Midpoint: midpoint, Factor: factor}))
		}
	}
	return "imaging\x00" + string(h.Sum(nil))
})
