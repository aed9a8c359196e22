package metering_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
	"github.com/immagin/immagin-go/examples/metering"
	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/luna"
)

func encode(payload string) string { return base64.RawURLEncoding.EncodeToString([]byte(payload)) }

func thumb(width int) string {
	return fmt.Sprintf(`{"key":"a.jpg","edits":[{"resize":{"width":%d}}]}`, width)
}

// The issue's own test: one account that owes, and one with two projects on
// the free plan.
func TestOutstandingBalanceAndSecondProject(t *testing.T) {
	s := newSite(t, metering.Account{Plan: paid(t), Projects: []string{"acme"}})
	status, _ := s.upload("acme", "a.jpg", photo(0))
	require.Equal(t, http.StatusCreated, status)
	require.Equal(t, http.StatusOK, s.get("acme", thumb(20)).Code)
	settled(t, s, 1)

	s.accounts.set(metering.Account{Plan: paid(t), Standing: billing.Outstanding, Projects: []string{"acme"}})
	status, code := s.upload("acme", "b.jpg", photo(0))
	require.Equal(t, http.StatusPaymentRequired, status)
	require.Equal(t, "balance_outstanding", code)
	w := s.get("acme", thumb(20))
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "hit", w.Header().Get("X-Luna-Cache"))
	require.Equal(t, http.StatusOK, s.get("acme", thumb(21)).Code, "images that are stored are rendered and metered")
	require.EqualValues(t, 2, s.used("acme"))

	s.accounts.set(metering.Account{Plan: free(25_000), Projects: []string{"acme", "second"}})
	status, code = s.upload("second", "a.jpg", photo(0))
	require.Equal(t, http.StatusForbidden, status)
	require.Equal(t, "project_limit", code)
	status, _ = s.upload("acme", "b.jpg", photo(0))
	require.Equal(t, http.StatusCreated, status, "the first project goes on")
}

// settled waits until so many images are on their way into the cache, and
// there.
func settled(t *testing.T, s *site, puts int) {
	t.Helper()
	require.Eventually(t, func() bool { return s.derived.count() >= puts }, time.Minute, time.Millisecond)
	require.Eventually(t, func() bool {
		r := s.ask(http.MethodHead, "acme", thumb(20))
		return r.Header().Get("X-Luna-Cache") == "hit"
	}, time.Minute, time.Millisecond)
}

func TestStandings(t *testing.T) {
	cachedOnly := paid(t)
	cachedOnly.Limits.WhileOutstanding = billing.CachedOnly
	for name, test := range map[string]struct {
		account      metering.Account
		render       int
		renderCode   string
		upload       int
		uploadCode   string
		cachedStatus int
	}{
		"good":                     {metering.Account{Plan: paid(t)}, 200, "", 201, "", 200},
		"outstanding, cached only": {metering.Account{Plan: cachedOnly, Standing: billing.Outstanding}, 402, "balance_outstanding", 402, "balance_outstanding", 200},
		"suspended":                {metering.Account{Plan: paid(t), Standing: billing.Suspended}, 402, "account_suspended", 402, "balance_outstanding", 200},
		"terminated":               {metering.Account{Plan: paid(t), Standing: billing.Terminated}, 403, "account_terminated", 403, "project_limit", 200},
		"unverified":               {metering.Account{Plan: paid(t), Unverified: true}, 200, "", 403, "project_limit", 200},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, metering.Account{Plan: paid(t), Projects: []string{"acme"}})
			s.upload("acme", "a.jpg", photo(0))
			require.Equal(t, http.StatusOK, s.get("acme", thumb(20)).Code)
			settled(t, s, 1)
			test.account.Projects = []string{"acme"}
			s.accounts.set(test.account)
			w := s.get("acme", thumb(21))
			require.Equal(t, test.render, w.Code)
			if test.renderCode != "" {
				require.Equal(t, test.renderCode, problem(t, w))
			}
			status, code := s.upload("acme", "b.jpg", photo(0))
			require.Equal(t, test.upload, status)
			require.Equal(t, test.uploadCode, code)
			require.Equal(t, test.cachedStatus, s.get("acme", thumb(20)).Code)
		})
	}
}

