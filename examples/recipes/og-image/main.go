// Command og-image prints the meta elements by which a link to a page shows a
// card in chats and social networks: the page's picture with its title on it. The
// format is JPEG, since not all of those services read others.
//
//	go run ./examples/recipes/og-image hero.jpg "The lake at dawn"
//
// IMMAGIN_URL names the server, and IMMAGIN_API_KEY opens it: examples/server
// prints both. The first argument is the key of an original there.
package main

import (
	"context"
	"html/template"
	"io"
	"log"
	"os"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/edit"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: og-image key title")
	}
	client, err := immagin.NewClient(os.Getenv("IMMAGIN_API_KEY"), &immagin.Options{BaseURL: os.Getenv("IMMAGIN_URL")})
	if err != nil {
		log.Fatal(err)
	}
	if err := card(context.Background(), client, os.Args[1], os.Args[2], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

var head = template.Must(template.New("head").Parse(`<meta property="og:title" content="{{.Title}}">
<meta property="og:image" content="{{.URL}}">
<meta property="og:image:type" content="image/jpeg">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="630">
<meta name="twitter:card" content="summary_large_image">
`))

func card(ctx context.Context, client *immagin.Client, key, title string, w io.Writer) error {
	url, err := client.Images.URL(ctx, key, []edit.Edit{
		edit.Resize{Width: 1200, Height: 630, Fit: edit.FitCover},
		// The title wraps, and shrinks where it is too long.
		edit.Text{Text: title, FontSize: new(48.0), Position: edit.PositionBottomLeft, Color: "white", Padding: new(40)},
	}, &immagin.URLOptions{Output: &edit.Output{Format: edit.FormatJPEG}})
	if err != nil {
		return err
	}
	return head.Execute(w, struct{ Title, URL string }{title, url})
}
