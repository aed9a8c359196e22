package gif_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/gif"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A picture of few colours comes back as it was.
func ExampleCodec() {
	ctx := context.Background()
	m := pixel.NewImage(nil, pixel.Shape{Width: 3, Height: 1, Layout: pixel.RGBA})
	copy(m.Planes[0].Pix, []uint8{255, 10, 0})
	copy(m.Planes[1].Pix, []uint8{128, 20, 0})
	copy(m.Planes[2].Pix, []uint8{0, 30, 0})
	copy(m.Planes[3].Pix, []uint8{255, 255, 0})

	var file bytes.Buffer
	if err := (gif.Codec{}).Encode(ctx, &file, m.Source(0, nil), codec.Options{}); err != nil {
		fmt.Println(err)
		return
	}
	src, err := gif.Codec{}.Decode(ctx, &file, codec.Request{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer src.Close()
	strip, err := src.Next()
	fmt.Println(src.Shape(), strip.Planes[0].Row(0), strip.Planes[3].Row(0), err)
	// Output: 3x1 rgba [255 10 0] [255 255 0] <nil>
}
