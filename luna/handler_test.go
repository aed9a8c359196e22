package luna_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/sign"
)

const thumb = `{"key":"hero.jpg","edits":[{"resize":{"width":32,"height":16}}],"output":{"format":"png"}}`

func TestRendered(t *testing.T) {
	s := newSite(t, nil, nil)
	miss := s.get(signed(thumb))
	body := content(t, miss)
	require.Equal(t, http.StatusOK, miss.StatusCode, "%s", body)
	format, w, h := size(t, body)
	require.Equal(t, "png 32x16", fmt.Sprintf("%s %dx%d", format, w, h))
	sum := sha256.Sum256(body)
	timing := miss.Header.Get("Server-Timing")
	miss.Header.Del("Server-Timing")
	require.Equal(t, http.Header{
		"Content-Type":            {"image/png"},
		"Content-Length":          {strconv.Itoa(len(body))},
		"Etag":                    {`"` + hex.EncodeToString(sum[:16]) + `"`},
		"Cache-Control":           {"public, max-age=31536000, immutable"},
		"X-Content-Type-Options":  {"nosniff"},
		"Content-Security-Policy": {"default-src 'none'; sandbox"},
		"Content-Disposition":     {`inline; filename="hero.png"`},
		"Accept-Ranges":           {"none"},
		"X-Luna-Cache":            {"miss"},
	}, miss.Header)
	for _, stage := range []string{"verify", "payload", "key", "cache", "fetch", "probe", "plan", "room", "decode", "edit", "encode", "render", "flight"} {
		require.Regexp(t, `\b`+stage+`;dur=\d+\.\d{3}\b`, timing)
	}

	hit := s.get(signed(thumb))
	require.Equal(t, http.StatusOK, hit.StatusCode)
	require.Equal(t, "hit", hit.Header.Get("X-Luna-Cache"))
	require.Equal(t, body, content(t, hit))
	require.NotContains(t, hit.Header.Get("Server-Timing"), "render")
	hit.Header.Del("Server-Timing")
	hit.Header.Set("X-Luna-Cache", "miss")
	require.Equal(t, miss.Header, hit.Header)

	stats, opens := s.origin.counts()
	require.Equal(t, 1, stats, "the version is remembered")
	require.Equal(t, 1, opens)

	// Another spelling of the same picture is the same picture; so is one with
	// another v.
	for _, same := range []string{
		`{"key":"hero.jpg","edits":{"resize":{"height":16,"width":32,"fit":"cover"}},"output":{"format":"png"}}`,
		`{"key":"hero.jpg","edits":[{"flip":false},{"resize":{"width":32,"height":16}}],"output":{"format":"png"},"v":"2"}`,
	} {
		r := s.get(signed(same))
		require.Equal(t, "hit", r.Header.Get("X-Luna-Cache"), same)
		require.Equal(t, body, content(t, r))
	}
}

func TestHead(t *testing.T) {
	s := newSite(t, nil, nil)
	head := s.do(http.MethodHead, signed(thumb))
	require.Equal(t, http.StatusOK, head.StatusCode)
	require.Empty(t, content(t, head))
	get := s.get(signed(thumb))
	require.Equal(t, "hit", get.Header.Get("X-Luna-Cache"), "HEAD has rendered it")
	for _, name := range []string{"Content-Length", "Content-Type", "Etag", "Cache-Control", "Content-Disposition"} {
		require.Equal(t, get.Header.Get(name), head.Header.Get(name), name)
	}
	wrong := s.do(http.MethodHead, signed(thumb)+"0")
	require.Equal(t, http.StatusForbidden, wrong.StatusCode)
	require.Empty(t, content(t, wrong))
}

