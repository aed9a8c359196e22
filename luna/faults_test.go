package luna_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/png"
)

// A hooked codec is PNG, except that encode goes first.
type hooked struct {
	png.Codec
	renders *atomic.Int32
	encode  func(ctx context.Context) error
}

func (c hooked) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	c.renders.Add(1)
	if c.encode != nil {
		if err := c.encode(ctx); err != nil {
			return err
		}
	}
	return c.Codec.Encode(ctx, w, src, opts)
}

// hook returns codecs whose PNG encoder calls encode, and the count of calls.
func hook(encode func(ctx context.Context) error) ([]codec.Codec, *atomic.Int32) {
	n := new(atomic.Int32)
	return []codec.Codec{jpeg.Codec{}, hooked{renders: n, encode: encode}}, n
}

// An admitter notes what it is told.
type admitter struct {
	mu     sync.Mutex
	calls  []string
	admit  func(ctx context.Context) error
	settle func(ctx context.Context) error
}

func (a *admitter) note(format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls = append(a.calls, fmt.Sprintf(format, args...))
}

func (a *admitter) Admit(ctx context.Context, tenant, key, version, canonical string) (func(context.Context, error) error, error) {
	a.note("admit %s %s", tenant, key)
	if a.admit != nil {
		if err := a.admit(ctx); err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context, failure error) error {
		a.note("settle %v", failure == nil)
		if a.settle != nil {
			return a.settle(ctx)
		}
		return nil
	}, nil
}

// start serves a URL in a goroutine.
func (s *site) start(ctx context.Context, url string) <-chan *http.Response {
	done := make(chan *http.Response, 1)
	go func() {
		done <- s.serve(httptest.NewRequest(http.MethodGet, url, nil).WithContext(ctx))
	}()
	return done
}

func other(i int) string {
	return signed(fmt.Sprintf(`{"key":"hero.jpg","edits":[{"resize":{"width":%d}}],"output":{"format":"png"}}`, i))
}

func TestStampede(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		codecs, renders := hook(nil)
		s := newSite(t, codecs, nil)
		slow := func(context.Context) error { time.Sleep(time.Second); return nil }
		s.origin.stat, s.origin.open = slow, slow
		var all []<-chan *http.Response
		for range 1000 {
			all = append(all, s.start(t.Context(), signed(thumb)))
		}
		var body []byte
		sources := map[string]int{}
		for _, done := range all {
			r := <-done
			require.Equal(t, http.StatusOK, r.StatusCode)
			sources[r.Header.Get("X-Luna-Cache")]++
			b := content(t, r)
			if body == nil {
				body = b
			}
			require.Equal(t, body, b)
		}
		require.Equal(t, map[string]int{"miss": 1, "coalesced": 999}, sources)
		stats, opens := s.origin.counts()
		require.Equal(t, []int{1, 1}, []int{stats, opens})
		require.EqualValues(t, 1, renders.Load())
	})
}

func TestStampedeWithoutItsLeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		codecs, renders := hook(nil)
		s := newSite(t, codecs, nil)
		slow := func(ctx context.Context) error {
			select {
			case <-time.After(2 * time.Second):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		s.origin.stat, s.origin.open = slow, slow
		ctx, leave := context.WithCancel(t.Context())
		leader := s.start(ctx, signed(thumb))
		synctest.Wait()
		var gone []<-chan *http.Response
		for range 998 {
			gone = append(gone, s.start(ctx, signed(thumb)))
		}
		last := s.start(t.Context(), signed(thumb))
		time.Sleep(3 * time.Second) // while the original is being opened
		leave()
		for _, done := range append(gone, leader) {
			require.Equal(t, 499, (<-done).StatusCode)
		}
		require.Equal(t, http.StatusOK, (<-last).StatusCode)
		stats, opens := s.origin.counts()
		require.Equal(t, []int{1, 1}, []int{stats, opens})
		require.EqualValues(t, 1, renders.Load())
	})
}

