package luna_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna"
)

// requireCounts checks what the origin was asked, and forgets it.
func (s *site) requireCounts(stats, opens int, why string) {
	s.t.Helper()
	gotStats, gotOpens := s.origin.counts()
	require.Equal(s.t, []int{stats, opens}, []int{gotStats, gotOpens}, why)
	s.origin.mu.Lock()
	defer s.origin.mu.Unlock()
	s.origin.stats, s.origin.opens = 0, 0
}

func (s *site) refuses(n int, payload string, status int, code string) {
	s.t.Helper()
	for range n {
		requireProblem(s.t, s.get(signed(payload)), status, code)
	}
}

func TestNegativeOriginal(t *testing.T) {
	good := photo(64, 48)
	for code, c := range map[string]struct {
		original []byte
		status   int
	}{
		"original_corrupt":     {good[:len(good)/2], 422},
		"not_an_image":         {[]byte("Dear sir or madam"), 415},
		"svg_refused":          {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), 415},
		"over_limit":           {pngHeader(50_000, 50_000), 413},
		"original_unsupported": {[]byte("\xff\x0a\x00\x00"), 415},
	} {
		t.Run(code, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSite(t, nil, nil)
				s.origin.put("demo", "bad.jpg", c.original)
				const ask = `{"key":"bad.jpg","output":{"format":"png"}}`
				s.refuses(50, ask, c.status, code)
				s.requireCounts(1, 1, "it was read once")

				time.Sleep(5 * time.Second)
				s.refuses(50, ask, c.status, code)
				s.requireCounts(0, 1, "and after 5 seconds again")

				s.origin.put("demo", "bad.jpg", good)
				s.handler.Forget("demo", "bad.jpg")
				require.Equal(t, http.StatusOK, s.get(signed(ask)).StatusCode, "a replaced original is tried at once")
				s.requireCounts(1, 1, "")
			})
		})
	}
}

// pngHeader is the beginning of a PNG of that size.
func pngHeader(width, height uint32) []byte {
	b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
	for _, n := range []uint32{width, height} {
		b = append(b, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	b = append(b, 8, 6, 0, 0, 0)
	b = append(b, pngChecksum(b[12:])...)
	return append(b, "\x00\x00\x00\x0cIDATx\x9cc\x00\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
}

// TestNegativeForAllEdits: what is wrong with the head of an original is wrong
// whatever is asked of it, and what is wrong further on may not be reached.
func TestNegativeForAllEdits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, nil, nil)
		good := photo(64, 48)
		s.origin.put("demo", "head.jpg", good[:20])
		s.origin.put("demo", "half.jpg", good[:len(good)-20])
		for width := range 20 {
			ask := fmt.Sprintf(`{"key":"head.jpg","edits":[{"resize":{"width":%d}}],"output":{"format":"png"}}`, width+1)
			s.refuses(2, ask, 422, "original_corrupt")
		}
		s.refuses(2, `{"key":"head.jpg","metadata":true}`, 422, "original_corrupt")
		s.requireCounts(1, 1, "one look for all")

		s.refuses(2, `{"key":"half.jpg","output":{"format":"png"}}`, 422, "original_corrupt")
		require.Equal(t, http.StatusOK, s.get(signed(`{"key":"half.jpg","metadata":true}`)).StatusCode, "its head is whole")
		s.requireCounts(1, 2, "each on its own")
	})
}