func TestConditional(t *testing.T) {
	store := new(cache)
	s := newSite(t, nil, &luna.HandlerOptions{Cache: store})
	first := s.get(signed(thumb))
	tag := first.Header.Get("ETag")
	for _, condition := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
		r := s.get(signed(thumb), "If-None-Match", condition)
		require.Equal(t, http.StatusNotModified, r.StatusCode, condition)
		require.Empty(t, content(t, r))
		require.Equal(t, tag, r.Header.Get("ETag"))
		require.Equal(t, first.Header.Get("Cache-Control"), r.Header.Get("Cache-Control"))
		require.Equal(t, "hit", r.Header.Get("X-Luna-Cache"))
		require.Empty(t, r.Header.Get("Content-Type"))
		require.Empty(t, r.Header.Get("Content-Length"))
	}
	r := s.get(signed(thumb), "If-None-Match", `"x"`)
	require.Equal(t, http.StatusOK, r.StatusCode)
	_, opens := s.origin.counts()
	require.Equal(t, 1, opens)

	// Another process answers from the stored record alone.
	require.NoError(t, s.handler.Shutdown(t.Context()))
	require.Equal(t, 1, store.len())
	s = newSite(t, nil, &luna.HandlerOptions{Cache: store})
	r = s.get(signed(thumb), "If-None-Match", tag)
	require.Equal(t, http.StatusNotModified, r.StatusCode)
	r = s.do(http.MethodHead, signed(thumb))
	require.Equal(t, first.Header.Get("Content-Length"), r.Header.Get("Content-Length"))
	require.Zero(t, store.reads, "not a byte of the body was read")
	r = s.get(signed(thumb), "If-None-Match", `"x"`)
	require.Equal(t, http.StatusOK, r.StatusCode)
	require.Equal(t, "hit", r.Header.Get("X-Luna-Cache"))
	_, opens = s.origin.counts()
	require.Zero(t, opens)

	// Where there is no record, it is a miss that finds out that the client
	// has the image.
	s = newSite(t, nil, nil)
	r = s.get(signed(thumb), "If-None-Match", tag)
	require.Equal(t, http.StatusNotModified, r.StatusCode)
	require.Equal(t, "miss", r.Header.Get("X-Luna-Cache"))

	// A deleted original is gone at once.
	s.origin.delete("demo", "hero.jpg")
	requireProblem(t, s.get(signed(thumb), "If-None-Match", tag), http.StatusNotFound, "not_found")
	requireProblem(t, s.get(signed(thumb)), http.StatusNotFound, "not_found")
}

func TestExpires(t *testing.T) {
	s := newSite(t, nil, nil)
	url := func(after time.Duration) string {
		return signed(fmt.Sprintf(`{"key":"hero.jpg","output":{"format":"png"},"exp":%d}`, time.Now().Add(after).Unix()))
	}
	r := s.get(url(time.Hour))
	require.Equal(t, http.StatusOK, r.StatusCode)
	require.Regexp(t, `^public, max-age=3[56]\d\d$`, r.Header.Get("Cache-Control"))
	r = s.get(url(2 * 365 * 24 * time.Hour))
	require.Equal(t, "public, max-age=31536000, immutable", r.Header.Get("Cache-Control"))
	require.Equal(t, "hit", r.Header.Get("X-Luna-Cache"), "exp is no part of the picture")
	requireProblem(t, s.get(url(-2*time.Second)), http.StatusGone, "url_expired")
	require.Equal(t, http.StatusOK, s.get(signed(`{"key":"hero.jpg","output":{"format":"png"},"exp":9007199254740991}`)).StatusCode)
}

