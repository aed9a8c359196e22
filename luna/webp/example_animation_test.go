package webp_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp"
)

// A fade is an animation that gets brighter.
type fade struct{ level int }

func (*fade) Shape() pixel.Shape { return pixel.Shape{Width: 32, Height: 24, Layout: pixel.RGB} }
func (*fade) Loops() int         { return 0 }
func (*fade) Close() error       { return nil }

func (f *fade) Next() (pixel.Source, time.Duration, error) {
	if f.level == 200 {
		return nil, 0, io.EOF
	}
	f.level += 50
	m := pixel.NewImage(nil, f.Shape())
	for p := range 3 {
		for i := range m.Planes[p].Pix {
			m.Planes[p].Pix[i] = uint8(f.level)
		}
	}
	return m.Source(0, nil), 80 * time.Millisecond, nil
}

func ExampleCodec_EncodeAnimation() {
	ctx := context.Background()
	var file bytes.Buffer
	if err := (webp.Codec{}).EncodeAnimation(ctx, &file, new(fade), codec.Options{Lossless: true}); err != nil {
		fmt.Println(err)
		return
	}
	frames, err := webp.Codec{}.Animate(ctx, &file, codec.Request{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer frames.Close()
	for {
		picture, delay, err := frames.Next()
		if err != nil {
			fmt.Println(err)
			return
		}
		strip, err := picture.Next()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(delay, strip.Planes[0].Row(0)[0])
		picture.Close()
	}
	// Output:
	// 80ms 50
	// 80ms 100
	// 80ms 150
	// 80ms 200
	// EOF
}

func ExampleCodec_Copy() {
	ctx := context.Background()
	var told, plain bytes.Buffer
	_ = webp.Codec{}.EncodeAnimation(ctx, &told, new(fade), codec.Options{Metadata: codec.Metadata{XMP: []byte("<place/>")}})
	if err := (webp.Codec{}).Copy(ctx, &plain, bytes.NewReader(told.Bytes()), codec.Metadata{}); err != nil {
		fmt.Println(err)
		return
	}
	info, err := webp.Codec{}.Probe(&plain)
	fmt.Println(info.Frames, info.Metadata.IsZero(), err)
	// Output: 4 true <nil>
}
