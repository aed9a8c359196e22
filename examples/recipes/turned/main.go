// Command turned prints the URL of a picture that stands on its corner, upside
// down: edits run in the order of their list.
//
//	curl -o turned.webp "$(go run ./examples/recipes/turned hero.jpg)"
//
// IMMAGIN_URL names the server, and IMMAGIN_API_KEY opens it: examples/server
// prints both. The argument is the key of an original there.
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
	if len(os.Args) != 2 {
		log.Fatal("usage: turned key")
	}
	client, err := immagin.NewClient(os.Getenv("IMMAGIN_API_KEY"), &immagin.Options{BaseURL: os.Getenv("IMMAGIN_URL")})
	if err != nil {
		log.Fatal(err)
	}
	if err := turned(context.Background(), client, os.Args[1], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func turned(ctx context.Context, client *immagin.Client, key string, w io.Writer) error {
	url, err := client.Images.URL(ctx, key, []edit.Edit{
		edit.Resize{Width: 800},
		edit.Rotate{Angle: 45, Background: "#000000"}, // clockwise; the picture grows to hold its corners
		edit.Flip(true),
	}, nil)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, url)
	return err
}
