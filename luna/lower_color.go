package luna

import (
	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// premultiplied appends an operation that mixes neighbouring pixels: colours
// are multiplied by alpha meanwhile.
func (l *lowering) premultiplied(o op.Op) error {
	if l.alpha {
		return l.add(op.Premultiply{}, o, op.Unpremultiply{})
	}
	return l.add(o)
}

func (l *lowering) grayscale() error {
	l.grayed = true
	return l.add(op.Grayscale{})
}

// tint lowers a tint. sharp leaves images of one channel gray. Those that an
// edit made gray have three in sharp when they come to the next.
func (l *lowering) tint(e edit.Tint) error {
	if l.grayed {
		to := pixel.RGB
		if l.alpha {
			to = pixel.RGBA
		}
		if err := l.add(op.Convert{To: to}); err != nil {
			return err
		}
	}
	return l.add(op.NewTint(e.R, e.G, e.B))
}

func (l *lowering) modulate(e edit.Modulate) error {
	return l.add(op.Modulate{
		Brightness: *e.Brightness, Saturation: *e.Saturation, Lightness: *e.Lightness, Hue: *e.Hue,
	})
}

func (l *lowering) invert() error {
	return l.add(op.NewLUT(func(v uint8) uint8 { return 255 - v }))
}

// normalize lowers a normalize. Like sharp, it knows whole percentiles only,
// and leaves out what stands after the point.
func (l *lowering) normalize(e edit.Normalize) error {
	return l.add(op.Normalize{Lower: int(*e.Lower), Upper: int(*e.Upper)})
}
