package api

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzPaths(f *testing.F) {
	f.Add("/v1/uploads/demo/x.y")
	f.Add("/v1/uploads/%2e%2e/%00")
	h, err := New(new(memory), ProjectMap{"demo": {Secret: testSecret}}, NewMemoryKeys(), nil)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.ParseRequestURI(path)
		if err != nil {
			return
		}
		for _, method := range []string{"GET", "PUT", "POST"} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, &http.Request{Method: method, URL: u, RequestURI: path, Host: "example.com", Header: http.Header{}, Body: http.NoBody})
			if w.Code < 400 || w.Code >= 500 {
				t.Fatalf("%s %q: %d", method, path, w.Code)
			}
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add(`{"key":"a","contentType":"image/png","size":1}`)
	f.Add(`{"key":"\ud83d\ude00"}`)
	f.Fuzz(func(t *testing.T, body string) {
		var key string
		var size *int64
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		err := decode(&call{w: &recorder{ResponseWriter: httptest.NewRecorder()}, r: r}, map[string]any{"key": &key, "size": &size})
		if p, ok := errors.AsType[*problem](err); err != nil && (!ok || p.status/100 != 4) {
			t.Fatalf("%q: %v", body, err)
		}
		if err == nil && strings.Contains(key, "\ufffd") && !strings.Contains(body, "\ufffd") && !strings.Contains(strings.ToLower(body), `\ufffd`) {
			t.Fatalf("%q became the key %q", body, key)
		}
	})
}
