package immagin_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"image"
	stdpng "image/png"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/sign"
)

const (
	secret   = "test-secret-0123456789"
	delivery = "https://acme.example.com"
)

var ctx = context.Background()

func offline(t testing.TB) *immagin.Images {
	c, err := immagin.NewClient("", &immagin.Options{Secret: secret, DeliveryURL: delivery})
	require.NoError(t, err)
	return c.Images
}

// everything is a store that has one picture under all keys.
type everything []byte

func (e everything) Stat(context.Context, string, string) (int64, string, error) {
	return int64(len(e)), "1", nil
}

func (e everything) Open(context.Context, string, string) (io.ReadCloser, int64, string, error) {
	return io.NopCloser(bytes.NewReader(e)), int64(len(e)), "1", nil
}

// deliver runs luna over pictures of that size, whose WebP is PNG by another
// name.
func deliver(t testing.TB, width, height int) http.Handler {
	var b bytes.Buffer
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = uint8(i) | 0x80
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	require.NoError(t, stdpng.Encode(&b, m))
	e, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}, webpByName{}}, nil)
	require.NoError(t, err)
	keyring, err := sign.NewKeyring(secret)
	require.NoError(t, err)
	h, err := luna.NewHandler(e, everything(b.Bytes()), sign.Tenants{"": keyring}, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, h.Shutdown(context.Background())) })
	return h
}

type webpByName struct{ png.Codec }

func (webpByName) Format() codec.Format {
	return codec.Format{Name: "webp", MIME: "image/webp", Extension: "webp", Magic: []string{"RIFF????WEBP"}}
}

// get asks h for a URL, and returns its type and size.
func get(t require.TestingT, h http.Handler, u string) (mime string, width, height int) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, u, nil))
	require.Equal(t, http.StatusOK, w.Code, "%s: %s", u, w.Body)
	c, _, err := image.DecodeConfig(w.Body)
	require.NoError(t, err)
	return w.Header().Get("Content-Type"), c.Width, c.Height
}

// request is what a URL's payload says.
func request(t require.TestingT, u string) *edit.Request {
	parsed, err := url.Parse(u)
	require.NoError(t, err)
	r, err := edit.Decode(parsed.Path[strings.LastIndex(parsed.Path, "/")+1:], nil)
	require.NoError(t, err)
	return r
}

// hostileKeys are keys and texts that are made to get out of where they stand.
var hostileKeys = []string{
	`"><script>alert(1)</script>`, `' onerror=alert(1) x='`, "a b.jpg", "a,b 2x.jpg", "ü/日本語.jpg", "</script>", "<!--", "]]>",
	"&quot;&#34;", "javascript:alert(1)", "`${alert(1)}`", "😀\u2028\u2029.jpg", "\u202egnp.exe", "%22%3E", "{{.}}", "../../etc", "\x00",
}

