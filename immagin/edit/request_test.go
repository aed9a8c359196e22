package edit_test

import (
	"encoding/json"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/edittest"
)

// roomy has no bound that a generated request meets, nor its canonical form,
// which is longer.
var roomy = &edit.Limits{MaxPayload: 1 << 20}

const (
	vectorJSON = `{"key":"hero.jpg","edits":[{"resize":{"width":800,"height":600}}]}`
	vectorPath = "eyJrZXkiOiJoZXJvLmpwZyIsImVkaXRzIjpbeyJyZXNpemUiOnsid2lkdGgiOjgwMCwiaGVpZ2h0Ijo2MDB9fV19"
)

func TestVector(t *testing.T) {
	r := &edit.Request{Key: "hero.jpg", Edits: []edit.Edit{edit.Resize{Width: 800, Height: 600}}}
	b, err := r.Encode()
	require.NoError(t, err)
	require.Equal(t, vectorJSON, string(b))
	path, err := r.Payload()
	require.NoError(t, err)
	require.Equal(t, vectorPath, path)
	back, err := edit.Decode(vectorPath, nil)
	require.NoError(t, err)
	require.Equal(t, r, back)
}

// Every edit and every member, in the order of the contract's tables.
func TestEveryMember(t *testing.T) {
	for _, c := range []struct {
		want string
		edit edit.Edit
	}{
		{`{"resize":{"width":1,"height":2,"fit":"contain","position":"top-left","background":"red","upscale":true,"downscale":false}}`,
			edit.Resize{1, 2, edit.FitContain, edit.PositionTopLeft, "red", new(true), new(false)}},
		{`{"resize":{"width":1}}`, edit.Resize{Width: 1}},
		{`{"rotate":{"angle":-45.5,"background":"#fff"}}`, edit.Rotate{-45.5, "#fff"}},
		{`{"rotate":{"angle":0}}`, edit.Rotate{}},
		{`{"flip":true}`, edit.Flip(true)},
		{`{"flip":false}`, edit.Flip(false)},
		{`{"flop":true}`, edit.Flop(true)},
		{`{"autoOrient":false}`, edit.AutoOrient(false)},
		{`{"crop":{"left":0,"top":1,"width":2,"height":3}}`, edit.Crop{0, 1, 2, 3}},
		{`{"extend":{"top":0,"bottom":1,"left":2,"right":3,"background":"rgb(1,2,3)"}}`, edit.Extend{new(0), new(1), new(2), new(3), "rgb(1,2,3)"}},
		{`{"extend":{}}`, edit.Extend{}},
		{`{"trim":{"background":"white","threshold":0}}`, edit.Trim{"white", new(0.0)}},
		{`{"blur":0.3}`, edit.Blur(0.3)},
		{`{"sharpen":0.000001}`, edit.Sharpen(0.000001)},
		{`{"grayscale":true}`, edit.Grayscale(true)},
		{`{"modulate":{"brightness":0,"saturation":0.5,"hue":-90,"lightness":-1e-7}}`, edit.Modulate{new(0.0), new(0.5), new(-90), new(-1e-7)}},
		{`{"modulate":{}}`, edit.Modulate{}},
		{`{"tint":{"r":255,"g":0,"b":1}}`, edit.Tint{255, 0, 1}},
		{`{"invert":true}`, edit.Invert(true)},
		{`{"normalize":true}`, edit.Normalize{}},
		{`{"normalize":{"lower":0,"upper":100}}`, edit.Normalize{new(0.0), new(100.0)}},
		{`{"flatten":{}}`, edit.Flatten{}},
		{`{"flatten":{"background":{"r":1,"g":2,"b":3,"alpha":0.5}}}`, edit.Flatten{edit.RGBA(1, 2, 3, 0.5)}},
		{`{"text":{"text":"a","fontSize":1,"color":"#ffffff","opacity":0,"position":"top","padding":0,"font":"Inter","maxWidth":9,"lineHeight":0.5,"align":"center"}}`,
			edit.Text{"a", new(1.0), "#ffffff", new(0.0), "top", new(0), "Inter", new(9), new(0.5), "center"}},
		{`{"image":{"key":"logo.png","width":9,"opacity":0.5,"position":"left","padding":1,"tile":false,"blend":"soft-light"}}`,
			edit.Image{"logo.png", 9, new(0.5), "left", new(1), new(false), "soft-light"}},
		{`{"contrast":-100}`, edit.Contrast(-100)},
		{`{"gamma":5e-324}`, edit.Gamma(5e-324)},
		{`{"sigmoid":{"midpoint":0,"factor":-3}}`, edit.Sigmoid{0, -3}},
		{`{"x-vignette":{"b":1,"a":[null,true,"\u0000"]}}`, edit.Custom{"x-vignette", json.RawMessage(`{"b":1,"a":[null,true,"\u0000"]}`)}},
	} {
		payload := `{"key":"a","edits":[` + c.want + `]}`
		want := &edit.Request{Key: "a", Edits: []edit.Edit{c.edit}}
		got, err := edit.Parse([]byte(payload), nil)
		require.NoError(t, err, c.want)
		require.Equal(t, want, got)
		require.NoError(t, want.Validate(nil))
		b, err := want.Encode()
		require.NoError(t, err)
		require.Equal(t, payload, string(b))
	}
}