func TestLimitOverHTTP(t *testing.T) {
	const limit = 5
	s := newSite(t, metering.Account{Plan: free(limit), Projects: []string{"acme"}})
	s.upload("acme", "a.jpg", photo(0))
	for i := range limit {
		require.Equal(t, http.StatusOK, s.get("acme", thumb(20+i)).Code, "number %d passes", i+1)
	}
	settled(t, s, limit)
	over := s.get("acme", thumb(20+limit))
	require.Equal(t, http.StatusTooManyRequests, over.Code, "number %d does not", limit+1)
	require.Equal(t, "plan_limit", problem(t, over))
	require.Contains(t, over.Body.String(), "2026-12-01T00:00:00Z")
	resets := time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)
	require.Equal(t, strconv.Itoa(int(resets.Sub(now)/time.Second)), over.Header().Get("Retry-After"))
	require.Equal(t, "no-store", over.Header().Get("Cache-Control"))
	for i := range limit {
		require.Eventually(t, func() bool {
			w := s.get("acme", thumb(20+i))
			return w.Code == http.StatusOK && w.Header().Get("X-Luna-Cache") == "hit"
		}, time.Minute, time.Millisecond, "cached images are served")
	}
	require.EqualValues(t, limit, s.used("acme"))

	require.NoError(t, s.derived.DeleteAll(t.Context(), "acme", "a.jpg"))
	again := s.get("acme", thumb(20))
	require.Equal(t, http.StatusOK, again.Code, "what is counted and forgotten is made again at the limit")
	require.Equal(t, "miss", again.Header().Get("X-Luna-Cache"))
	require.EqualValues(t, limit, s.used("acme"))
	require.Equal(t, http.StatusTooManyRequests, s.get("acme", thumb(99)).Code)

	s.accounts.set(metering.Account{Plan: paid(t), Projects: []string{"acme"}})
	require.Equal(t, http.StatusOK, s.get("acme", thumb(99)).Code, "an upgrade in the month")
	require.EqualValues(t, limit+1, s.used("acme"), "and what was used before is the free tier")
}

