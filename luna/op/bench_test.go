package op_test

import (
	"testing"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/pixel/pixeltest"
)

func benchmark(b *testing.B, shape pixel.Shape, ops ...op.Op) {
	m := pixeltest.Noise(shape, 1)
	pool := pixel.NewPool()
	chain, err := op.Chain(shape, ops)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(shape.Bytes())
	b.ReportAllocs()
	for b.Loop() {
		src, err := op.Wrap(m.Source(0, nil), chain, pool)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := pixel.Drain(src); err != nil {
			b.Fatal(err)
		}
		src.Close()
	}
}

func BenchmarkResample(b *testing.B) {
	for _, layout := range []pixel.Layout{pixel.RGB, pixel.YCbCr420} {
		large := pixel.Shape{Width: 4000, Height: 3000, Layout: layout}
		b.Run("4000x3000 "+layout.String()+"/800x600", func(b *testing.B) {
			benchmark(b, large, op.Resample{Width: 800, Height: 600})
		})
		b.Run("1000x750 "+layout.String()+"/800x600", func(b *testing.B) {
			benchmark(b, pixel.Shape{Width: 1000, Height: 750, Layout: layout}, op.Resample{Width: 800, Height: 600})
		})
		b.Run("400x300 "+layout.String()+"/800x600", func(b *testing.B) {
			benchmark(b, pixel.Shape{Width: 400, Height: 300, Layout: layout}, op.Resample{Width: 800, Height: 600})
		})
	}
}

func BenchmarkConvert(b *testing.B) {
	for _, from := range []pixel.Layout{pixel.YCbCr420, pixel.YCbCr422, pixel.YCbCr444} {
		b.Run("4000x3000 "+from.String()+"/rgb", func(b *testing.B) {
			benchmark(b, pixel.Shape{Width: 4000, Height: 3000, Layout: from}, op.Convert{To: pixel.RGB})
		})
	}
	b.Run("4000x3000 rgb/ycbcr 4:2:0", func(b *testing.B) {
		benchmark(b, pixel.Shape{Width: 4000, Height: 3000, Layout: pixel.RGB}, op.Convert{To: pixel.YCbCr420})
	})
}

func BenchmarkOrient(b *testing.B) {
	for _, o := range []op.Orientation{op.Flopped, op.HalfTurn, op.TurnRight} {
		b.Run("4000x3000 rgb/"+op.Orient{Orientation: o}.String(), func(b *testing.B) {
			benchmark(b, pixel.Shape{Width: 4000, Height: 3000, Layout: pixel.RGB}, op.Orient{Orientation: o})
		})
	}
}

func BenchmarkAlpha(b *testing.B) {
	shape := pixel.Shape{Width: 1000, Height: 1000, Layout: pixel.RGBA}
	b.Run("1000x1000 rgba/premultiply", func(b *testing.B) { benchmark(b, shape, op.Premultiply{}) })
	b.Run("1000x1000 rgba/flatten", func(b *testing.B) { benchmark(b, shape, op.Flatten{}) })
}
