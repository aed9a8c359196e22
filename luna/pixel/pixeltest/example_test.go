package pixeltest_test

import (
	"errors"
	"fmt"
	"log"
	"testing"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/pixel/pixeltest"
)

// A step is to make the same of a picture whatever the strips in which it
// comes. Its test fails where it does not, and says at which sample.
func Example() {
	_ = func(t *testing.T) {
		for _, layout := range pixeltest.Layouts {
			picture := pixeltest.Noise(pixel.Shape{Width: 31, Height: 20, Layout: layout}, 1)
			src, err := op.Flop{}.Wrap(pixeltest.NewSource(picture, 0), nil)
			if err != nil {
				t.Fatal(err)
			}
			want, err := pixeltest.Collect(src)
			if err != nil {
				t.Fatal(err)
			}
			for _, rows := range []int{2, 6, 16} {
				if src, err = (op.Flop{}).Wrap(pixeltest.NewSource(picture, rows), nil); err != nil {
					t.Fatal(err)
				}
				got, err := pixeltest.Collect(src)
				if err != nil {
					t.Fatal(err)
				}
				pixeltest.Equal(t, want, got)
			}
		}
	}
}

// The same seed makes the same picture.
func ExampleNoise() {
	shape := pixel.Shape{Width: 64, Height: 64, Layout: pixel.Gray}
	a, b := pixeltest.Noise(shape, 7), pixeltest.Noise(shape, 7)
	clipped := 0
	for _, v := range a.Planes[0].Pix {
		if v == 0 || v == 255 {
			clipped++
		}
	}
	fmt.Println(string(a.Planes[0].Pix) == string(b.Planes[0].Pix), clipped > 1000)
	// Output: true true
}

func ExampleConstant() {
	orange := pixeltest.Constant(pixel.Shape{Width: 4, Height: 2, Layout: pixel.RGB}, 255, 136, 0)
	for p := range 3 {
		fmt.Println(orange.Planes[p].Row(1))
	}
	// Output:
	// [255 255 255 255]
	// [136 136 136 136]
	// [0 0 0 0]
}

// A source may fail in the middle, to see that a step says so and closes it.
func ExampleNewSource() {
	src := pixeltest.NewSource(pixeltest.Noise(pixel.Shape{Width: 8, Height: 8, Layout: pixel.Gray}, 1), 2)
	src.Err, src.ErrY = errors.New("the disk is gone"), 4
	flop, err := op.Flop{}.Wrap(src, nil)
	if err != nil {
		log.Fatal(err)
	}
	_, err = pixeltest.Collect(flop)
	fmt.Println(err, "| closed:", src.Closed)
	// Output: the disk is gone | closed: 1
}

// A source that leaves out rows is found out.
func ExampleCollect() {
	picture := pixeltest.Noise(pixel.Shape{Width: 8, Height: 8, Layout: pixel.Gray}, 1)
	src := pixeltest.NewSource(picture, 2)
	if _, err := src.Next(); err != nil {
		log.Fatal(err)
	}
	_, err := pixeltest.Collect(src)
	fmt.Println(err)
	// Output: pixeltest: strip at row 2 where 0 was due
}

func ExampleEqual() {
	_ = func(t *testing.T) {
		picture := pixeltest.Noise(pixel.Shape{Width: 8, Height: 8, Layout: pixel.Gray}, 1)
		got, err := pixeltest.Collect(pixeltest.NewSource(picture, 2))
		if err != nil {
			t.Fatal(err)
		}
		pixeltest.Equal(t, picture, got)
	}
}
