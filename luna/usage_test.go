package luna_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna"
)

// records keeps what the hook is told.
type records struct {
	mu  sync.Mutex
	all []luna.UsageRecord
}

func (u *records) record(_ context.Context, r luna.UsageRecord) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all = append(u.all, r)
}

// take returns the records since the last call.
func (u *records) take() []luna.UsageRecord {
	u.mu.Lock()
	defer u.mu.Unlock()
	all := u.all
	u.all = nil
	return all
}

func (u *records) one(t *testing.T) luna.UsageRecord {
	t.Helper()
	all := u.take()
	require.Len(t, all, 1, "one record a request")
	return all[0]
}

// askedOf notes what the handler asks to be metered.
type askedOf struct{ key, version, canonical string }

func (a *askedOf) Admit(_ context.Context, _, key, version, canonical string) (func(context.Context, error) error, error) {
	*a = askedOf{key, version, canonical}
	return func(context.Context, error) error { return nil }, nil
}

func TestUsage(t *testing.T) {
	var metered askedOf
	var u records
	s := newSite(t, nil, &luna.HandlerOptions{Admitter: &metered, Usage: u.record})
	s.origin.put("demo", "torn.jpg", photo(64, 48)[:300])
	begin := time.Now()

	size := int64(len(content(t, s.get(signed(thumb)))))
	miss := u.one(t)
	require.False(t, miss.Time.Before(begin.Round(0).UTC()))
	require.Equal(t, time.UTC, miss.Time.Location())
	require.Positive(t, miss.Duration)
	require.NotEmpty(t, miss.Version)
	require.Equal(t, metered, askedOf{miss.Key, miss.Version, miss.Canonical}, "as it was metered")
	require.Contains(t, miss.Canonical, `"width":32`)
	image := luna.UsageRecord{
		Tenant: "demo", Host: "demo.example.com", Method: "GET", Key: "hero.jpg", Version: miss.Version, Canonical: miss.Canonical,
		Status: 200, Cache: "miss", Format: "png", ContentType: "image/png", Bytes: size,
	}
	changed := func(change func(*luna.UsageRecord)) luna.UsageRecord { r := image; change(&r); return r }
	refused := func(status int, code string, change func(*luna.UsageRecord)) luna.UsageRecord {
		return changed(func(r *luna.UsageRecord) {
			r.Status, r.Code, r.Cache, r.Format, r.ContentType = status, code, "", "", ""
			change(r)
		})
	}
	tag := s.get(signed(thumb)).Header.Get("ETag")
	u.take()

	for name, c := range map[string]struct {
		method, url string
		header      []string
		want        luna.UsageRecord
	}{
		"hit":        {"GET", signed(thumb), nil, changed(func(r *luna.UsageRecord) { r.Cache = "hit" })},
		"HEAD":       {"HEAD", signed(thumb), nil, changed(func(r *luna.UsageRecord) { r.Cache, r.Method, r.Bytes = "hit", "HEAD", 0 })},
		"304":        {"GET", signed(thumb), []string{"If-None-Match", tag}, changed(func(r *luna.UsageRecord) { r.Cache, r.Status, r.Bytes = "hit", 304, 0 })},
		"wrong":      {"GET", signed(thumb) + "0", nil, refused(403, "signature_invalid", func(r *luna.UsageRecord) { r.Tenant, r.Key, r.Version, r.Canonical = "", "", "", "" })},
		"no payload": {"GET", signed(`{"key":1}`), nil, refused(400, "payload_invalid", func(r *luna.UsageRecord) { r.Key, r.Version, r.Canonical = "", "", "" })},
		"expired":    {"GET", signed(`{"key":"hero.jpg","exp":1}`), nil, refused(410, "url_expired", func(r *luna.UsageRecord) { r.Key, r.Version, r.Canonical = "", "", "" })},
		"missing":    {"GET", signed(strings.Replace(thumb, "hero", "none", 1)), nil, refused(404, "not_found", func(r *luna.UsageRecord) { r.Key, r.Version = "none.jpg", "" })},
		"torn":       {"GET", signed(strings.Replace(thumb, "hero", "torn", 1)), nil, refused(422, "original_corrupt", func(r *luna.UsageRecord) { r.Key, r.Version = "torn.jpg", "" })},
		"POST": {"POST", signed(thumb), nil, refused(405, "method_not_allowed", func(r *luna.UsageRecord) {
			r.Tenant, r.Key, r.Version, r.Canonical, r.Method = "", "", "", "", "_OTHER"
		})},
	} {
		t.Run(name, func(t *testing.T) {
			answer := s.do(c.method, c.url, c.header...)
			sent := int64(len(content(t, answer)))
			got := u.one(t)
			require.Equal(t, answer.StatusCode, got.Status)
			require.Equal(t, sent, got.Bytes)
			if c.want.Code != "" {
				c.want.Bytes = sent
				require.Positive(t, sent)
			}
			if name == "torn" { // of whatever version it is
				require.NotEmpty(t, got.Version)
				got.Version = ""
			}
			got.Time, got.Duration = time.Time{}, 0
			if got.Key != "" {
				got.Canonical = strings.Replace(got.Canonical, got.Key, "hero.jpg", 1)
			}
			require.Equal(t, c.want, got)
		})
	}

	t.Run("metadata", func(t *testing.T) {
		body := content(t, s.get(signed(`{"key":"hero.jpg","metadata":true}`)))
		got := u.one(t)
		require.Empty(t, got.Canonical, "no transform")
		require.Equal(t, []any{200, "hero.jpg", miss.Version, "miss", "json", "application/json", int64(len(body))},
			[]any{got.Status, got.Key, got.Version, got.Cache, got.Format, got.ContentType, got.Bytes})
	})
	t.Run("auto", func(t *testing.T) {
		s.get(signed(`{"key":"hero.jpg","edits":[{"resize":{"width":31}}],"output":{"format":"auto"}}`), "Accept", "image/avif,image/webp")
		got := u.one(t)
		require.Equal(t, metered, askedOf{got.Key, got.Version, got.Canonical}, "as it was metered")
		require.Equal(t, "jpeg", got.Format)
	})
	t.Run("a layer", func(t *testing.T) {
		s.get(signed(`{"key":"hero.jpg","edits":[{"image":{"key":"alpha.png"}}],"output":{"format":"png"}}`))
		got := u.one(t)
		require.Equal(t, 200, got.Status, got.Code)
		require.Equal(t, metered, askedOf{got.Key, got.Version, got.Canonical}, "as it was metered")
		require.NotEqual(t, miss.Version, got.Version, "that of the layer is in it")
	})
}

