package luna_test

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/gif"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp"
)

func ExampleEngine_Transform_animation() {
	ctx := context.Background()
	engine, err := luna.New([]codec.Codec{gif.Codec{}, webp.Codec{}}, &luna.Options{MaxFrames: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	shape := pixel.Shape{Width: 64, Height: 48, Layout: pixel.RGB}
	original := &movie{loops: 1}
	for i := range 3 {
		m := pixel.NewImage(nil, shape)
		for p := range 3 {
			for j := range m.Planes[p].Pix {
				m.Planes[p].Pix[j] = uint8(80 * i)
			}
		}
		original.pictures, original.delays = append(original.pictures, m), append(original.delays, time.Second)
	}
	var moving, small bytes.Buffer
	_ = gif.Codec{}.EncodeAnimation(ctx, &moving, original, codec.Options{})

	result, err := engine.Transform(ctx, &small, &moving, []edit.Edit{edit.Resize{Width: 32}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.MIME, result.Width, result.Height, result.Pages)
	// Output: image/webp 32 24 3
}