// The 25,000th passes and the 25,001st does not, however many ask at once.
func TestLimitOf25000(t *testing.T) {
	const limit, asked = 25_000, 25_100
	store := memory.NewMeter()
	m, err := meter.New(store, &meter.Options{Now: clock})
	require.NoError(t, err)
	gate, err := metering.New(m, metering.AccountsFunc(func(context.Context, string) (metering.Account, error) {
		return metering.Account{Plan: free(limit), Projects: []string{"acme"}}, nil
	}), &metering.Options{Now: clock})
	require.NoError(t, err)
	admit := func(i int) error {
		settle, err := gate.Admit(t.Context(), "acme", "a.jpg", "1", strconv.Itoa(i))
		if err != nil {
			return err
		}
		return settle(t.Context(), nil)
	}
	for i := range limit - 50 {
		require.NoError(t, admit(i))
	}
	var passed atomic.Int64
	var all sync.WaitGroup
	for i := limit - 50; i < asked; i++ {
		all.Go(func() {
			if err := admit(i); err == nil {
				passed.Add(1)
			} else if status := luna.StatusCode(err); status != http.StatusTooManyRequests || !errors.Is(err, billing.ErrQuota) {
				t.Errorf("%d: %v", status, err)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 50, passed.Load())
	usage, err := m.Usage(t.Context(), "acme", billing.Month(now))
	require.NoError(t, err)
	require.EqualValues(t, limit, usage[billing.TransformsUnique])
	require.NoError(t, admit(0), "that one is counted")
	require.Error(t, admit(asked))
}

func TestProjectsShareALimit(t *testing.T) {
	s := newSite(t, metering.Account{Plan: free(3), Projects: []string{"acme", "second"}})
	s.upload("acme", "a.jpg", photo(0))
	s.accounts.set(metering.Account{Plan: paid(t), Projects: []string{"acme", "second"}})
	status, _ := s.upload("second", "a.jpg", photo(0))
	require.Equal(t, http.StatusCreated, status)
	s.accounts.set(metering.Account{Plan: free(3), Projects: []string{"acme", "second"}})
	require.Equal(t, 200, s.get("acme", thumb(20)).Code)
	require.Equal(t, 200, s.get("second", thumb(20)).Code, "the same picture in another project counts as another")
	require.Equal(t, 200, s.get("second", thumb(21)).Code)
	require.Equal(t, 429, s.get("second", thumb(22)).Code)
	require.Equal(t, 429, s.get("acme", thumb(22)).Code)
	require.Equal(t, []int64{1, 2}, []int64{s.used("acme"), s.used("second")})
}

// Render, meter, publish: a failure between any two neither loses nor doubles
// a count, and nobody gets what is not counted.
func TestOrder(t *testing.T) {
	for name, plan := range map[string]billing.Plan{"no limit": paid(t), "hard limit": free(5)} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, metering.Account{Plan: plan, Projects: []string{"acme"}})
			s.upload("acme", "a.jpg", photo(0))

			s.store.fail(errors.New("disk full"))
			w := s.get("acme", thumb(20))
			require.Equal(t, http.StatusServiceUnavailable, w.Code)
			require.Equal(t, "metering_failed", problem(t, w))
			require.NotContains(t, w.Body.String(), "disk")
			require.Zero(t, s.derived.count(), "nothing is published")
			require.Zero(t, s.used("acme"))

			s.store.fail(nil)
			s.derived.fail(errors.New("bucket gone"))
			for i := range 3 {
				w := s.get("acme", thumb(20))
				require.Equal(t, http.StatusOK, w.Code)
				require.Equal(t, "miss", w.Header().Get("X-Luna-Cache"))
				require.EqualValues(t, 1, s.used("acme"), "render %d, counted once", i+1)
				require.Eventually(t, func() bool { return s.derived.count() == i+1 }, time.Minute, time.Millisecond)
			}

			s.derived.fail(nil)
			var before int64
			s.derived.mu.Lock()
			s.derived.put = func() { before = s.used("acme") }
			s.derived.mu.Unlock()
			require.Equal(t, http.StatusOK, s.get("acme", thumb(21)).Code)
			require.NoError(t, s.handler.Shutdown(t.Context()))
			require.EqualValues(t, 2, before, "counted when the cache gets it")
		})
	}
}