func TestForbidden(t *testing.T) {
	s := newSite(t, nil, &luna.HandlerOptions{Logger: slog.New(slog.DiscardHandler)})
	good := signed(thumb)
	require.Equal(t, http.StatusOK, s.get(good).StatusCode)
	s.origin.put("other", "hero.jpg", photo(8, 8))
	path, sig, _ := strings.Cut(strings.TrimPrefix(good, "http://demo.example.com/"), "?sig=")
	flipped := func(s string, i int) string {
		c := byte('a')
		if s[i] == c {
			c = 'b'
		}
		return s[:i] + string(c) + s[i+1:]
	}
	const host = "http://demo.example.com/"
	for name, url := range map[string]string{
		"no signature":             host + path,
		"empty signature":          host + path + "?sig=",
		"bare question mark":       host + path + "?",
		"signature changed":        host + path + "?sig=" + flipped(sig, 10),
		"payload changed":          host + flipped(path, 20) + "?sig=" + sig,
		"payload cut":              host + path[:len(path)-1] + "?sig=" + sig,
		"upper case":               host + path + "?sig=" + strings.ToUpper(sig),
		"escaped digit":            host + path + "?sig=%36" + sig[1:],
		"escaped name":             host + path + "?%73ig=" + sig,
		"second signature":         host + path + "?sig=" + sig + "&sig=" + sig,
		"further parameter":        host + path + "?sig=" + sig + "&x=1",
		"parameter before":         host + path + "?x=1&sig=" + sig,
		"escaped payload":          host + "%65" + path[1:] + "?sig=" + sig,
		"slash after":              host + path + "/?sig=" + sig,
		"slash before":             host + "/" + path + "?sig=" + sig,
		"segment before":           host + "a/" + path + "?sig=" + sig,
		"padding":                  host + path + "=?sig=" + sig,
		"another tenant":           "http://other.example.com/" + path + "?sig=" + sig,
		"signed by another tenant": signedBy(otherSecret, thumb),
		"unknown tenant":           "http://nobody.example.com/" + path + "?sig=" + sig,
		"no tenant":                "http://example.com/" + path + "?sig=" + sig,
		"foreign host":             "http://127.0.0.1/" + path + "?sig=" + sig,
		"no payload":               host + "?sig=" + sig,
		"ladder without a ladder":  host + path + "?w=100&sig=" + sig,
		"unsigned 10 KiB":          host + strings.Repeat("e", 10<<10) + "?sig=" + sig,
	} {
		p := requireProblem(t, s.get(url), http.StatusForbidden, "signature_invalid")
		require.Equal(t, "The URL is not signed by this project, or was changed after it was signed.", p.Detail, name)
		require.Equal(t, "no-store", s.get(url).Header.Get("Cache-Control"), name)
	}
	stats, opens := s.origin.counts()
	require.Equal(t, []int{1, 1}, []int{stats, opens}, "nothing was looked for")
}

func TestMethods(t *testing.T) {
	s := newSite(t, nil, nil)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodPatch, "BREW"} {
		r := s.do(method, signed(thumb))
		requireProblem(t, r, http.StatusMethodNotAllowed, "method_not_allowed")
		require.Equal(t, "GET, HEAD", r.Header.Get("Allow"))
	}
}

func TestRangeIsIgnored(t *testing.T) {
	s := newSite(t, nil, nil)
	r := s.get(signed(thumb), "Range", "bytes=0-9")
	require.Equal(t, http.StatusOK, r.StatusCode)
	require.Equal(t, "none", r.Header.Get("Accept-Ranges"))
	require.Len(t, content(t, r), int(r.ContentLength))
	require.Greater(t, r.ContentLength, int64(10))
}

