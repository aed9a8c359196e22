package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/webp"

	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
	"github.com/immagin/immagin-go/internal/servertest"
)

// figures are what the page's script is told.
type figures struct {
	Tenant           string
	UniqueTransforms int64
	Cost             struct{ Amount, Currency string }
	Projection       struct {
		UniqueTransforms int64
		Cost             struct{ Amount string }
	}
	Included int64
}

func (s *running) usage(host string) (f figures) {
	s.t.Helper()
	header := s.own()
	if host != "" {
		header.Set("Origin", "http://"+host)
	}
	answer := s.do(request{method: "POST", path: "/playground/usage", host: host, header: header, body: []byte("{}")})
	require.Equal(s.t, 200, answer.StatusCode, "%s", answer.body)
	require.Equal(s.t, "no-store", answer.Header.Get("Cache-Control"))
	require.NoError(s.t, json.Unmarshal(answer.body, &f))
	return f
}

func thumbnail(key string, width int) string {
	return fmt.Sprintf(`{"key":%q,"edits":[{"resize":{"width":%d}}]}`, key, width)
}

func TestUsage(t *testing.T) {
	data := t.TempDir()
	s := start(t, data)
	s.upload("", "a.jpg", drawn())
	for range 2 {
		for width := range 3 {
			require.Equal(t, 200, s.get(signed(s.secret, thumbnail("a.jpg", 20+width))).StatusCode)
		}
	}
	require.Equal(t, 200, s.get(signed(s.secret, `{"key":"a.jpg","metadata":true}`)).StatusCode)
	require.Equal(t, 404, s.get(signed(s.secret, `{"key":"none.jpg"}`)).StatusCode)
	f := s.usage("")
	require.Equal(t, "demo", f.Tenant)
	require.EqualValues(t, 3, f.UniqueTransforms)
	require.EqualValues(t, 25_000, f.Included)
	require.Equal(t, "0.00", f.Cost.Amount)
	require.Equal(t, "USD", f.Cost.Currency)
	require.GreaterOrEqual(t, f.Projection.UniqueTransforms, f.UniqueTransforms)

	acme := "acme.localhost" + s.url[strings.LastIndex(s.url, ":"):]
	require.Zero(t, s.usage(acme).UniqueTransforms, "another tenant's")

	t.Run("the page", func(t *testing.T) {
		page := s.get("/playground/usage")
		require.Equal(t, 200, page.StatusCode)
		require.Equal(t, "text/html; charset=utf-8", page.Header.Get("Content-Type"))
		require.Contains(t, page.Header.Get("Content-Security-Policy"), "default-src 'none'")
		require.Equal(t, "no-store", page.Header.Get("Cache-Control"))
		html := string(page.body)
		require.Contains(t, html, "24,997 of 25,000 free ones left")
		require.NotContains(t, html, s.secret)
		require.NotContains(t, html, "ZgotmplZ", "nothing that the template refuses")
		require.NotContains(t, html, "style=", "the policy would not have it")
		require.NotContains(t, html, "<script")
		for _, at := range regexp.MustCompile(`(src|href)="([^"]*)"`).FindAllStringSubmatch(html, -1) {
			own := strings.HasPrefix(at[2], "/") || strings.HasPrefix(at[2], "?")
			require.True(t, own || at[1] == "href" && strings.HasPrefix(at[2], "https://"), at[0])
		}
		for _, sheet := range []string{"page.css", "usage.css"} {
			require.Contains(t, html, sheet)
			require.NotContains(t, string(s.get("/playground/"+sheet).body), "url(")
		}
		require.Contains(t, string(s.get("/playground/usage?deliveries=10").body), "<strong>10×</strong>")
		require.Equal(t, 200, s.get("/playground/usage?deliveries=<script>").StatusCode)
	})
	t.Run("itself alone", func(t *testing.T) {
		for name, change := range map[string]func(http.Header){
			"foreign origin": func(h http.Header) { h.Set("Origin", "https://evil.example") },
			"no origin":      func(h http.Header) { h.Del("Origin") },
			"cross-site":     func(h http.Header) { h.Set("Sec-Fetch-Site", "cross-site") },
		} {
			header := s.own()
			change(header)
			answer := s.do(request{method: "POST", path: "/playground/usage", header: header, body: []byte("{}")})
			require.Equal(t, 403, answer.StatusCode, name)
			require.NotContains(t, string(answer.body), "uniqueTransforms")
		}
		require.Equal(t, 403, s.do(request{path: "/playground/usage", host: "evil.example"}).StatusCode, "DNS rebinding")
	})

	s.stop()
	require.NoError(t, os.RemoveAll(filepath.Join(data, "store", "derived")))
	again := start(t, data)
	require.EqualValues(t, 3, again.usage("").UniqueTransforms, "the usage outlives the process")
	for width := range 4 {
		answer := again.get(signed(s.secret, thumbnail("a.jpg", 20+width)))
		require.Equal(t, 200, answer.StatusCode)
		require.Equal(t, "miss", answer.Header.Get("X-Luna-Cache"), "the cache is gone")
	}
	require.EqualValues(t, 4, again.usage("").UniqueTransforms, "and what was made before counts once")
}

