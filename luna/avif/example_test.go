package avif_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/immagin/immagin-go/luna/avif"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

func ExampleNew() {
	c, err := avif.New(&avif.Options{MaxDecodes: 2})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	black := pixel.NewImage(nil, pixel.Shape{Width: 64, Height: 48, Layout: pixel.RGB})
	var file bytes.Buffer
	opts := codec.Options{Quality: 50, Effort: new(0)}
	if err := c.Encode(context.Background(), &file, black.Source(0, nil), opts); err != nil {
		log.Fatal(err)
	}
	info, err := c.Probe(&file)
	fmt.Println(info.Shape, err)
	// Output: 64x48 rgb <nil>
}