func TestMalformedPayload(t *testing.T) {
	s := newSite(t, nil, nil)
	for payload, paths := range map[string][]string{
		`{"key":"hero.jpg","edits":[{"flip":true},{"resize":{"width":-1,"hight":5}}],"output":{"format":"bmp","quality":101}}`: {
			"edits[1].resize.width", "edits[1].resize.hight", "output.format", "output.quality",
		},
		`{"key":"../secret.jpg"}`:                       {"key"},
		`{"key":"a/../b.jpg"}`:                          {"key"},
		`{"key":""}`:                                    {"key"},
		`{"edits":[]}`:                                  {"key"},
		`{"key":"hero.jpg","Edits":[]}`:                 {"Edits"},
		`{"key":"hero.jpg","key":"b"}`:                  {"key"},
		`{"key":"hero.jpg"}{}`:                          nil,
		`{"key":"hero.jpg",`:                            nil,
		`{"key":"` + strings.Repeat("a", 10<<10) + `"}`: {""},
	} {
		r := s.get(signed(payload))
		p := requireProblem(t, r, http.StatusBadRequest, "payload_invalid")
		var got []string
		for _, f := range p.Faults {
			got = append(got, f.Path)
			require.NotEmpty(t, f.Message)
		}
		require.NotEmpty(t, got)
		if paths != nil {
			require.ElementsMatch(t, paths, got, payload)
			require.Contains(t, p.Detail, paths[0])
		}
	}
	stats, _ := s.origin.counts()
	require.Zero(t, stats)
}

func TestRefusedImages(t *testing.T) {
	s := newSite(t, nil, nil)
	good := photo(64, 48)
	bomb := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xc3\x50\x00\x00\xc3\x50\x08\x06\x00\x00\x00")
	bomb = append(bomb, pngChecksum(bomb[12:])...)
	bomb = append(bomb, "\x00\x00\x00\x0cIDATx\x9cc\x00\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	for key, b := range map[string][]byte{
		"empty.jpg": {}, "text.jpg": []byte("Dear sir or madam, this is not a picture.\n"),
		"half.jpg": good[:len(good)/2], "head.jpg": good[:20], "bomb.png": bomb, "svg.svg": []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"),
		"new.jxl": []byte("\xff\x0a\x00\x00"),
	} {
		s.origin.put("demo", key, b)
	}
	for _, c := range []struct {
		payload string
		status  int
		code    string
	}{
		{`{"key":"nobody.jpg"}`, 404, "not_found"},
		{`{"key":"empty.jpg","output":{"format":"png"}}`, 415, "not_an_image"},
		{`{"key":"text.jpg","output":{"format":"png"}}`, 415, "not_an_image"},
		{`{"key":"svg.svg","output":{"format":"png"}}`, 415, "svg_refused"},
		{`{"key":"new.jxl","metadata":true}`, 415, "original_unsupported"},
		{`{"key":"half.jpg","output":{"format":"png"}}`, 422, "original_corrupt"},
		{`{"key":"head.jpg","output":{"format":"png"}}`, 422, "original_corrupt"},
		{`{"key":"bomb.png","output":{"format":"png"}}`, 413, "over_limit"},
		{`{"key":"bomb.png","metadata":true}`, 413, "over_limit"},
		{`{"key":"hero.jpg","edits":[{"crop":{"left":60,"top":0,"width":10,"height":10}}],"output":{"format":"png"}}`, 422, "impossible_edit"},
		{`{"key":"hero.jpg","output":{"format":"avif"}}`, 422, "format_unavailable"},
		{`{"key":"hero.jpg","edits":[{"x-sparkle":1}],"output":{"format":"png"}}`, 422, "edit_unsupported"},
	} {
		p := requireProblem(t, s.get(signed(c.payload)), c.status, c.code)
		switch c.code {
		case "format_unavailable":
			require.Contains(t, p.Detail, "jpeg, png", "it names those that there are")
		case "edit_unsupported":
			require.Contains(t, p.Detail, "x-sparkle")
		case "svg_refused", "original_unsupported":
			require.Regexp(t, "SVG|JPEG XL", p.Detail)
			require.Contains(t, p.Detail, "jpeg, png", "it names those that are read")
		}
	}
	require.Empty(t, s.log.String(), "what clients get wrong is not the operator's news")
	require.Equal(t, http.StatusOK, s.get(signed(thumb)).StatusCode)
}

func TestTooLongIsNotRead(t *testing.T) {
	s := newSite(t, nil, nil)
	s.origin.sizes = func(int64) int64 { return 32<<20 + 1 }
	s.origin.wrap = func(context.Context, io.Reader) io.Reader { return unreadable{t} }
	requireProblem(t, s.get(signed(thumb)), http.StatusRequestEntityTooLarge, "over_limit")
}