func TestURLs(t *testing.T) {
	images := offline(t)
	sizes := func(urls []string) (list []string) {
		for _, u := range urls {
			r := request(t, u)
			for _, e := range r.Edits {
				if e, ok := e.(edit.Resize); ok {
					list = append(list, fmt.Sprintf("%dx%d", e.Width, e.Height))
					break
				}
			}
		}
		return list
	}
	for name, c := range map[string]struct {
		edits  []edit.Edit
		widths []int
		want   []string
	}{
		"no edits":                {nil, []int{400, 800}, []string{"400x0", "800x0"}},
		"no resize":               {[]edit.Edit{edit.Blur(3)}, []int{400}, []string{"400x0"}},
		"no height":               {[]edit.Edit{edit.Resize{Width: 9}}, []int{400}, []string{"400x0"}},
		"a height in proportion":  {[]edit.Edit{edit.Resize{Width: 1200, Height: 630}}, []int{1200, 600, 401}, []string{"1200x630", "600x315", "401x211"}},
		"a height rounded up":     {[]edit.Edit{edit.Resize{Width: 4, Height: 2}}, []int{1, 3}, []string{"1x1", "3x2"}},
		"a height of at least 1":  {[]edit.Edit{edit.Resize{Width: 1000, Height: 1}}, []int{10}, []string{"10x1"}},
		"order, without the same": {nil, []int{800, 400, 800, 1600, 400}, []string{"800x0", "400x0", "1600x0"}},
		"the first of two":        {[]edit.Edit{edit.Resize{Width: 10}, edit.Resize{Width: 5}}, []int{20}, []string{"20x0"}},
	} {
		urls, err := images.URLs(ctx, "hero.jpg", c.edits, c.widths, nil)
		require.NoError(t, err, name)
		require.Equal(t, c.want, sizes(urls), name)
	}

	edits := []edit.Edit{edit.Grayscale(true), edit.Resize{Width: 300, Height: 200, Fit: edit.FitInside}, edit.Blur(2)}
	urls, err := images.URLs(ctx, "a.jpg", edits, []int{150}, &immagin.URLOptions{Output: &edit.Output{Format: edit.FormatPNG}, Version: "7"})
	require.NoError(t, err)
	require.Equal(t, &edit.Request{
		Key: "a.jpg", Edits: []edit.Edit{edit.Grayscale(true), edit.Resize{Width: 150, Height: 100, Fit: edit.FitInside}, edit.Blur(2)},
		Output: &edit.Output{Format: edit.FormatPNG}, Version: "7",
	}, request(t, urls[0]))
	require.Equal(t, 300, edits[1].(edit.Resize).Width, "the caller's edits stay")

	// One at its own width is the URL that it is by itself.
	alone, err := images.URL(ctx, "a.jpg", edits, nil)
	require.NoError(t, err)
	urls, err = images.URLs(ctx, "a.jpg", edits, []int{300}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{alone}, urls)

	for _, widths := range [][]int{nil, {}, {0}, {400, -1}} {
		_, err = images.URLs(ctx, "a.jpg", edits, widths, nil)
		require.ErrorContains(t, err, "width", widths)
	}
	_, err = images.URLs(ctx, "../a", nil, []int{10}, nil)
	require.ErrorContains(t, err, "key")
}

// TestMarkupIsDelivered asks the handler for what markup of random keys names.
func TestMarkupIsDelivered(t *testing.T) {
	h := deliver(t, 60, 40)
	images := offline(t)
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.OneOf(rapid.SampledFrom(hostileKeys), rapid.String()).Filter(func(s string) bool { return edit.ValidateKey(s) == nil }).Draw(t, "key")
		widths := rapid.SliceOfNDistinct(rapid.IntRange(1, 60), 1, 3, rapid.ID[int]).Draw(t, "widths")
		var edits []edit.Edit
		if rapid.Bool().Draw(t, "resize") {
			edits = append(edits, edit.Resize{Width: 60, Height: rapid.IntRange(0, 40).Draw(t, "height")})
		}
		opts := &immagin.URLOptions{Output: &edit.Output{Format: edit.FormatPNG}}
		set, err := images.SrcSet(ctx, key, edits, widths, opts)
		require.NoError(t, err)
		candidates := parseSrcSet(t, set)
		require.Len(t, candidates, len(widths))
		for i, c := range candidates {
			require.Equal(t, strconv.Itoa(widths[i])+"w", c.descriptor)
			require.Equal(t, key, request(t, c.url).Key)
			_, w, _ := get(t, h, c.url)
			require.Equal(t, widths[i], w)
		}
		ladder, err := images.Ladder(ctx, key, nil, edit.Ladder{Widths: widths, Formats: []edit.Format{edit.FormatPNG, edit.FormatWebP}}, nil)
		require.NoError(t, err)
		p, err := ladder.Picture(&immagin.PictureOptions{OriginalWidth: 60, OriginalHeight: 40, Alt: key})
		require.NoError(t, err)
		nodes := parse(t, p.String())
		require.Equal(t, []string{"picture", "source", "img"}, names(nodes))
		for _, n := range nodes[1:] {
			for _, c := range parseSrcSet(t, attribute(n, "srcset")) {
				mime, w, _ := get(t, h, c.url)
				if n.Data == "source" {
					require.Equal(t, attribute(n, "type"), mime)
				}
				if n, ok := strings.CutSuffix(c.descriptor, "w"); ok {
					require.Equal(t, strconv.Itoa(w), n)
				}
			}
		}
		img := nodes[2]
		require.Equal(t, strings.ToValidUTF8(strings.ReplaceAll(key, "\r\n", "\n"), "\ufffd"), attribute(img, "alt"))
		_, w, height := get(t, h, attribute(img, "src"))
		require.Equal(t, []string{strconv.Itoa(w), strconv.Itoa(height)}, []string{attribute(img, "width"), attribute(img, "height")}, "nothing jumps")
	})
}