// TestNegativeEdits: what cannot be made of an original says nothing of what
// else is asked of it.
func TestNegativeEdits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, nil, nil)
		s.refuses(20, `{"key":"hero.jpg","edits":[{"crop":{"left":60,"top":0,"width":10,"height":10}}],"output":{"format":"png"}}`, 422, "impossible_edit")
		s.requireCounts(1, 1, "")
		s.refuses(20, `{"key":"hero.jpg","output":{"format":"avif"}}`, 422, "format_unavailable")
		s.requireCounts(0, 1, "")
		require.Equal(t, http.StatusOK, s.get(signed(thumb)).StatusCode)
		s.requireCounts(0, 1, "")

		// A layer is at fault, not the original that it is laid on; once it is
		// replaced, the same URL is another picture.
		const layered = `{"key":"hero.jpg","edits":[{"image":{"key":"logo.png"}}],"output":{"format":"png"}}`
		s.refuses(20, layered, 404, "layer_not_found")
		s.requireCounts(1, 0, "")
		s.origin.put("demo", "logo.png", []byte("no picture"))
		s.handler.Forget("demo", "logo.png")
		s.refuses(20, layered, 415, "not_an_image")
		s.requireCounts(1, 2, "")
		s.origin.put("demo", "logo.png", picture(8, 8, true))
		s.handler.Forget("demo", "logo.png")
		require.Equal(t, http.StatusOK, s.get(signed(layered)).StatusCode)
		s.requireCounts(1, 2, "")
	})
}

func TestNegativeMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, nil, nil)
		const ask = `{"key":"new.jpg","output":{"format":"png"}}`
		s.refuses(50, ask, 404, "not_found")
		s.refuses(50, `{"key":"new.jpg","metadata":true}`, 404, "not_found")
		s.requireCounts(1, 0, "whatever is asked of it")

		s.origin.put("demo", "new.jpg", photo(64, 48))
		s.handler.Forget("demo", "new.jpg")
		require.Equal(t, http.StatusOK, s.get(signed(ask)).StatusCode, "an upload is seen at once")
		s.requireCounts(1, 1, "")

		// One that nobody told of is seen after 5 seconds, and at once by who
		// has an old copy to ask about.
		for _, header := range [][]string{nil, {"If-None-Match", `"old"`}} {
			key := fmt.Sprintf("other%d.jpg", len(header))
			ask := fmt.Sprintf(`{"key":%q,"output":{"format":"png"}}`, key)
			s.refuses(2, ask, 404, "not_found")
			s.origin.put("demo", key, photo(64, 48))
			if header == nil {
				time.Sleep(5*time.Second - 1)
				s.refuses(2, ask, 404, "not_found")
				time.Sleep(time.Nanosecond)
			}
			require.Equal(t, http.StatusOK, s.get(signed(ask), header...).StatusCode)
		}
	})
}

// TestNegativeMissingLook: what a look finds that an upload overtook is not
// remembered.
func TestNegativeMissingLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, nil, nil)
		s.origin.mu.Lock()
		s.origin.stat = func(context.Context) error {
			time.Sleep(time.Second)
			return fmt.Errorf("as it was: %w", fs.ErrNotExist)
		}
		s.origin.mu.Unlock()
		const ask = `{"key":"hero.jpg","output":{"format":"png"}}`
		early := s.start(t.Context(), signed(ask))
		synctest.Wait()
		s.handler.Forget("demo", "hero.jpg")
		requireProblem(t, <-early, http.StatusNotFound, "not_found")
		s.origin.mu.Lock()
		s.origin.stat = nil
		s.origin.mu.Unlock()
		require.Equal(t, http.StatusOK, s.get(signed(ask)).StatusCode)
	})
}

func TestNegativeAge(t *testing.T) {
	const missing, corrupt = `{"key":"new.jpg","output":{"format":"png"}}`, `{"key":"bad.jpg","output":{"format":"png"}}`
	for name, c := range map[string]struct {
		opts         luna.HandlerOptions
		stats, opens int // of 10 requests for each
	}{
		"default":              {luna.HandlerOptions{}, 2, 1},
		"off":                  {luna.HandlerOptions{NegativeAge: -1}, 11, 10},
		"no versions either":   {luna.HandlerOptions{VersionAge: -1}, 20, 1},
		"a second for absence": {luna.HandlerOptions{VersionAge: time.Second}, 2, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSite(t, nil, &c.opts)
				s.origin.put("demo", "bad.jpg", photo(64, 48)[:20])
				s.refuses(10, missing, 404, "not_found")
				s.refuses(10, corrupt, 422, "original_corrupt")
				s.requireCounts(c.stats, c.opens, "")
				if c.opts.VersionAge == time.Second {
					s.origin.put("demo", "new.jpg", photo(64, 48))
					time.Sleep(time.Second)
					require.Equal(t, http.StatusOK, s.get(signed(missing)).StatusCode)
				}
			})
		})
	}
}