type unreadable struct{ t *testing.T }

func (u unreadable) Read([]byte) (int, error) {
	u.t.Error("the original was read")
	return 0, io.EOF
}

func TestNegotiation(t *testing.T) {
	s := newSite(t, []codec.Codec{jpeg.Codec{}, png.Codec{}, as{png.Codec{}, "webp"}, as{png.Codec{}, "avif"}}, nil)
	auto := signed(`{"key":"hero.jpg","output":{"format":"auto"}}`)
	alpha := signed(`{"key":"alpha.png","output":{"format":"auto","quality":80}}`)
	for _, c := range []struct{ url, accept, want, cache string }{
		{auto, "image/avif,image/webp,*/*", "image/avif", "miss"},
		{auto, "image/webp,image/avif;q=0.1", "image/avif", "hit"},
		{auto, "image/webp,*/*", "image/webp", "miss"},
		{auto, "image/avif;q=0,image/webp", "image/webp", "hit"},
		{auto, "*/*", "image/jpeg", "miss"},
		{auto, "", "image/jpeg", "hit"},
		{auto, "image/png", "image/jpeg", "hit"},
		{alpha, "*/*", "image/png", "miss"},
		{alpha, "image/webp", "image/webp", "miss"},
	} {
		r := s.get(c.url, "Accept", c.accept)
		require.Equal(t, http.StatusOK, r.StatusCode, "%s", content(t, r))
		require.Equal(t, c.want, r.Header.Get("Content-Type"), c.accept)
		require.Equal(t, "Accept", r.Header.Get("Vary"))
		require.Equal(t, c.cache, r.Header.Get("X-Luna-Cache"), c.accept)
		again := s.get(c.url, "Accept", c.accept, "If-None-Match", r.Header.Get("ETag"))
		require.Equal(t, http.StatusNotModified, again.StatusCode)
		require.Equal(t, "Accept", again.Header.Get("Vary"))
	}
	require.Empty(t, s.get(signed(thumb), "Accept", "image/avif").Header.Get("Vary"))
	r := s.get(signed(`{"key":"nobody.jpg","output":{"format":"auto"}}`))
	requireProblem(t, r, http.StatusNotFound, "not_found")
	require.Equal(t, "Accept", r.Header.Get("Vary"))

	// What is not compiled in is not chosen.
	s = newSite(t, []codec.Codec{jpeg.Codec{}, png.Codec{}}, nil)
	r = s.get(auto, "Accept", "image/avif,image/webp")
	require.Equal(t, "image/jpeg", r.Header.Get("Content-Type"))
}

// as is an encoder under another format's name.
type as struct {
	codec.Encoder
	name string
}

func (a as) Format() codec.Format {
	return codec.Format{Name: a.name, MIME: "image/" + a.name, Extension: a.name}
}

func (a as) Check(pixel.Shape, codec.Options) error { return nil }

func (a as) Encode(ctx context.Context, w io.Writer, src pixel.Source, _ codec.Options) error {
	return a.Encoder.Encode(ctx, w, src, codec.Options{})
}

