package behindnginx

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func hits(t *testing.T, f *front) {
	url := f.thumb(t)
	want := f.direct(t, url)
	require.Equal(t, http.StatusOK, want.status)
	for i := range 10 {
		got := f.get(t, url)
		require.Equal(t, http.StatusOK, got.status)
		require.Equal(t, want.body, got.body)
		require.Equal(t, cacheStatus(i > 0), got.header.Get("X-Cache"))
		require.Equal(t, "public, max-age=31536000, immutable", got.header.Get("Cache-Control"))
		for _, name := range []string{"Content-Type", "Content-Length", "ETag", "X-Content-Type-Options", "Content-Security-Policy", "Content-Disposition"} {
			require.NotEmpty(t, got.header.Get(name), name)
			require.Equal(t, want.header.Values(name), got.header.Values(name), name)
		}
		require.Empty(t, got.header.Values("Vary"), "only auto varies")
		require.Empty(t, got.header.Values("Set-Cookie"))
	}
	f.requireCame(t, url, 1)
}

func cacheStatus(hit bool) string {
	if hit {
		return "HIT"
	}
	return "MISS"
}

func head(t *testing.T, f *front) {
	url := f.thumb(t)
	want := f.direct(t, url)
	for i := range 3 {
		got := f.do(t, http.MethodHead, url)
		require.Equal(t, http.StatusOK, got.status)
		require.Empty(t, got.body)
		require.Equal(t, cacheStatus(i > 0), got.header.Get("X-Cache"))
		require.Equal(t, want.header.Get("Content-Length"), got.header.Get("Content-Length"))
		require.Equal(t, want.header.Get("ETag"), got.header.Get("ETag"))
	}
	got := f.get(t, url)
	require.Equal(t, "HIT", got.header.Get("X-Cache"), "HEAD has brought the picture in")
	require.Equal(t, want.body, got.body)
	require.Equal(t, http.MethodGet, f.requireCame(t, url, 1)[0].method)
}

func etag(t *testing.T, f *front) {
	url := f.thumb(t)
	tag := f.direct(t, url).header.Get("ETag")
	for range 3 { // the first is a miss
		got := f.get(t, url, "If-None-Match", tag)
		require.Equal(t, http.StatusNotModified, got.status)
		require.Empty(t, got.body)
		require.Equal(t, tag, got.header.Get("ETag"))
	}
	got := f.get(t, url, "If-None-Match", `"another"`)
	require.Equal(t, http.StatusOK, got.status)
	require.NotEmpty(t, got.body)
	require.Equal(t, "HIT", got.header.Get("X-Cache"))
	f.requireCame(t, url, 1)
}

// revalidate sees an answer grow old in the cache, which asks whether it has
// changed, and is told that it has not.
func revalidate(t *testing.T, f *front) {
	url := f.auto(t, 100) // too many pixels for AVIF: another format stands in, for a second
	accept := []string{"Accept", "image/avif,image/webp"}
	first := f.get(t, url, accept...)
	require.Equal(t, "public, max-age=1", first.header.Get("Cache-Control"))
	require.Equal(t, "image/webp", first.header.Get("Content-Type"))
	var asked []visit
	require.Eventually(t, func() bool {
		got := f.get(t, url, accept...)
		require.Equal(t, http.StatusOK, got.status)
		require.Equal(t, first.body, got.body)
		asked = f.came(url)
		return len(asked) > 1
	}, 30*time.Second, 100*time.Millisecond)
	require.Equal(t, first.header.Get("ETag"), asked[1].condition)
	require.Equal(t, http.StatusNotModified, asked[1].status)
	// A client that has it from before is told so by the cache.
	got := f.get(t, url, append(accept, "If-None-Match", first.header.Get("ETag"))...)
	require.Equal(t, http.StatusNotModified, got.status)
}

// expires sees a URL end while its picture lies in the cache.
func expires(t *testing.T, f *front) {
	ends := time.Now().Truncate(time.Second).Add(6 * time.Second)
	url := f.signed(fmt.Sprintf(`{"key":%q,"output":{"format":"png"},"exp":%d}`, f.picture(t, 32, 32), ends.Unix()))
	first := f.get(t, url)
	require.Equal(t, http.StatusOK, first.status)
	require.Regexp(t, `^public, max-age=[0-6]$`, first.header.Get("Cache-Control"))
	time.Sleep(1100 * time.Millisecond)
	if got := f.get(t, url); got.header.Get("X-Cache") == "HIT" { // unless this took seconds
		require.Equal(t, first.header.Get("Date"), got.header.Get("Date"), "clients must know how old it is")
	}
	// Nobody asks meanwhile: the first who does must not get what is stale.
	time.Sleep(time.Until(ends.Add(1100 * time.Millisecond)))
	require.Equal(t, http.StatusGone, f.get(t, url).status, "the URL has expired")
}

// replacedOriginal shows what the documentation warns of, and its cure.
func replacedOriginal(t *testing.T, f *front) {
	key := f.picture(t, 40, 30)
	url := func(v string) string {
		return f.signed(fmt.Sprintf(`{"key":%q,"output":{"format":"png"}%s}`, key, v))
	}
	before := f.get(t, url(""))
	f.origin.put(key, f.origin.get(f.picture(t, 20, 10)))
	require.Equal(t, before.body, f.get(t, url("")).body, "the cache has the old one for a year")
	after := f.get(t, url(`,"v":"2"`))
	require.Equal(t, http.StatusOK, after.status)
	require.NotEqual(t, before.body, after.body)
}

