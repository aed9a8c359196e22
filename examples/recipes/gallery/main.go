// Command gallery prints a page with a thumbnail of every original below a
// prefix, each a link to the larger picture.
//
//	go run ./examples/recipes/gallery gallery/ > gallery.html
//
// IMMAGIN_URL names the server, and IMMAGIN_API_KEY opens it: examples/server
// prints both. The argument is what the keys of the originals begin with.
package main

import (
	"context"
	"html/template"
	"io"
	"log"
	"os"
	"path"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/edit"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: gallery prefix")
	}
	client, err := immagin.NewClient(os.Getenv("IMMAGIN_API_KEY"), &immagin.Options{BaseURL: os.Getenv("IMMAGIN_URL")})
	if err != nil {
		log.Fatal(err)
	}
	if err := gallery(context.Background(), client, os.Args[1], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

var page = template.Must(template.New("page").Parse(`<!doctype html>
<meta charset="utf-8">
<title>Gallery</title>
<style>ul { display: flex; flex-wrap: wrap; gap: 8px; padding: 0; list-style: none }</style>
<ul>
{{range .}}<li><a href="{{.Large}}"><img src="{{.Thumbnail}}" width="300" height="300" alt="{{.Name}}" loading="lazy"></a></li>
{{end}}</ul>
`))

type picture struct{ Name, Thumbnail, Large string }

func gallery(ctx context.Context, client *immagin.Client, prefix string, w io.Writer) error {
	var pictures []picture
	for image, err := range client.Images.All(ctx, &immagin.ListOptions{Prefix: prefix}) {
		if err != nil {
			return err
		}
		thumbnail, err := client.Images.URL(ctx, image.Key, []edit.Edit{
			edit.Resize{Width: 300, Height: 300},
			edit.Sharpen(1), // what is small wants a little more edge
		}, nil)
		if err != nil {
			return err
		}
		large, err := client.Images.URL(ctx, image.Key, []edit.Edit{edit.Resize{Width: 1600}}, nil)
		if err != nil {
			return err
		}
		pictures = append(pictures, picture{path.Base(image.Key), thumbnail, large})
	}
	return page.Execute(w, pictures)
}
