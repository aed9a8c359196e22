package luna_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/immagin/immagin-go/billing/replay"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/sign"
)

// The log of a server behind Cloudflare, and what a bill would be made of.
func ExampleUsageLog() {
	var file strings.Builder // in a program: a file
	usage := luna.NewUsageLog(&file, &luna.UsageLogOptions{Every: 5 * time.Second})

	engine, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	keys, err := sign.NewKeyring("test-secret-0123456789")
	if err != nil {
		log.Fatal(err)
	}
	handler, err := luna.NewHandler(engine, folder{exampleFiles()}, sign.Tenants{"demo": keys}, &luna.HandlerOptions{
		Tenant: luna.FixedTenant("demo"),
		Usage:  usage.Record,
		UsagePlace: func(r *http.Request) (country, edge string) {
			_, edge, _ = strings.Cut(r.Header.Get("CF-Ray"), "-")
			return r.Header.Get("CF-IPCountry"), edge
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	payload := encode(`{"key":"hero.png","edits":[{"resize":{"width":80}}],"output":{"format":"png"}}`)
	for range 2 {
		r := httptest.NewRequest(http.MethodGet, "/"+payload+"?sig="+keys.Sign(payload), nil)
		r.Header.Set("CF-IPCountry", "DE")
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := handler.Shutdown(ctx); err != nil {
		log.Fatal(err)
	}
	if err := usage.Close(); err != nil {
		log.Fatal(err)
	}

	tally, err := replay.New(func(path, query string) (image, rendition string, ok bool) {
		return "", "", false // all lines have keys
	}, nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := tally.Read(ctx, strings.NewReader(file.String())); err != nil {
		log.Fatal(err)
	}
	for _, c := range tally.Counts() {
		fmt.Println(c.Project, c.Transforms, "unique of", c.Requests)
	}
	fmt.Println(strings.Count(file.String(), `"country":"DE"`))
	// Output:
	// demo 1 unique of 2
	// 2
}
