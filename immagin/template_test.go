package immagin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"html/template"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/edit"
)

// run executes a template with data.
func run(t require.TestingT, opts *immagin.TemplateOptions, text string, data any) (string, error) {
	c, err := immagin.NewClient("", &immagin.Options{Secret: secret, DeliveryURL: delivery})
	require.NoError(t, err)
	page, err := template.New("page").Funcs(immagin.TemplateFuncs(ctx, c, opts)).Parse(text)
	require.NoError(t, err)
	var b bytes.Buffer
	err = page.Execute(&b, data)
	return b.String(), err
}

func TestTemplates(t *testing.T) {
	sized := &immagin.TemplateOptions{Size: func(context.Context, string) (int, int, error) { return 4000, 3000, nil }}
	text, err := run(t, sized, `{{img "hero.jpg" (w 800)}}`, nil)
	require.NoError(t, err)
	nodes := parse(t, text)
	require.Equal(t, []string{"img"}, names(nodes))
	require.Equal(t, "800", attribute(nodes[0], "width"))
	require.Equal(t, "600", attribute(nodes[0], "height"))
	require.Equal(t, &edit.Request{Key: "hero.jpg", Edits: []edit.Edit{edit.Resize{Width: 800}}}, request(t, attribute(nodes[0], "src")))
	set := parseSrcSet(t, attribute(nodes[0], "srcset"))
	require.Equal(t, "2x", set[1].descriptor)
	require.Equal(t, 1600, request(t, set[1].url).Edits[0].(edit.Resize).Width)

	text, err = run(t, nil, `{{img "hero.jpg" (w 800)}}`, nil)
	require.NoError(t, err)
	require.Equal(t, "800", attribute(parse(t, text)[0], "width"))
	require.NotContains(t, text, "height", "nobody knows it")

	text, err = run(t, nil, `{{picture "hero.jpg" (w 1200 600) (h 630) (fit "cover") (position "top") (format "avif" "webp" "png") (quality 70) (alt "A \"hero\"") (sizes "50vw") (class "big") (loading "eager") (priority "high") (decoding "auto")}}`, nil)
	require.NoError(t, err)
	nodes = parse(t, text)
	require.Equal(t, []string{"picture", "source", "source", "img"}, names(nodes))
	require.Equal(t, []string{"image/avif", "image/webp"}, []string{attribute(nodes[1], "type"), attribute(nodes[2], "type")})
	for i, want := range []edit.Format{"avif", "webp", "png"} {
		set := parseSrcSet(t, attribute(nodes[i+1], "srcset"))
		require.Equal(t, []string{"1200w", "600w"}, []string{set[0].descriptor, set[1].descriptor})
		r := request(t, set[1].url)
		require.Equal(t, &edit.Output{Format: want, Quality: 70}, r.Output)
		require.Equal(t, []edit.Edit{edit.Resize{Width: 600, Height: 315, Fit: edit.FitCover, Position: edit.PositionTop}}, r.Edits)
		require.Equal(t, "50vw", attribute(nodes[i+1], "sizes"))
	}
	img := nodes[3]
	for name, want := range map[string]string{"alt": `A "hero"`, "class": "big", "loading": "eager", "fetchpriority": "high", "decoding": "auto", "width": "1200", "height": "630"} {
		require.Equal(t, want, attribute(img, name), name)
	}

	text, err = run(t, nil, `<img src="{{url .Key (w 300) (h 200) (format "auto") (version "v2") (edits .Edits) (blur 1.5) (sharpen 2) (grayscale) (rotate 180)}}" srcset="{{srcset .Key (w 300 600)}}">`,
		map[string]any{"Key": "a b.jpg", "Edits": []edit.Edit{edit.Invert(true)}})
	require.NoError(t, err)
	img = parse(t, text)[0]
	require.Equal(t, &edit.Request{
		Key: "a b.jpg", Version: "v2", Output: &edit.Output{Format: edit.FormatAuto},
		Edits: []edit.Edit{edit.Resize{Width: 300, Height: 200}, edit.Invert(true), edit.Blur(1.5), edit.Sharpen(2), edit.Grayscale(true), edit.Rotate{Angle: 180}},
	}, request(t, attribute(img, "src")))
	require.Equal(t, "600w", parseSrcSet(t, attribute(img, "srcset"))[1].descriptor)

	text, err = run(t, nil, `<img srcset="{{srcset "a.jpg" (w 100) (densities 1 1.5 3)}}">{{url "a.jpg"}}`, nil)
	require.NoError(t, err)
	set = parseSrcSet(t, attribute(parse(t, text)[0], "srcset"))
	require.Equal(t, "3x", set[2].descriptor)
	require.Equal(t, 150, request(t, set[1].url).Edits[0].(edit.Resize).Width)

	text, err = run(t, sized, `{{img "hero.jpg"}}`, nil)
	require.NoError(t, err)
	require.Contains(t, text, `width="4000" height="3000"`, "as large as it is")

	text, err = run(t, &immagin.TemplateOptions{Prefix: "immagin_"}, `{{immagin_img "a.jpg" (immagin_w 100) (immagin_size 300 150)}}`, nil)
	require.NoError(t, err)
	require.Equal(t, "50", attribute(parse(t, text)[0], "height"))

	text, err = run(t, &immagin.TemplateOptions{Sources: []edit.Output{{Format: edit.FormatAVIF}}}, `{{picture "a.jpg" (w 100)}}`, nil)
	require.NoError(t, err)
	require.Equal(t, "image/avif", attribute(parse(t, text)[1], "type"))
}

