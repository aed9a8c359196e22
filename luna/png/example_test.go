package png_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/png"
)

// Both directions move a few rows at a time, whatever the picture's size.
func ExampleCodec() {
	ctx := context.Background()
	c := png.Codec{}
	m := pixel.NewImage(nil, pixel.Shape{Width: 3, Height: 2, Layout: pixel.GrayAlpha})
	copy(m.Planes[0].Pix, []uint8{0, 50, 100, 150, 200, 250})
	copy(m.Planes[1].Pix, []uint8{255, 255, 255, 128, 64, 0})

	var file bytes.Buffer
	if err := c.Encode(ctx, &file, m.Source(0, nil), codec.Options{}); err != nil {
		fmt.Println(err)
		return
	}
	src, err := c.Decode(ctx, &file, codec.Request{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer src.Close()
	strip, err := src.Next()
	fmt.Println(src.Shape(), strip.Planes[1].Row(1), err)
	// Output: 3x2 gray+alpha [128 64 0] <nil>
}
