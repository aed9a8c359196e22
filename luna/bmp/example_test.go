package bmp_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/immagin/immagin-go/luna/bmp"
	"github.com/immagin/immagin-go/luna/codec"
)

func ExampleCodec() {
	file := "BM\x3a\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00" + // pixels begin at 54
		"\x28\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01\x00\x18\x00" + // one pixel of 24 bits
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
		"\x01\x02\x03\x00" // blue, green, red
	src, err := bmp.Codec{}.Decode(context.Background(), bytes.NewReader([]byte(file)), codec.Request{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer src.Close()
	strip, err := src.Next()
	fmt.Println(src.Shape(), strip.Planes[0].Row(0), strip.Planes[2].Row(0), err)
	// Output: 1x1 rgb [3] [1] <nil>
}
