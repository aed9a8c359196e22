package op_test

import (
	"fmt"
	"image"
	"log"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Chain puts in what ops need before them.
func ExampleChain() {
	photo := pixel.Shape{Width: 400, Height: 300, Layout: pixel.YCbCr420}
	chain, err := op.Chain(photo, []op.Op{
		op.Crop{Rect: image.Rect(0, 0, 300, 300)},
		op.Modulate{Brightness: 1.2, Saturation: 1},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, o := range chain {
		fmt.Println(o)
	}
	// Output:
	// crop 300x300+0+0
	// convert to rgb
	// modulate brightness 1.2
}

// What a chain makes of a picture is known before there are pixels, and so is
// that it cannot be done.
func ExampleOut() {
	photo := pixel.Shape{Width: 400, Height: 300, Layout: pixel.RGB}
	chain := []op.Op{op.Orient{Orientation: op.TurnRight}, op.Crop{Rect: image.Rect(0, 0, 300, 400)}}
	fmt.Println(op.Out(photo, chain))

	chain = append(chain, op.Crop{Rect: image.Rect(0, 0, 400, 300)})
	_, err := op.Out(photo, chain)
	fmt.Println(err)
	// Output:
	// 300x400 rgb <nil>
	// crop 400x300+0+0 of a 300x400 image: leaves the image
}

// Some ops work row by row, others hold the picture.
func ExampleWork() {
	photo := pixel.Shape{Width: 4000, Height: 3000, Layout: pixel.RGB}
	fmt.Println(op.Work(photo, []op.Op{op.Grayscale{}}) < 1<<20)
	fmt.Println(op.Work(photo, []op.Op{op.Flip{}}) >= photo.Bytes())
	// Output:
	// true
	// true
}

func ExampleWrap() {
	photo := pixel.NewImage(nil, pixel.Shape{Width: 400, Height: 300, Layout: pixel.RGB})
	chain := []op.Op{
		op.Resample{Width: 200, Height: 150, Window: op.Window{Width: 400, Height: 300}},
		op.Grayscale{},
	}
	src, err := op.Wrap(photo.Source(0, nil), chain, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer src.Close() // closes the photo's source too
	rows, err := pixel.Drain(src)
	fmt.Println(src.Shape(), rows, err)
	// Output: 200x150 gray 150 <nil>
}

func ExampleNewLUT() {
	negative := op.NewLUT(func(v uint8) uint8 { return 255 - v })
	first(250, 10, 100, negative)
	// Output: 5 245 155 rgb
}

// What the EXIF orientation 6 of a phone held upright asks for.
func ExampleOrient() {
	upright := op.Orient{Orientation: op.TurnRight}
	out, err := upright.Out(pixel.Shape{Width: 4032, Height: 3024, Layout: pixel.YCbCr420})
	fmt.Println(out, err)
	// Output: 3024x4032 ycbcr 4:2:0 <nil>
}

// A border of 20 pixels, and the place of the picture within it.
func ExampleEmbed() {
	border := op.Embed{Left: 20, Top: 20, Width: 440, Height: 340, Background: [4]uint8{255, 0, 0, 255}}
	in := pixel.Shape{Width: 400, Height: 300, Layout: pixel.Gray}
	chain, err := op.Chain(in, []op.Op{border})
	if err != nil {
		log.Fatal(err)
	}
	for _, o := range chain {
		fmt.Println(o)
	}
	// Output:
	// convert to rgb
	// embed in 440x340 at +20+20 on #ff0000ff
}
