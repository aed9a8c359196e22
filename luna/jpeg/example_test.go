package jpeg_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A picture goes into a file as planes, and comes out as planes again,
// without a way through RGB.
func ExampleCodec() {
	ctx := context.Background()
	c := jpeg.Codec{}
	m := pixel.NewImage(nil, pixel.Shape{Width: 64, Height: 48, Layout: pixel.YCbCr420})
	for p := range 3 {
		for i := range m.Planes[p].Pix {
			m.Planes[p].Pix[i] = 128
		}
	}
	var file bytes.Buffer
	if err := c.Encode(ctx, &file, m.Source(0, nil), codec.Options{Quality: 85}); err != nil {
		fmt.Println(err)
		return
	}
	info, err := c.Probe(bytes.NewReader(file.Bytes()))
	fmt.Println(info.Shape, info.Space, err)

	src, err := c.Decode(ctx, &file, codec.Request{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer src.Close()
	strip, err := src.Next()
	fmt.Println(strip.Rows, "rows, the first sample is", strip.Planes[0].Row(0)[0], err)
	// Output:
	// 64x48 ycbcr 4:2:0 srgb <nil>
	// 16 rows, the first sample is 128 <nil>
}
