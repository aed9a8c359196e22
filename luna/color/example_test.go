package color_test

import (
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
