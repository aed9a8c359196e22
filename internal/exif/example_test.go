package exif_test

import (
	"fmt"

	"github.com/immagin/immagin-go/internal/exif"
)

func ExampleParse() {
	block := "MM\x00*\x00\x00\x00\x08" + // header: IFD 0 stands at 8
		"\x00\x01" + // one entry
		"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00" // orientation, a short: 6
	d, err := exif.Parse([]byte(block))
	fmt.Println(d.Orientation, err)
	// Output: 6 <nil>
}
