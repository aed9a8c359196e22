package edit_test

import (
	"testing"

	"github.com/immagin/immagin-go/immagin/edit"
)

const ogImage = `{"key":"posts/2024/hello.jpg","edits":[{"resize":{"width":1200,"height":630,"fit":"cover"}},` +
	`{"text":{"text":"Hello, world","fontSize":48,"color":"white","position":"bottom-left","padding":40}}],"output":{"format":"jpeg","quality":85}}`

func BenchmarkParse(b *testing.B) {
	for name, payload := range map[string]string{"resize": vectorJSON, "og": ogImage} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(payload)))
			for b.Loop() {
				if _, err := edit.Parse([]byte(payload), nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCanonical(b *testing.B) {
	for name, payload := range map[string]string{"resize": vectorJSON, "og": ogImage} {
		b.Run(name, func(b *testing.B) {
			r, err := edit.Parse([]byte(payload), nil)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				c, err := r.Canonical()
				if err != nil {
					b.Fatal(err)
				}
				if _, err := c.Encode(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPayload(b *testing.B) {
	r := &edit.Request{Key: "hero.jpg", Edits: []edit.Edit{edit.Resize{Width: 800, Height: 600}}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Payload(); err != nil {
			b.Fatal(err)
		}
	}
}
