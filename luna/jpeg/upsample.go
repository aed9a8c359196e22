package jpeg

import (
	"image"

	"github.com/immagin/immagin-go/luna/pixel"
)

// upsample brings a chroma plane that is stored 4:4:0, 4:1:1 or 4:1:0 to the
// full size, which p already tells as its own. Like libjpeg-turbo, it
// interpolates 4:4:0 (h1v2_fancy_upsample) and repeats the samples of the
// others (int_upsample).
func upsample(p pixel.Plane, ratio image.YCbCrSubsampleRatio, pool *pixel.Pool) pixel.Plane {
	out := pixel.Plane{Pix: pool.Get(p.Width * p.Height), Stride: p.Width, Width: p.Width, Height: p.Height}
	stored := p // whose rows are as wide as they are stored
	switch ratio {
	case image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410:
		stored.Width = (p.Width + 3) / 4
	}
	for y := range out.Height {
		row := out.Row(y)
		switch ratio {
		case image.YCbCrSubsampleRatio440:
			last := (p.Height - 1) / 2
			near := y / 2
			if y%2 == 0 {
				blend(row, stored.Row(near), stored.Row(max(near-1, 0)), 1)
			} else {
				blend(row, stored.Row(near), stored.Row(min(near+1, last)), 2)
			}
		case image.YCbCrSubsampleRatio411:
			repeat4(row, stored.Row(y))
		default:
			repeat4(row, stored.Row(y/2))
		}
	}
	return out
}

// blend weighs two rows 3 to 1; bias alternates so that rounding does not
// drift.
func blend(dst, near, far []uint8, bias uint) {
	for i := range dst {
		dst[i] = uint8((3*uint(near[i]) + uint(far[i]) + bias) >> 2)
	}
}

func repeat4(dst, src []uint8) {
	for i := range dst {
		dst[i] = src[i/4]
	}
}
