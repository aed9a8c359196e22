package immagin_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	stdpng "image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/sign"
	"github.com/immagin/immagin-go/storage"
)

// serve runs the management API and the delivery of one project for the
// examples below. A program's originals are in a bucket that lasts.
func serve() (baseURL, apiKey string, stop func()) {
	const tenant, secret = "acme", "test-secret-0123456789"
	bucket := memblob.OpenBucket(nil)
	originals := storage.NewOriginals(bucket, nil)
	projects, key := api.ProjectMap{}, sign.NewAPIKey()
	management, err := api.New(originals, projects, api.NewMemoryKeys(api.NewKey(tenant, "first", key, time.Now())), nil)
	if err != nil {
		panic(err)
	}
	engine, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	if err != nil {
		panic(err)
	}
	keyring, err := sign.NewKeyring(secret)
	if err != nil {
		panic(err)
	}
	delivery, err := luna.NewHandler(engine, originals, sign.Tenants{tenant: keyring}, &luna.HandlerOptions{Tenant: luna.FixedTenant(tenant)})
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			management.ServeHTTP(w, r)
			return
		}
		delivery.ServeHTTP(w, r)
	}))
	projects[tenant] = api.Project{ID: "prj_1", Name: "Acme", BaseURL: server.URL, Secret: secret}
	return server.URL, key.Reveal(), func() {
		server.Close()
		if err := errors.Join(delivery.Shutdown(context.Background()), bucket.Close()); err != nil {
			panic(err)
		}
	}
}

// newClient returns a client of serve.
func newClient() (client *immagin.Client, stop func()) {
	baseURL, apiKey, stop := serve()
	client, err := immagin.NewClient(apiKey, &immagin.Options{BaseURL: baseURL})
	if err != nil {
		panic(err)
	}
	return client, stop
}

// upload uploads a dot under each key.
func upload(client *immagin.Client, keys ...string) {
	for _, key := range keys {
		if _, err := client.Images.Upload(context.Background(), key, bytes.NewReader(dot()), nil); err != nil {
			panic(err)
		}
	}
}

func dot() []byte {
	var b bytes.Buffer
	if err := stdpng.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func ExampleNewClient() {
	baseURL, apiKey, stop := serve()
	defer stop()
	client, err := immagin.NewClient(apiKey, &immagin.Options{BaseURL: baseURL})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	if _, err := client.Images.Upload(ctx, "hero.png", bytes.NewReader(dot()), nil); err != nil {
		fmt.Println(err)
		return
	}
	url, err := client.Images.URL(ctx, "hero.png", []edit.Edit{edit.Grayscale(true)}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.TrimPrefix(url, baseURL))
	// Output:
	// /eyJrZXkiOiJoZXJvLnBuZyIsImVkaXRzIjpbeyJncmF5c2NhbGUiOnRydWV9XX0?sig=939c2c4ad2d4917c60bd44c2501d0b0ed3425d24a7109c1381d1b532ce108459
}

func ExampleImages_URL() {
	// With the secret at hand, no call is made.
	client, err := immagin.NewClient("", &immagin.Options{
		Secret:      "test-secret-0123456789",
		DeliveryURL: "https://acme.example.com",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	url, err := client.Images.URL(context.Background(), "hero.jpg", []edit.Edit{
		edit.Resize{Width: 800, Height: 600},
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(url)
	// Output: https://acme.example.com/eyJrZXkiOiJoZXJvLmpwZyIsImVkaXRzIjpbeyJyZXNpemUiOnsid2lkdGgiOjgwMCwiaGVpZ2h0Ijo2MDB9fV19?sig=6c60d53b495030f74292423943a93909f1882a72c2eed321d631cc979d07a061
}

func ExampleImages_Upload() {
	client, stop := newClient()
	defer stop()
	// Any reader will do: a file, an answer's body, a pipe.
	picture := bytes.NewReader(dot())
	uploaded, err := client.Images.Upload(context.Background(), "dot", picture, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(uploaded.Key, uploaded.ContentType)

	// The key is taken, unless the upload may overwrite.
	_, err = client.Images.Upload(context.Background(), "dot", bytes.NewReader(dot()), nil)
	fmt.Println(err)
	_, err = client.Images.Upload(context.Background(), "dot", bytes.NewReader(dot()), &immagin.UploadOptions{Overwrite: true})
	fmt.Println(err)
	// Output:
	// dot image/png
	// immagin: 409 key_exists: there is an object of that key, and this upload may not overwrite
	// <nil>
}

func ExampleImages_UploadFile() {
	client, stop := newClient()
	defer stop()
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "dot.png")
	if err := os.WriteFile(name, dot(), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	uploaded, err := client.Images.UploadFile(context.Background(), "pictures/dot.png", name, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(uploaded.Key, uploaded.ContentType)
	// Output: pictures/dot.png image/png
}

func ExampleImages_SignURL() {
	client, stop := newClient()
	defer stop()
	signed, err := client.Images.SignURL(context.Background(), "hero.png", &immagin.SignURLOptions{ContentType: "image/png"})
	if err != nil {
		fmt.Println(err)
		return
	}
	// What a browser would do with it:
	r, err := http.NewRequest(signed.Method, signed.UploadURL, bytes.NewReader(dot()))
	if err != nil {
		fmt.Println(err)
		return
	}
	for name, value := range signed.Headers {
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		fmt.Println(err)
		return
	}
	answer.Body.Close()
	fmt.Println(answer.StatusCode)
	// Output: 201
}

func ExampleError() {
	client, stop := newClient()
	defer stop()
	_, err := client.Images.Upload(context.Background(), "notes.txt", bytes.NewReader([]byte("hello")), nil)
	if e, ok := errors.AsType[*immagin.Error](err); ok {
		fmt.Println(e.Status, e.Code)
	}
	// Output: 415 unsupported_media_type
}