// TestDocumentedTemplates executes what the page of the docs shows.
func TestDocumentedTemplates(t *testing.T) {
	page, err := os.ReadFile(filepath.FromSlash("../examples/docs/responsive.md"))
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(page), "```html\n")
	require.True(t, ok)
	text, _, ok := strings.Cut(rest, "```")
	require.True(t, ok)
	opts := &immagin.TemplateOptions{Placeholder: func(context.Context, string) (*immagin.Placeholder, error) {
		return &immagin.Placeholder{DataURL: "data:image/webp;base64,UklGRg=="}, nil
	}}
	shown, err := run(t, opts, text, map[string]string{"Key": "hero.jpg", "Title": "A title"})
	require.NoError(t, err)
	require.Equal(t, []string{"img", "img", "picture", "source", "source", "img", "a", "img", "div"}, names(parse(t, shown)))
}

func TestTemplateErrors(t *testing.T) {
	failing := &immagin.TemplateOptions{
		Size:        func(context.Context, string) (int, int, error) { return 0, 0, errStore },
		Placeholder: func(context.Context, string) (*immagin.Placeholder, error) { return nil, errStore },
	}
	for text, want := range map[string]string{
		`{{img "../a" (w 1)}}`:                                    "key",
		`{{img "a.jpg"}}`:                                         "width",
		`{{img "a.jpg" (w)}}`:                                     "at least one width",
		`{{img "a.jpg" (w 0)}}`:                                   "above 0",
		`{{img "a.jpg" (w 1) (w 2)}}`:                             "w twice",
		`{{img "a.jpg" (h 1)}}`:                                   "h, which goes with w",
		`{{img "a.jpg" (w 1) (fit "cover")}}`:                     "fit, which goes with w and h",
		`{{img "a.jpg" (w 1) (h 0)}}`:                             "height above 0",
		`{{img "a.jpg" (w 1) (h 1) (fit "x")}}`:                   "resize.fit",
		`{{img "a.jpg" (w 1) (h 1) (edits .)}}`:                   "say it there",
		`{{img "a.jpg" (w 1) (format "png" "jpeg")}}`:             "one format",
		`{{img "a.jpg" (w 1) (format "bmp")}}`:                    "output.format",
		`{{img "a.jpg" (w 1) (quality 101)}}`:                     "output.quality",
		`{{img "a.jpg" (w 1) (loading "soon")}}`:                  "Loading must be",
		`{{picture "a.jpg" (w 1) (format "auto" "jpeg")}}`:        "format of its own",
		`{{picture "a.jpg" (w 1) (sizes "1px")}}`:                 "Sizes is for Widths",
		`{{picture "a.jpg" (w 1 2) (densities 1)}}`:               "not both",
		`<img src="{{url "a.jpg" (w 1 2)}}">`:                     "one width",
		`<img src="{{url "a.jpg" (alt "x")}}">`:                   "no option alt",
		`<img src="{{url "a.jpg" (densities 2)}}">`:               "no option densities",
		`<img srcset="{{srcset "a.jpg"}}">`:                       "width",
		`<img srcset="{{srcset "a.jpg" (w 1 2) (densities 2)}}">`: "not both",
	} {
		_, err := run(t, nil, text, []edit.Edit{edit.Resize{Width: 5}})
		require.ErrorContains(t, err, want, text)
		require.NotContains(t, err.Error(), secret)
	}
	for _, text := range []string{`{{img "a.jpg" (w 1)}}`, `{{placeholder "a.jpg"}}`} {
		_, err := run(t, failing, text, nil)
		require.ErrorIs(t, err, errStore, text)
	}
	_, err := run(t, &immagin.TemplateOptions{Placeholder: func(context.Context, string) (*immagin.Placeholder, error) {
		return &immagin.Placeholder{DataURL: "javascript:alert(1)"}, nil
	}}, `<a href="{{placeholder "a.jpg"}}">`, nil)
	require.ErrorContains(t, err, "not the data URL")
}

