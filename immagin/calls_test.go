package immagin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
)

// nasty are valid keys that a path or a query may garble.
var nasty = []string{
	"a.jpg", "a/b/c.jpg", "a b", "a+b", "a%2Fb", "%2e%2e", "100%", "?x=1", "#f", "a;b", "a&b=c", "ü/日本", "😀", "…",
	"!*'()", "$,:@=~", `"<>^{|}` + "`", "sign-url", ".hidden", "...", "\u202egpj.a", "\u2028", "[1]", strings.Repeat("k", 1024), strings.Repeat("ü/", 340) + "ü",
}

func TestListAndDelete(t *testing.T) {
	ctx := context.Background()
	store, c := newAPI(t, nil)
	for _, key := range nasty {
		require.NoError(t, edit.ValidateKey(key), key)
		store.objects[key] = "x"
	}
	got := map[string]bool{}
	last := ""
	for image, err := range c.Images.All(ctx, &ListOptions{Limit: 3}) {
		require.NoError(t, err)
		require.Less(t, last, image.Key)
		require.EqualValues(t, 1, image.Size)
		require.EqualValues(t, 1_800_000_000, image.LastModified.Unix())
		last, got[image.Key] = image.Key, true
	}
	require.Len(t, got, len(nasty))
	for _, key := range nasty {
		require.True(t, got[key], key)
		list, err := c.Images.List(ctx, &ListOptions{Prefix: key, Limit: 1})
		require.NoError(t, err, key)
		require.Equal(t, key, list.Images[0].Key)
	}
	for i, key := range nasty {
		require.NoError(t, c.Images.Delete(ctx, key), key)
		require.NotContains(t, store.objects, key)
		require.Len(t, store.objects, len(nasty)-1-i, "and no other")
		err := c.Images.Delete(ctx, key)
		e, ok := errors.AsType[*Error](err)
		require.True(t, ok)
		require.Equal(t, 404, e.Status)
	}
	for image, err := range c.Images.All(ctx, nil) {
		t.Error(image, err)
	}
	for _, key := range []string{"", "a//b", "..", "a/../b", "/a", "a\\b", "a\x00"} {
		require.ErrorContains(t, c.Images.Delete(ctx, key), "key", "%q", key)
	}
	for _, limit := range []int{-1, 1001} {
		_, err := c.Images.List(ctx, &ListOptions{Limit: limit})
		require.ErrorContains(t, err, "limit")
	}
	_, err := c.Images.List(ctx, &ListOptions{Cursor: "no cursor"})
	_, ok := errors.AsType[*Error](err)
	require.True(t, ok)
}

// Pages are fetched as they are needed.
func TestAllIsLazy(t *testing.T) {
	pages := map[string]string{
		"":  `{"images":[{"key":"1"},{"key":"2"}],"nextCursor":"b"}`,
		"b": `{"images":[],"nextCursor":"c"}`,
		"c": `{"images":[{"key":"3"}],"nextCursor":"d"}`,
		"d": `{"images":[{"key":"4"}],"nextCursor":"d"}`,
	}
	var queries []url.Values
	_, c := newStub(t, func(w http.ResponseWriter, r *http.Request) {
		queries = append(queries, r.URL.Query())
		io.WriteString(w, pages[r.URL.Query().Get("cursor")])
	})
	all := c.Images.All(context.Background(), &ListOptions{Prefix: "a b+%"})
	require.Empty(t, queries)
	for range 2 { // each range begins anew
		queries = nil
		for image, err := range all {
			require.NoError(t, err)
			if image.Key == "2" {
				break
			}
		}
		require.Equal(t, []url.Values{{"limit": {"1000"}, "prefix": {"a b+%"}}}, queries)
	}
	queries = nil
	var keys []string
	var errs []error
	for image, err := range all {
		keys, errs = append(keys, image.Key), append(errs, err)
	}
	require.Equal(t, []string{"1", "2", "3", ""}, keys, "a page that is its own next is an end that was never to come")
	require.ErrorContains(t, errs[3], "next page")
	require.Equal(t, "d", queries[3].Get("cursor"))
	require.Len(t, queries, 4)

	// From a cursor on, up to an error, which is the last.
	pages["d"] = `{"images":[{"key":"4"}],"nextCursor":"e"}`
	pages["e"] = `x`
	keys, errs, queries = nil, nil, nil
	for image, err := range c.Images.All(context.Background(), &ListOptions{Cursor: "c", Limit: 7}) {
		keys, errs = append(keys, image.Key), append(errs, err)
	}
	require.Equal(t, []string{"3", "4", ""}, keys)
	require.Error(t, errs[2])
	require.Equal(t, "7", queries[0].Get("limit"))
	require.Len(t, queries, 3)

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	for _, err := range c.Images.All(ctx, nil) {
		n++
		cancel()
		if n > 2 {
			require.ErrorIs(t, err, context.Canceled)
		}
	}
	require.Equal(t, 3, n)
}