// TestClientGone lets the only client leave while each step is under way: what
// it waits for is told, and everything is given back.
func TestClientGone(t *testing.T) {
	for _, step := range []string{"stat", "get", "admit", "open", "read", "encode", "settle", "put"} {
		t.Run(step, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				reached := make(chan struct{}, 1)
				var heard atomic.Bool
				var armed atomic.Bool
				armed.Store(true)
				at := func(name string) func(context.Context) error {
					return func(ctx context.Context) error {
						if name != step || !armed.Load() {
							return nil
						}
						reached <- struct{}{}
						select {
						case <-ctx.Done():
							heard.Store(true)
							return ctx.Err()
						case <-time.After(time.Second):
							return nil
						}
					}
				}
				codecs, _ := hook(at("encode"))
				a := &admitter{admit: at("admit"), settle: at("settle")}
				store := &cache{get: at("get"), put: at("put")}
				s := newSite(t, codecs, &luna.HandlerOptions{Workers: 1, Queue: -1, Admitter: a, Cache: store})
				s.origin.stat, s.origin.open = at("stat"), at("open")
				s.origin.wrap = func(ctx context.Context, r io.Reader) io.Reader {
					return readerFunc(func(p []byte) (int, error) {
						if err := at("read")(ctx); err != nil {
							return 0, err
						}
						return r.Read(p)
					})
				}
				ctx, leave := context.WithCancel(t.Context())
				done := s.start(ctx, signed(thumb))
				<-reached
				leave()
				r := <-done
				synctest.Wait()
				if step == "settle" || step == "put" {
					require.False(t, heard.Load(), "what is rendered is paid for and kept")
					time.Sleep(2 * time.Second)
					require.Equal(t, 1, store.len())
				} else {
					require.True(t, heard.Load(), "%s goes on for nobody", step)
					require.Zero(t, store.len())
					require.NotContains(t, a.calls, "settle true")
					if slices.Contains(a.calls, "admit demo hero.jpg") && step != "admit" {
						require.Contains(t, a.calls, "settle false")
					}
				}
				if step != "put" { // by which time it has its answer
					require.Equal(t, 499, r.StatusCode)
					require.Empty(t, content(t, r))
				}
				armed.Store(false)
				require.Equal(t, http.StatusOK, s.get(signed(thumb)).StatusCode, "the worker is free again")
				require.Equal(t, http.StatusOK, s.get(other(20)).StatusCode)
				require.Empty(t, s.log.String())
			})
		})
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestOverload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, nil, &luna.HandlerOptions{Workers: 1, Queue: 2})
		require.Equal(t, http.StatusOK, s.get(signed(thumb)).StatusCode)
		s.origin.open = func(context.Context) error { time.Sleep(time.Second); return nil }
		var waiting []<-chan *http.Response
		for i := range 3 {
			waiting = append(waiting, s.start(t.Context(), other(10+i)))
			synctest.Wait()
		}
		start := time.Now()
		r := s.get(other(20))
		require.Equal(t, "1", r.Header.Get("Retry-After"))
		requireProblem(t, r, http.StatusServiceUnavailable, "overloaded")
		require.Equal(t, "hit", s.get(signed(thumb)).Header.Get("X-Luna-Cache"), "hits are served")
		follower := s.start(t.Context(), other(11))
		synctest.Wait()
		require.Zero(t, time.Since(start), "nobody waited for that")
		for _, done := range append(waiting, follower) {
			require.Equal(t, http.StatusOK, (<-done).StatusCode, "who follows a flight needs no place")
		}

		// Waiting has an end as well.
		s.origin.open = func(ctx context.Context) error { time.Sleep(4 * time.Second); return nil }
		one, two, three := s.start(t.Context(), other(31)), s.start(t.Context(), other(32)), s.start(t.Context(), other(33))
		statuses := []int{(<-one).StatusCode, (<-two).StatusCode, (<-three).StatusCode}
		slices.Sort(statuses)
		require.Equal(t, []int{200, 200, 503}, statuses)
	})
}

