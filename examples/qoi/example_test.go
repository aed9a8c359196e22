package qoi_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/immagin/immagin-go/examples/qoi"
	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Originals in QOI are read as any other: as JPEG, here.
func Example() {
	engine, err := luna.New(append(codecs.Default(), qoi.Codec{}), nil)
	if err != nil {
		log.Fatal(err)
	}
	var thumbnail bytes.Buffer
	result, err := engine.Transform(context.Background(), &thumbnail, bytes.NewReader(drawn()),
		[]edit.Edit{edit.Resize{Width: 100}}, &edit.Output{Format: edit.FormatJPEG})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.MIME, result.Width, result.Height)
	reads, _ := engine.Formats()
	fmt.Println(reads)
	// Output:
	// image/jpeg 100 75
	// [jpeg png webp gif qoi]
}

// drawn returns a file of 400x300.
func drawn() []byte {
	m := pixel.NewImage(nil, pixel.Shape{Width: 400, Height: 300, Layout: pixel.RGB})
	for y := range 300 {
		for x := range 400 {
			m.Planes[0].Row(y)[x], m.Planes[1].Row(y)[x], m.Planes[2].Row(y)[x] = uint8(x/2), uint8(y/2), 128
		}
	}
	var b bytes.Buffer
	if err := (qoi.Codec{}).Encode(context.Background(), &b, m.Source(0, nil), codec.Options{}); err != nil {
		log.Fatal(err)
	}
	return b.Bytes()
}