func TestKeys(t *testing.T) {
	ctx := context.Background()
	_, c := newAPI(t, nil)
	made, err := c.Keys.Create(ctx, "build <&> ü")
	require.NoError(t, err)
	require.Equal(t, "build <&> ü", made.Name)
	require.Equal(t, made.Key.Prefix(), made.Prefix)
	require.Len(t, made.Key.Reveal(), 26)

	other, err := NewClient(made.Key.Reveal(), &Options{BaseURL: c.base})
	require.NoError(t, err)
	keys, err := other.Keys.List(ctx)
	require.NoError(t, err)
	require.Len(t, keys, 2)
	require.Equal(t, Key{ID: made.ID, Prefix: made.Prefix, Name: made.Name, CreatedAt: keys[1].CreatedAt, LastUsedAt: keys[1].LastUsedAt}, keys[1])
	require.False(t, keys[1].CreatedAt.IsZero())

	require.NoError(t, c.Keys.Revoke(ctx, made.ID))
	_, err = other.Keys.List(ctx)
	e, ok := errors.AsType[*Error](err)
	require.True(t, ok)
	require.Equal(t, 401, e.Status)
	keys, err = c.Keys.List(ctx)
	require.NoError(t, err)
	require.Len(t, keys, 1)
	err = c.Keys.Revoke(ctx, made.ID)
	e, ok = errors.AsType[*Error](err)
	require.True(t, ok)
	require.Equal(t, 404, e.Status)

	for _, id := range []string{"", ".", "..", made.Key.Reveal()} {
		err := c.Keys.Revoke(ctx, id)
		require.ErrorContains(t, err, "immagin: revoke", "%q", id)
		require.NotContains(t, err.Error(), made.Key.Reveal())
	}
	for _, id := range []string{"a/b", "?", "%2e", "ü"} {
		err := c.Keys.Revoke(ctx, id)
		e, ok := errors.AsType[*Error](err)
		require.True(t, ok, "%q", id)
		require.Equal(t, "404 key_not_found", fmt.Sprint(e.Status, " ", e.Code), id)
	}
	_, err = c.Keys.Create(ctx, "")
	e, ok = errors.AsType[*Error](err)
	require.True(t, ok)
	require.Equal(t, 400, e.Status)
}

func TestNewKeyShowsNothing(t *testing.T) {
	_, c := newAPI(t, nil)
	made, err := c.Keys.Create(context.Background(), "x")
	require.NoError(t, err)
	var out bytes.Buffer
	for _, v := range []any{made, *made, []*NewKey{made}, []NewKey{*made}} {
		fmt.Fprintf(&out, "%v %+v %#v %s %q %x\n", v, v, v, v, v, v)
		require.NoError(t, json.NewEncoder(&out).Encode(v))
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
	}
	require.Contains(t, out.String(), made.ID)
	require.NotContains(t, out.String(), made.Key.Reveal())
	require.NotContains(t, out.String(), fmt.Sprintf("%x", made.Key.Reveal()))
}

