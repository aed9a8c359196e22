package luna_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/png"
)

func ExamplePlan_Sentences() {
	engine, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	plan, err := engine.Explain(context.Background(), bytes.NewReader(sunset()), []edit.Edit{
		edit.Resize{Width: 200},
		edit.Grayscale(true),
	}, &edit.Output{Format: edit.FormatJPEG, Quality: 80})
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range plan.Sentences()[:5] {
		fmt.Println(s)
	}
	// Output:
	// The original is a PNG of 400×300 pixels.
	// It is decoded in full.
	// Resize to 200×150 pixels.
	// Remove the colours.
	// Encode as JPEG at quality 80: the result has 200×150 pixels.
}
