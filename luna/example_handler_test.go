package luna_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	stdpng "image/png"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing/fstest"
	"time"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/sign"
)

func ExampleNewHandler() {
	engine, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	keys, err := sign.NewKeyring("test-secret-0123456789")
	if err != nil {
		log.Fatal(err)
	}
	handler, err := luna.NewHandler(engine, folder{exampleFiles()}, sign.Tenants{"demo": keys}, &luna.HandlerOptions{
		Tenant: luna.FixedTenant("demo"),
	})
	if err != nil {
		log.Fatal(err)
	}
	defer handler.Shutdown(context.Background())
	server := httptest.NewServer(http.StripPrefix("/img", handler)) // in a program: http.Handle and http.Server
	defer server.Close()

	request := edit.Request{
		Key:    "hero.png",
		Edits:  []edit.Edit{edit.Resize{Width: 80, Height: 60}},
		Output: &edit.Output{Format: edit.FormatJPEG},
	}
	payload, err := request.Payload()
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		resp, err := http.Get(server.URL + "/img/" + payload + "?sig=" + keys.Sign(payload))
		if err != nil {
			log.Fatal(err)
		}
		picture, _, err := image.DecodeConfig(resp.Body)
		if err != nil {
			log.Fatal(err)
		}
		resp.Body.Close()
		fmt.Println(resp.Status, resp.Header.Get("Content-Type"), picture.Width, picture.Height, resp.Header.Get("X-Luna-Cache"))
	}
	// Output:
	// 200 OK image/jpeg 80 60 miss
	// 200 OK image/jpeg 80 60 hit
}

func exampleFiles() fs.FS {
	var b bytes.Buffer
	if err := stdpng.Encode(&b, image.NewRGBA(image.Rect(0, 0, 400, 300))); err != nil {
		log.Fatal(err)
	}
	return fstest.MapFS{"hero.png": {Data: b.Bytes()}}
}

func ExampleTenantFromHost() {
	tenant := luna.TenantFromHost("example.com")
	for _, url := range []string{"https://acme.example.com/eyJ", "https://example.com/eyJ"} {
		name, err := tenant(httptest.NewRequest(http.MethodGet, url, nil))
		fmt.Printf("%q %v\n", name, err)
	}
	// Output:
	// "acme" <nil>
	// "" no such tenant
}

func ExampleTenantFromPath() {
	tenant := luna.TenantFromPath()
	name, err := tenant(httptest.NewRequest(http.MethodGet, "https://example.com/acme/eyJ", nil))
	fmt.Printf("%q %v\n", name, err)
	// Output: "acme" <nil>
}

func ExampleFixedTenant() {
	name, err := luna.FixedTenant("demo")(nil)
	fmt.Printf("%q %v\n", name, err)
	// Output: "demo" <nil>
}

func ExampleStatusCode() {
	for _, err := range []error{nil, luna.ErrSignature, luna.ErrNotImage, fmt.Errorf("hero.jpg: %w", fs.ErrNotExist)} {
		fmt.Printf("%d %q\n", luna.StatusCode(err), luna.ErrorCode(err))
	}
	// Output:
	// 200 ""
	// 403 "signature_invalid"
	// 415 "not_an_image"
	// 404 "not_found"
}

// Programs tell answers apart by their code, which stays when the words change.
func ExampleErrorCode() {
	fmt.Println(luna.ErrorCode(luna.ErrExpired))
	fmt.Println(luna.ErrorCode(&luna.Refusal{
		Status: http.StatusTooManyRequests,
		Code:   "plan_limit",
		Detail: "The 25,000 images of this month are used up.",
	}))
	// Output:
	// url_expired
	// plan_limit
}

// A trial lets so many images be rendered, and no more.
type trial struct{ left atomic.Int64 }

func (t *trial) Admit(_ context.Context, tenant, key, version, canonical string) (func(context.Context, error) error, error) {
	if t.left.Add(-1) < 0 {
		t.left.Add(1)
		return nil, &luna.Refusal{Status: http.StatusPaymentRequired, Code: "trial_over", Detail: "The trial is over."}
	}
	return func(_ context.Context, failure error) error {
		if failure != nil {
			t.left.Add(1)
		}
		return nil
	}, nil
}

