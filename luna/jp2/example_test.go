package jp2_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jp2"
	"github.com/immagin/immagin-go/luna/pixel"
)

func ExampleCodec() {
	ctx := context.Background()
	c := jp2.Codec{}
	m := pixel.NewImage(nil, pixel.Shape{Width: 3, Height: 2, Layout: pixel.Gray})
	copy(m.Planes[0].Pix, []uint8{0, 50, 100, 150, 200, 250})

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
	fmt.Println(src.Shape(), strip.Planes[0].Row(1), err)
	// Output: 3x2 gray [150 200 250] <nil>
}
