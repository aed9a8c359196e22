package replay_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/immagin/immagin-go/billing/catalog"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/replay"
)

// An hour of a log, of a service whose URLs are /width/original.
func Example() {
	access := `192.0.2.1 - - [03/Nov/2026:10:00:00 +0000] "GET /800/hero.jpg HTTP/1.1" 200 81234
192.0.2.2 - - [03/Nov/2026:10:00:01 +0000] "GET /800/hero.jpg HTTP/1.1" 200 81234
192.0.2.2 - - [03/Nov/2026:10:00:01 +0000] "GET /400/hero.jpg HTTP/1.1" 200 23456
192.0.2.2 - - [03/Nov/2026:10:00:02 +0000] "GET /favicon.ico HTTP/1.1" 404 9
{"time":"2026-11-03T10:00:03Z","tenant":"acme","key":"hero.jpg","canonical":"w=20","status":200,"cache":"miss","bytes":321}
`
	tally, err := replay.New(func(path, query string) (image, rendition string, ok bool) {
		rendition, image, ok = strings.Cut(strings.TrimPrefix(path, "/"), "/")
		return image, rendition, ok
	}, nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := tally.Read(context.Background(), strings.NewReader(access)); err != nil {
		log.Fatal(err)
	}
	for _, c := range tally.Counts() {
		bill, err := catalog.Immagin().Estimate(c.Usage())
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s, %s: %d unique of %d, $%v\n", c.Project, c.Period.Start.Format("January 2006"), c.Transforms, c.Requests, bill.Total)
	}
	for reason, skipped := range tally.Summary().Skipped {
		fmt.Printf("%d line left out: %s\n", skipped.Lines, reason)
	}
	// Output:
	// acme, November 2026: 1 unique of 1, $0.00
	// default, November 2026: 2 unique of 3, $0.00
	// 1 line left out: status not 200, 203, 206 or 304
}

func ExampleParseCommon() {
	e, err := replay.ParseCommon([]byte(`192.0.2.1 - - [03/Nov/2026:11:00:00 +0100] "GET /eyJrZXkiOiJhIn0?sig=00 HTTP/1.1" 200 81234 "-" "curl/8" HIT`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(e.Time, e.Path, e.Status, e.Bytes, e.Cache == replay.Hit)
	// Output: 2026-11-03 10:00:00 +0000 UTC /eyJrZXkiOiJhIn0 200 81234 true
}

func ExampleParseJSON() {
	e, err := replay.ParseJSON([]byte(`{"time":"2026-11-03T10:00:00Z","tenant":"acme","path":"/eyJrZXkiOiJhIn0?sig=00","status":200,"cache":"coalesced"}`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(e.Tenant, e.Path, e.Cache == replay.Coalesced)
	// Output: acme /eyJrZXkiOiJhIn0 true
}

// words says what a URL of /width/original asks for.
func words(path, query string) (image, rendition string, ok bool) {
	rendition, image, ok = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return image, rendition, ok
}

// What would another definition of "unique" cost?
func ExampleNew() {
	access := `192.0.2.1 - - [03/Nov/2026:10:00:00 +0000] "GET /800/hero.jpg HTTP/1.1" 200 81234 "-" "curl/8" MISS
192.0.2.1 - - [04/Nov/2026:10:00:00 +0000] "GET /800/hero.jpg HTTP/1.1" 200 81234 "-" "curl/8" MISS
`
	for _, unique := range []meter.Uniqueness{meter.PerPeriod, meter.EveryMiss} {
		tally, err := replay.New(words, &replay.Options{Policy: meter.Policy{Unique: unique}, Project: replay.Whole})
		if err != nil {
			log.Fatal(err)
		}
		if err := tally.Read(context.Background(), strings.NewReader(access)); err != nil {
			log.Fatal(err)
		}
		fmt.Println(unique, tally.Counts()[0].Transforms)
	}
	// Output:
	// per period 1
	// every miss 2
}

func ExampleByHost() {
	fmt.Println(replay.ByHost(&replay.Entry{Host: "Img.Acme.example:443"}))
	// Output: img.acme.example
}

func ExampleByPrefix() {
	fmt.Println(replay.ByPrefix(&replay.Entry{Path: "/acme/800/hero.jpg"}))
	// Output: acme
}

func ExampleByTenant() {
	fmt.Println(replay.ByTenant(&replay.Entry{Tenant: "acme", Host: "img.example.com"}))
	// Output: acme
}

func ExampleWhole() {
	access := `a.example 192.0.2.1 - - [03/Nov/2026:10:00:00 +0000] "GET /800/hero.jpg HTTP/1.1" 200 81234 "-" "curl/8"
b.example 192.0.2.1 - - [03/Nov/2026:10:00:01 +0000] "GET /800/hero.jpg HTTP/1.1" 200 81234 "-" "curl/8"
`
	tally, err := replay.New(words, &replay.Options{Project: replay.Whole})
	if err != nil {
		log.Fatal(err)
	}
	if err := tally.Read(context.Background(), strings.NewReader(access)); err != nil {
		log.Fatal(err)
	}
	for _, c := range tally.Counts() {
		fmt.Printf("%q %d of %d\n", c.Project, c.Transforms, c.Requests)
	}
	// Output: "default" 1 of 2
}
