package luna_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/testmeta"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A photograph that tells where it was taken, and whose it is.
func ExampleMetadataPolicy() {
	var photo bytes.Buffer
	pixels := testpic.Make(pixel.Shape{Width: 64, Height: 48, Layout: pixel.YCbCr420}).Source(0, nil)
	err := jpeg.Codec{}.Encode(context.Background(), &photo, pixels, codec.Options{Metadata: testmeta.Metadata(binary.BigEndian)})
	if err != nil {
		panic(err)
	}
	for _, policy := range []luna.MetadataPolicy{luna.StripMetadata, luna.KeepCopyright, luna.KeepMetadata} {
		e, err := luna.New([]codec.Codec{jpeg.Codec{}}, &luna.Options{Metadata: policy})
		if err != nil {
			panic(err)
		}
		var out bytes.Buffer
		if _, err := e.Transform(context.Background(), &out, bytes.NewReader(photo.Bytes()), nil, &edit.Output{Format: edit.FormatJPEG}); err != nil {
			panic(err)
		}
		fmt.Printf("%-9s  copyright %-5t  GPS %t\n", policy,
			bytes.Contains(out.Bytes(), []byte(testmeta.Copyright)), bytes.Contains(out.Bytes(), []byte("GPS")))
	}
	// Output:
	// strip      copyright false  GPS false
	// copyright  copyright true   GPS false
	// keep       copyright true   GPS true
}