func TestMetadata(t *testing.T) {
	var seen *http.Request
	body := `{"width":40,"height":30,"format":"jpeg","space":"srgb","channels":3,"hasAlpha":true,"orientation":6,"density":72.5,"isProgressive":true,"pages":2,"size":99,
		"orientedWidth":30,"orientedHeight":40,"placeholder":{"thumbHash":"AQI=","dataUrl":"data:image/png;base64,AA=="},"later":1}`
	status := 200
	s, _ := newStub(t, func(w http.ResponseWriter, r *http.Request) {
		seen = r
		w.WriteHeader(status)
		io.WriteString(w, body)
	})
	c, err := NewClient("", &Options{Secret: testSecret, DeliveryURL: s.URL + "/img", MaxRetries: -1})
	require.NoError(t, err)
	ctx := context.Background()
	got, err := c.Images.Metadata(ctx, "a/ü", nil)
	require.NoError(t, err)
	require.Equal(t, &Metadata{
		Width: 40, Height: 30, Format: "jpeg", Space: "srgb", Channels: 3, HasAlpha: true, Orientation: 6, Density: 72.5, IsProgressive: true, Pages: 2, Size: 99,
		OrientedWidth: 30, OrientedHeight: 40, Placeholder: &Placeholder{ThumbHash: []byte{1, 2}, DataURL: "data:image/png;base64,AA=="},
	}, got)
	require.Empty(t, seen.Header.Get("Authorization"))
	for want, opts := range map[string]*MetadataOptions{
		`{"key":"a/ü","metadata":true}`:                            nil,
		`{"key":"a/ü","metadata":{"placeholder":true}}`:            {Placeholder: true},
		`{"key":"a/ü","metadata":{"placeholder":true},"v":"2026"}`: {Placeholder: true, Version: "2026"},
	} {
		_, err := c.Images.Metadata(ctx, "a/ü", opts)
		require.NoError(t, err)
		payload, ok := strings.CutPrefix(seen.URL.Path, "/img/")
		require.True(t, ok)
		signature, ok := strings.CutPrefix(seen.URL.RawQuery, "sig=")
		require.True(t, ok)
		require.NoError(t, c.project.Load().keyring.Verify(payload, signature))
		request, err := edit.Decode(payload, nil)
		require.NoError(t, err)
		text, err := request.Encode()
		require.NoError(t, err)
		require.Equal(t, want, string(text))
	}
	_, err = c.Images.Metadata(ctx, "../a", nil)
	require.ErrorContains(t, err, "key")
	status, body = 404, `{"code":"not_found","detail":"no such image"}`
	_, err = c.Images.Metadata(ctx, "a", nil)
	e, ok := errors.AsType[*Error](err)
	require.True(t, ok)
	require.Equal(t, "404 not_found no such image", fmt.Sprint(e.Status, " ", e.Code, " ", e.Message))
	status, body = 200, "\x89PNG"
	_, err = c.Images.Metadata(ctx, "a", nil)
	require.ErrorContains(t, err, "JSON")
}

func TestRefresh(t *testing.T) {
	ctx, secret := context.Background(), testSecret
	s, c := newStub(t, func(w http.ResponseWriter, _ *http.Request) {
		if secret == "" {
			w.WriteHeader(500)
			return
		}
		fmt.Fprintf(w, `{"baseUrl":"https://demo.example.com","secret":%q}`, secret)
	})
	get := func() string {
		u, err := c.Images.URL(ctx, "hero.jpg", nil, nil)
		require.NoError(t, err)
		return u
	}
	old := get()
	secret = "another-secret-0123456789"
	require.Equal(t, old, get())
	require.EqualValues(t, 1, s.calls.Load())
	require.NoError(t, c.Refresh(ctx))
	renewed := get()
	require.NotEqual(t, old, renewed)
	secret = ""
	require.Error(t, c.Refresh(ctx))
	require.Equal(t, renewed, get(), "the old one stays until there is a new one")
	require.ErrorContains(t, offline(t).Refresh(ctx), "Options")
}

// Each byte that encodeURIComponent leaves alone, and no other.
func TestComponent(t *testing.T) {
	var all []byte
	for b := range 256 {
		all = append(all, byte(b))
	}
	back, err := url.PathUnescape(component(string(all)))
	require.NoError(t, err)
	require.Equal(t, string(all), back)
	require.Equal(t, "a%2Fb%20%C3%BC%25%2B%24%26-_.!~*'()", component("a/b ü%+$&-_.!~*'()"))
}