func TestLadder(t *testing.T) {
	s := newSite(t, nil, nil)
	const ladder = `{"key":"hero.jpg","edits":[{"resize":{"width":10}}],"output":{"format":"png"},"ladder":{"widths":[16,32],"densities":[1.5],"formats":["jpeg"]}}`
	url := func(choice string) string { return strings.Replace(signed(ladder), "?", "?"+choice, 1) }
	for choice, want := range map[string]string{
		"w=16&":                 "png 16x12",
		"w=32&":                 "png 32x24",
		"w=16&dpr=1.5&":         "png 24x18",
		"w=32&dpr=1.5&fm=jpeg&": "jpeg 48x36",
		"w=32&fm=jpeg&":         "jpeg 32x24",
	} {
		r := s.get(url(choice))
		body := content(t, r)
		require.Equal(t, http.StatusOK, r.StatusCode, "%s: %s", choice, body)
		format, w, h := size(t, body)
		require.Equal(t, want, fmt.Sprintf("%s %dx%d", format, w, h), choice)
	}
	r := s.get(signed(`{"key":"hero.jpg","edits":[{"resize":{"width":32}}],"output":{"format":"png"}}`))
	require.Equal(t, "hit", r.Header.Get("X-Luna-Cache"), "a rung is the picture that it stands for")
	for _, choice := range []string{"w=17&", "w=16&dpr=2&", "w=16&fm=webp&", ""} {
		requireProblem(t, s.get(url(choice)), http.StatusBadRequest, "payload_invalid")
	}
	for _, choice := range []string{"w=016&", "w=16&w=16&", "fm=jpeg&w=16&", "w=16&dpr=1.50&", "w=16&x=1&"} {
		requireProblem(t, s.get(url(choice)), http.StatusForbidden, "signature_invalid")
	}
}

func TestMetadata(t *testing.T) {
	admitter := &admitter{}
	s := newSite(t, nil, &luna.HandlerOptions{Admitter: admitter})
	r := s.get(signed(`{"key":"hero.jpg","metadata":true}`))
	body := content(t, r)
	require.Equal(t, http.StatusOK, r.StatusCode, "%s", body)
	require.Equal(t, "application/json", r.Header.Get("Content-Type"))
	require.Equal(t, "public, max-age=60", r.Header.Get("Cache-Control"))
	require.Empty(t, r.Header.Get("Content-Disposition"))
	var m luna.Metadata
	require.NoError(t, json.Unmarshal(body, &m))
	require.Equal(t, []any{64, 48, "jpeg", int64(len(photo(64, 48)))}, []any{m.Width, m.Height, m.Format, m.Size})
	again := s.get(signed(`{"key":"hero.jpg","metadata":{}}`), "If-None-Match", r.Header.Get("ETag"))
	require.Equal(t, http.StatusNotModified, again.StatusCode)
	_, opens := s.origin.counts()
	require.Equal(t, 1, opens)
	require.Empty(t, admitter.calls, "metadata is never metered")
}

func TestReplacedOriginal(t *testing.T) {
	s := newSite(t, nil, &luna.HandlerOptions{VersionAge: -1})
	old := content(t, s.get(signed(thumb)))
	s.origin.put("demo", "hero.jpg", photo(100, 80))
	r := s.get(signed(thumb))
	require.Equal(t, "miss", r.Header.Get("X-Luna-Cache"))
	require.NotEqual(t, old, content(t, r))
}

func TestForget(t *testing.T) {
	s := newSite(t, nil, nil)
	require.Equal(t, http.StatusOK, s.get(signed(thumb)).StatusCode)
	s.origin.delete("demo", "hero.jpg")
	require.Equal(t, http.StatusOK, s.get(signed(thumb)).StatusCode, "the version is remembered for a while")
	s.handler.Forget("demo", "hero.jpg")
	requireProblem(t, s.get(signed(thumb)), http.StatusNotFound, "not_found")
}

func TestMountedAnywhere(t *testing.T) {
	good := strings.TrimPrefix(signed(thumb), "http://demo.example.com/")
	for _, prefix := range []string{"/img", "/img/"} {
		s := newSite(t, nil, nil)
		h := http.StripPrefix(prefix, s.handler)
		for path, want := range map[string]int{
			"/img/" + good:  http.StatusOK,
			"/img//" + good: http.StatusForbidden,
		} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://demo.example.com"+path, nil))
			require.Equal(t, want, w.Code, "%s at %s", path, prefix)
		}
	}

	s := newSite(t, nil, &luna.HandlerOptions{Tenant: luna.TenantFromPath()})
	for path, want := range map[string]int{
		"/demo/" + good:   http.StatusOK,
		"/other/" + good:  http.StatusForbidden,
		"/demo//" + good:  http.StatusForbidden,
		"//demo/" + good:  http.StatusForbidden,
		"/dem%6F/" + good: http.StatusForbidden,
		"/" + good:        http.StatusForbidden,
	} {
		require.Equal(t, want, s.get("http://cdn.example.com"+path).StatusCode, path)
	}
}

