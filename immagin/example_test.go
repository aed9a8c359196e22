package immagin_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/sign"
)

// nowhere is a store that forgets; package storage has real ones.
type nowhere struct{}

func (nowhere) Stat(context.Context, string, string) (int64, string, error) {
	return 0, "", fs.ErrNotExist
}

func (nowhere) Create(_ context.Context, _, _ string, body io.Reader, _ string, _ bool) error {
	_, err := io.Copy(io.Discard, body)
	return err
}

func (nowhere) SignPut(context.Context, string, string, string, int64, time.Duration) (string, http.Header, error) {
	return "", nil, errors.ErrUnsupported
}

func (nowhere) List(context.Context, string, string, string, int, func(string, int64, time.Time) bool) (string, error) {
	return "", nil
}

func (nowhere) Delete(context.Context, string, string) error { return fs.ErrNotExist }

// serve runs the management API for the examples below.
func serve() (baseURL, apiKey string, stop func()) {
	key := sign.NewAPIKey()
	h, err := api.New(nowhere{}, api.ProjectMap{"acme": {
		ID: "prj_1", Name: "Acme", BaseURL: "https://acme.example.com", Secret: "test-secret-0123456789",
	}}, api.NewMemoryKeys(api.NewKey("acme", "example", key, time.Now())), nil)
	if err != nil {
		panic(err)
	}
	s := httptest.NewServer(h)
	return s.URL, key.Reveal(), s.Close
}

func dot() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
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
	fmt.Println(client.Images.URL(ctx, "hero.png", []edit.Edit{edit.Grayscale(true)}, nil))
	// Output:
	// https://acme.example.com/eyJrZXkiOiJoZXJvLnBuZyIsImVkaXRzIjpbeyJncmF5c2NhbGUiOnRydWV9XX0?sig=939c2c4ad2d4917c60bd44c2501d0b0ed3425d24a7109c1381d1b532ce108459 <nil>
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

func ExampleImages_UploadFile() {
	baseURL, apiKey, stop := serve()
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
	client, err := immagin.NewClient(apiKey, &immagin.Options{BaseURL: baseURL})
	if err != nil {
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
	baseURL, apiKey, stop := serve()
	defer stop()
	client, err := immagin.NewClient(apiKey, &immagin.Options{BaseURL: baseURL})
	if err != nil {
		fmt.Println(err)
		return
	}
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
	baseURL, apiKey, stop := serve()
	defer stop()
	client, err := immagin.NewClient(apiKey, &immagin.Options{BaseURL: baseURL})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Images.Upload(context.Background(), "notes.txt", bytes.NewReader([]byte("hello")), nil)
	if e, ok := errors.AsType[*immagin.Error](err); ok {
		fmt.Println(e.Status, e.Code)
	}
	// Output: 415 unsupported_media_type
}
