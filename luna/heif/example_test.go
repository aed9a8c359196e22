package heif_test

import (
	"fmt"
	"log"

	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/avif"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/heif"
	"github.com/immagin/immagin-go/luna/heif/heic"
)

// An engine that reads photos as iPhones take them. Package heic contains code
// under the LGPL.
func ExampleNew() {
	av1, err := avif.New(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer av1.Close()
	hevc, err := heic.New(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer hevc.Close()
	both, err := heif.New(av1, &heif.Options{HEVC: hevc})
	if err != nil {
		log.Fatal(err)
	}
	engine, err := luna.New([]codec.Codec{av1, both}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(engine.Formats())
	// Output: [avif heif] [avif heif]
}
