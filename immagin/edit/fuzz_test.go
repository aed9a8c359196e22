package edit_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/immagin/immagin-go/immagin/edit"
)

// seeds are payloads of every edit and of every kind of fault.
var seeds = []string{
	vectorJSON,
	`{"key":"a","edits":[{"resize":{"width":8e2,"height":600,"fit":"contain","position":"entropy","background":"hsl(120 50% 50% / 0.5)","upscale":true,"downscale":false}}]}`,
	`{"key":"a","edits":[{"rotate":{"angle":-45.5}},{"flip":true},{"flop":false},{"autoOrient":false},{"crop":{"left":0,"top":0,"width":1,"height":1}}]}`,
	`{"key":"a","edits":[{"extend":{"top":1}},{"trim":{}},{"blur":0.5},{"sharpen":2},{"grayscale":true},{"modulate":{"hue":-90}},{"tint":{"r":1,"g":2,"b":3}}]}`,
	`{"key":"a","edits":[{"invert":true},{"normalize":true},{"normalize":{"lower":5}},{"flatten":{"background":{"r":1,"g":2,"b":3,"alpha":0.1}}},{"contrast":-5}]}`,
	`{"key":"a","edits":[{"text":{"text":"\ud83d\ude00\u2028<","font":"Inter","maxWidth":5,"align":"left"}},{"image":{"key":"b/c","tile":true,"blend":"screen"}}]}`,
	`{"key":"a","edits":[{"gamma":2.2},{"sigmoid":{"midpoint":0.5,"factor":-3}},{"x-A-1":{"b":[1e21,1e-7,null,{}],"10":"","2":""}}]}`,
	`{"key":"a","edits":{"blur":10},"output":{"format":"avif","quality":50,"lossless":true,"effort":9},"v":"2","exp":1700000000}`,
	`{"key":"a","edits":[{"resize":{"width":1}}],"output":{"format":"png","quality":50},"ladder":{"widths":[400,800],"densities":[1,1.5],"formats":["auto"]}}`,
	`{"key":"a","metadata":{"placeholder":true}}`,
	`{"key":"\ud800","key":-0,"edits":[{"blur":1e400,"x":{}},[],{}],"exp":9223372036854775808}`,
	"{\"key\":\"\xff\"} ",
	strings.Repeat("[", 40),
}

// checked fails the test unless err is nil or an *edit.Error with faults.
func checked(t *testing.T, err error) bool {
	var e *edit.Error
	if err != nil && (!errors.As(err, &e) || len(e.Faults) == 0 || e.Error() == "") {
		t.Fatalf("not an *edit.Error with faults: %#v", err)
	}
	return err == nil
}

func encode(t *testing.T, r *edit.Request) string {
	b, err := r.Encode()
	if err != nil {
		t.Fatalf("%+v: %v", r, err)
	}
	return string(b)
}

func parse(t *testing.T, s string) *edit.Request {
	r, err := edit.Parse([]byte(s), roomy)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return r
}

// No input panics; what is parsed is valid, and is the same after it was
// encoded and parsed again.
func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		r, err := edit.Parse(payload, nil)
		if !checked(t, err) {
			return
		}
		if err := r.Validate(roomy); err != nil {
			t.Fatalf("%s: parsed, but %v", payload, err)
		}
		first := encode(t, r)
		if second := encode(t, parse(t, first)); second != first {
			t.Fatalf("%s\n%s", first, second)
		}
	})
}

// The canonical form is that of itself, and of the encoded request.
func FuzzCanonical(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		r, err := edit.Parse(payload, nil)
		if err != nil || r.Ladder != nil {
			return
		}
		c, err := r.Canonical()
		if err != nil {
			t.Fatalf("%s: %v", payload, err)
		}
		form := encode(t, c)
		for _, same := range []*edit.Request{c, parse(t, form), parse(t, encode(t, r))} {
			c, err := same.Canonical()
			if err != nil {
				t.Fatalf("%s: %v", form, err)
			}
			if again := encode(t, c); again != form {
				t.Fatalf("%s\n%s", form, again)
			}
		}
	})
}

// A colour that is read is read the same from its hexadecimal form, and
// survives a payload.
func FuzzColor(f *testing.F) {
	for _, s := range []string{"#1f8", "#ABCDEF01", "rgb(255, 0, 128, .5)", "rgba(1 2 3 / 50%)", "hsl(-120deg,100%,50%)", "hsla(.5turn 1e1 2 / 3)", "RebeccaPurple", "transparent", `{"r":1,"g":2,"b":3,"alpha":0.5}`, "rgb(1,2", "{"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := edit.ParseColor(s)
		if err != nil {
			return
		}
		r, g, b, a, err := c.RGBA()
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		same := parse(t, encode(t, &edit.Request{Key: "a", Edits: []edit.Edit{edit.Flatten{Background: c}}}))
		canonical, err := same.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		r2, g2, b2, a2, err := canonical.Edits[0].(edit.Flatten).Background.RGBA()
		if err != nil || r != r2 || g != g2 || b != b2 || a != a2 {
			t.Fatalf("%q: %d %d %d %d, then %d %d %d %d, %v", s, r, g, b, a, r2, g2, b2, a2, err)
		}
	})
}

// A payload that is decoded has no other spelling of the same bytes, and a
// request's own payload is decoded to it.
func FuzzDecode(f *testing.F) {
	for _, s := range seeds[:10] {
		r, err := edit.Parse([]byte(s), nil)
		if err != nil {
			f.Fatal(err)
		}
		p, err := r.Payload()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(p)
	}
	f.Add("eyJrZXkiOiJhIn1")
	f.Add("eyJrZXki\nOiJhIn0")
	f.Fuzz(func(t *testing.T, payload string) {
		r, err := edit.Decode(payload, nil)
		if !checked(t, err) {
			return
		}
		if strings.Trim(payload, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Fatalf("%q has other characters", payload)
		}
		p, err := r.Payload()
		if err != nil {
			t.Fatal(err)
		}
		again, err := edit.Decode(p, roomy)
		if err != nil {
			t.Fatal(err)
		}
		if encode(t, again) != encode(t, r) {
			t.Fatalf("%q is not %q", p, payload)
		}
	})
}

// A valid key never climbs out of its store.
func FuzzValidateKey(f *testing.F) {
	for _, s := range []string{"a/b", "../a", "a/./b", `a\b`, "a\x00", "a//b", "/a", "a/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if edit.ValidateKey(key) != nil {
			return
		}
		if strings.Contains("/"+key+"/", "/../") || strings.Contains("/"+key+"/", "/./") || strings.Contains("/"+key+"/", "//") || len(key) > 1024 {
			t.Fatalf("%q is valid", key)
		}
	})
}

// A choice from a ladder is refused or has exactly one spelling.
func FuzzResolveQuery(f *testing.F) {
	for _, s := range []string{"w=400", "w=801&dpr=1.5&fm=avif", "w=400&fm=jpeg", "w=0400", "w=400&dpr=NaN"} {
		f.Add(s)
	}
	r := ladderRequest()
	valid := map[string]bool{}
	for _, w := range r.Ladder.Widths {
		for _, d := range append([]float64{0}, r.Ladder.Densities...) {
			for _, format := range append([]edit.Format{""}, r.Ladder.Formats...) {
				valid[r.Ladder.Query(w, d, format)] = true
			}
		}
	}
	f.Fuzz(func(t *testing.T, query string) {
		_, err := r.ResolveQuery(query)
		if checked(t, err) != valid[query] {
			t.Fatalf("%q: %v", query, err)
		}
	})
}
