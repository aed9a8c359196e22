package main

import (
	"bytes"
	"image/png"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"
	"golang.org/x/image/webp"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/sign"
)

// TestRouters goes the whole way through each router: an upload, a signed
// picture, a request that has it already, refusals, and the end of an original
// whose key has a slash, which routers like to unescape.
func TestRouters(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(routers)) {
		t.Run(name, func(t *testing.T) {
			server, client := serve(t, routers[name])
			const key = "gallery/lake at dawn.png"
			_, err := client.Images.Upload(t.Context(), key, picture(t), nil)
			require.NoError(t, err)

			url, err := client.Images.URL(t.Context(), key, []edit.Edit{edit.Resize{Width: 200, Height: 150}}, nil)
			require.NoError(t, err)
			require.Contains(t, url, server+"/images/eyJ")
			status, header, body := get(t, url, "")
			require.Equal(t, http.StatusOK, status, "%s", body)
			require.Equal(t, "image/webp", header.Get("Content-Type"))
			require.Equal(t, "public, max-age=31536000, immutable", header.Get("Cache-Control"))
			size, err := webp.DecodeConfig(bytes.NewReader(body))
			require.NoError(t, err)
			require.Equal(t, [2]int{200, 150}, [2]int{size.Width, size.Height})

			status, _, body = get(t, url, header.Get("ETag"))
			require.Equal(t, http.StatusNotModified, status)
			require.Empty(t, body)
			for _, wrong := range []string{url[:len(url)-4] + "0000", url + "&w=1", server + "/images/", server + "/images/%65yJ?sig=0"} {
				status, header, _ = get(t, wrong, "")
				require.Equal(t, http.StatusForbidden, status, wrong)
				require.Equal(t, "application/problem+json", header.Get("Content-Type"))
			}

			list, err := client.Images.List(t.Context(), &immagin.ListOptions{Prefix: "gallery/"})
			require.NoError(t, err)
			require.Len(t, list.Images, 1)
			require.NoError(t, client.Images.Delete(t.Context(), key))
			list, err = client.Images.List(t.Context(), nil)
			require.NoError(t, err)
			require.Empty(t, list.Images)

			status, _, body = get(t, server+"/", "")
			require.Equal(t, http.StatusOK, status)
			require.Equal(t, "hello", string(body))
		})
	}
}

// serve starts a router over an empty store.
func serve(t *testing.T, newRouter func(Handlers) http.Handler) (string, *immagin.Client) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	url := "http://" + server.Listener.Addr().String()
	key := sign.NewAPIKey()
	handlers, err := newHandlers(memblob.OpenBucket(nil), url+"/images", sign.NewSecret(), key)
	require.NoError(t, err)
	server.Config.Handler = newRouter(handlers)
	server.Start()
	t.Cleanup(server.Close)
	client, err := immagin.NewClient(key.Reveal(), &immagin.Options{BaseURL: url})
	require.NoError(t, err)
	return url, client
}

func picture(t *testing.T) io.Reader {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, scene.Landscape(400, 300)))
	return bytes.NewReader(b.Bytes())
}

func get(t *testing.T, url, etag string) (status int, header http.Header, body []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, answer.Header, body
}
