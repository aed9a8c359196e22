// Command product prints an img element with a product as shops show it: the
// margins are cut off, the light is evened out, and the product stands in a white
// square, whatever the photograph was like.
//
//	go run ./examples/recipes/product shop/mug.jpg "A mug of two glazes"
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
		log.Fatal("usage: product key name")
	}
	client, err := immagin.NewClient(os.Getenv("IMMAGIN_API_KEY"), &immagin.Options{BaseURL: os.Getenv("IMMAGIN_URL")})
	if err != nil {
		log.Fatal(err)
	}
	if err := product(context.Background(), client, os.Args[1], os.Args[2], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func product(ctx context.Context, client *immagin.Client, key, name string, w io.Writer) error {
	url, err := client.Images.URL(ctx, key, []edit.Edit{
		edit.Trim{Threshold: new(15.0)}, // what is like the top left corner goes
		edit.Normalize{Lower: new(1.0), Upper: new(99.0)},
		edit.Resize{Width: 600, Height: 600, Fit: edit.FitContain, Background: "#ffffff"},
		edit.Sharpen(1),
	}, nil)
	if err != nil {
		return err
	}
	img := immagin.Img{Src: url, Width: 600, Height: 600, Alt: name, Class: "product"}
	_, err = fmt.Fprintln(w, img.HTML())
	return err
}
