package pixel_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"

	"github.com/immagin/immagin-go/luna/pixel"
)

// brighten wraps a source, as steps of a pipeline do: its strips are those of
// the source before it, changed in place.
type brighten struct{ pixel.Source }

func (b brighten) Next() (*pixel.Strip, error) {
	strip, err := b.Source.Next()
	if err != nil {
		return nil, err
	}
	for y := range strip.Rows {
		for x, v := range strip.Planes[0].Row(y) {
			strip.Planes[0].Row(y)[x] = min(v, 245) + 10
		}
	}
	return strip, nil
}

// Pixels move when the last of a chain of sources is asked for them.
func Example() {
	picture := pixel.NewImage(nil, pixel.Shape{Width: 640, Height: 480, Layout: pixel.Gray})
	var src pixel.Source = brighten{picture.Source(0, nil)}
	defer src.Close()

	fmt.Println(src.Shape())
	for {
		strip, err := src.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		if strip.Y%160 == 0 {
			fmt.Println("rows", strip.Y, "to", strip.Y+strip.Rows-1, "begin with", strip.Planes[0].Row(0)[0])
		}
	}
	// Output:
	// 640x480 gray
	// rows 0 to 15 begin with 10
	// rows 160 to 175 begin with 10
	// rows 320 to 335 begin with 10
}

func ExampleNewImage() {
	pool := pixel.NewPool()
	picture := pixel.NewImage(pool, pixel.Shape{Width: 5, Height: 3, Layout: pixel.YCbCr420})
	defer picture.Free(pool)
	for p := range picture.Shape.Layout.Planes() {
		plane := &picture.Planes[p]
		fmt.Println("plane", p, "has", plane.Height, "rows of", plane.Width)
	}
	fmt.Println(picture.Shape.Bytes(), "bytes")
	// Output:
	// plane 0 has 3 rows of 5
	// plane 1 has 2 rows of 3
	// plane 2 has 2 rows of 3
	// 27 bytes
}

// A step that needs the picture whole collects it, and frees it afterwards.
func ExampleReadAll() {
	scan := pixel.NewImage(nil, pixel.Shape{Width: 100, Height: 50, Layout: pixel.RGB})
	src := scan.Source(0, nil)
	defer src.Close()

	pool := pixel.NewPool()
	whole, err := pixel.ReadAll(pool, src)
	if err != nil {
		log.Fatal(err)
	}
	defer whole.Free(pool)
	bottom := whole.Planes[0].Rows(25, 50)
	fmt.Println(whole.Shape, "of which the lower half has", bottom.Height, "rows")
	// Output: 100x50 rgb of which the lower half has 25 rows
}

func ExampleNewStrip() {
	shape := pixel.Shape{Width: 8, Height: 20, Layout: pixel.RGBA}
	pool := pixel.NewPool()
	strip := pixel.NewStrip(pool, shape, pixel.StripRows)
	defer strip.Free(pool)
	alpha := &strip.Planes[3]
	for y := range strip.Rows {
		for x := range alpha.Row(y) {
			alpha.Row(y)[x] = 255
		}
	}
	fmt.Println(strip.Rows, "rows of", alpha.Width, "pixels, the last one with alpha", alpha.Row(15)[7])
	// Output: 16 rows of 8 pixels, the last one with alpha 255
}

// Small buffers come from a pool too, and go back to it.
func ExampleNewPool() {
	pool := pixel.NewPool()
	row := pool.Get(4000)
	fmt.Println(len(row))
	pool.Put(row)
	// Output: 4000
}

func ExampleWithContext() {
	ctx, cancel := context.WithCancel(context.Background())
	picture := pixel.NewImage(nil, pixel.Shape{Width: 640, Height: 480, Layout: pixel.Gray})
	src := pixel.WithContext(ctx, picture.Source(0, nil))
	defer src.Close()

	strip, err := src.Next()
	fmt.Println(strip.Rows, err)
	cancel() // the client has gone
	_, err = src.Next()
	fmt.Println(err)
	// Output:
	// 16 <nil>
	// context canceled
}

func ExampleDrain() {
	picture := pixel.NewImage(nil, pixel.Shape{Width: 640, Height: 480, Layout: pixel.Gray})
	src := picture.Source(64, nil)
	defer src.Close()
	fmt.Println(pixel.Drain(src))
	// Output: 480 <nil>
}

func ExampleAheadBytes() {
	photo := pixel.Shape{Width: 4000, Height: 3000, Layout: pixel.YCbCr420}
	fmt.Println(pixel.AheadBytes(photo)/1024, "KiB of", photo.Bytes()/1024)
	// Output: 281 KiB of 17578
}
