package luna_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	stdpng "image/png"
	"log"
	"os"
	"strings"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/png"
)

// sunset returns a PNG file of 400x300 pixels.
func sunset() []byte {
	m := image.NewRGBA(image.Rect(0, 0, 400, 300))
	for y := range 300 {
		for x := range 400 {
			m.SetRGBA(x, y, color.RGBA{uint8(255 - y/4), uint8(180 - y/2), uint8(60 + x/8), 255})
		}
	}
	var b bytes.Buffer
	if err := stdpng.Encode(&b, m); err != nil {
		log.Fatal(err)
	}
	return b.Bytes()
}

// A file in, a file out, with no server.
func Example() {
	engine, err := luna.New(codecs.Default(), nil)
	if err != nil {
		log.Fatal(err)
	}
	upload := bytes.NewReader(sunset()) // in a program: os.Open
	var avatar bytes.Buffer             // and os.Create
	edits := []edit.Edit{
		edit.Resize{Width: 64, Height: 64, Position: edit.PositionAttention},
		edit.Sharpen(1),
	}
	result, err := engine.Transform(context.Background(), &avatar, upload, edits, &edit.Output{Format: edit.FormatWebP, Quality: 80})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.MIME, result.Width, result.Height)
	// Output: image/webp 64 64
}

func ExampleNew() {
	engine, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}}, &luna.Options{
		MaxPixels: 100_000_000,
		Matte:     "white", // under JPEGs of images with alpha
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(engine.Formats())

	_, err = luna.New([]codec.Codec{png.Codec{}, png.Codec{}}, nil)
	fmt.Println(err)
	// Output:
	// [jpeg png] [jpeg png]
	// luna: codec 1: png.Codec: there already is a codec for "png"
}

func ExampleEngine_Transform() {
	engine, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	edits := []edit.Edit{
		edit.Resize{Width: 100, Height: 100, Position: edit.PositionTop},
		edit.Flop(true),
	}
	var out bytes.Buffer
	result, err := engine.Transform(context.Background(), &out, bytes.NewReader(sunset()), edits, &edit.Output{Format: edit.FormatJPEG})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s, %dx%d\n", result.MIME, result.Width, result.Height)
	// Output:
	// image/jpeg, 100x100
}

// Errors tell what to do about them.
func ExampleEngine_Transform_errors() {
	engine, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	try := func(file []byte, edits []edit.Edit, output *edit.Output) error {
		_, err := engine.Transform(context.Background(), new(bytes.Buffer), bytes.NewReader(file), edits, output)
		return err
	}
	err = try([]byte("no image"), nil, nil)
	fmt.Println(errors.Is(err, luna.ErrNotImage))

	err = try(sunset()[:200], nil, &edit.Output{Format: edit.FormatPNG})
	fmt.Println(errors.Is(err, luna.ErrFormat))

	var missing *luna.MissingCodecError
	err = try(sunset(), nil, &edit.Output{Format: edit.FormatWebP})
	fmt.Println(errors.As(err, &missing), missing.Have)

	err = try(sunset(), []edit.Edit{edit.Resize{Width: -1}}, &edit.Output{Format: edit.FormatPNG})
	fmt.Println(err)
	// Output:
	// true
	// true
	// true [png]
	// luna: plan: invalid request: edits[0].resize.width: must be a whole number from 1 to 16383, not -1
}

func ExampleEngine_Explain() {
	engine, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	edits := []edit.Edit{
		edit.Crop{Left: 40, Top: 30, Width: 300, Height: 200},
		edit.Resize{Width: 150},
		edit.Rotate{Angle: 90},
	}
	plan, err := engine.Explain(context.Background(), bytes.NewReader(sunset()), edits, &edit.Output{Format: edit.FormatJPEG})
	if err != nil {
		log.Fatal(err)
	}
	steps, memory, _ := strings.Cut(plan.String(), " | encode jpeg q90 | ")
	fmt.Println(steps)
	fmt.Println(strings.HasSuffix(memory, " KiB"))
	// Output:
	// decode png to 400x300 | resize 150x100 from 300x200+40+30 | orient 6 | convert to ycbcr 4:2:0
	// true
}

// Two servers may share their caches if their engines are of one revision.
func ExampleEngine_Revision() {
	revision := func(opts *luna.Options) string {
		engine, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}}, opts)
		if err != nil {
			log.Fatal(err)
		}
		return engine.Revision()
	}
	fmt.Println(revision(nil) == revision(&luna.Options{MaxPixels: 1e6}))
	fmt.Println(revision(nil) == revision(&luna.Options{Matte: "white"}))
	// Output:
	// true
	// false
}

func ExampleEngine_Metadata() {
	engine, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	metadata, err := engine.Metadata(context.Background(), bytes.NewReader(sunset()))
	if err != nil {
		log.Fatal(err)
	}
	metadata.Size = 0 // depends on the compressor
	if err := json.NewEncoder(os.Stdout).Encode(metadata); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {"width":400,"height":300,"format":"png","space":"srgb","channels":3,"hasAlpha":false,"orientation":1,"density":72,"isProgressive":false,"pages":1,"orientedWidth":400,"orientedHeight":300}
}