// reporter is a usage page on a meter in memory that has counted n transforms
// at a moment of November 2026.
func reporter(t *testing.T, n int, at time.Time) *usagePage {
	clock := func() time.Time { return at }
	m, err := meter.New(memory.NewMeter(), &meter.Options{Now: clock})
	require.NoError(t, err)
	events := make([]meter.Event, n)
	for i := range events {
		events[i] = meter.Event{Project: "demo", Image: "a.jpg", Rendition: strconv.Itoa(i), At: at}
	}
	_, err = m.Record(t.Context(), events...)
	require.NoError(t, err)
	return &usagePage{meter: m, tenants: &tenants{first: "demo", secret: testKey}, now: clock}
}

func TestReport(t *testing.T) {
	first := time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		used                int
		at                  time.Time
		cost                string
		projected           int64
		projection, belongs string
	}{
		{0, first.AddDate(0, 0, 10), "0.00", 0, "0.00", "25,000 of 25,000 free ones left"},
		{25_000, first.AddDate(0, 0, 10), "0.00", 75_000, "10.00", "0 beyond the 25,000 free ones"},
		{100_000, first.AddDate(0, 0, 10), "15.00", 300_000, "39.00", "75,000 beyond"}, // and not 24.00
		{7, first, "0.00", 7, "0.00", "24,993 of 25,000"},                              // nothing to go by yet
		{100_000, first.AddDate(0, 1, 0).Add(-1), "15.00", 100_000, "15.00", "75,000 beyond"},
	} {
		u := reporter(t, test.used, test.at)
		r := httptest.NewRequest("GET", "http://127.0.0.1/playground/usage", nil)
		report, err := u.report(r)
		require.NoError(t, err)
		require.Equal(t, test.cost, report.Cost.String())
		require.Equal(t, test.projected, report.Projection.Unique)
		require.Equal(t, test.projection, report.Projection.Cost.String())
		w := httptest.NewRecorder()
		u.page(w, r)
		require.Equal(t, 200, w.Code)
		require.Contains(t, w.Body.String(), test.belongs)
		require.Contains(t, w.Body.String(), "</html>", "the template ends")
		require.Contains(t, w.Body.String(), "$"+test.projection)
	}
}

func TestUsageThatCannotBeRead(t *testing.T) {
	u := reporter(t, 1, time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC))
	r := httptest.NewRequest("GET", "http://127.0.0.1/playground/usage", nil).WithContext(cancelled(t))
	for name, serve := range map[string]http.HandlerFunc{"figures": u.figures, "page": u.page} {
		w := httptest.NewRecorder()
		serve(w, r)
		require.Equal(t, 503, w.Code, name)
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	}
}

