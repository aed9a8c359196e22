package luna_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/png"
)

// FuzzHeaders sends a signed URL with headers of all kinds: the answer is the
// whole image, in a format that is among those of the server, or 304; never a
// part, whatever Range and If-Range ask for.
func FuzzHeaders(f *testing.F) {
	const auto = `{"key":"hero.jpg","edits":[{"resize":{"width":4}}],"output":{"format":"auto"}}`
	for _, s := range [][4]string{
		{"bytes=0-1", "", "", ""}, {"bytes=-1", `"x"`, "image/avif", ""}, {"bytes=0-0,2-3,5-", "", "image/webp;q=0.5,*/*", "*"},
		{"bytes=99999999999999999999-", "", "image/*;q=1.001", `W/"a", "b`}, {"items=0-1", "Sun, 06 Nov 1994 08:49:37 GMT", ",;,;q=", `"`},
	} {
		f.Add(s[0], s[1], s[2], s[3])
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
	url := signed(auto)
	plain := httptest.NewRecorder()
	h.ServeHTTP(plain, httptest.NewRequest(http.MethodGet, url, nil))
	require.Equal(f, http.StatusOK, plain.Code)
	f.Fuzz(func(t *testing.T, ranges, ifRange, accept, ifNoneMatch string) {
		r := httptest.NewRequest(http.MethodGet, url, nil)
		for name, value := range map[string]string{"Range": ranges, "If-Range": ifRange, "Accept": accept, "If-None-Match": ifNoneMatch} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.Equal(t, "Accept", w.Header().Get("Vary"))
		require.Empty(t, w.Header().Get("Content-Range"))
		if w.Code == http.StatusNotModified {
			require.True(t, strings.Contains(ifNoneMatch, "*") || strings.Contains(ifNoneMatch, plain.Header().Get("ETag")), "%q", ifNoneMatch)
			require.Zero(t, w.Body.Len())
			return
		}
		require.Equal(t, http.StatusOK, w.Code)
		require.Equal(t, plain.Body.Bytes(), w.Body.Bytes())
		require.Equal(t, plain.Header().Get("ETag"), w.Header().Get("ETag"))
	})
}
