package webp_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp"
)

// Lossless pictures come back to the last bit, colours under full
// transparency included.
func ExampleCodec() {
	ctx := context.Background()
	c := webp.Codec{}
	m := pixel.NewImage(nil, pixel.Shape{Width: 2, Height: 1, Layout: pixel.RGBA})
	for p, row := range [][]uint8{{250, 10}, {120, 20}, {0, 30}, {255, 0}} {
		copy(m.Planes[p].Pix, row)
	}
	var file bytes.Buffer
	if err := c.Encode(ctx, &file, m.Source(0, nil), codec.Options{Lossless: true}); err != nil {
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
	for p := range 4 {
		fmt.Print(strip.Planes[p].Row(0), " ")
	}
	fmt.Println(src.Shape(), err)
	// Output: [250 10] [120 20] [0 30] [255 0] 2x1 rgba <nil>
}
