// Command logo-on-white prints the URL of a transparent logo as a flat, golden
// one on white: for places that know neither transparency nor the brand's colours.
//
//	curl -o logo.webp "$(go run ./examples/recipes/logo-on-white brand/logo.png)"
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
		log.Fatal("usage: logo-on-white key")
	}
	client, err := immagin.NewClient(os.Getenv("IMMAGIN_API_KEY"), &immagin.Options{BaseURL: os.Getenv("IMMAGIN_URL")})
	if err != nil {
		log.Fatal(err)
	}
	if err := onWhite(context.Background(), client, os.Args[1], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func onWhite(ctx context.Context, client *immagin.Client, key string, w io.Writer) error {
	url, err := client.Images.URL(ctx, key, []edit.Edit{
		edit.Flatten{Background: "#ffffff"},
		edit.Tint{R: 255, G: 200, B: 0},
		edit.Modulate{Brightness: new(1.2)},
	}, nil)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, url)
	return err
}