func large(t *testing.T, f *front) {
	url := f.signed(fmt.Sprintf(`{"key":%q,"output":{"format":"png"}}`, f.picture(t, 1600, 1200)))
	want := f.direct(t, url)
	require.Equal(t, http.StatusOK, want.status)
	require.Greater(t, len(want.body), 5<<20)
	for i := range 3 {
		got := f.get(t, url)
		require.Equal(t, cacheStatus(i > 0), got.header.Get("X-Cache"))
		require.True(t, string(want.body) == string(got.body), "%d bytes", len(got.body))
	}
	f.requireCame(t, url, 1)
}

// longest takes the longest payload that there may be.
func longest(t *testing.T, f *front) {
	key := f.picture(t, 8, 8)
	long := key + strings.Repeat("x", 1000-len(key))
	f.origin.put(long, f.origin.get(key))
	var layers []string
	for range 4 {
		layers = append(layers, fmt.Sprintf(`{"image":{"key":%q}}`, long))
	}
	payload := fmt.Sprintf(`{"key":%q,"edits":[%s],"output":{"format":"png"},"v":"`, long, strings.Join(layers, ","))
	payload += strings.Repeat("v", 64) + `"}`
	payload = strings.Replace(payload, `"output"`, strings.Repeat(" ", 6<<10-len(payload))+`"output"`, 1)
	url := f.signed(payload)
	path, _, _ := strings.Cut(strings.TrimPrefix(url, "demo.example.com/"), "?")
	require.Len(t, path, 8<<10)
	for i := range 2 {
		got := f.get(t, url)
		require.Equal(t, http.StatusOK, got.status, "%.300s", got.body)
		require.Equal(t, cacheStatus(i > 0), got.header.Get("X-Cache"))
	}
	f.requireCame(t, url, 1)
}

// ranges are the cache's to answer, from the whole picture.
func ranges(t *testing.T, f *front) {
	url := f.thumb(t)
	want := f.direct(t, url).body
	for range 2 {
		got := f.get(t, url, "Range", "bytes=10-19")
		switch got.status {
		case http.StatusOK:
			require.Equal(t, want, got.body)
		case http.StatusPartialContent:
			require.Equal(t, want[10:20], got.body)
		default:
			require.Fail(t, "status", "%d", got.status)
		}
	}
	require.Equal(t, want, f.get(t, url).body)
	f.requireCame(t, url, 1)
}

func cookies(t *testing.T, f *front) {
	url := f.thumb(t)
	for i := range 3 {
		got := f.get(t, url, "Cookie", fmt.Sprint("session=", i), "Authorization", fmt.Sprint("Bearer ", i), "Cache-Control", "no-cache", "Pragma", "no-cache")
		require.Equal(t, cacheStatus(i > 0), got.header.Get("X-Cache"))
	}
	require.Empty(t, f.requireCame(t, url, 1)[0].cookie)
}

func stampede(t *testing.T, f *front) {
	f.slowly(t)
	url := f.thumb(t)
	key := f.picture(t, 64, 48)
	want := f.direct(t, url)
	before := f.origin.opened(key)
	for _, got := range f.together(t, 100, func(int) (string, []string) { return url, nil }) {
		require.NoError(t, got.err)
		require.Equal(t, http.StatusOK, got.status)
		require.Equal(t, want.body, got.body)
	}
	f.requireCame(t, url, 1)
	require.Equal(t, 1, f.origin.opened(key)-before, "renders")
}

// slowly makes originals slow for the rest of a test, so that many can wait.
func (f *front) slowly(t *testing.T) {
	set := func(d time.Duration) {
		f.origin.mu.Lock()
		defer f.origin.mu.Unlock()
		f.origin.delay = d
	}
	set(300 * time.Millisecond)
	t.Cleanup(func() { set(0) })
}

// together asks n times at once.
func (f *front) together(t *testing.T, n int, request func(i int) (url string, header []string)) []answer {
	answers := make([]answer, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			url, header := request(i)
			a, err := f.ask(t.Context(), f.address, http.MethodGet, url, header...)
			if err != nil {
				a.err = err
			}
			answers[i] = a
		})
	}
	close(start)
	wg.Wait()
	return answers
}

// purge sees that a URL is gone in all of its formats.
func purge(t *testing.T, f *front, now func(t *testing.T, url string)) {
	url := f.auto(t, 32)
	fetch := func() (statuses []string) {
		for _, accept := range []string{"image/avif,image/webp", "image/webp", "*/*"} {
			statuses = append(statuses, f.get(t, url, "Accept", accept).header.Get("X-Cache"))
		}
		return statuses
	}
	require.Equal(t, []string{"MISS", "MISS", "MISS"}, fetch())
	require.Equal(t, []string{"HIT", "HIT", "HIT"}, fetch())
	now(t, url)
	require.Equal(t, []string{"MISS", "MISS", "MISS"}, fetch())
	f.requireCame(t, url, 6)
}