type candidate struct{ url, descriptor string }

// parseSrcSet reads a srcset as browsers do where no URL has a comma at an end.
func parseSrcSet(t require.TestingT, set string) (list []candidate) {
	fields := strings.Fields(set)
	require.Zero(t, len(fields)%2, "%s", set)
	for i := 0; i < len(fields); i += 2 {
		list = append(list, candidate{fields[i], strings.TrimSuffix(fields[i+1], ",")})
	}
	return list
}

// parse reads HTML as browsers do, and returns its elements.
func parse(t require.TestingT, text string) (elements []*html.Node) {
	nodes, err := html.ParseFragment(strings.NewReader(text), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	require.NoError(t, err)
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			elements = append(elements, n)
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	for _, n := range nodes {
		walk(n)
	}
	return elements
}

func names(nodes []*html.Node) (list []string) {
	for _, n := range nodes {
		list = append(list, n.Data)
	}
	return list
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func TestSrcSet(t *testing.T) {
	images := offline(t)
	edits := []edit.Edit{edit.Resize{Width: 300, Height: 200}}
	set, err := images.DensitySrcSet(ctx, "a.jpg", edits, 0, []float64{1, 1.5, 2, 1}, nil)
	require.NoError(t, err)
	var got []string
	for _, c := range parseSrcSet(t, set) {
		r := request(t, c.url).Edits[0].(edit.Resize)
		got = append(got, fmt.Sprintf("%s %dx%d", c.descriptor, r.Width, r.Height))
	}
	require.Equal(t, []string{"1x 300x200", "1.5x 450x300", "2x 600x400"}, got)
	set, err = images.DensitySrcSet(ctx, "a.jpg", nil, 101, []float64{1.5}, nil)
	require.NoError(t, err)
	require.Equal(t, 152, request(t, parseSrcSet(t, set)[0].url).Edits[0].(edit.Resize).Width, "rounded half up, as ladders are")

	_, err = images.DensitySrcSet(ctx, "a.jpg", nil, 0, []float64{1}, nil)
	require.ErrorContains(t, err, "width")
	for _, d := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		_, err = images.DensitySrcSet(ctx, "a.jpg", nil, 10, []float64{d}, nil)
		require.ErrorContains(t, err, "density")
	}
	_, err = images.DensitySrcSet(ctx, "a.jpg", nil, 10, nil, nil)
	require.Error(t, err)
	_, err = images.DensitySrcSet(ctx, "a.jpg", nil, 10, []float64{1e300}, nil)
	require.ErrorContains(t, err, "1e+300")
	_, err = images.SrcSet(ctx, "a.jpg", nil, nil, nil)
	require.Error(t, err)
	_, err = images.SrcSet(ctx, "", nil, []int{1}, nil)
	require.ErrorContains(t, err, "key")

	// A space in the delivery's URL would end it.
	c, err := immagin.NewClient("", &immagin.Options{Secret: secret, DeliveryURL: "https://example.com/our pictures"})
	require.NoError(t, err)
	set, err = c.Images.SrcSet(ctx, "a.jpg", nil, []int{1, 2}, nil)
	require.NoError(t, err)
	require.Len(t, parseSrcSet(t, set), 2)
}

func TestPicture(t *testing.T) {
	images := offline(t)
	thumb := &immagin.Placeholder{ThumbHash: []byte{1}, DataURL: "data:image/webp;base64,UklGRg=="}
	p, err := images.Picture(ctx, "a.jpg", []edit.Edit{edit.Resize{Width: 300, Height: 200}}, &immagin.PictureOptions{
		Alt: `"quotes" & <tags>`, Class: "wide", Loading: "eager", Decoding: "sync", FetchPriority: "high", Placeholder: thumb,
		Sources: []edit.Output{{Format: edit.FormatAVIF, Quality: 50}, {Format: edit.FormatWebP}},
	})
	require.NoError(t, err)
	require.Equal(t, []string{"image/avif", "image/webp"}, []string{p.Sources[0].Type, p.Sources[1].Type})
	require.Equal(t, &edit.Output{Format: edit.FormatAVIF, Quality: 50}, request(t, parseSrcSet(t, p.Sources[0].SrcSet)[1].url).Output)
	require.Equal(t, &edit.Output{Format: edit.FormatJPEG}, request(t, p.Img.Src).Output)
	require.Equal(t, []int{300, 200}, []int{p.Img.Width, p.Img.Height})
	nodes := parse(t, string(p.HTML()))
	require.Equal(t, []string{"picture", "source", "source", "img"}, names(nodes))
	img := nodes[3]
	for name, want := range map[string]string{
		"alt": `"quotes" & <tags>`, "class": "wide", "loading": "eager", "decoding": "sync", "fetchpriority": "high", "width": "300", "height": "200",
		"style": `background:url("data:image/webp;base64,UklGRg==") center/cover no-repeat`, "src": p.Img.Src, "srcset": p.Img.SrcSet,
	} {
		require.Equal(t, want, attribute(img, name), name)
	}
	require.Equal(t, string(p.HTML()), p.String())
	require.Equal(t, "img", names(parse(t, p.Img.String()))[0])

	// Widths of a page.
	p, err = images.Picture(ctx, "a.jpg", nil, &immagin.PictureOptions{Widths: []int{400, 800}, OriginalWidth: 4000, OriginalHeight: 3000})
	require.NoError(t, err)
	require.Equal(t, []int{800, 600}, []int{p.Img.Width, p.Img.Height})
	require.Equal(t, "(max-width: 800px) 100vw, 800px", p.Img.Sizes)
	require.Equal(t, p.Img.Sizes, p.Sources[0].Sizes)
	require.Equal(t, "lazy", p.Img.Loading)
	require.Equal(t, "async", p.Img.Decoding)
	require.Contains(t, p.String(), ` alt=""`)

	// The caller's own size, with edits whose size nobody knows.
	p, err = images.Picture(ctx, "a.jpg", []edit.Edit{edit.Trim{}}, &immagin.PictureOptions{Width: 120, Height: 90, Output: &edit.Output{Format: edit.FormatAuto}})
	require.NoError(t, err)
	require.Empty(t, p.Sources, "auto chooses by itself")
	require.Equal(t, []int{120, 90}, []int{p.Img.Width, p.Img.Height})

	// In the picture's proportions.
	p, err = images.Picture(ctx, "a.jpg", []edit.Edit{edit.Crop{Width: 100, Height: 50}}, &immagin.PictureOptions{Width: 30})
	require.NoError(t, err)
	require.Equal(t, []int{30, 15}, []int{p.Img.Width, p.Img.Height})
	p, err = images.Picture(ctx, "a.jpg", []edit.Edit{edit.Resize{Width: 100}}, &immagin.PictureOptions{Height: 30, OriginalWidth: 400, OriginalHeight: 600})
	require.NoError(t, err)
	require.Equal(t, []int{20, 30}, []int{p.Img.Width, p.Img.Height})

	for want, o := range map[string]*immagin.PictureOptions{
		"give Width, Widths":    nil,
		"OriginalWidth":         {Width: 100},
		"Loading must be":       {Width: 1, Height: 1, Loading: `lazy" onload="x`},
		"Decoding must be":      {Width: 1, Height: 1, Decoding: "no"},
		"FetchPriority must be": {Width: 1, Height: 1, FetchPriority: "no"},
		"not both":              {Widths: []int{1}, Densities: []float64{1}},
		"Sizes is for Widths":   {Width: 1, Height: 1, Sizes: "1px"},
		"negative":              {Width: 1, Height: -1},
		"format of its own":     {Width: 1, Height: 1, Sources: []edit.Output{{Format: edit.FormatAuto}}},
		"output.quality":        {Width: 1, Height: 1, Sources: []edit.Output{{Format: edit.FormatWebP, Quality: 101}}},
		"not the data URL":      {Width: 1, Height: 1, Placeholder: &immagin.Placeholder{DataURL: `data:image/webp;base64,") url(javascript:1)`}},
		"edits[0].resize.width": {Widths: []int{-1}, Width: 1, Height: 1},
	} {
		_, err := images.Picture(ctx, "a.jpg", nil, o)
		require.ErrorContains(t, err, want)
	}
}

func TestLadder(t *testing.T) {
	images := offline(t)
	h := deliver(t, 60, 40)
	opts := &immagin.URLOptions{Output: &edit.Output{Format: edit.FormatPNG}, Version: "3", Expires: time.Now().Add(time.Hour)}
	l, err := images.Ladder(ctx, "a b.jpg", []edit.Edit{edit.Grayscale(true)}, edit.Ladder{
		Widths: []int{30, 15}, Densities: []float64{1.5, 2}, Formats: []edit.Format{edit.FormatJPEG, edit.FormatWebP},
	}, opts)
	require.NoError(t, err)
	signatures := map[string]bool{}
	for _, c := range []struct {
		width   int
		density float64
		format  edit.Format
		query   string
		want    []any
	}{
		{30, 0, "", "w=30", []any{"image/png", 30, 20}},
		{15, 2, "", "w=15&dpr=2", []any{"image/png", 30, 20}},
		{30, 1.5, edit.FormatWebP, "w=30&dpr=1.5&fm=webp", []any{"image/webp", 45, 30}},
		{15, 0, edit.FormatJPEG, "w=15&fm=jpeg", []any{"image/jpeg", 15, 10}},
	} {
		u, err := l.URL(c.width, c.density, c.format)
		require.NoError(t, err)
		parsed, err := url.Parse(u)
		require.NoError(t, err)
		query, signature, _ := strings.Cut(parsed.RawQuery, "&sig=")
		require.Equal(t, c.query, query)
		signatures[parsed.Path+signature] = true
		mime, w, height := get(t, h, u)
		require.Equal(t, c.want, []any{mime, w, height})
	}
	require.Len(t, signatures, 1, "one signature for the set")

	for want, c := range map[string]func() (string, error){
		"width 20":     func() (string, error) { return l.URL(20, 0, "") },
		"density 3":    func() (string, error) { return l.URL(30, 3, "") },
		`format "gif"`: func() (string, error) { return l.URL(30, 0, edit.FormatGIF) },
		`"avif"`:       func() (string, error) { return l.SrcSet(edit.FormatAVIF) },
		"width 7":      func() (string, error) { return l.DensitySrcSet(7, "") },
	} {
		_, err := c()
		require.ErrorContains(t, err, want)
	}

	set, err := l.DensitySrcSet(15, edit.FormatWebP)
	require.NoError(t, err)
	var got []string
	for _, c := range parseSrcSet(t, set) {
		_, w, _ := get(t, h, c.url)
		got = append(got, fmt.Sprint(c.descriptor, " ", w))
	}
	require.Equal(t, []string{"1x 15", "1.5x 23", "2x 30"}, got)

	p, err := l.Picture(&immagin.PictureOptions{Width: 20, OriginalWidth: 60, OriginalHeight: 40})
	require.NoError(t, err)
	require.Equal(t, []string{"image/jpeg", "image/webp"}, []string{p.Sources[0].Type, p.Sources[1].Type})
	require.Contains(t, p.Img.Src, "?w=30&sig=", "the next larger rung")
	require.Equal(t, []int{20, 13}, []int{p.Img.Width, p.Img.Height})
	_, err = l.Picture(&immagin.PictureOptions{Version: "4"})
	require.ErrorContains(t, err, "signed already")
	_, err = l.Picture(nil)
	require.ErrorContains(t, err, "OriginalWidth")

	// One width, for densities.
	l, err = images.Ladder(ctx, "a.jpg", nil, edit.Ladder{Widths: []int{20}, Densities: []float64{2}}, opts)
	require.NoError(t, err)
	p, err = l.Picture(&immagin.PictureOptions{OriginalWidth: 60, OriginalHeight: 40})
	require.NoError(t, err)
	require.Empty(t, p.Sources)
	require.Contains(t, p.Img.SrcSet, "?w=20&dpr=2&sig=")
	require.Equal(t, []int{20, 13}, []int{p.Img.Width, p.Img.Height})

	// A height would be that of every width.
	l, err = images.Ladder(ctx, "a.jpg", []edit.Edit{edit.Resize{Width: 20, Height: 20}}, edit.Ladder{Widths: []int{20, 10}}, nil)
	require.NoError(t, err)
	_, err = l.URL(10, 0, "")
	require.NoError(t, err)
	_, err = l.SrcSet("")
	require.ErrorContains(t, err, "without a height")
	_, err = l.DensitySrcSet(20, "")
	require.ErrorContains(t, err, "without a height")
	_, err = l.Picture(&immagin.PictureOptions{Width: 20, Height: 20})
	require.ErrorContains(t, err, "without a height")

	for want, ladder := range map[string]edit.Ladder{
		"at least one width": {},
		"ladder.widths[0]":   {Widths: []int{-5}},
		"ladder.densities":   {Widths: []int{10000}, Densities: []float64{-3}},
		"1 to 16":            {Widths: []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}},
		"ladder.formats[0]":  {Widths: []int{1}, Formats: []edit.Format{"bmp"}},
	} {
		_, err := images.Ladder(ctx, "a.jpg", nil, ladder, nil)
		require.ErrorContains(t, err, want)
	}
}

