package op_test

import (
	"fmt"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/pixel/pixeltest"
)

func ExampleRotate() {
	m := pixeltest.Constant(pixel.Shape{Width: 301, Height: 203, Layout: pixel.RGB}, 200, 100, 50)
	src, err := op.Rotate{Degrees: 45, Background: [4]uint8{255, 255, 255, 255}}.Wrap(m.Source(0, nil), nil)
	if err != nil {
		panic(err)
	}
	defer src.Close()
	fmt.Println(src.Shape())
	// Output:
	// 356x356 rgb
}

func ExampleTrim() {
	m := pixeltest.Constant(pixel.Shape{Width: 30, Height: 20, Layout: pixel.Gray}, 255)
	for y := 5; y < 15; y++ {
		clear(m.Planes[0].Row(y)[10:13])
	}
	src, err := op.Trim{Threshold: 10}.Wrap(m.Source(0, nil), nil)
	if err != nil {
		panic(err)
	}
	defer src.Close()
	fmt.Println(src.Shape())
	// Output:
	// 3x10 gray
}

func ExampleSmartCrop() {
	avatar := op.SmartCrop{Width: 256, Height: 256, Strategy: op.Attention}
	shape, err := avatar.Out(pixel.Shape{Width: 384, Height: 256, Layout: pixel.RGB})
	fmt.Println(avatar, "|", shape, err)
	// Output:
	// crop 256x256 by attention | 256x256 rgb <nil>
}