func TestStoreFaults(t *testing.T) {
	broken := errors.New("connection reset by 10.1.2.3")
	fail := func(context.Context) error { return broken }
	never := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for name, c := range map[string]struct {
		set    func(o *origin)
		status int
		code   string
		after  time.Duration
	}{
		"stat fails":          {func(o *origin) { o.stat = fail }, 502, "store_failing", 0},
		"stat never answers":  {func(o *origin) { o.stat = never }, 504, "store_timeout", 5 * time.Second},
		"open fails":          {func(o *origin) { o.open = fail }, 502, "store_failing", 0},
		"open never answers":  {func(o *origin) { o.open = never }, 504, "store_timeout", 5 * time.Second},
		"deaf to its context": {func(o *origin) { o.open = func(context.Context) error { time.Sleep(time.Hour); return nil } }, 504, "timeout", 10 * time.Second},
		"error before the first byte": {func(o *origin) {
			o.wrap = func(context.Context, io.Reader) io.Reader { return iotest.ErrReader(broken) }
		}, 502, "store_failing", 0},
		"error after the first bytes": {func(o *origin) {
			o.wrap = func(_ context.Context, r io.Reader) io.Reader {
				return io.MultiReader(io.LimitReader(r, 500), iotest.ErrReader(broken))
			}
		}, 502, "store_failing", 0},
		"short": {func(o *origin) {
			o.wrap = func(_ context.Context, r io.Reader) io.Reader { return io.LimitReader(r, 500) }
		}, 502, "store_failing", 0},
		"longer than told": {func(o *origin) { o.sizes = func(n int64) int64 { return n - 100 } }, 502, "store_failing", 0},
		"a byte a second": {func(o *origin) {
			o.wrap = func(ctx context.Context, r io.Reader) io.Reader {
				return readerFunc(func(p []byte) (int, error) {
					select {
					case <-time.After(time.Second):
						return r.Read(p[:1])
					case <-ctx.Done():
						return 0, ctx.Err()
					}
				})
			}
		}, 504, "store_timeout", 5 * time.Second},
		"a timeout of its own": {func(o *origin) { o.open = func(context.Context) error { return timeout{} } }, 504, "store_timeout", 0},
		"cancelled by itself":  {func(o *origin) { o.open = func(context.Context) error { return context.Canceled } }, 502, "store_failing", 0},
		"gone between the two": {func(o *origin) { o.open = func(context.Context) error { o.delete("demo", "hero.jpg"); return nil } }, 404, "not_found", 0},
		"changes all the time": {func(o *origin) {
			n := 0
			o.open = func(context.Context) error { n++; o.put("demo", "hero.jpg", photo(50+n, 50)); return nil }
		}, 503, "original_changing", 0},
		"panics":      {func(o *origin) { o.open = func(context.Context) error { panic("ouch") } }, 500, "internal", 0},
		"stat panics": {func(o *origin) { o.stat = func(context.Context) error { panic("ouch") } }, 500, "internal", 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := new(cache)
				s := newSite(t, nil, &luna.HandlerOptions{Cache: store, Workers: 1, Queue: -1})
				c.set(s.origin)
				start := time.Now()
				p := requireProblem(t, s.get(signed(thumb)), c.status, c.code)
				require.Equal(t, c.after, time.Since(start))
				require.NotContains(t, p.Detail, "10.1.2.3")
				if c.status >= 500 {
					require.Contains(t, s.log.String(), "demo", "the operator is told")
				}
				time.Sleep(2 * time.Hour)
				require.Zero(t, store.len(), "nothing is kept of it")

				// And it is over once the store is well.
				s.origin.heal()
				s.origin.put("demo", "hero.jpg", photo(64, 48))
				r := s.get(signed(thumb))
				require.Equal(t, http.StatusOK, r.StatusCode)
				require.Equal(t, "miss", r.Header.Get("X-Luna-Cache"))
			})
		})
	}
}

type timeout struct{}

func (timeout) Error() string { return "i/o timeout" }
func (timeout) Timeout() bool { return true }

// TestSlowReaderIsNotSlowStore: the store's time is that of its own reads.
func TestSlowReaderIsNotSlowStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		codecs, _ := hook(func(context.Context) error { time.Sleep(4 * time.Second); return nil })
		s := newSite(t, codecs, &luna.HandlerOptions{FetchTimeout: 3 * time.Second})
		s.origin.open = func(context.Context) error { time.Sleep(2 * time.Second); return nil }
		require.Equal(t, http.StatusOK, s.get(signed(thumb)).StatusCode)
	})
}

