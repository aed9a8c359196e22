// Command roundtrip draws a picture, uploads it, signs the URL of a smaller
// one, fetches that, and saves it as roundtrip.webp. The server that it talks
// to is in server.go: the SDK's packages, in this very process.
//
//	go run ./examples/roundtrip
package main

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"os"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
)

func main() {
	url, apiKey, stop, err := serve()
	if err == nil {
		err = roundTrip(context.Background(), url, apiKey, "roundtrip.webp")
		stop()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func roundTrip(ctx context.Context, server, apiKey, name string) error {
	client, err := immagin.NewClient(apiKey, &immagin.Options{BaseURL: server})
	if err != nil {
		return err
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, scene.Landscape(1200, 900)); err != nil {
		return err
	}
	if _, err := client.Images.Upload(ctx, "gallery/lake.png", &picture, nil); err != nil {
		return err
	}
	edits := []edit.Edit{edit.Resize{Width: 400, Height: 300}}
	url, err := client.Images.URL(ctx, "gallery/lake.png", edits, nil)
	if err != nil {
		return err
	}
	fmt.Println(url)
	answer, err := http.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	image, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", answer.Status, image)
	}
	return os.WriteFile(name, image, 0o644)
}