// TestTemplatesEscape executes every function with texts that want out of where
// they stand, in every place where markup goes.
func TestTemplatesEscape(t *testing.T) {
	const text = `<main data-begin>
{{img .Key (w 10) (alt .Text) (class .Text)}}
{{picture .Key (w 10 20) (alt .Text) (class .Text) (sizes .Text)}}
<img alt="{{.Text}}" src="{{url .Key (w 10)}}" srcset="{{srcset .Key (w 10 20)}}">
<img src={{url .Key}} title='{{url .Key}}'>
<a href="{{url .Key (w 10)}}" onclick="go({{url .Key}})" style="background:url('{{url .Key}}')">{{url .Key}}</a>
<p title="{{img .Key (w 10) (alt .Text)}}"></p>
<textarea>{{img .Key (w 10) (alt .Text)}}</textarea>
<script>var u = {{url .Key}}, h = {{img .Key (w 10) (alt .Text)}};</script>
</main>`
	want := []string{"main", "img", "picture", "source", "img", "img", "img", "a", "p", "textarea", "script"}
	rapid.Check(t, func(t *rapid.T) {
		hostile := rapid.OneOf(rapid.SampledFrom(hostileKeys), rapid.String())
		key := hostile.Filter(func(s string) bool { return edit.ValidateKey(s) == nil }).Draw(t, "key")
		words := hostile.Filter(func(s string) bool { return !strings.ContainsAny(s, "\r\x00") }).Draw(t, "text")
		page, err := run(t, nil, text, map[string]string{"Key": key, "Text": words})
		require.NoError(t, err)
		nodes := parse(t, page)
		require.Equal(t, want, names(nodes), "%s", page)
		own := map[string]bool{
			"data-begin": true, "src": true, "srcset": true, "sizes": true, "width": true, "height": true, "alt": true, "loading": true,
			"decoding": true, "class": true, "type": true, "title": true, "href": true, "onclick": true, "style": true,
		}
		for _, n := range nodes {
			for _, a := range n.Attr {
				require.True(t, own[a.Key], "%s got an attribute %s", n.Data, a.Key)
			}
		}
		for _, n := range []int{1, 4, 5} {
			require.Equal(t, words, attribute(nodes[n], "alt"))
			require.Equal(t, key, request(t, attribute(nodes[n], "src")).Key)
			for _, c := range parseSrcSet(t, attribute(nodes[n], "srcset")) {
				require.Equal(t, key, request(t, c.url).Key)
			}
		}
		require.Equal(t, words, attribute(nodes[1], "class"))
		require.Equal(t, key, request(t, attribute(nodes[6], "src")).Key)
		require.Equal(t, key, request(t, attribute(nodes[7], "href")).Key)

		// What the script reads is the URL and the markup, and nothing more.
		script := strings.TrimSuffix(strings.TrimPrefix(nodes[10].FirstChild.Data, "var u = "), ";")
		decoder := json.NewDecoder(strings.NewReader(script))
		var u, h string
		require.NoError(t, decoder.Decode(&u))
		rest := strings.TrimPrefix(script[decoder.InputOffset():], ", h = ")
		require.NoError(t, json.Unmarshal([]byte(rest), &h))
		require.Equal(t, key, request(t, u).Key)
		require.Equal(t, words, attribute(parse(t, h)[0], "alt"))
	})
}
