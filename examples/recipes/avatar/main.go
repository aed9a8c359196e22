// Command avatar prints an img element with a square of 256 pixels, cut around
// what the eye goes to: skin, strong colours, edges.
//
//	go run ./examples/recipes/avatar team/ada.jpg "Ada Lovelace"
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
		log.Fatal("usage: avatar key name")
	}
	client, err := immagin.NewClient(os.Getenv("IMMAGIN_API_KEY"), &immagin.Options{BaseURL: os.Getenv("IMMAGIN_URL")})
	if err != nil {
		log.Fatal(err)
	}
	if err := avatar(context.Background(), client, os.Args[1], os.Args[2], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func avatar(ctx context.Context, client *immagin.Client, key, name string, w io.Writer) error {
	url, err := client.Images.URL(ctx, key, []edit.Edit{
		edit.Resize{Width: 256, Height: 256, Fit: edit.FitCover, Position: edit.PositionAttention},
	}, nil)
	if err != nil {
		return err
	}
	// Half as wide on the page, so that it is sharp on screens of density 2.
	img := immagin.Img{Src: url, Width: 128, Height: 128, Alt: name, Class: "avatar", Loading: "lazy"}
	_, err = fmt.Fprintln(w, img.HTML())
	return err
}