func TestPlaceholder(t *testing.T) {
	h := deliver(t, 60, 40)
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		h.ServeHTTP(w, r)
	}))
	defer server.Close()
	client, err := immagin.NewClient("", &immagin.Options{Secret: secret, DeliveryURL: server.URL})
	require.NoError(t, err)
	p, err := client.Images.Placeholder(ctx, "a b.png", &immagin.PlaceholderOptions{Version: "2"})
	require.NoError(t, err)
	require.Equal(t, 1, asked)
	require.NotEmpty(t, p.ThumbHash)
	require.Len(t, p.BlurHash, 28)
	require.Less(t, len(p.DataURL), 1024)

	// A template asks once.
	page := template.Must(template.New("").Funcs(immagin.TemplateFuncs(ctx, client, nil)).Parse(
		`<div style="background: url('{{placeholder .}}')"></div><img src="{{placeholder .}}">{{img . (w 20) (withPlaceholder)}}`))
	var b bytes.Buffer
	require.NoError(t, page.Execute(&b, "other.png"))
	require.Equal(t, 2, asked)
	nodes := parse(t, b.String())
	require.Equal(t, []string{"div", "img", "img"}, names(nodes))
	u := attribute(nodes[1], "src")
	require.True(t, strings.HasPrefix(u, "data:image/webp;base64,"), u)
	require.Contains(t, attribute(nodes[2], "style"), u)
	require.Contains(t, attribute(nodes[0], "style"), "data:image/webp;base64,")

	_, err = client.Images.Placeholder(ctx, "", nil)
	require.ErrorContains(t, err, "key")
	for _, answer := range []string{`{}`, `{"placeholder":{"dataUrl":"data:image/webp;base64,AA=="}}`, `{"placeholder":{"thumbHash":"AAAA","dataUrl":"javascript:alert(1)"}}`} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answer) }))
		client, err := immagin.NewClient("", &immagin.Options{Secret: secret, DeliveryURL: server.URL})
		require.NoError(t, err)
		_, err = client.Images.Placeholder(ctx, "a.png", nil)
		require.ErrorContains(t, err, "placeholder", answer)
		server.Close()
	}
}

var errStore = errors.New("the catalogue is shut")
