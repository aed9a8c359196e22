// Command placeholder prints a page in which a picture fades in over a blurred
// one, which is there at once: it stands in the page itself, in less than 1 KB.
//
//	go run ./examples/recipes/placeholder hero.jpg > lake.html
//
// IMMAGIN_URL names the server, and IMMAGIN_API_KEY opens it: examples/server
// prints both. The argument is the key of an original there.
package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"log"
	"net/http"
	"os"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/edit"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: placeholder key")
	}
	client, err := immagin.NewClient(os.Getenv("IMMAGIN_API_KEY"), &immagin.Options{BaseURL: os.Getenv("IMMAGIN_URL")})
	if err != nil {
		log.Fatal(err)
	}
	if err := page(context.Background(), client, os.Args[1], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

var markup = template.Must(template.New("page").Parse(`<!doctype html>
<meta charset="utf-8">
<title>Placeholder</title>
<style>
.fade { background-size: cover; max-width: 1200px }
.fade img { display: block; width: 100%; height: auto; animation: appear .4s }
@keyframes appear { from { opacity: 0 } }
</style>
<div class="fade" style="{{.Placeholder}}"><img src="{{.URL}}" width="{{.Width}}" height="{{.Height}}" alt=""></div>
`))

func page(ctx context.Context, client *immagin.Client, key string, w io.Writer) error {
	small, err := client.Images.URL(ctx, key, []edit.Edit{edit.Resize{Width: 20}, edit.Blur(10)}, nil)
	if err != nil {
		return err
	}
	placeholder, err := dataURL(ctx, small)
	if err != nil {
		return err
	}
	url, err := client.Images.URL(ctx, key, []edit.Edit{edit.Resize{Width: 1200}}, nil)
	if err != nil {
		return err
	}
	original, err := client.Images.Metadata(ctx, key, nil)
	if err != nil {
		return err
	}
	return markup.Execute(w, struct {
		URL           string
		Placeholder   template.CSS
		Width, Height int
	}{url, template.CSS("background-image: url('" + placeholder + "')"), 1200, 1200 * original.OrientedHeight / original.OrientedWidth})
}

// dataURL fetches a picture into a URL. What it returns is kept with the page.
func dataURL(ctx context.Context, url string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if err != nil {
		return "", err
	}
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("placeholder: %s: %s", answer.Status, body)
	}
	return "data:" + answer.Header.Get("Content-Type") + ";base64," + base64.StdEncoding.EncodeToString(body), nil
}
