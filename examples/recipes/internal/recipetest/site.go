// Package recipetest runs the recipes against a server in the test's process,
// whose originals it draws.
package recipetest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg" // for Decode
	_ "image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"
	"golang.org/x/image/webp"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/sign"
	"github.com/immagin/immagin-go/storage"
)

// A Site is a server with its originals, and a client of it.
type Site struct {
	Client *immagin.Client

	url, secret string
}

// Serve starts a server for the test. The originals are drawn, and uploaded
// under their keys.
func Serve(t *testing.T, originals map[string]Drawing) *Site {
	t.Helper()
	store := storage.NewOriginals(memblob.OpenBucket(nil), nil)
	for key, draw := range originals {
		body, contentType := draw(t)
		require.NoError(t, store.Create(t.Context(), "acme", key, bytes.NewReader(body), contentType, false))
	}
	s := &Site{secret: sign.NewSecret()}
	keyring, err := sign.NewKeyring(s.secret)
	require.NoError(t, err)
	engine, err := luna.New(codecs.Default(), nil)
	require.NoError(t, err)
	delivery, err := luna.NewHandler(engine, store, sign.Tenants{"acme": keyring}, &luna.HandlerOptions{
		Tenant: luna.FixedTenant("acme"),
		// Where tests share a machine, renders wait for others.
		RequestTimeout: time.Minute, RenderTimeout: time.Minute,
	})
	require.NoError(t, err)
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	key := sign.NewAPIKey()
	projects := api.ProjectMap{"acme": {ID: "acme", Name: "Acme", BaseURL: server.URL, Secret: s.secret}}
	management, err := api.New(store, projects, api.NewMemoryKeys(api.NewKey("acme", "test", key, time.Now())), nil)
	require.NoError(t, err)
	mux.Handle("/v1/", management)
	mux.Handle("/{payload}", delivery)
	s.Client, err = immagin.NewClient(key.Reveal(), &immagin.Options{BaseURL: server.URL})
	require.NoError(t, err)
	return s
}

// A Picture is what the server answered with.
type Picture struct {
	*image.NRGBA
	Type  string // media type
	Bytes []byte
}

// Get fetches a picture.
func (s *Site) Get(t *testing.T, url string) Picture {
	t.Helper()
	picture, _ := s.get(t, url)
	return picture
}

// ByHand fetches the picture of a payload in JSON, which it signs with nothing
// of Immagin's, as a program in any language would.
func (s *Site) ByHand(t *testing.T, payload string) Picture {
	t.Helper()
	picture, _ := s.get(t, s.byHand(payload))
	return picture
}

// Same fetches the picture of a URL that a recipe made, and requires that a
// hand-made payload is the same one to the server: the same bytes, and made
// only once.
func (s *Site) Same(t *testing.T, url, payload string) Picture {
	t.Helper()
	picture, _ := s.get(t, url)
	again, cache := s.get(t, s.byHand(payload))
	require.Equal(t, picture.Bytes, again.Bytes)
	require.Equal(t, "hit", cache, "one entry of the cache, whoever wrote the payload")
	return picture
}

func (s *Site) byHand(payload string) string {
	path := base64.RawURLEncoding.EncodeToString([]byte(payload))
	mac := hmac.New(sha256.New, []byte(s.secret))
	mac.Write([]byte(path))
	return s.url + "/" + path + "?sig=" + hex.EncodeToString(mac.Sum(nil))
}

func (s *Site) get(t *testing.T, url string) (picture Picture, cache string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	picture.Bytes, err = io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode, "%s", picture.Bytes)
	picture.Type = answer.Header.Get("Content-Type")
	var m image.Image
	if picture.Type == "image/webp" {
		m, err = webp.Decode(bytes.NewReader(picture.Bytes))
	} else {
		var format string
		m, format, err = image.Decode(bytes.NewReader(picture.Bytes))
		require.Equal(t, "image/"+format, picture.Type)
	}
	require.NoError(t, err)
	if y, ok := m.(*image.YCbCr); ok && picture.Type == "image/webp" {
		picture.NRGBA = fromVideoRange(y)
		return picture, answer.Header.Get("X-Luna-Cache")
	}
	picture.NRGBA = image.NewNRGBA(image.Rectangle{Max: m.Bounds().Size()})
	draw.Draw(picture.NRGBA, picture.Rect, m, m.Bounds().Min, draw.Src)
	return picture, answer.Header.Get("X-Luna-Cache")
}

// fromVideoRange converts what golang.org/x/image/webp returns for lossy files:
// BT.601 with luma of 16 to 235, which it hands on as if it were JPEG's.
func fromVideoRange(m *image.YCbCr) *image.NRGBA {
	n := image.NewNRGBA(image.Rectangle{Max: m.Rect.Size()})
	for y := range n.Rect.Dy() {
		for x := range n.Rect.Dx() {
			c := m.YCbCrAt(m.Rect.Min.X+x, m.Rect.Min.Y+y)
			l, cb, cr := 1.164*(float64(c.Y)-16), float64(c.Cb)-128, float64(c.Cr)-128
			clamp := func(v float64) uint8 { return uint8(min(max(v+0.5, 0), 255)) }
			n.SetNRGBA(x, y, color.NRGBA{clamp(l + 1.596*cr), clamp(l - 0.392*cb - 0.813*cr), clamp(l + 2.017*cb), 255})
		}
	}
	return n
}

// Near requires that a pixel is of a colour but for what a lossy format loses.
func (p Picture) Near(t *testing.T, x, y int, r, g, b uint8) {
	t.Helper()
	c := p.NRGBAAt(x, y)
	for i, want := range []uint8{r, g, b} {
		got := []uint8{c.R, c.G, c.B}[i]
		require.InDelta(t, want, got, 8, "at %d,%d of %v: %v", x, y, p.Rect.Size(), c)
	}
}
