package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"image/jpeg"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/webp"

	"github.com/immagin/immagin-go/internal/scene"
)

// deleteImage removes an original of the host's tenant.
func (s *running) deleteImage(host, key string) int {
	s.t.Helper()
	return s.manage(s.key, "DELETE", "/v1/images/"+url.PathEscape(key), host, "").StatusCode
}

// derivedFiles counts the images that were made and stored.
func (s *running) derivedFiles() (n int) {
	s.t.Helper()
	require.NoError(s.t, filepath.WalkDir(filepath.Join(s.data, "store", "derived"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			n++
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // not yet, or being written
		}
		return err
	}))
	return n
}

func other() []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, scene.Landscape(500, 500), nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestDeletedIsGoneAtOnce(t *testing.T) {
	s := start(t, t.TempDir())
	acme := "acme.localhost" + s.url[strings.LastIndex(s.url, ":"):]
	s.upload("", "gallery/lake.jpg", drawn())
	s.upload(acme, "gallery/lake.jpg", drawn())
	theirs := signed(hexMAC(s.secret, "acme"), smaller)
	require.Equal(t, 200, s.do(request{path: theirs, host: acme}).StatusCode)
	require.Eventually(t, func() bool { return s.derivedFiles() == 1 }, patience, tick)

	paths := []string{
		signed(s.secret, smaller),
		signed(s.secret, `{"key":"gallery/lake.jpg"}`),
		signed(s.secret, `{"key":"gallery/lake.jpg","output":{"format":"png"}}`),
		signed(s.secret, `{"key":"gallery/lake.jpg","metadata":true}`),
	}
	tags := map[string]string{}
	for _, path := range paths {
		require.Equal(t, 200, s.get(path).StatusCode)
		hit := s.get(path)
		require.Equal(t, "hit", hit.Header.Get("X-Luna-Cache"))
		tags[path] = hit.Header.Get("ETag")
		same := s.do(request{path: path, header: http.Header{"If-None-Match": {tags[path]}}})
		require.Equal(t, 304, same.StatusCode)
	}
	require.Eventually(t, func() bool { return s.derivedFiles() == 4 }, patience, tick, "three of ours, one of theirs")

	require.Equal(t, 204, s.deleteImage("", "gallery/lake.jpg"))
	require.Equal(t, 1, s.derivedFiles(), "those of the other tenant stay")
	for _, path := range paths {
		for _, method := range []string{"GET", "HEAD"} {
			for _, header := range []http.Header{{}, {"If-None-Match": {tags[path]}}, {"If-None-Match": {"*"}}} {
				answer := s.do(request{method: method, path: path, header: header})
				require.Equal(t, 404, answer.StatusCode, "%s, %v", method, header)
				require.NotContains(t, answer.Header.Get("Cache-Control"), "immutable")
				if method == "GET" {
					require.Equal(t, "not_found", answer.code(t))
				}
			}
		}
	}
	require.Equal(t, 404, s.deleteImage("", "gallery/lake.jpg"))
	require.Equal(t, "hit", s.do(request{path: theirs, host: acme}).Header.Get("X-Luna-Cache"))

	// Another picture of that key is served at once, and nothing of the first.
	s.upload("", "gallery/lake.jpg", other())
	fresh := s.do(request{path: paths[1], header: http.Header{"If-None-Match": {tags[paths[1]]}}})
	require.Equal(t, 200, fresh.StatusCode)
	require.Equal(t, "miss", fresh.Header.Get("X-Luna-Cache"))
	picture, err := webp.DecodeConfig(bytes.NewReader(fresh.body))
	require.NoError(t, err)
	require.Equal(t, 500, picture.Width)
	require.Contains(t, string(s.get(paths[3]).body), `"width":500,"height":500`)
}

func TestOverwrittenIsNewAtOnce(t *testing.T) {
	s := start(t, t.TempDir())
	path := signed(s.secret, `{"key":"a.jpg","output":{"format":"png"}}`)
	pictures := [][]byte{drawn(), other()}
	for i := range 6 {
		body := pictures[i%2]
		question, err := json.Marshal(map[string]any{"key": "a.jpg", "overwrite": true})
		require.NoError(t, err)
		answer := s.manage(s.key, "POST", "/v1/images/sign-url", "", string(question))
		require.Equal(t, 200, answer.StatusCode, "%s", answer.body)
		s.put(answer.body, body)
		got, err := jpeg.DecodeConfig(bytes.NewReader(body))
		require.NoError(t, err)
		served := s.get(path)
		require.Equal(t, 200, served.StatusCode)
		require.Equal(t, byte(got.Width>>8), served.body[18], "the width in the PNG's header")
		require.Equal(t, byte(got.Width), served.body[19])
	}
}

// TestDeletedWhileServed deletes originals that many are asking for: whoever
// asks after the answer to that is told that there is none.
func TestDeletedWhileServed(t *testing.T) {
	s := start(t, t.TempDir())
	path := signed(s.secret, `{"key":"a.jpg","edits":[{"resize":{"width":20}}]}`)
	small := canaryPicture(t)
	var stop atomic.Bool
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for !stop.Load() {
				answer, err := http.Get(s.url + path)
				if err != nil {
					t.Error(err)
					return
				}
				answer.Body.Close()
				if answer.StatusCode != 200 && answer.StatusCode != 404 {
					t.Error(answer.Status)
				}
			}
		})
	}
	defer readers.Wait()
	defer stop.Store(true)
	for i := range 40 {
		s.upload("", "a.jpg", small)
		require.Equal(t, 200, s.get(path).StatusCode, "round %d", i)
		require.Equal(t, 204, s.deleteImage("", "a.jpg"))
		require.Equal(t, 404, s.get(path).StatusCode, "round %d", i)
	}
}