func TestRequestMembers(t *testing.T) {
	for _, c := range []struct {
		want    string
		request edit.Request
	}{
		{`{"key":"a"}`, edit.Request{Key: "a"}},
		{`{"key":"a","edits":[]}`, edit.Request{Key: "a", Edits: []edit.Edit{}}},
		{`{"key":"a","output":{}}`, edit.Request{Key: "a", Output: &edit.Output{}}},
		{`{"key":"a","output":{"format":"webp","quality":90,"lossless":false,"effort":0}}`,
			edit.Request{Key: "a", Output: &edit.Output{Format: "webp", Quality: 90, Lossless: new(false), Effort: new(0)}}},
		{`{"key":"a","output":{"format":"jpeg","quality":1,"progressive":true}}`,
			edit.Request{Key: "a", Output: &edit.Output{Format: "jpeg", Quality: 1, Progressive: new(true)}}},
		{`{"key":"a","metadata":true}`, edit.Request{Key: "a", Metadata: &edit.Metadata{}}},
		{`{"key":"a","metadata":{"placeholder":true},"v":"2","exp":1700000000}`,
			edit.Request{Key: "a", Metadata: &edit.Metadata{Placeholder: new(true)}, Version: "2", Expires: new(int64(1_700_000_000))}},
		{`{"key":"a","edits":[{"resize":{"width":1}}],"v":"é","ladder":{"widths":[400,800],"densities":[1,1.5],"formats":["avif","auto"]},"exp":0}`,
			edit.Request{Key: "a", Edits: []edit.Edit{edit.Resize{Width: 1}}, Version: "é", Expires: new(int64(0)),
				Ladder: &edit.Ladder{Widths: []int{400, 800}, Densities: []float64{1, 1.5}, Formats: []edit.Format{"avif", "auto"}}}},
	} {
		got, err := edit.Parse([]byte(c.want), nil)
		require.NoError(t, err, c.want)
		require.Equal(t, &c.request, got)
		b, err := c.request.Encode()
		require.NoError(t, err)
		require.Equal(t, c.want, string(b))
	}
}

