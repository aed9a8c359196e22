package behindnginx

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna"
)

var maxAge = regexp.MustCompile(`^public, max-age=(\d+)$`)

// failures asks for what luna refuses. The cache hands it on as it is, keeps
// none that says no-store, and none that may be kept for more than a minute.
func failures(t *testing.T, f *front) {
	small := f.picture(t, 16, 16)
	f.origin.put(t.Name()+"/text", []byte(strings.Repeat("no image ", 100)))
	for name, c := range map[string]struct {
		payload string
		status  int
	}{
		"no such key":  {fmt.Sprintf(`{"key":"%s/none"}`, t.Name()), http.StatusNotFound},
		"no such edit": {fmt.Sprintf(`{"key":%q,"edits":[{"melt":1}]}`, small), http.StatusBadRequest},
		"outside":      {fmt.Sprintf(`{"key":%q,"edits":[{"crop":{"left":0,"top":0,"width":17,"height":1}}]}`, small), http.StatusUnprocessableEntity},
		"no image":     {fmt.Sprintf(`{"key":"%s/text"}`, t.Name()), http.StatusUnsupportedMediaType},
		"expired":      {fmt.Sprintf(`{"key":%q,"exp":1}`, small), http.StatusGone},
	} {
		url := f.signed(c.payload)
		want := f.direct(t, url)
		require.Equal(t, c.status, want.status, name)
		for range 3 {
			got := f.get(t, url)
			require.Equal(t, c.status, got.status, name)
			require.Equal(t, want.body, got.body)
			require.Equal(t, "application/problem+json", got.header.Get("Content-Type"))
			kept := maxAge.FindStringSubmatch(got.header.Get("Cache-Control"))
			require.NotNil(t, kept, got.header.Get("Cache-Control"))
			seconds, err := strconv.Atoi(kept[1])
			require.NoError(t, err)
			require.LessOrEqual(t, seconds, 60)
		}
	}
	// What may pass any time is asked for every time.
	for _, refused := range []*luna.Refusal{
		{Status: http.StatusServiceUnavailable, RetryAfter: 7 * time.Second},
		{Status: http.StatusTooManyRequests, RetryAfter: 7 * time.Second},
		{Status: http.StatusForbidden},
		{Status: http.StatusPaymentRequired},
	} {
		url := f.signed(fmt.Sprintf(`{"key":%q,"v":"%d"}`, small, refused.Status))
		t.Run(strconv.Itoa(refused.Status), func(t *testing.T) {
			f.during(t, func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Cache-Control", "no-store") // as luna's Handler does
				w.Header().Set("Content-Type", "application/problem+json")
				if refused.RetryAfter > 0 {
					w.Header().Set("Retry-After", "7")
				}
				w.WriteHeader(refused.Status)
			})
			for i := range 5 {
				got := f.get(t, url)
				require.Equal(t, refused.Status, got.status)
				require.Equal(t, "no-store", got.header.Get("Cache-Control"))
				require.NotEqual(t, "HIT", got.header.Get("X-Cache"))
				if refused.RetryAfter > 0 {
					require.Equal(t, "7", got.header.Get("Retry-After"))
				}
				f.requireCame(t, url, i+1)
			}
		})
		got := f.get(t, url)
		require.Equal(t, http.StatusOK, got.status, "and once it has passed, there is the picture")
		require.Equal(t, http.StatusOK, f.get(t, url).status)
		f.requireCame(t, url, 6)
	}
}

// failuresEnd sees the cache keep errors for as long as they say, and no longer.
func failuresEnd(t *testing.T, f *front) {
	small := f.picture(t, 16, 16)
	f.during(t, func(luna http.Handler, w http.ResponseWriter, r *http.Request) {
		luna.ServeHTTP(&shortLived{w}, r)
	})
	for _, payload := range []string{
		fmt.Sprintf(`{"key":"%s/none"}`, t.Name()),
		fmt.Sprintf(`{"key":%q,"edits":[{"melt":1}]}`, small),
		fmt.Sprintf(`{"key":%q,"edits":[{"crop":{"left":0,"top":0,"width":17,"height":1}}]}`, small),
	} {
		url := f.signed(payload)
		begin := time.Now()
		require.Eventually(t, func() bool {
			require.GreaterOrEqual(t, f.get(t, url).status, 400)
			return len(f.came(url)) > 2
		}, 30*time.Second, 20*time.Millisecond)
		// They are kept: two seconds have gone by between three requests.
		require.GreaterOrEqual(t, time.Since(begin), time.Second)
	}
	// An upload mends a 404.
	key := t.Name() + "/late"
	url := f.signed(fmt.Sprintf(`{"key":%q}`, key))
	require.Equal(t, http.StatusNotFound, f.get(t, url).status)
	f.origin.put(key, f.origin.get(small))
	require.Eventually(t, func() bool { return f.get(t, url).status == http.StatusOK }, 30*time.Second, 50*time.Millisecond)
}

