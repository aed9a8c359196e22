package main

import (
	"bytes"
	"context"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/internal/servertest"
	"github.com/immagin/immagin-go/storage/bucket"
)

// TestThreeServers runs three of them over a real S3, PostgreSQL and Redis.
func TestThreeServers(t *testing.T) {
	c := config{
		public: "http://images.example.com", bucket: servertest.S3(t),
		postgres: servertest.Postgres(t), redis: servertest.Redis(t),
	}
	var servers []*server
	var urls []string
	var clients []*immagin.Client
	var apiKey string
	for i := range 3 {
		s, err := newServer(t.Context(), c)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.close(context.Background())) })
		key, err := s.firstStart(t.Context())
		require.NoError(t, err)
		if i == 0 {
			apiKey = key.Reveal()
		} else {
			require.Empty(t, key.Reveal(), "the project is there")
		}
		front := httptest.NewServer(s.handler())
		t.Cleanup(front.Close)
		client, err := immagin.NewClient(apiKey, &immagin.Options{BaseURL: front.URL})
		require.NoError(t, err)
		servers, urls, clients = append(servers, s), append(urls, front.URL), append(clients, client)
	}

	// An upload by one is an original on all.
	var picture bytes.Buffer
	require.NoError(t, jpeg.Encode(&picture, scene.Landscape(320, 240), nil))
	_, err := clients[0].Images.Upload(t.Context(), "gallery/lake.jpg", bytes.NewReader(picture.Bytes()), nil)
	require.NoError(t, err)
	list, err := clients[2].Images.List(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, list.Images, 1)

	// A URL that one signs, all deliver; what one has made, the others have.
	path := func(by, width int) string {
		url, err := clients[by].Images.URL(t.Context(), "gallery/lake.jpg", []edit.Edit{edit.Resize{Width: width}}, nil)
		require.NoError(t, err)
		return url[len(c.public):]
	}
	first, cache := get(t, urls[0]+path(1, 100))
	require.Equal(t, "miss", cache)
	awaitDerived(t, c.bucket)
	for _, url := range urls[1:] {
		body, cache := get(t, url+path(2, 100))
		require.Equal(t, "hit", cache)
		require.Equal(t, first, body)
	}

	// Twenty pictures, each asked of every server at the same time, are twenty
	// unique transforms and the one before: not sixty.
	var all sync.WaitGroup
	for width := 11; width <= 30; width++ {
		for i, url := range urls {
			p := path(i, width)
			all.Go(func() {
				r, err := http.Get(url + p)
				if err == nil {
					_, err = io.Copy(io.Discard, r.Body)
					r.Body.Close()
				}
				if err != nil || r.StatusCode != http.StatusOK {
					t.Error(err, r)
				}
			})
		}
	}
	all.Wait()
	for _, s := range servers {
		used, err := s.used(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 21, used)
	}

	// A key that one revokes is at an end on all, at the next call.
	second, err := clients[0].Keys.Create(t.Context(), "second")
	require.NoError(t, err)
	require.Equal(t, []int{200, 200, 200}, ask(t, urls, second.Key.Reveal()))
	require.NoError(t, clients[1].Keys.Revoke(t.Context(), second.ID))
	require.Equal(t, []int{401, 401, 401}, ask(t, urls, second.Key.Reveal()))

	// What one deletes, it serves no more, nor does the bucket have what was
	// made of it. The others forget within ten seconds.
	require.NoError(t, clients[0].Images.Delete(t.Context(), "gallery/lake.jpg"))
	r, err := http.Get(urls[0] + path(0, 100))
	require.NoError(t, err)
	r.Body.Close()
	require.Equal(t, http.StatusNotFound, r.StatusCode)
}

// TestOneIsEnough ends two of three: nothing was theirs alone.
func TestOneIsEnough(t *testing.T) {
	c := config{
		public: "http://images.example.com", bucket: servertest.S3(t),
		postgres: servertest.Postgres(t), redis: servertest.Redis(t),
	}
	a, err := newServer(t.Context(), c)
	require.NoError(t, err)
	key, err := a.firstStart(t.Context())
	require.NoError(t, err)
	front := httptest.NewServer(a.handler())
	client, err := immagin.NewClient(key.Reveal(), &immagin.Options{BaseURL: front.URL})
	require.NoError(t, err)
	var picture bytes.Buffer
	require.NoError(t, jpeg.Encode(&picture, scene.Landscape(64, 48), nil))
	_, err = client.Images.Upload(t.Context(), "lake.jpg", bytes.NewReader(picture.Bytes()), nil)
	require.NoError(t, err)
	url, err := client.Images.URL(t.Context(), "lake.jpg", []edit.Edit{edit.Resize{Width: 32}}, nil)
	require.NoError(t, err)
	made, _ := get(t, front.URL+url[len(c.public):])
	front.Close()
	require.NoError(t, a.close(t.Context()))

	b, err := newServer(t.Context(), c)
	require.NoError(t, err)
	defer func() { require.NoError(t, b.close(context.Background())) }()
	front = httptest.NewServer(b.handler())
	defer front.Close()
	again, cache := get(t, front.URL+url[len(c.public):])
	require.Equal(t, "hit", cache)
	require.Equal(t, made, again)
	used, err := b.used(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, used)
}

func TestWrongConfiguration(t *testing.T) {
	_, err := newServer(t.Context(), config{bucket: "mem://", postgres: "postgres://nobody:hunter2@127.0.0.1:1/none?connect_timeout=1"})
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hunter2")
	_, err = newServer(t.Context(), config{bucket: "nothing"})
	require.Error(t, err)
}

// awaitDerived returns once a picture is in the bucket, which may be a little
// after its first client has it.
func awaitDerived(t *testing.T, url string) {
	t.Helper()
	b, err := bucket.Open(t.Context(), url)
	require.NoError(t, err)
	defer func() { require.NoError(t, b.Close()) }()
	require.Eventually(t, func() bool {
		_, err := b.List(&blob.ListOptions{Prefix: "derived/"}).Next(t.Context())
		return err == nil
	}, 30*time.Second, 10*time.Millisecond)
}

func get(t *testing.T, url string) (body []byte, cache string) {
	t.Helper()
	r, err := http.Get(url)
	require.NoError(t, err)
	defer r.Body.Close()
	body, err = io.ReadAll(r.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, r.StatusCode, "%s", body)
	return body, r.Header.Get("X-Luna-Cache")
}

// ask calls the API of every server with a key, and returns the statuses.
func ask(t *testing.T, urls []string, key string) (statuses []int) {
	t.Helper()
	for _, url := range urls {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/v1/project", nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+key)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		statuses = append(statuses, answer.StatusCode)
	}
	return statuses
}
