package upstream_test

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/examples/upstream"
	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/sign"
	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/storagetest"
)

// A store is what the suite asks for: it reads through the origin, and writes
// to what the web server has, behind the origin's back.
type store struct {
	*storage.Originals
	luna.Origin
}

// Where both have a method, the origin's is meant.
func (s store) Stat(ctx context.Context, tenant, key string) (int64, string, error) {
	return s.Origin.Stat(ctx, tenant, key)
}

func (s store) Open(ctx context.Context, tenant, key string) (io.ReadCloser, int64, string, error) {
	return s.Origin.Open(ctx, tenant, key)
}

// TestConformance runs the suite for stores, all of it: what the origin has no
// method for, the web server's owner does.
func TestConformance(t *testing.T) {
	originals := storage.NewOriginals(memblob.OpenBucket(nil), nil)
	origin, err := upstream.New(serve(t, originals), nil)
	require.NoError(t, err)
	storagetest.TestOriginals(t, store{originals, origin}, nil)
}

// TestDelivery has a picture delivered, and sees it replaced and taken away.
func TestDelivery(t *testing.T) {
	originals := storage.NewOriginals(memblob.OpenBucket(nil), nil)
	origin, err := upstream.New(serve(t, originals)+"/", nil)
	require.NoError(t, err)
	secret := sign.NewSecret()
	keyring, err := sign.NewKeyring(secret)
	require.NoError(t, err)
	engine, err := luna.New(codecs.Default(), nil)
	require.NoError(t, err)
	handler, err := luna.NewHandler(engine, origin, sign.Tenants{"acme": keyring},
		&luna.HandlerOptions{Tenant: luna.FixedTenant("acme"), VersionAge: -1, NegativeAge: -1})
	require.NoError(t, err)
	delivery := httptest.NewServer(handler)
	t.Cleanup(delivery.Close)
	client, err := immagin.NewClient("", &immagin.Options{Secret: secret, DeliveryURL: delivery.URL})
	require.NoError(t, err)
	link, err := client.Images.URL(t.Context(), "a picture?.jpg", []edit.Edit{edit.Resize{Width: 40}}, nil)
	require.NoError(t, err)

	status, _ := get(t, link)
	require.Equal(t, http.StatusNotFound, status)
	put := func(width int) {
		var b bytes.Buffer
		require.NoError(t, jpeg.Encode(&b, scene.Landscape(width, 60), nil))
		require.NoError(t, originals.Create(t.Context(), "acme", "a picture?.jpg", &b, "image/jpeg", true))
	}
	put(80)
	status, first := get(t, link)
	require.Equal(t, http.StatusOK, status)
	put(120)
	status, second := get(t, link)
	require.Equal(t, http.StatusOK, status)
	require.NotEqual(t, first, second, "the new picture at once")
	require.NoError(t, originals.Delete(t.Context(), "acme", "a picture?.jpg"))
	status, _ = get(t, link)
	require.Equal(t, http.StatusNotFound, status)
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		is     error
		says   string
	}{
		{"gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }, fs.ErrNotExist, "a.jpg"},
		{"forbidden", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, fs.ErrPermission, "a.jpg"},
		{"broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, nil, "500"},
		{"elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}, nil, "302"},
		{"no version", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("x")) }, nil, "neither ETag"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(c.answer)
			t.Cleanup(server.Close)
			origin, err := upstream.New(server.URL, nil)
			require.NoError(t, err)
			_, _, err = origin.Stat(t.Context(), "acme", "a.jpg")
			require.ErrorContains(t, err, c.says)
			_, _, _, opened := origin.Open(t.Context(), "acme", "a.jpg")
			require.ErrorContains(t, opened, c.says)
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			} else {
				require.NotErrorIs(t, err, fs.ErrNotExist)
			}
		})
	}
	for _, base := range []string{"", "/pictures", "ftp://example.com", "https://example.com/?a=b", "http://%zz"} {
		_, err := upstream.New(base, nil)
		require.Error(t, err, base)
	}
}

// serve is the other web server, with the files of a store.
func serve(t *testing.T, files *storage.Originals) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tenant, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
		tenant, err := url.PathUnescape(tenant)
		key, wrong := url.PathUnescape(rest)
		if err != nil || wrong != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		body, size, version, err := files.Open(r.Context(), tenant, key)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			w.WriteHeader(http.StatusNotFound)
			return
		case err != nil:
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		defer body.Close()
		w.Header().Set("ETag", `"`+version+`"`)
		w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
		if r.Method == http.MethodGet {
			io.Copy(w, body)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func get(t *testing.T, link string) (int, []byte) {
	t.Helper()
	answer, err := http.Get(link)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, body
}
