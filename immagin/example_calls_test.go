package immagin_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/immagin/immagin-go/immagin"
)

func ExampleImages_List() {
	client, stop := newClient()
	defer stop()
	upload(client, "hero", "gallery/a", "gallery/b", "gallery/c")

	options := immagin.ListOptions{Prefix: "gallery/", Limit: 2}
	for {
		page, err := client.Images.List(context.Background(), &options)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(len(page.Images), "from", page.Images[0].Key)
		if options.Cursor = page.NextCursor; options.Cursor == "" {
			break
		}
	}
	// Output:
	// 2 from gallery/a
	// 1 from gallery/c
}

func ExampleImages_All() {
	client, stop := newClient()
	defer stop()
	upload(client, "hero", "gallery/a", "gallery/b", "gallery/c")

	for image, err := range client.Images.All(context.Background(), &immagin.ListOptions{Prefix: "gallery/"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(image.Key, image.Size > 0)
	}
	// Output:
	// gallery/a true
	// gallery/b true
	// gallery/c true
}

func ExampleImages_Delete() {
	client, stop := newClient()
	defer stop()
	upload(client, "hero")

	ctx := context.Background()
	fmt.Println(client.Images.Delete(ctx, "hero"))
	err := client.Images.Delete(ctx, "hero")
	if e, ok := errors.AsType[*immagin.Error](err); ok && e.Status == http.StatusNotFound {
		fmt.Println("there is none")
	}
	// Output:
	// <nil>
	// there is none
}

func ExampleImages_Metadata() {
	client, stop := newClient()
	defer stop()
	upload(client, "dot")

	metadata, err := client.Images.Metadata(context.Background(), "dot", &immagin.MetadataOptions{Placeholder: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(metadata.Width, metadata.Height, metadata.Format, metadata.Space, metadata.Density)
	fmt.Println(strings.HasPrefix(metadata.Placeholder.DataURL, "data:image/png;base64,"))
	// Output:
	// 1 1 png b-w 72
	// true
}

func ExampleKeys_Create() {
	client, stop := newClient()
	defer stop()
	key, err := client.Keys.Create(context.Background(), "build server")
	if err != nil {
		fmt.Println(err)
		return
	}
	// It prints without the key: Reveal alone shows it, to be kept now.
	fmt.Println(key.Name, len(fmt.Sprint(key.Key)), len(key.Key.Reveal()))
	// Output: build server 11 26
}

func ExampleKeys_List() {
	client, stop := newClient()
	defer stop()
	keys, err := client.Keys.List(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, key := range keys {
		fmt.Println(key.Name, len(key.Prefix))
	}
	// Output: first 8
}

func ExampleKeys_Revoke() {
	client, stop := newClient()
	defer stop()
	ctx := context.Background()
	key, err := client.Keys.Create(ctx, "for a day")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(client.Keys.Revoke(ctx, key.ID))
	keys, err := client.Keys.List(ctx)
	fmt.Println(len(keys), err)
	// Output:
	// <nil>
	// 1 <nil>
}

func ExampleClient_Refresh() {
	client, stop := newClient()
	defer stop()
	// After the project's secret was rotated, or from time to time:
	fmt.Println(client.Refresh(context.Background()))
	// Output: <nil>
}