// shortLived makes a second of what luna says caches may keep.
type shortLived struct{ http.ResponseWriter }

func (w *shortLived) WriteHeader(status int) {
	if h := w.Header(); maxAge.MatchString(h.Get("Cache-Control")) {
		h.Set("Cache-Control", "public, max-age=1")
	}
	w.ResponseWriter.WriteHeader(status)
}

// signatures has a picture in the cache, and asks for it by other URLs.
func signatures(t *testing.T, f *front) {
	url := f.thumb(t)
	require.Equal(t, http.StatusOK, f.get(t, url).status)
	path, sig, _ := strings.Cut(strings.TrimPrefix(url, "demo.example.com/"), "?sig=")
	flip := func(s string) string {
		if s[0] == '0' {
			return "1" + s[1:]
		}
		return "0" + s[1:]
	}
	const host = "demo.example.com/"
	for _, wrong := range []string{
		host + path,
		host + path + "?",
		host + path + "?sig=",
		host + path + "?sig=" + flip(sig),
		host + path + "?sig=" + strings.ToUpper(sig),
		host + path + "?sig=" + sig + "&x=1",
		host + path + "?x=1&sig=" + sig,
		host + path + "?sig=" + sig + "&sig=" + sig,
		host + path + "?sig=" + sig + "&",
		host + path + "?%73ig=" + sig,
		host + path + "?sig=%" + fmt.Sprintf("%x", sig[0]) + sig[1:],
		host + path[:len(path)-1] + "?sig=" + sig,
		host + "%65" + path[1:] + "?sig=" + sig,
		host + path + "/?sig=" + sig,
		host + "/" + path + "?sig=" + sig,
		host + "./" + path + "?sig=" + sig,
		host + "x/../" + path + "?sig=" + sig,
		"other.example.com/" + path + "?sig=" + sig,
		"nobody.example.com/" + path + "?sig=" + sig,
		"example.com/" + path + "?sig=" + sig,
	} {
		for i := range 2 {
			got := f.get(t, wrong)
			require.Equal(t, http.StatusForbidden, got.status, wrong)
			require.NotEqual(t, "HIT", got.header.Get("X-Cache"))
			require.Equal(t, "no-store", got.header.Get("Cache-Control"))
			require.NotContains(t, string(got.body), "PNG")
			f.requireCame(t, wrong, i+1) // as it was spelled
		}
	}
	require.Equal(t, "HIT", f.get(t, url).header.Get("X-Cache"))
	f.requireCame(t, url, 1)
}

// cut breaks a connection in the middle of a picture.
func cut(t *testing.T, f *front) {
	url := f.signed(fmt.Sprintf(`{"key":%q,"output":{"format":"png"}}`, f.picture(t, 300, 200)))
	want := f.direct(t, url)
	t.Run("half", func(t *testing.T) {
		f.during(t, func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
			for name, values := range want.header {
				w.Header()[name] = values
			}
			w.Write(want.body[:len(want.body)/2])
			panic(http.ErrAbortHandler)
		})
		for range 2 {
			got, err := f.ask(t.Context(), f.address, http.MethodGet, url)
			whole := err == nil && got.err == nil && got.status == http.StatusOK
			require.False(t, whole, "half a picture passes for a whole one")
		}
	})
	for i := range 2 {
		got := f.get(t, url)
		require.Equal(t, http.StatusOK, got.status)
		require.Equal(t, want.body, got.body)
		require.Equal(t, cacheStatus(i > 0), got.header.Get("X-Cache"))
	}
}

// down stops luna.
func down(t *testing.T, f *front) {
	hot, cold := f.thumb(t), f.auto(t, 30)
	want := f.get(t, hot)
	f.server.Close()
	for range 2 {
		got := f.get(t, hot)
		require.Equal(t, http.StatusOK, got.status)
		require.Equal(t, want.body, got.body)
		got = f.get(t, cold)
		require.Equal(t, http.StatusServiceUnavailable, got.status)
		require.Equal(t, "application/problem+json", got.header.Get("Content-Type"))
		require.Equal(t, "no-store", got.header.Get("Cache-Control"))
		require.Equal(t, "1", got.header.Get("Retry-After"))
		require.Contains(t, string(got.body), `"unavailable"`)
	}
}