// What counts and what does not, over HTTP.
func TestWhatCounts(t *testing.T) {
	s := newSite(t, metering.Account{Plan: free(100), Projects: []string{"acme"}})
	s.upload("acme", "a.jpg", photo(0))
	s.upload("acme", "broken.jpg", photo(0)[:400])
	count := int64(0)
	var formats []string
	for _, step := range []struct {
		name, method, payload string
		header                []string
		status                int
		fresh                 int64
	}{
		{"a rendition", "GET", thumb(20), nil, 200, 1},
		{"a hit", "GET", thumb(20), nil, 200, 0},
		{"HEAD of a hit", "HEAD", thumb(20), nil, 200, 0},
		{"another spelling", "GET", `{"edits":[ {"resize":{"width":20,"fit":"cover"}}],"key":"a.jpg","output":{"format":"webp","quality":90}}`, nil, 200, 0},
		{"v is the caller's", "GET", `{"key":"a.jpg","v":"2","edits":[{"resize":{"width":20}}]}`, nil, 200, 0},
		{"another expiry", "GET", `{"key":"a.jpg","exp":4000000000,"edits":[{"resize":{"width":20}}]}`, nil, 200, 0},
		{"another width", "GET", thumb(21), nil, 200, 1},
		{"another format", "GET", `{"key":"a.jpg","edits":[{"resize":{"width":20}}],"output":{"format":"png"}}`, nil, 200, 1},
		{"no edits: WebP by default", "GET", `{"key":"a.jpg"}`, nil, 200, 1},
		{"metadata", "GET", `{"key":"a.jpg","metadata":true}`, nil, 200, 0},
		{"metadata with a placeholder", "GET", `{"key":"a.jpg","metadata":{"placeholder":true}}`, nil, 200, 0},
		{"a render that fails", "GET", `{"key":"broken.jpg"}`, nil, 422, 0},
		{"an impossible edit", "GET", `{"key":"a.jpg","edits":[{"crop":{"left":1000,"top":0,"width":10,"height":10}}]}`, nil, 422, 0},
		{"no original", "GET", `{"key":"none.jpg"}`, nil, 404, 0},
		{"auto for a browser of today", "GET", `{"key":"a.jpg","output":{"format":"auto"}}`, []string{"Accept", "image/avif,image/webp,*/*"}, 200, 1},
		{"the same for one that takes AVIF alone", "GET", `{"key":"a.jpg","output":{"format":"auto"}}`, []string{"Accept", "image/avif"}, 200, 0},
		{"auto for a browser without AVIF: that is the WebP from above", "GET", `{"key":"a.jpg","output":{"format":"auto"}}`, []string{"Accept", "image/webp"}, 200, 0},
		{"auto for an old browser", "GET", `{"key":"a.jpg","output":{"format":"auto"}}`, []string{"Accept", "image/png"}, 200, 1},
	} {
		w := s.ask(step.method, "acme", step.payload, step.header...)
		require.Equal(t, step.status, w.Code, "%s: %s", step.name, w.Body)
		if step.fresh > 0 && step.header != nil {
			formats = append(formats, w.Header().Get("Content-Type"))
		}
		count += step.fresh
		require.Equal(t, count, s.used("acme"), step.name)
	}
	require.Equal(t, []string{"image/avif", "image/jpeg"}, formats, "negotiated, and counted")
	tag := s.get("acme", thumb(20)).Header().Get("ETag")
	require.Equal(t, http.StatusNotModified, s.get("acme", thumb(20), "If-None-Match", tag).Code)
	require.Equal(t, count, s.used("acme"), "304")

	s.accounts.set(metering.Account{Plan: free(100), Projects: []string{"acme"}})
	require.NoError(t, storeOver(s, photo(3)))
	require.Equal(t, http.StatusOK, s.get("acme", thumb(20)).Code)
	require.Equal(t, count+1, s.used("acme"), "a new picture under the same key")
}

func TestStampedeCountsOnce(t *testing.T) {
	s := newSite(t, metering.Account{Plan: free(1), Projects: []string{"acme"}})
	s.upload("acme", "a.jpg", photo(0))
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if w := s.get("acme", thumb(20)); w.Code != http.StatusOK {
				t.Errorf("%d: %s", w.Code, w.Body)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, s.used("acme"))
}

// A render that fails costs neither a count nor the room for one.
func TestGivenBack(t *testing.T) {
	s := newSite(t, metering.Account{Plan: free(1), Projects: []string{"acme"}})
	s.upload("acme", "a.jpg", photo(0))
	for range 5 {
		w := s.get("acme", `{"key":"a.jpg","edits":[{"crop":{"left":1000,"top":0,"width":10,"height":10}}]}`)
		require.Equal(t, 422, w.Code)
	}
	require.Equal(t, 200, s.get("acme", thumb(20)).Code, "the one place is free")
}

func TestNew(t *testing.T) {
	m, err := meter.New(memory.NewMeter(), nil)
	require.NoError(t, err)
	_, err = metering.New(m, new(accounts), &metering.Options{QuotaStatus: 200})
	require.ErrorContains(t, err, "429 or 402")
	_, err = metering.New(nil, new(accounts), nil)
	require.Error(t, err)
	gate, err := metering.New(m, new(accounts), &metering.Options{QuotaStatus: http.StatusPaymentRequired})
	require.NoError(t, err)
	require.Error(t, gate.Upload(t.Context(), api.Upload{Tenant: "nobody"}))
	_, err = gate.Admit(t.Context(), "nobody", "a.jpg", "1", "{}")
	require.Error(t, err)
	require.NotZero(t, luna.StatusCode(err))
}
