package codectest_test

import (
	"fmt"
	"testing"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/png"
)

// An adapter's tests say what it promises, and have that checked.
func ExampleRun() {
	promises := codectest.Options{
		Encodings: []codectest.Encoding{
			{Name: "quality 90", Floor: 34},
			{Name: "quality 50", Options: codec.Options{Quality: 50}, Floor: 30},
		},
		Tail: 4, // bytes that no pixel needs
		EXIF: true, XMP: true, IPTC: true, Density: true,
	}
	_ = func(t *testing.T) { codectest.Run(t, jpeg.Codec{}, promises) }
	_ = func(f *testing.F) { codectest.Fuzz(f, jpeg.Codec{}, promises) }
}

func ExampleFuzz() {
	_ = func(f *testing.F) { codectest.Fuzz(f, png.Codec{}, codectest.Options{}) }
}

func ExampleChecks() {
	for _, check := range codectest.Checks()[:3] {
		fmt.Println(check.Name)
	}
	// Output:
	// Format
	// Files
	// RoundTrip
}

func ExampleDisjoint() {
	fmt.Println(codectest.Disjoint(png.Codec{}, jpeg.Codec{}))
	fmt.Println(codectest.Disjoint(png.Codec{}, png.Codec{CompressionLevel: 9}))
	// Output:
	// <nil>
	// two codecs are called "png"
}
