package op_test

import (
	"fmt"
	"image"
	"log"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A chain is worked out for a shape before there are pixels, and then wrapped
// around a source of them.
func Example() {
	m := pixel.NewImage(nil, pixel.Shape{Width: 400, Height: 300, Layout: pixel.YCbCr420})
	geometry := op.Target{Width: 100, Height: 100, Fit: op.Contain}.Resize(400, 300)
	chain, err := op.Chain(m.Shape, []op.Op{
		op.Orient{Orientation: op.Flopped},
		geometry.Resample(),
		geometry.Embed([4]uint8{255, 255, 255, 255}),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, o := range chain {
		fmt.Println(o)
	}
	src, err := op.Wrap(m.Source(0, nil), chain, pixel.NewPool())
	if err != nil {
		log.Fatal(err)
	}
	defer src.Close()
	rows, err := pixel.Drain(src)
	fmt.Println(src.Shape(), rows, err)
	// Output:
	// orient 2
	// resize 100x75
	// convert to rgb
	// embed in 100x100 at +0+12 on #ffffffff
	// 100x100 rgb 100 <nil>
}

func ExampleTarget_Resize() {
	g := op.Target{Width: 800, Height: 600}.Resize(4032, 3024)
	fmt.Println(g.Width, g.Height, g.Crop)
	g = op.Target{Width: 300, Height: 300, Anchor: op.Top}.Resize(4032, 3024)
	fmt.Println(g.Width, g.Height, g.Crop)
	g = op.Target{Width: 800, Height: 600, Fit: op.Contain}.Resize(300, 400)
	fmt.Println(g.Width, g.Height, g.Canvas, g.Origin)
	// Output:
	// 800 600 (0,0)-(800,600)
	// 400 300 (50,0)-(350,300)
	// 300 400 (800,600) (250,100)
}

// A decoder that shrinks while it decodes leaves the rest to Resample: the
// window is what the whole picture became, which need not be whole pixels.
func ExampleResample() {
	const width, height = 4001, 3001 // decoded at 1/4: 1001x751
	r := op.Resample{
		Width: 800, Height: 600,
		Window: op.Window{Width: width / 4., Height: height / 4.},
	}
	out, err := r.Out(pixel.Shape{Width: 1001, Height: 751, Layout: pixel.YCbCr420})
	fmt.Println(r, out, err)
	// Output: resize 800x600 from 1000.25x750.25+0+0 800x600 ycbcr 4:2:0 <nil>
}

func ExampleCrop() {
	crop := op.Crop{Rect: image.Rect(100, 50, 500, 350)}
	fmt.Println(crop)
	_, err := crop.Out(pixel.Shape{Width: 400, Height: 400, Layout: pixel.RGB})
	fmt.Println(err)
	// Output:
	// crop 400x300+100+50
	// crop 400x300+100+50 of a 400x400 image: leaves the image
}

func ExampleLate() {
	// After a trim, nobody knows the size before the pixels are there.
	late := &op.Late{
		Label: "resize to 60x60 (contain)",
		Lower: func(in pixel.Shape) ([]op.Op, error) {
			g := op.Target{Width: 60, Height: 60, Fit: op.Contain}.Resize(in.Width, in.Height)
			return []op.Op{g.Resample(), g.Embed([4]uint8{0, 0, 0, 255})}, nil
		},
	}
	out, err := late.Out(pixel.Shape{Width: 120, Height: 80, Layout: pixel.RGB})
	fmt.Println(late, "gives", out, err)
	// Output: resize to 60x60 (contain) gives 60x60 rgb <nil>
}

func ExampleLUT_Then() {
	invert := op.NewLUT(func(v uint8) uint8 { return 255 - v })
	darken := op.NewLUT(func(v uint8) uint8 { return v / 2 })
	both := invert.Then(darken)
	fmt.Println(both.Red[55])
	// Output: 100
}
