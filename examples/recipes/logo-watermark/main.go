// Command logo-watermark prints the URLs of two pictures that have another on
// them: a logo in the corner, and the logo all over, for previews that nobody is
// to use.
//
//	go run ./examples/recipes/logo-watermark hero.jpg brand/logo.png
//
// IMMAGIN_URL names the server, and IMMAGIN_API_KEY opens it: examples/server
// prints both. The first argument is the key of an original there.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/edit"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: logo-watermark key logo")
	}
	client, err := immagin.NewClient(os.Getenv("IMMAGIN_API_KEY"), &immagin.Options{BaseURL: os.Getenv("IMMAGIN_URL")})
	if err != nil {
		log.Fatal(err)
	}
	if err := watermarks(context.Background(), client, os.Args[1], os.Args[2], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func watermarks(ctx context.Context, client *immagin.Client, key, logo string, w io.Writer) error {
	corner, err := client.Images.URL(ctx, key, []edit.Edit{
		edit.Resize{Width: 1200, Height: 630},
		// The logo is an original of the same project, with a transparent ground.
		edit.Image{Key: logo, Width: 160, Opacity: new(0.8), Position: edit.PositionTopRight, Padding: new(24)},
	}, nil)
	if err != nil {
		return err
	}
	tiled, err := client.Images.URL(ctx, key, []edit.Edit{
		edit.Resize{Width: 800},
		edit.Image{Key: logo, Width: 100, Opacity: new(0.25), Tile: new(true), Blend: edit.BlendScreen},
	}, nil)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n%s\n", corner, tiled)
	return err
}
