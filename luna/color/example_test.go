package color_test

import (
	"errors"
	"fmt"

	"github.com/immagin/immagin-go/luna/color"
	"github.com/immagin/immagin-go/luna/internal/testicc"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A green that only wide screens have becomes the nearest that all have.
func Example() {
	profile, err := color.Parse(testicc.P3())
	if err != nil {
		fmt.Println(err)
		return
	}
	t := color.New(profile)
	picture := pixel.NewStrip(nil, pixel.Shape{Width: 1, Height: 1, Layout: pixel.RGB}, 1)
	picture.Planes[0].Pix[0], picture.Planes[1].Pix[0], picture.Planes[2].Pix[0] = 200, 220, 100
	t.Apply(picture)
	fmt.Println(t.Name(), picture.Planes[0].Pix, picture.Planes[1].Pix, picture.Planes[2].Pix)
	// Output: Display P3 [195] [221] [76]
}

func ExampleParse() {
	profile, err := color.Parse(testicc.P3())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(profile.Description(), "is for", profile.Space())

	_, err = color.Parse([]byte("a file that somebody uploaded"))
	fmt.Println(errors.Is(err, color.ErrProfile))
	// Output:
	// Display P3 is for rgb
	// true
}

// What is in sRGB already need not be converted.
func ExampleNew() {
	for _, file := range [][]byte{testicc.SRGB(), testicc.AdobeRGB()} {
		profile, err := color.Parse(file)
		if err != nil {
			fmt.Println(err)
			return
		}
		t := color.New(profile)
		fmt.Println(t.Name(), "| from", t.Space(), "| nothing to do:", t.Plain())
	}
	// Output:
	// sRGB IEC61966-2.1 | from rgb | nothing to do: true
	// Adobe RGB (1998) | from rgb | nothing to do: false
}

// Photos for print that lost their profile are taken to be for coated paper.
func ExampleUnnamed() {
	t := color.Unnamed()
	shape := pixel.Shape{Width: 1, Height: 1, Layout: pixel.CMYK}
	cyan := pixel.NewStrip(nil, shape, 1)
	for p, ink := range []uint8{255, 0, 0, 0} {
		cyan.Planes[p].Pix[0] = ink
	}
	t.Apply(cyan)
	fmt.Println(t.Out(shape.Layout), cyan.Planes[0].Pix, cyan.Planes[1].Pix, cyan.Planes[2].Pix)
	// Output: rgb [0] [153] [227]
}

// One cache serves all requests of a server.
func ExampleCache() {
	cache := color.NewCache(16)
	_, err := cache.Transform([]byte("not a profile"))
	fmt.Println(err)
	t, _ := cache.Transform(testicc.SRGB())
	fmt.Println(t.Plain())
	// Output:
	// unusable ICC profile: 13 bytes
	// true
}