// TestUsageOverload fills the only worker, so that the next is refused.
func TestUsageOverload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var u records
		s := newSite(t, nil, &luna.HandlerOptions{Workers: 1, Queue: -1, Usage: u.record})
		release := make(chan struct{})
		s.origin.open = func(context.Context) error { <-release; return nil }
		var callers sync.WaitGroup
		for range 3 {
			callers.Go(func() { s.get(signed(thumb)) })
		}
		synctest.Wait()
		s.get(signed(strings.Replace(thumb, "32", "33", 1)))
		got := u.one(t)
		require.Equal(t, []any{503, "overloaded", "hero.jpg", ""}, []any{got.Status, got.Code, got.Key, got.Cache})
		time.Sleep(time.Second)
		close(release)
		callers.Wait()
		caches := map[string]int{}
		for _, r := range u.take() {
			require.Equal(t, 200, r.Status)
			require.Equal(t, time.Second, r.Duration)
			caches[r.Cache]++
		}
		require.Equal(t, map[string]int{"miss": 1, "coalesced": 2}, caches)
	})
}

// TestUsageOfStored has several wait for the same image of the derived store:
// none of them has it made.
func TestUsageOfStored(t *testing.T) {
	store := new(cache)
	s := newSite(t, nil, &luna.HandlerOptions{Cache: store})
	require.Equal(t, 200, s.get(signed(thumb)).StatusCode)
	require.NoError(t, s.handler.Shutdown(t.Context()))
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		store.get = func(context.Context) error { <-release; return nil }
		var u records
		s := newSite(t, nil, &luna.HandlerOptions{Cache: store, Usage: u.record})
		var callers sync.WaitGroup
		for range 3 {
			callers.Go(func() { s.get(signed(thumb)) })
		}
		synctest.Wait()
		close(release)
		callers.Wait()
		for _, r := range u.take() {
			require.Equal(t, "hit", r.Cache)
		}
	})
}