func (o *origin) heal() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stat, o.open, o.wrap, o.sizes = nil, nil, nil, nil
}

func TestUnknownSize(t *testing.T) {
	s := newSite(t, nil, nil)
	s.origin.sizes = func(int64) int64 { return -1 }
	require.Equal(t, http.StatusOK, s.get(signed(thumb)).StatusCode)
	r := s.get(signed(`{"key":"hero.jpg","metadata":true}`))
	require.Equal(t, http.StatusOK, r.StatusCode)
}

func TestReplacedBetweenStatAndOpen(t *testing.T) {
	store := new(cache)
	s := newSite(t, nil, &luna.HandlerOptions{Cache: store, MemoryCacheBytes: -1})
	replacement := photo(128, 96)
	s.origin.open = func(context.Context) error { s.origin.put("demo", "hero.jpg", replacement); return nil }
	whole := signed(`{"key":"hero.jpg","output":{"format":"png"}}`)
	r := s.get(whole)
	require.Equal(t, "miss", r.Header.Get("X-Luna-Cache"))
	body := content(t, r)
	_, w, _ := size(t, body)
	require.Equal(t, 128, w)
	require.NoError(t, s.handler.Shutdown(t.Context()))
	require.Equal(t, 1, store.len(), "kept under the new version alone")

	// The old version, should it come back, has its own entry.
	again := newSite(t, nil, &luna.HandlerOptions{Cache: store})
	_, w, _ = size(t, content(t, again.get(whole)))
	require.Equal(t, 64, w)
	again.origin.put("demo", "hero.jpg", replacement)
	again.handler.Forget("demo", "hero.jpg")
	r = again.get(whole)
	require.Equal(t, "hit", r.Header.Get("X-Luna-Cache"))
	require.Equal(t, body, content(t, r))
}

func TestSlowRender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		codecs, _ := hook(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		s := newSite(t, codecs, nil)
		start := time.Now()
		requireProblem(t, s.get(signed(thumb)), http.StatusGatewayTimeout, "timeout")
		require.Equal(t, 5*time.Second, time.Since(start))
	})
}

func TestCodecPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var well atomic.Bool
		codecs, _ := hook(func(context.Context) error {
			if !well.Load() {
				time.Sleep(time.Second)
				panic("ouch")
			}
			return nil
		})
		a := new(admitter)
		s := newSite(t, codecs, &luna.HandlerOptions{Workers: 1, Admitter: a})
		var all []<-chan *http.Response
		for range 20 {
			all = append(all, s.start(t.Context(), signed(thumb)))
		}
		for _, done := range all {
			p := requireProblem(t, <-done, http.StatusInternalServerError, "internal")
			require.NotContains(t, p.Detail, "ouch")
		}
		require.Contains(t, s.log.String(), "ouch")
		require.Contains(t, s.log.String(), "faults_test.go", "with the stack")
		require.Equal(t, []string{"admit demo hero.jpg", "settle false"}, a.calls)
		well.Store(true)
		require.Equal(t, http.StatusOK, s.get(signed(thumb)).StatusCode, "nothing of it is kept")
	})
}

// TestNoMemory refuses a render to which the system gives no memory, and keeps
// nothing of that.
func TestNoMemory(t *testing.T) {
	var well atomic.Bool
	codecs, _ := hook(func(context.Context) error {
		if !well.Load() {
			return fmt.Errorf("png: %w: mmap: cannot allocate memory", codec.ErrExhausted)
		}
		return nil
	})
	a := new(admitter)
	s := newSite(t, codecs, &luna.HandlerOptions{Admitter: a})
	r := s.get(signed(thumb))
	require.NotEmpty(t, r.Header.Get("Retry-After"))
	require.Contains(t, r.Header.Get("Cache-Control"), "no-store")
	p := requireProblem(t, r, http.StatusServiceUnavailable, "out_of_memory")
	require.NotContains(t, p.Detail, "mmap")
	require.Equal(t, []string{"admit demo hero.jpg", "settle false"}, a.calls, "not metered")
	well.Store(true)
	require.Equal(t, http.StatusOK, s.get(signed(thumb)).StatusCode)
}