func TestServer(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := newSite(t, nil, &luna.HandlerOptions{Tenant: luna.FixedTenant("demo")})
	server := httptest.NewServer(s.handler)
	defer server.Close()
	url := strings.Replace(signed(thumb), "http://demo.example.com", server.URL, 1)
	for range 2 {
		r, err := server.Client().Get(url)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, r.StatusCode)
		require.EqualValues(t, len(content(t, r)), r.ContentLength)
		require.NoError(t, r.Body.Close())
	}
}

func TestNewHandlerRefuses(t *testing.T) {
	e, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	require.NoError(t, err)
	for _, c := range []struct {
		e *luna.Engine
		o luna.Origin
		v luna.Verifier
		p *luna.HandlerOptions
	}{
		{nil, new(origin), sign.Tenants{}, nil},
		{e, nil, sign.Tenants{}, nil},
		{e, new(origin), nil, nil},
		{e, new(origin), sign.Tenants{}, &luna.HandlerOptions{Workers: -1}},
		{e, new(origin), sign.Tenants{}, &luna.HandlerOptions{RenderTimeout: -1}},
	} {
		_, err := luna.NewHandler(c.e, c.o, c.v, c.p)
		require.Error(t, err)
	}
	_, err = luna.NewHandler(e, new(origin), sign.Tenants{}, &luna.HandlerOptions{Limits: &edit.Limits{MaxEdits: 1}, Queue: -1, VersionAge: -1, MemoryCacheBytes: -1})
	require.NoError(t, err)
}

func pngChecksum(b []byte) []byte { return binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(b)) }

// FuzzURL holds that one picture has one URL: of all request targets, only the
// one that was signed is answered with it, and no other is looked for.
func FuzzURL(f *testing.F) {
	good := strings.TrimPrefix(signed(thumb), "http://demo.example.com")
	for _, seed := range []string{
		good, good + "&x=1", "//" + good[1:], good + "#", strings.Replace(good, "eyJ", "%65yJ", 1),
		strings.Replace(good, "sig=6", "sig=%36", 1), "http://demo.example.com" + good, "http://other.example.com" + good,
		strings.Replace(good, "?", "/?", 1), strings.Replace(good, "?", "?w=1&", 1), "/", "*",
	} {
		f.Add(seed)
	}
	e, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}}, nil)
	require.NoError(f, err)
	store := new(origin)
	store.put("demo", "hero.jpg", photo(8, 6))
	h, err := luna.NewHandler(e, store, tenants(f), &luna.HandlerOptions{
		Tenant: luna.TenantFromHost("example.com"),
		Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, target string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + target + " HTTP/1.1\r\nHost: demo.example.com\r\n\r\n")))
		if err != nil {
			return
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code == http.StatusOK {
			// A proxy's absolute form names the host, which has many spellings.
			require.True(t, target == good || r.URL.Host != "" && strings.HasSuffix(target, good), target)
			return
		}
		requireProblem(t, w.Result(), http.StatusForbidden, "signature_invalid")
	})
}

func BenchmarkHit(b *testing.B) {
	e, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}}, nil)
	require.NoError(b, err)
	store := new(origin)
	store.put("demo", "hero.jpg", photo(64, 48))
	h, err := luna.NewHandler(e, store, tenants(b), &luna.HandlerOptions{Tenant: luna.TenantFromHost("example.com")})
	require.NoError(b, err)
	r := httptest.NewRequest(http.MethodGet, signed(thumb), nil)
	for b.Loop() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