// Other spellings of the same request.
func TestSpellings(t *testing.T) {
	for _, c := range []struct{ spelled, encoded string }{
		{"\t{ \"key\" : \"a\" ,\r\n\"edits\" : [ { \"blur\" : 1.0e1 } ] }", `{"key":"a","edits":[{"blur":10}]}`},
		{`{"edits":{"blur":10},"key":"a"}`, `{"key":"a","edits":[{"blur":10}]}`},
		{`{"key":"a","edits":[{"resize":{"height":0.6e3,"width":8E+2}}]}`, `{"key":"a","edits":[{"resize":{"width":800,"height":600}}]}`},
		{`{"key":"\u0061\/\ud83d\uDE00\u003c","v":""}`, `{"key":"a/😀<"}`},
		{`{"key":"a","edits":[{"normalize":{}}]}`, `{"key":"a","edits":[{"normalize":true}]}`},
		{`{"key":"a","metadata":{}}`, `{"key":"a","metadata":true}`},
		{`{"key":"a","metadata":true,"edits":[]}`, `{"key":"a","edits":[],"metadata":true}`},
		{`{"key":"a","edits":[{"flatten":{"background":{"alpha":1e0,"b":3,"g":2,"r":1}}}]}`, `{"key":"a","edits":[{"flatten":{"background":{"r":1,"g":2,"b":3,"alpha":1}}}]}`},
		{`{"key":"a","edits":[{"x-A1-":{ "b":1.0, "10":12345678901234567890, "2":[ ], "01":"\u2028\/" }}]}`,
			`{"key":"a","edits":[{"x-A1-":{"2":[],"10":12345678901234567000,"b":1,"01":"` + "\u2028" + `/"}}]}`},
		{`{"key":"a","edits":[{"blur":1e-400}]}`, ""}, // 0 is below the range
		{`{"key":"a","edits":[{"rotate":{"angle":1e-400}}]}`, `{"key":"a","edits":[{"rotate":{"angle":0}}]}`},
	} {
		r, err := edit.Parse([]byte(c.spelled), nil)
		if c.encoded == "" {
			require.Error(t, err, c.spelled)
			continue
		}
		require.NoError(t, err, c.spelled)
		b, err := r.Encode()
		require.NoError(t, err)
		require.Equal(t, c.encoded, string(b))
	}
}

func TestJSON(t *testing.T) {
	r := edit.Request{Key: "a<b", Edits: []edit.Edit{edit.Blur(10)}}
	b, err := json.Marshal(r)
	require.NoError(t, err)
	var back edit.Request
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, r, back)
	require.Error(t, json.Unmarshal([]byte(`{}`), &back))
	_, err = json.Marshal(edit.Request{})
	var e *edit.Error
	require.ErrorAs(t, err, &e)
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := edittest.Requests().Draw(t, "request")
		require.NoError(t, r.Validate(roomy))
		first, err := r.Encode()
		require.NoError(t, err)
		parsed, err := edit.Parse(first, roomy)
		require.NoError(t, err)
		require.NoError(t, parsed.Validate(roomy))
		second, err := parsed.Encode()
		require.NoError(t, err)
		require.Equal(t, string(first), string(second))
		again, err := edit.Parse(second, roomy)
		require.NoError(t, err)
		require.Equal(t, parsed, again)
		path, err := r.Payload()
		require.NoError(t, err)
		decoded, err := edit.Decode(path, roomy)
		require.NoError(t, err)
		require.Equal(t, parsed, decoded)
	})
}

// For the race detector: methods do not write to the request.
func TestConcurrentUse(t *testing.T) {
	r := parse(t, `{"key":"a","edits":[{"resize":{"width":1,"background":{"r":1,"g":2,"b":3}}},{"tint":{"r":1,"g":2,"b":3}},{"x-a":{"b":1,"a":2}},`+
		`{"text":{"text":"a"}},{"autoOrient":false}],"output":{"quality":5},"ladder":{"widths":[1,2],"densities":[1],"formats":["avif"]}}`)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := r.Payload(); err != nil {
				t.Error(err)
			}
			if err := r.Validate(nil); err != nil {
				t.Error(err)
			}
			rung, err := r.Resolve(2, 1, edit.FormatAVIF)
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := rung.Canonical(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// Nil parameters are JSON's null.
func TestCustomWithoutParameters(t *testing.T) {
	r := &edit.Request{Key: "a", Edits: []edit.Edit{edit.Custom{Operation: "x-a"}}}
	require.NoError(t, r.Validate(nil))
	require.Equal(t, `{"key":"a","edits":[{"x-a":null}]}`, encode(t, r))
	require.Equal(t, `{"key":"a","edits":[{"x-a":null}],`+canonicalOutput+`}`, canonical(t, r))
}