func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestComparison(t *testing.T) {
	u := reporter(t, 100_000, time.Date(2026, time.November, 11, 0, 0, 0, 0, time.UTC))
	report, err := u.report(httptest.NewRequest("GET", "http://127.0.0.1/playground/usage", nil))
	require.NoError(t, err)
	for _, times := range deliveries {
		c, err := compare(report, times)
		require.NoError(t, err)
		require.Equal(t, int64(300_000), c.Volumes[0].Transforms)
		var ours row
		series := map[int]bool{}
		for _, r := range c.Rows {
			require.Len(t, r.Quotes, len(c.Volumes), r.Provider)
			require.False(t, series[r.Series], "a colour of its own")
			require.Less(t, r.Series, 9, "that the style sheet has")
			series[r.Series] = true
			require.NotEmpty(t, r.Sources(), r.Provider)
			for _, o := range r.Sources() {
				require.False(t, o.Retrieved.IsZero())
			}
			if r.Provider == "Immagin" {
				ours = r
			}
		}
		require.Equal(t, 0, ours.Series)
		var texts []string
		for _, q := range ours.Quotes {
			texts = append(texts, q.Text)
		}
		require.Equal(t, []string{"$39.00", "$15.00", "$57.00", "$92.00"}, texts, "whatever is delivered")
		for _, r := range c.Printed {
			require.Len(t, r.Quotes, len(c.Volumes)-1, r.Provider)
		}
		for _, drawn := range []chart{c.Wide, c.Narrow} {
			require.Len(t, drawn.Lines, len(c.Rows))
			require.Equal(t, "Immagin", drawn.Lines[len(drawn.Lines)-1].Label, "on top")
			for i, l := range drawn.Lines {
				for _, at := range regexp.MustCompile(`[ML]([0-9.-]+) ([0-9.-]+)`).FindAllStringSubmatch(l.Path+l.Area, -1) {
					x, err := strconv.ParseFloat(at[1], 64)
					require.NoError(t, err)
					y, err := strconv.ParseFloat(at[2], 64)
					require.NoError(t, err)
					require.True(t, float64(drawn.Left) <= x && x <= float64(drawn.Right) && float64(drawn.Top) <= y && y <= float64(drawn.Bottom), "%s at %s", l.Label, at[0])
				}
				for _, other := range drawn.Lines[:i] {
					if other.LabelX == l.LabelX {
						require.GreaterOrEqual(t, max(other.LabelY-l.LabelY, l.LabelY-other.LabelY), 16, "%s on %s", l.Label, other.Label)
					}
				}
			}
		}
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 25_000: "25,000", 123_456_789: "123,456,789"} {
		require.Equal(t, want, grouped(n))
	}
	for n, want := range map[int64]int64{0: 1, 1: 1, 3: 5, 11: 20, 21: 25, 26: 50, 92: 100, 1_000_000: 1_000_000, 1_000_001: 2_000_000} {
		require.Equal(t, want, round125(n), n)
	}
}

// Two servers with one usage database and one store of originals, and caches
// of their own, as where each has a disk: an image counts once.
func TestServersShareUsage(t *testing.T) {
	database := servertest.Postgres(t)
	store := fileURL(filepath.Join(t.TempDir(), "store"), "create_dir=1")
	const secret = "test-secret-0123456789"
	var servers []*running
	for range 2 {
		servers = append(servers, start(t, t.TempDir(), "-usage", database, "-store", store, "-cache", "mem://", "-secret", secret, "-api-key", testKey))
	}
	servers[0].key = testKey
	servers[0].upload("", "a.jpg", drawn())
	var all sync.WaitGroup
	for _, s := range servers {
		for width := range 20 {
			all.Go(func() {
				answer, err := http.Get(s.url + signed(secret, thumbnail("a.jpg", 20+width)))
				if err != nil {
					t.Error(err)
					return
				}
				answer.Body.Close()
				if answer.StatusCode != 200 || answer.Header.Get("X-Luna-Cache") != "miss" {
					t.Errorf("%s, %s", answer.Status, answer.Header.Get("X-Luna-Cache"))
				}
			})
		}
	}
	all.Wait()
	for _, s := range servers {
		require.EqualValues(t, 20, s.usage("").UniqueTransforms)
	}
}

