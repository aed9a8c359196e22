package edit_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/sign"
)

// A preset is imgproxy's configuration, and imgproxy sharpens otherwise: both
// are named, and the request has the rest and what is nearest.
func ExampleParseImgproxy() {
	r, err := edit.ParseImgproxy("/insecure/preset:hero/rs:fill:300:400/g:sm/sh:0.5/plain/s3://photos/2024/cat.jpg@webp", nil)
	var e *edit.ImportError
	if errors.As(err, &e) {
		for _, f := range e.Options {
			fmt.Println(f.Near, f)
		}
	}
	b, _ := r.Encode()
	fmt.Println(string(b))
	// Output:
	// false preset "hero": is defined in imgproxy's configuration: write its options instead
	// true sh "0.5": the mask is the same, but flat areas are sharpened here as well, as sharp does and libvips' defaults do not
	// {"key":"2024/cat.jpg","edits":[{"resize":{"width":300,"height":400,"position":"attention"}},{"sharpen":0.5}],"output":{"format":"webp","quality":79}}
}

// Originals of other sites have keys that only their owner knows.
func ExampleParseThumbor() {
	r, err := edit.ParseThumbor("/unsafe/fit-in/300x200/filters:fill(white):quality(70)/https%3A%2F%2Fcdn.example.com%2Fcat.jpg", &edit.ImportOptions{
		AutoOrient: new(true), // RESPECT_ORIENTATION = True
		Source: func(source string) (string, error) {
			path, ok := strings.CutPrefix(source, "https://cdn.example.com/")
			if !ok {
				return "", errors.New("is not on our site")
			}
			return path, nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	b, _ := r.Encode()
	fmt.Println(string(b))
	// Output: {"key":"cat.jpg","edits":[{"resize":{"width":300,"height":200,"fit":"inside"}},{"resize":{"width":300,"height":200,"fit":"contain","background":"white"}}],"output":{"format":"jpeg","quality":70,"progressive":true}}
}

// The URLs of Nuxt Image, whose originals are larger than any size it asks for.
func ExampleParseIPX() {
	r, err := edit.ParseIPX("/_ipx/f_avif&q_60&s_300x200/images/cat.jpg", &edit.ImportOptions{Prefix: "/_ipx", LargeOriginals: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	b, _ := r.Encode()
	fmt.Println(string(b))
	// Output: {"key":"images/cat.jpg","edits":[{"autoOrient":false},{"resize":{"width":300,"height":200}}],"output":{"format":"avif","quality":60}}
}

// The JSON is {"bucket":"photos","key":"cat.jpg","edits":{"resize":{"width":300},"grayscale":true}}.
func ExampleParseServerlessImageHandler() {
	r, err := edit.ParseServerlessImageHandler("/eyJidWNrZXQiOiJwaG90b3MiLCJrZXkiOiJjYXQuanBnIiwiZWRpdHMiOnsicmVzaXplIjp7IndpZHRoIjozMDB9LCJncmF5c2NhbGUiOnRydWV9fQ==", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	b, _ := r.Encode()
	fmt.Println(string(b))
	// Output: {"key":"cat.jpg","edits":[{"grayscale":true},{"resize":{"width":300,"upscale":true}}],"output":{"format":"jpeg","quality":80}}
}

// Old URLs go on working: each is redirected to the signed one. The handler
// must see the path as it was sent, so it is not behind http.ServeMux, which
// would clean the slashes of the source.
func ExampleParseImgproxy_redirect() {
	keys, err := sign.NewKeyring("test-secret-0123456789")
	if err != nil {
		panic(err)
	}
	options := &edit.ImportOptions{
		Source: func(source string) (string, error) {
			u, err := url.Parse(source)
			if err != nil || u.Host != "cdn.example.com" {
				return "", errors.New("is not on our site")
			}
			return strings.TrimPrefix(u.Path, "/"), nil
		},
	}
	old := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := edit.ParseImgproxy(r.URL.EscapedPath(), options)
		var e *edit.ImportError
		if errors.As(err, &e) && !e.Near() { // what is near enough is for you to say
			http.Error(w, err.Error(), http.StatusGone)
			return
		}
		payload, err := request.Payload()
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		http.Redirect(w, r, "https://acme.example.com/"+payload+"?sig="+keys.Sign(payload), http.StatusMovedPermanently)
	})

	for _, path := range []string{
		"/insecure/rs:fit:300:200/plain/https://cdn.example.com/cat.jpg",
		"/insecure/pix:5/plain/https://cdn.example.com/cat.jpg",
	} {
		w := httptest.NewRecorder()
		old.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		fmt.Println(w.Code, w.Header().Get("Location"))
	}
	// Output:
	// 301 https://acme.example.com/eyJrZXkiOiJjYXQuanBnIiwiZWRpdHMiOlt7InJlc2l6ZSI6eyJ3aWR0aCI6MzAwLCJoZWlnaHQiOjIwMCwiZml0IjoiaW5zaWRlIn19XSwib3V0cHV0Ijp7ImZvcm1hdCI6ImpwZWciLCJxdWFsaXR5Ijo4MH19?sig=867fc44dd9e9b148ab78c66955db1120879ecc5a1b8d33131793d7f6d04d1744
	// 410
}