func TestResultOverTheLimit(t *testing.T) {
	s := newSite(t, nil, &luna.HandlerOptions{MaxOutputBytes: 100})
	requireProblem(t, s.get(signed(thumb)), http.StatusRequestEntityTooLarge, "over_limit")
}

func TestAdmitter(t *testing.T) {
	refusal := func(r luna.Refusal) func(context.Context) error {
		return func(context.Context) error { return fmt.Errorf("adapter: %w", &r) }
	}
	for name, c := range map[string]struct {
		a      *admitter
		status int
		code   string
		retry  string
		calls  []string
	}{
		"over the plan":    {&admitter{admit: refusal(luna.Refusal{Status: 402, Code: "balance_outstanding", Detail: "Pay first.", Err: errors.New("luna: sql")})}, 402, "balance_outstanding", "", []string{"admit demo hero.jpg"}},
		"too many":         {&admitter{admit: refusal(luna.Refusal{Status: 429, Code: "plan_limit", Detail: "Later.", RetryAfter: 90*time.Second + 1})}, 429, "plan_limit", "91", []string{"admit demo hero.jpg"}},
		"odd status":       {&admitter{admit: refusal(luna.Refusal{Status: 200, Detail: "No."})}, 403, "refused", "", []string{"admit demo hero.jpg"}},
		"admission broken": {&admitter{admit: func(context.Context) error { return errors.New("no database") }}, 503, "metering_failed", "1", []string{"admit demo hero.jpg"}},
		"metering broken":  {&admitter{settle: func(context.Context) error { return errors.New("disk full") }}, 503, "metering_failed", "1", []string{"admit demo hero.jpg", "settle true"}},
	} {
		t.Run(name, func(t *testing.T) {
			store := new(cache)
			s := newSite(t, nil, &luna.HandlerOptions{Admitter: c.a, Cache: store, Workers: 1, Queue: -1})
			for range 2 {
				c.a.calls = nil
				r := s.get(signed(thumb))
				require.Equal(t, c.retry, r.Header.Get("Retry-After"))
				requireProblem(t, r, c.status, c.code)
				require.Equal(t, c.calls, c.a.calls)
			}
			require.Zero(t, store.len(), "what is not paid for is published nowhere")
		})
	}

	a := new(admitter)
	s := newSite(t, nil, &luna.HandlerOptions{Admitter: a})
	for range 3 {
		require.Equal(t, http.StatusOK, s.get(signed(thumb)).StatusCode)
	}
	s.get(signed(`{"key":"hero.jpg","edits":[{"crop":{"left":60,"top":0,"width":10,"height":10}}],"output":{"format":"png"}}`))
	s.get(signed(`{"key":"nobody.jpg"}`))
	require.Equal(t, []string{"admit demo hero.jpg", "settle true", "admit demo hero.jpg", "settle false"}, a.calls,
		"hits and what does not exist are not its business")
}

func TestMeteredBeforePublished(t *testing.T) {
	store := new(cache)
	a := new(admitter)
	a.settle = func(context.Context) error {
		a.note("stored %d", store.len())
		return nil
	}
	store.put = func(context.Context) error { a.note("put"); return nil }
	s := newSite(t, nil, &luna.HandlerOptions{Admitter: a, Cache: store})
	require.Equal(t, http.StatusOK, s.get(signed(thumb)).StatusCode)
	require.NoError(t, s.handler.Shutdown(t.Context()))
	require.Equal(t, []string{"admit demo hero.jpg", "settle true", "stored 0", "put"}, a.calls)
}