// TestKilledMetering kills servers while they render, at moments of chance.
// What anybody got is counted, nothing is counted twice, and no image that the
// next servers find in the store is torn.
// IMMAGIN_TEST_COUNT is how many are killed.
func TestKilledMetering(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for seconds")
	}
	rounds := testCount(t, 2) // starting a server takes seconds
	data := t.TempDir()
	const secret = "test-secret-0123456789"
	args := []string{"-secret", secret, "-api-key", testKey}
	var mu sync.Mutex
	asked, got, cut, kept := map[int]bool{}, map[int]bool{}, 0, 0
	for round := range rounds + 1 {
		url, kill := process(t, data, args...)
		s := &running{t: t, url: url, key: testKey}
		if round == 0 {
			s.upload("", "a.jpg", drawn())
		}
		counted := s.usage("").UniqueTransforms
		require.GreaterOrEqual(t, counted, int64(len(got)), "what was given away is counted")
		require.LessOrEqual(t, counted, int64(len(asked)))
		if round == rounds {
			for image := range asked {
				answer := s.get(signed(secret, numbered(image)))
				require.Equal(t, 200, answer.StatusCode)
				picture, err := webp.Decode(bytes.NewReader(answer.body))
				require.NoError(t, err, "no image is torn")
				require.Equal(t, 20+image%1000, picture.Bounds().Dx())
				require.Equal(t, 15+image/1000, picture.Bounds().Dy())
				if answer.Header.Get("X-Luna-Cache") == "hit" {
					kept++
				}
			}
			require.EqualValues(t, len(asked), s.usage("").UniqueTransforms, "once each, whatever was made again")
			break
		}
		var clients sync.WaitGroup
		for i := range 4 {
			clients.Go(func() {
				for n := 0; ; n++ {
					image := round*4000 + i*1000 + n
					mu.Lock()
					asked[image] = true
					mu.Unlock()
					answer, err := http.Get(url + signed(secret, numbered(image)))
					mu.Lock()
					if err != nil {
						cut++
						mu.Unlock()
						return
					}
					if answer.StatusCode == 200 {
						got[image] = true
					}
					mu.Unlock()
					answer.Body.Close()
				}
			})
		}
		time.Sleep(time.Duration(rand.IntN(300_000)) * time.Microsecond)
		kill()
		clients.Wait()
	}
	t.Logf("%d rounds: %d images asked for, %d got, %d cut off, %d found in the store at last", rounds, len(asked), len(got), cut, kept)
	require.NotZero(t, cut)
	if rounds >= 10 { // a server may die before it has made anything
		require.NotZero(t, kept)
	}
}

// numbered is one of a million different small images.
func numbered(n int) string {
	return fmt.Sprintf(`{"key":"a.jpg","edits":[{"resize":{"width":20}},{"extend":{"left":%d,"top":%d}}]}`, n%1000, n/1000)
}

// While the usage database is away, what is cached is served, and nobody gets
// what could not be counted.
func TestUsageDatabaseIsAway(t *testing.T) {
	database := servertest.StartPostgres(t)
	s := start(t, t.TempDir(), "-usage", database.Database(t))
	s.upload("", "a.jpg", drawn())
	ask := func(image int) response { return s.get(signed(s.secret, numbered(image))) }
	require.Equal(t, 200, ask(1).StatusCode)
	database.Stop(t)
	require.Equal(t, "hit", ask(1).Header.Get("X-Luna-Cache"))
	answer := ask(2)
	require.Equal(t, 503, answer.StatusCode)
	require.Equal(t, "metering_failed", answer.code(t))
	require.NotEmpty(t, answer.Header.Get("Retry-After"))
	require.Equal(t, 503, s.get("/playground/usage").StatusCode)
	database.Start(t)
	require.Eventually(t, func() bool { return ask(2).StatusCode == 200 }, patience, 10*tick)
	require.Equal(t, 200, ask(3).StatusCode)
	require.EqualValues(t, 3, s.usage("").UniqueTransforms)
}
