//go:build cgo

package libwebp_test

import (
	"fmt"

	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/webp/libwebp"
)

// An engine whose WebP files are libwebp's own.
func ExampleCodec() {
	engine, err := luna.New([]codec.Codec{jpeg.Codec{}, libwebp.Codec{}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, writes := engine.Formats()
	fmt.Println(writes)
	// Output: [jpeg webp]
}