func TestUsageClientGone(t *testing.T) {
	var u records
	s := newSite(t, nil, &luna.HandlerOptions{Usage: func(ctx context.Context, r luna.UsageRecord) {
		require.NoError(t, ctx.Err(), "the client's leaving is not the hook's")
		u.record(ctx, r)
	}})
	ctx, cancel := context.WithCancel(t.Context())
	s.origin.open = func(context.Context) error { cancel(); return context.Canceled }
	s.serve(httptest.NewRequestWithContext(ctx, http.MethodGet, signed(thumb), nil))
	got := u.one(t)
	require.Equal(t, []any{499, "client_closed", "hero.jpg", int64(0)}, []any{got.Status, got.Code, got.Key, got.Bytes})
}

// broken panics as a wrapper of a ResponseWriter may.
type broken struct{ http.ResponseWriter }

func (broken) Header() http.Header { panic(http.ErrAbortHandler) }

func TestUsagePanics(t *testing.T) {
	var u records
	s := newSite(t, nil, &luna.HandlerOptions{Usage: u.record})
	require.Panics(t, func() {
		s.handler.ServeHTTP(broken{}, httptest.NewRequest(http.MethodGet, signed(thumb), nil))
	})
	got := u.one(t)
	require.Equal(t, []any{500, "panic"}, []any{got.Status, got.Code})

	// A hook that panics costs no answer.
	s = newSite(t, nil, &luna.HandlerOptions{Usage: func(context.Context, luna.UsageRecord) { panic("hook") }})
	require.Equal(t, 200, s.get(signed(thumb)).StatusCode)
	require.Contains(t, s.log.String(), "usage not recorded")
}

func TestUsagePlace(t *testing.T) {
	header := []string{"CF-IPCountry", "DE", "CF-Ray", "8c1f-FRA"}
	var u records
	s := newSite(t, nil, &luna.HandlerOptions{Usage: u.record})
	s.get(signed(thumb), header...)
	got := u.one(t)
	require.Empty(t, got.Country+got.Edge, "nothing is read that nobody asked for")

	s = newSite(t, nil, &luna.HandlerOptions{Usage: u.record, UsagePlace: func(r *http.Request) (country, edge string) {
		_, edge, _ = strings.Cut(r.Header.Get("CF-Ray"), "-")
		return r.Header.Get("CF-IPCountry"), edge
	}})
	s.get(signed(thumb), header...)
	got = u.one(t)
	require.Equal(t, "DE FRA", got.Country+" "+got.Edge)
	s.get(signed(thumb)+"0", "CF-IPCountry", strings.Repeat("ü", 1000))
	got = u.one(t)
	require.Equal(t, strings.Repeat("ü", 32), got.Country, "nobody fills the log")
}

// TestUsageTellsNoSecrets looks for what must not be in a record, whatever
// becomes of the request.
func TestUsageTellsNoSecrets(t *testing.T) {
	var u records
	s := newSite(t, nil, &luna.HandlerOptions{Usage: u.record})
	good, expired := signed(thumb), signed(`{"key":"hero.jpg","exp":1}`)
	for _, url := range []string{good, good, good + "0", expired, signed(`{"key":"none.jpg"}`), signed("{"), good + "&w=1", "http://demo.example.com/x?sig=" + secret} {
		for _, method := range []string{"GET", "HEAD", "DELETE"} {
			r := httptest.NewRequest(method, url, nil)
			r.RemoteAddr = "203.0.113.77:4242"
			r.Header.Set("X-Forwarded-For", "198.51.100.4")
			r.Header.Set("Authorization", "Bearer token-of-a-client")
			r.Header.Set("Cookie", "session=token-of-a-client")
			r.Header.Set("User-Agent", "agent-of-a-client")
			r.Header.Set("Referer", "https://page-of-a-client.example/")
			s.serve(r)
			text, err := json.Marshal(u.one(t))
			require.NoError(t, err)
			_, signature, _ := strings.Cut(r.URL.RawQuery, "sig=")
			for _, no := range []string{"203.0.113", "198.51.100", "-of-a-client", secret, signature[:min(len(signature), 16)], strings.TrimPrefix(r.URL.Path, "/") + "?"} {
				require.NotContains(t, string(text), no)
			}
		}
	}
}

// A trickle is a writer that fails, or takes less, at its word.
type trickle struct {
	mu     sync.Mutex
	text   strings.Builder
	writes int
	fail   error
	take   int // bytes of the next write, where it fails
	wait   chan struct{}
}