// TestNotNegative lists what ends any time: the next request tries again.
func TestNotNegative(t *testing.T) {
	var settled atomic.Int32
	for name, c := range map[string]struct {
		prepare func(s *site)
		opts    luna.HandlerOptions
		status  int
		code    string
	}{
		"store fails": {func(s *site) {
			s.origin.open = func(context.Context) error { return errors.New("connection reset") }
		}, luna.HandlerOptions{}, 502, "store_failing"},
		"store fails while read": {func(s *site) {
			s.origin.sizes = func(n int64) int64 { return n + 1 }
		}, luna.HandlerOptions{}, 502, "store_failing"},
		"store too slow": {func(s *site) {
			s.origin.open = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		}, luna.HandlerOptions{}, 504, "store_timeout"},
		"not admitted": {nil, luna.HandlerOptions{Admitter: &admitter{admit: func(context.Context) error {
			return &luna.Refusal{Status: 402, Code: "plan_limit", Detail: "No more.", Err: luna.ErrLimit}
		}}}, 402, "plan_limit"},
		"admitter fails": {nil, luna.HandlerOptions{Admitter: &admitter{admit: func(context.Context) error {
			return fmt.Errorf("its own: %w", luna.ErrLimit)
		}}}, 503, "metering_failed"},
		"metering fails": {nil, luna.HandlerOptions{Admitter: &admitter{settle: func(context.Context) error {
			settled.Add(1)
			return fmt.Errorf("its own: %w", luna.ErrFormat)
		}}}, 503, "metering_failed"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSite(t, nil, &c.opts)
				if c.prepare != nil {
					c.prepare(s)
				}
				s.refuses(3, thumb, c.status, c.code)
				_, opens := s.origin.counts()
				if a, ok := c.opts.Admitter.(*admitter); ok {
					require.GreaterOrEqual(t, len(a.calls), 3, "it is asked each time")
				} else {
					require.Equal(t, 3, opens)
				}
			})
		})
	}
	require.EqualValues(t, 3, settled.Load())
}

// TestNotNegativeWhenLate: a codec that calls its original damaged when its
// time is over, or its client gone, is not believed.
func TestNotNegativeWhenLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		codecs, renders := hook(func(ctx context.Context) error {
			<-ctx.Done()
			return fmt.Errorf("unexpected end: %w", luna.ErrFormat)
		})
		s := newSite(t, codecs, nil)
		for range 3 {
			require.Equal(t, http.StatusUnprocessableEntity, s.get(signed(thumb)).StatusCode)
		}
		require.EqualValues(t, 3, renders.Load())

		ctx, leave := context.WithCancel(t.Context())
		gone := s.start(ctx, signed(thumb))
		synctest.Wait()
		leave()
		require.Equal(t, 499, (<-gone).StatusCode)
		synctest.Wait()
		require.EqualValues(t, 4, renders.Load())
		s.get(signed(thumb))
		require.EqualValues(t, 5, renders.Load())
	})
}

func TestNegativeIsByTenant(t *testing.T) {
	s := newSite(t, nil, nil)
	const ask = `{"key":"own.jpg","output":{"format":"png"}}`
	s.refuses(2, ask, 404, "not_found")
	s.origin.put("other", "own.jpg", photo(64, 48))
	url := strings.Replace(signedBy(otherSecret, ask), "demo.", "other.", 1)
	require.Equal(t, http.StatusOK, s.get(url).StatusCode)
}
