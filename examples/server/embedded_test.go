package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEmbedded asks for a file in each encoding.
func TestEmbedded(t *testing.T) {
	s := start(t, t.TempDir())
	want, err := pageFiles.ReadFile("page/state.js")
	require.NoError(t, err)
	tags := map[string]bool{}
	for accept, zipped := range map[string]bool{
		"": false, "identity": false, "br": false, "gzip;q=0": false, "gzip; q=0.0, br": false, "xgzip": false,
		"gzip": true, "br, gzip": true, "GZIP;q=0.5": true, "deflate, gzip; q=1.0": true,
	} {
		header := http.Header{"Accept-Encoding": {accept}}
		answer := s.do(request{path: "/playground/state.js", header: header})
		require.Equal(t, 200, answer.StatusCode)
		require.Contains(t, answer.Header.Values("Vary"), "Accept-Encoding")
		require.Equal(t, "text/javascript; charset=utf-8", answer.Header.Get("Content-Type"))
		body := answer.body
		require.Equal(t, zipped, answer.Header.Get("Content-Encoding") == "gzip", accept)
		if zipped {
			require.Less(t, len(body), len(want)/2)
			r, err := gzip.NewReader(bytes.NewReader(body))
			require.NoError(t, err)
			body, err = io.ReadAll(r)
			require.NoError(t, err)
		}
		require.Equal(t, string(want), string(body), accept)
		tag := answer.Header.Get("ETag")
		tags[tag] = true
		header.Set("If-None-Match", tag)
		require.Equal(t, 304, s.do(request{path: "/playground/state.js", header: header}).StatusCode)
	}
	require.Len(t, tags, 2, "caches tell the encodings apart")
}
