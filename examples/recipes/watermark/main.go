// Command watermark prints the URL of a picture that says whose it is: a preview
// of 1200x630 with a line of text in its corner.
//
//	curl -o preview.webp "$(go run ./examples/recipes/watermark hero.jpg)"
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
		log.Fatal("usage: watermark key")
	}
	client, err := immagin.NewClient(os.Getenv("IMMAGIN_API_KEY"), &immagin.Options{BaseURL: os.Getenv("IMMAGIN_URL")})
	if err != nil {
		log.Fatal(err)
	}
	if err := watermark(context.Background(), client, os.Args[1], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func watermark(ctx context.Context, client *immagin.Client, key string, w io.Writer) error {
	url, err := client.Images.URL(ctx, key, []edit.Edit{
		edit.Resize{Width: 1200, Height: 630},
		edit.Text{
			Text: "© Acme Inc", Position: edit.PositionBottomRight,
			FontSize: new(24.0), Color: "#ffffff", Opacity: new(0.8),
		},
	}, nil)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, url)
	return err
}
