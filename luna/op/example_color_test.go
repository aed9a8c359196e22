package op_test

import (
	"fmt"
	"image"
	"io"
	"log"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// first prints the first pixel that ops make of a picture of one colour.
func first(red, green, blue uint8, ops ...op.Op) {
	m := pixel.NewImage(nil, pixel.Shape{Width: 8, Height: 8, Layout: pixel.RGB})
	for p, v := range []uint8{red, green, blue} {
		for i := range m.Planes[p].Pix {
			m.Planes[p].Pix[i] = v
		}
	}
	chain, err := op.Chain(m.Shape, ops)
	if err != nil {
		log.Fatal(err)
	}
	src, err := op.Wrap(m.Source(0, nil), chain, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer src.Close()
	t, err := src.Next()
	if err != nil && err != io.EOF {
		log.Fatal(err)
	}
	for p := range src.Shape().Layout.Planes() {
		fmt.Print(t.Planes[p].Pix[0], " ")
	}
	fmt.Println(src.Shape().Layout)
}

func ExampleModulate() {
	first(250, 10, 10, op.Modulate{Brightness: 2, Saturation: 1})
	first(250, 10, 10, op.Modulate{Brightness: 1, Saturation: 1, Hue: 180})
	// Output:
	// 255 196 148 rgb
	// 0 159 235 rgb
}

// A picture with alpha becomes one without, for a format that has none.
func ExampleFlatten() {
	white := op.Flatten{Background: [3]uint8{255, 255, 255}}
	first(200, 0, 0, op.Convert{To: pixel.RGBA}, white)
	out, err := white.Out(pixel.Shape{Width: 8, Height: 8, Layout: pixel.RGBA})
	fmt.Println(out, err)
	// Output:
	// 200 0 0 rgb
	// 8x8 rgb <nil>
}

func ExampleNewTint() {
	first(128, 128, 128, op.NewTint(255, 200, 0))
	// Output:
	// 163 122 0 rgb
}

func ExampleGrayscale() {
	first(10, 200, 30, op.Grayscale{})
	// Output:
	// 173 gray
}

func ExampleFunc() {
	first(10, 200, 30, &op.Func{
		Apply: func(m image.Image) (image.Image, error) {
			n := m.(*image.NRGBA)
			for i := 0; i < len(n.Pix); i += 4 {
				n.Pix[i], n.Pix[i+2] = n.Pix[i+2], n.Pix[i]
			}
			return n, nil
		},
		Opaque: true,
	})
	// Output:
	// 30 200 10 rgb
}

// A watermark is drawn half through, at the top left.
func ExampleComposite() {
	logo := pixel.NewImage(nil, pixel.Shape{Width: 2, Height: 2, Layout: pixel.RGBA})
	for p, v := range []uint8{255, 255, 255, 128} {
		for i := range logo.Planes[p].Pix {
			logo.Planes[p].Pix[i] = v
		}
	}
	first(0, 0, 0, op.Composite{Layer: logo})
	first(0, 0, 0, op.Composite{Layer: logo, Left: 4})
	// Output:
	// 128 128 128 rgb
	// 0 0 0 rgb
}