func (w *trickle) Write(p []byte) (int, error) {
	w.mu.Lock()
	wait := w.wait
	w.mu.Unlock()
	if wait != nil {
		<-wait
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes++
	if w.fail != nil {
		n := min(w.take, len(p))
		w.text.Write(p[:n])
		return n, w.fail
	}
	return w.text.Write(p)
}

func (w *trickle) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// keys are those of a log's lines that are whole.
func keys(log string) (all []string) {
	for line := range strings.Lines(log) {
		var r luna.UsageRecord
		if json.Unmarshal([]byte(line), &r) == nil && strings.HasSuffix(line, "\n") {
			all = append(all, r.Key)
		}
	}
	return all
}

func TestUsageLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := new(trickle)
		l := luna.NewUsageLog(w, nil)
		want := luna.UsageRecord{Time: time.Date(2026, 11, 3, 10, 0, 0, 5, time.UTC), Tenant: "demo", Method: "GET", Key: "a<&>\u2028.jpg\n{", Canonical: `{"key":"a<b"}`, Status: 200, Bytes: 12, Duration: 1500}
		l.Record(t.Context(), want)
		synctest.Wait()
		require.Empty(t, w.String())
		time.Sleep(time.Second)
		synctest.Wait()
		var got luna.UsageRecord
		require.NoError(t, json.Unmarshal([]byte(w.String()), &got))
		require.Equal(t, want, got)
		require.Contains(t, w.String(), `"durationNs":1500`)
		require.Equal(t, 1, strings.Count(w.String(), "\n"))

		l.Record(t.Context(), luna.UsageRecord{Key: "flushed"})
		require.NoError(t, l.Flush())
		require.Contains(t, keys(w.String()), "flushed")
		for range 1000 { // a batch does not wait
			l.Record(t.Context(), luna.UsageRecord{Key: "many"})
		}
		synctest.Wait()
		require.Greater(t, len(keys(w.String())), 100)
		require.Less(t, w.writes, 20, "not one by one")
		l.Record(t.Context(), luna.UsageRecord{Key: "last"})
		require.NoError(t, l.Close())
		require.NoError(t, l.Close())
		require.Len(t, keys(w.String()), 1003)
		l.Record(t.Context(), luna.UsageRecord{Key: "late"})
		require.EqualValues(t, 1, l.Lost())
		require.ErrorIs(t, l.Close(), luna.ErrUsageLost)
		require.Len(t, keys(w.String()), 1003)
	})
}

func TestUsageLogOfManyCallers(t *testing.T) {
	w := new(trickle)
	l := luna.NewUsageLog(w, &luna.UsageLogOptions{Every: time.Microsecond})
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			for range 500 {
				l.Record(t.Context(), luna.UsageRecord{Key: "k"})
			}
		})
	}
	callers.Wait()
	require.NoError(t, l.Close())
	require.Len(t, keys(w.String()), 4000)
}

// TestUsageLogStands has a writer that stands still: nobody waits for it, and
// memory is bounded.
func TestUsageLogStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &trickle{wait: make(chan struct{})}
		l := luna.NewUsageLog(w, &luna.UsageLogOptions{MaxBytes: 10_000})
		for range 1000 {
			l.Record(t.Context(), luna.UsageRecord{Key: strings.Repeat("k", 100)})
		}
		lost := l.Lost()
		require.Greater(t, lost, int64(900))
		close(w.wait)
		err := l.Close()
		require.ErrorIs(t, err, luna.ErrUsageLost)
		require.Len(t, keys(w.String()), int(1000-lost), "none is lost in silence")
	})
}

// TestUsageLogOfFullDisk tears a line: those that follow are whole.
func TestUsageLogOfFullDisk(t *testing.T) {
	full := errors.New("no space left")
	for take := range 300 {
		w := &trickle{fail: full, take: take}
		l := luna.NewUsageLog(w, &luna.UsageLogOptions{Every: time.Hour, Logger: slog.New(slog.DiscardHandler)})
		l.Record(t.Context(), luna.UsageRecord{Key: "first"})
		l.Record(t.Context(), luna.UsageRecord{Key: "second"})
		require.ErrorIs(t, l.Flush(), full)
		w.mu.Lock()
		w.fail = nil
		w.mu.Unlock()
		l.Record(t.Context(), luna.UsageRecord{Key: "third"})
		require.NoError(t, l.Flush())
		got := keys(w.String())
		require.True(t, slices.Contains(got, "third"), "%d: %q", take, w.String())
		require.LessOrEqual(t, int64(3-len(got)), l.Lost())
		if take == 0 {
			require.ErrorIs(t, l.Close(), luna.ErrUsageLost)
		} else {
			l.Close()
		}
	}
}