func ExampleAdmitter() {
	t := new(trial)
	t.left.Store(1)
	for range 2 {
		settle, err := t.Admit(context.Background(), "demo", "hero.jpg", "v1", `{"key":"hero.jpg"}`)
		fmt.Printf("%d %q\n", luna.StatusCode(err), luna.ErrorCode(err))
		if err == nil {
			settle(context.Background(), nil)
		}
	}
	// Output:
	// 200 ""
	// 402 "trial_over"
}

func ExampleHandler_Shutdown() {
	engine, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	handler, err := luna.NewHandler(engine, folder{exampleFiles()}, sign.Tenants{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	// First those who talk to the handler, then what it does for them.
	fmt.Println(server.Shutdown(ctx), handler.Shutdown(ctx))
	// Output: <nil> <nil>
}

// A custom domain is found in a table.
func ExampleTenantFunc() {
	domains := map[string]string{"img.acme.example": "acme", "pictures.example.net": "globex"}
	var tenant luna.TenantFunc = func(r *http.Request) (string, error) {
		if name, ok := domains[r.Host]; ok {
			return name, nil
		}
		return "", errors.New("no such domain")
	}
	name, err := tenant(httptest.NewRequest(http.MethodGet, "https://img.acme.example/eyJ", nil))
	fmt.Println(name, err)
	// Output: acme <nil>
}

// An original that was replaced is served anew at once, where it would
// otherwise be after VersionAge.
func ExampleHandler_Forget() {
	engine, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	keys, err := sign.NewKeyring("test-secret-0123456789")
	if err != nil {
		log.Fatal(err)
	}
	files := fstest.MapFS{}
	handler, err := luna.NewHandler(engine, folder{files}, sign.Tenants{"demo": keys}, &luna.HandlerOptions{
		Tenant: luna.FixedTenant("demo"),
	})
	if err != nil {
		log.Fatal(err)
	}
	defer handler.Shutdown(context.Background())
	request := edit.Request{Key: "hero.png", Output: &edit.Output{Format: edit.FormatPNG}}
	payload, err := request.Payload()
	if err != nil {
		log.Fatal(err)
	}
	width := func() int {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/"+payload+"?sig="+keys.Sign(payload), nil))
		picture, err := stdpng.DecodeConfig(w.Body)
		if err != nil {
			log.Fatal(err)
		}
		return picture.Width
	}
	for i, side := range []int{400, 800} {
		var b bytes.Buffer
		if err := stdpng.Encode(&b, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
			log.Fatal(err)
		}
		files["hero.png"] = &fstest.MapFile{Data: b.Bytes(), ModTime: time.Unix(int64(i), 0)}
		handler.Forget("demo", "hero.png")
		fmt.Println(width())
	}
	// Output:
	// 400
	// 800
}

// What is rendered ahead of requests is in the cache when they come, also after
// a restart.
func ExampleHandler_Render() {
	engine, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	keys, err := sign.NewKeyring("test-secret-0123456789")
	if err != nil {
		log.Fatal(err)
	}
	derived := new(cupboard)
	start := func() *luna.Handler {
		handler, err := luna.NewHandler(engine, folder{exampleFiles()}, sign.Tenants{"demo": keys}, &luna.HandlerOptions{
			Tenant: luna.FixedTenant("demo"),
			Cache:  derived,
		})
		if err != nil {
			log.Fatal(err)
		}
		return handler
	}
	request := edit.Request{Key: "hero.png", Edits: []edit.Edit{edit.Resize{Width: 80}}, Output: &edit.Output{Format: edit.FormatPNG}}
	payload, err := request.Payload()
	if err != nil {
		log.Fatal(err)
	}

	ctx := context.Background()
	worker := start()
	fmt.Println(worker.Render(ctx, "demo", payload, "image/*"), worker.Shutdown(ctx))

	server := start()
	defer server.Shutdown(ctx)
	w := httptest.NewRecorder()
	server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/"+payload+"?sig="+keys.Sign(payload), nil))
	fmt.Println(w.Code, w.Header().Get("X-Luna-Cache"))
	// Output:
	// <nil> <nil>
	// 200 hit
}
