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

// FuzzCursor opens cursors that clients send: only one that was sealed for the
// same tenant and prefix is the store's own.
func FuzzCursor(f *testing.F) {
	p := Project{Secret: testSecret, Retired: []string{acmeSecret}}
	sealed := sealCursor(testSecret, "demo", "a/", "token")
	for _, s := range []string{sealed, sealed + "=", sealed[1:], strings.ToUpper(sealed), sealCursor(acmeSecret, "demo", "a/", "x"), "", "AAAA", sealCursor(testSecret, "demo", "a", "token")} {
		f.Add("demo", "a/", s)
	}
	f.Add("demoa", "/", sealed)
	f.Fuzz(func(t *testing.T, tenant, prefix, text string) {
		cursor, err := openCursor(p, tenant, prefix, text)
		if err != nil {
			require.Empty(t, cursor)
			refusal, ok := errors.AsType[*problem](err)
			require.True(t, ok && refusal.status == http.StatusBadRequest, "%v", err)
			return
		}
		require.Contains(t, []string{sealCursor(testSecret, tenant, prefix, cursor), sealCursor(acmeSecret, tenant, prefix, cursor)}, text)
	})
}

// FuzzRequestHeaders sends what no client of ours sends: without a key in its
// one form the answer is 401, and no header of it breaks out of the answer's.
func FuzzRequestHeaders(f *testing.F) {
	for _, s := range [][4]string{
		{"Bearer imk_0123456789ABCDEFGHIJKL", "application/json", "https://www.example.com", "id-1"}, {"bearer  imk_", "text/plain; charset", "null", "a\nb"},
		{"Basic eDp5", "application/json; charset=\xff", "https://www.example.com.evil.net", strings.Repeat("x", 1000)}, {"", "", "", ""},
	} {
		f.Add(s[0], s[1], s[2], s[3])
	}
	h, err := New(new(memory), ProjectMap{"demo": {Secret: testSecret}}, NewMemoryKeys(), &Options{CORS: CORS{Origins: []string{"https://www.example.com"}, API: true}})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, authorization, contentType, origin, id string) {
		for _, method := range []string{http.MethodPost, http.MethodOptions} {
			r := httptest.NewRequest(method, signURLPath, strings.NewReader("{}"))
			r.Header = http.Header{"Authorization": {authorization}, "Content-Type": {contentType}, "Origin": {origin}, "X-Request-Id": {id}, "Access-Control-Request-Method": {"POST"}}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			require.True(t, w.Code < 500 && (method == http.MethodOptions || w.Code >= 400), "%d", w.Code)
			if allowed := w.Header().Get("Access-Control-Allow-Origin"); allowed != "" {
				require.Equal(t, "https://www.example.com", allowed)
				require.Equal(t, allowed, origin)
			}
			for name, values := range w.Header() {
				for _, v := range values {
					require.False(t, strings.ContainsAny(v, "\r\n\x00"), "%s: %q", name, v)
				}
			}
		}
	})
}
