// Command crop-with-border prints the URL of a part of a picture with a red
// frame around it, as for a report that points at something.
//
//	curl -o part.webp "$(go run ./examples/recipes/crop-with-border hero.jpg)"
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
		log.Fatal("usage: crop-with-border key")
	}
	client, err := immagin.NewClient(os.Getenv("IMMAGIN_API_KEY"), &immagin.Options{BaseURL: os.Getenv("IMMAGIN_URL")})
	if err != nil {
		log.Fatal(err)
	}
	if err := framed(context.Background(), client, os.Args[1], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func framed(ctx context.Context, client *immagin.Client, key string, w io.Writer) error {
	url, err := client.Images.URL(ctx, key, []edit.Edit{
		// A crop that is not within the picture is refused by the server (422).
		edit.Crop{Left: 100, Top: 50, Width: 400, Height: 300},
		edit.Extend{Top: new(20), Bottom: new(20), Left: new(20), Right: new(20), Background: "#ff0000"},
	}, nil)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, url)
	return err
}
