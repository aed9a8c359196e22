// Command responsive prints an img element for a picture that is as wide as the
// page lets it, at most 800 CSS pixels: the browser takes the one of four widths
// that suits the screen.
//
//	go run ./examples/recipes/responsive hero.jpg "The lake at dawn"
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
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: responsive key alt")
	}
	client, err := immagin.NewClient(os.Getenv("IMMAGIN_API_KEY"), &immagin.Options{BaseURL: os.Getenv("IMMAGIN_URL")})
	if err != nil {
		log.Fatal(err)
	}
	if err := responsive(context.Background(), client, os.Args[1], os.Args[2], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func responsive(ctx context.Context, client *immagin.Client, key, alt string, w io.Writer) error {
	// The size keeps the element's place on the page. Most sites have it beside
	// the key, in their database.
	original, err := client.Images.Metadata(ctx, key, nil)
	if err != nil {
		return err
	}
	// Where there is no resize among the edits, one of each width is put first.
	srcset, err := client.Images.SrcSet(ctx, key, nil, []int{400, 800, 1200, 1600}, nil)
	if err != nil {
		return err
	}
	fallback, err := client.Images.URLs(ctx, key, nil, []int{800}, nil)
	if err != nil {
		return err
	}
	img := immagin.Img{
		Src: fallback[0], SrcSet: srcset, Sizes: "(max-width: 800px) 100vw, 800px",
		Width: 800, Height: 800 * original.OrientedHeight / original.OrientedWidth,
		Alt: alt, Loading: "lazy",
	}
	_, err = fmt.Fprintln(w, img.HTML())
	return err
}
