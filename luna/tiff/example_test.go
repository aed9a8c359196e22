package tiff_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/tiff"
)

// What is written without a quality comes back as it was, here with 16 bits a
// sample.
func ExampleCodec() {
	ctx := context.Background()
	c := tiff.Codec{}
	m := pixel.NewImage(nil, pixel.Shape{Width: 3, Height: 1, Layout: pixel.Gray, Deep: true})
	copy(m.Planes[0].Pix16, []uint16{0, 1000, 65535})

	var file bytes.Buffer
	if err := c.Encode(ctx, &file, m.Source(0, nil), codec.Options{Density: 300}); err != nil {
		fmt.Println(err)
		return
	}
	info, err := c.Probe(bytes.NewReader(file.Bytes()))
	fmt.Println(info.Shape, info.Density, err)
	src, err := c.Decode(ctx, &file, codec.Request{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer src.Close()
	strip, err := src.Next()
	fmt.Println(strip.Planes[0].Row16(0), err)
	// Output:
	// 3x1 gray 16-bit 300 <nil>
	// [0 1000 65535] <nil>
}
