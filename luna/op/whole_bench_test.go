package op_test

import (
	"testing"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

func BenchmarkRotate(b *testing.B) {
	for _, layout := range []pixel.Layout{pixel.RGB, pixel.RGBA} {
		b.Run("4000x3000 "+layout.String()+"/30", func(b *testing.B) {
			benchmark(b, pixel.Shape{Width: 4000, Height: 3000, Layout: layout}, op.Rotate{Degrees: 30, Background: [4]uint8{0, 0, 0, 255}})
		})
	}
}

func BenchmarkTrim(b *testing.B) {
	for _, layout := range []pixel.Layout{pixel.RGB, pixel.RGBA} {
		b.Run("4000x3000 "+layout.String(), func(b *testing.B) {
			benchmark(b, pixel.Shape{Width: 4000, Height: 3000, Layout: layout}, op.Trim{Threshold: 10})
		})
	}
}

func BenchmarkSmartCrop(b *testing.B) {
	for _, strategy := range []op.Strategy{op.Entropy, op.Attention} {
		b.Run("1200x800 rgb/"+strategy.String(), func(b *testing.B) {
			benchmark(b, pixel.Shape{Width: 1200, Height: 800, Layout: pixel.RGB}, op.SmartCrop{Width: 800, Height: 800, Strategy: strategy})
		})
	}
}