func TestDerivedStoreFaults(t *testing.T) {
	broken := errors.New("no space left on device")
	fail := func(context.Context) error { return broken }
	never := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for name, c := range map[string]struct {
		store *cache
		after time.Duration
		log   string
	}{
		"get fails":         {&cache{get: fail}, 0, "not read"},
		"get never answers": {&cache{get: never}, 5 * time.Second, "not read"},
		"put fails":         {&cache{put: fail}, 0, "not stored"},
		"put never answers": {&cache{put: never}, 0, "not stored"},
		"put panics":        {&cache{put: func(context.Context) error { panic("ouch") }}, 0, "not stored"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSite(t, nil, &luna.HandlerOptions{Cache: c.store})
				start := time.Now()
				r := s.get(signed(thumb))
				require.Equal(t, http.StatusOK, r.StatusCode)
				require.Equal(t, c.after, time.Since(start))
				require.Equal(t, "hit", s.get(signed(thumb)).Header.Get("X-Luna-Cache"))
				require.NoError(t, s.handler.Shutdown(t.Context()))
				require.Contains(t, s.log.String(), c.log)
			})
		})
	}
}

// TestTornDerived holds that what was changed in the derived store is rendered
// again rather than served.
func TestTornDerived(t *testing.T) {
	for name, tear := range map[string]func(*cachedImage){
		"short":         func(s *cachedImage) { s.body = s.body[:len(s.body)/2] },
		"empty":         func(s *cachedImage) { s.body = nil },
		"flipped":       func(s *cachedImage) { s.body[len(s.body)/2] ^= 1 },
		"longer":        func(s *cachedImage) { s.body = append(s.body, 0) },
		"no header":     func(s *cachedImage) { s.header = nil },
		"not a picture": func(s *cachedImage) { s.header["content-type"] = "text/html" },
		"header split":  func(s *cachedImage) { s.header["extension"] = "png\r\nX: y" },
		"no tag":        func(s *cachedImage) { s.header["etag"] = "" },
	} {
		t.Run(name, func(t *testing.T) {
			store := new(cache)
			s := newSite(t, nil, &luna.HandlerOptions{Cache: store})
			want := content(t, s.get(signed(thumb)))
			require.NoError(t, s.handler.Shutdown(t.Context()))
			for id, entry := range store.objects {
				entry.body = bytes.Clone(entry.body)
				tear(&entry)
				store.objects[id] = entry
			}
			s = newSite(t, nil, &luna.HandlerOptions{Cache: store})
			for _, source := range []string{"miss", "hit"} {
				r := s.get(signed(thumb))
				require.Equal(t, http.StatusOK, r.StatusCode)
				require.Equal(t, source, r.Header.Get("X-Luna-Cache"))
				require.Equal(t, want, content(t, r))
			}
			require.NoError(t, s.handler.Shutdown(t.Context()))
			s = newSite(t, nil, &luna.HandlerOptions{Cache: store})
			require.Equal(t, "hit", s.get(signed(thumb)).Header.Get("X-Luna-Cache"), "it was mended")
		})
	}
}

func TestShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, nil, &luna.HandlerOptions{Workers: 200})
		s.origin.open = func(ctx context.Context) error {
			select {
			case <-time.After(time.Second):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		var all []<-chan *http.Response
		for i := range 100 {
			all = append(all, s.start(t.Context(), other(i+1)))
		}
		synctest.Wait()
		require.NoError(t, s.handler.Shutdown(t.Context()))
		for _, done := range all {
			require.Equal(t, http.StatusOK, (<-done).StatusCode)
		}
		requireProblem(t, s.get(other(200)), http.StatusServiceUnavailable, "shutting_down")
		require.Equal(t, "hit", s.get(other(1)).Header.Get("X-Luna-Cache"))
	})
}

func TestShutdownInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, nil, nil)
		s.origin.open = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		done := s.start(t.Context(), signed(thumb))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, s.handler.Shutdown(ctx), context.DeadlineExceeded)
		requireProblem(t, <-done, http.StatusServiceUnavailable, "shutting_down")
	})
}

// A failing verifier cannot look keys up.
type failingVerifier struct{ err error }

func (v failingVerifier) Verify(context.Context, string, string, string) error { return v.err }

func TestVerifierFails(t *testing.T) {
	e, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	require.NoError(t, err)
	h, err := luna.NewHandler(e, new(origin), failingVerifier{errors.New("no database")}, &luna.HandlerOptions{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, signed(thumb), nil))
	requireProblem(t, w.Result(), http.StatusBadGateway, "store_failing")
}
