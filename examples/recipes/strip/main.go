// Command strip prints img elements of four pictures that one original of a
// camera becomes: a thumbnail, a picture for the page, the placeholder that is
// shown before it, and a preview with a watermark.
//
//	go run ./examples/recipes/strip hero.jpg > strip.html
//
// IMMAGIN_URL names the server, and IMMAGIN_API_KEY opens it: examples/server
// prints both. The argument is the key of an original there.
package main

import (
	"context"
	"io"
	"log"
	"os"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/edit"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: strip key")
	}
	client, err := immagin.NewClient(os.Getenv("IMMAGIN_API_KEY"), &immagin.Options{BaseURL: os.Getenv("IMMAGIN_URL")})
	if err != nil {
		log.Fatal(err)
	}
	if err := strip(context.Background(), client, os.Args[1], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

var variants = []struct {
	name          string
	width, height int // on the page
	edits         []edit.Edit
}{
	{"thumbnail", 200, 150, []edit.Edit{edit.Resize{Width: 200, Height: 150}}},
	{"page", 800, 600, []edit.Edit{edit.Resize{Width: 800, Height: 600}}},
	{"placeholder", 200, 150, []edit.Edit{edit.Resize{Width: 20}, edit.Blur(10)}},
	{"preview", 1200, 630, []edit.Edit{
		edit.Resize{Width: 1200, Height: 630},
		edit.Text{Text: "© Acme Inc", Position: edit.PositionBottomRight, FontSize: new(24.0), Color: "#ffffff", Opacity: new(0.8)},
	}},
}

func strip(ctx context.Context, client *immagin.Client, key string, w io.Writer) error {
	for _, v := range variants {
		url, err := client.Images.URL(ctx, key, v.edits, &immagin.URLOptions{Output: &edit.Output{Format: edit.FormatWebP}})
		if err != nil {
			return err
		}
		img := immagin.Img{Src: url, Width: v.width, Height: v.height, Alt: v.name}
		if _, err := io.WriteString(w, string(img.HTML()+"\n")); err != nil {
			return err
		}
	}
	return nil
}
