package luna_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/immagin/immagin-go/luna"
)

// TestShutdownAtEachStep holds that work is ended by a shutdown whose time is
// over, whatever it is at, with 100 requests waiting for each other: their
// contexts are cancelled, all are answered, and no goroutine is left.
func TestShutdownAtEachStep(t *testing.T) {
	for _, step := range []string{"key", "cache", "queue", "admit", "fetch", "read", "room", "decode", "encode"} {
		t.Run(step, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSteppedSite(t, step)
				release := s.occupy(step)
				first := s.start(t.Context(), signed(steppedThumb))
				synctest.Wait()
				var waiting []<-chan *http.Response
				for range 99 {
					waiting = append(waiting, s.start(t.Context(), signed(steppedThumb)))
				}
				synctest.Wait()
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				start := time.Now()
				require.ErrorIs(t, s.handler.Shutdown(ctx), context.DeadlineExceeded)
				require.Equal(t, time.Second, time.Since(start))
				synctest.Wait()
				for _, done := range append(waiting, first) {
					r := <-done
					require.Equal(t, "1", r.Header.Get("Retry-After"))
					requireProblem(t, r, http.StatusServiceUnavailable, "shutting_down")
				}
				require.Equal(t, time.Second, time.Since(start), "nobody was waited for any longer")
				release()
				synctest.Wait()
				if step == "queue" {
					return // what held the worker did not hear that it is to stop
				}
				require.Zero(t, s.store.len())
				require.NotContains(t, s.admits.calls, "settle true")
				if step != "admit" {
					require.Equal(t, count(s.admits.calls, "admit demo hero.jpg"), count(s.admits.calls, "settle false"))
				}
				require.NoError(t, s.handler.Shutdown(t.Context()), "nothing is left")
			})
		})
	}
}

// TestShutdownFinishesWhatIsPaid holds that a shutdown whose time is over does
// not throw away what is being metered or stored.
func TestShutdownFinishesWhatIsPaid(t *testing.T) {
	for _, step := range []string{"meter", "store"} {
		t.Run(step, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSteppedSite(t, step)
				first := s.start(t.Context(), signed(steppedThumb))
				synctest.Wait()
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				require.ErrorIs(t, s.handler.Shutdown(ctx), context.DeadlineExceeded)
				synctest.Wait()
				close(s.steps.release)
				<-first
				require.NoError(t, s.handler.Shutdown(t.Context()))
				require.Equal(t, 1, s.store.len())
				require.Contains(t, s.admits.calls, "settle true")
			})
		})
	}
}

// TestShutdownOfServer drains a real server with 100 requests in flight: all
// are answered, new connections are refused, and no goroutine is left.
func TestShutdownOfServer(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := newSite(t, nil, &luna.HandlerOptions{Tenant: luna.FixedTenant("demo"), Workers: 100})
	var opened atomic.Int32
	all, release := make(chan struct{}), make(chan struct{})
	s.origin.open = func(context.Context) error {
		if opened.Add(1) == 100 {
			close(all)
		}
		<-release
		return nil
	}
	server := httptest.NewServer(s.handler)
	defer server.Close()
	client := server.Client()
	defer client.CloseIdleConnections()
	url := func(i int) string { return strings.Replace(other(i), "http://demo.example.com", server.URL, 1) }
	type answer struct {
		status int
		body   []byte
		length int64
		err    error
	}
	answers := make(chan answer, 100)
	for i := range 100 {
		go func() {
			r, err := client.Get(url(i + 1))
			if err != nil {
				answers <- answer{err: err}
				return
			}
			defer r.Body.Close()
			body, err := io.ReadAll(r.Body)
			answers <- answer{r.StatusCode, body, r.ContentLength, err}
		}()
	}
	<-all
	down := make(chan error, 2)
	go func() {
		down <- server.Config.Shutdown(context.Background())
		down <- s.handler.Shutdown(context.Background())
	}()
	require.Eventually(t, func() bool {
		r, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(url(200))
		if err != nil {
			return true
		}
		r.Body.Close()
		return false
	}, time.Minute, time.Millisecond, "it takes no more connections")
	select {
	case err := <-down:
		t.Fatalf("it did not wait: %v", err)
	default:
	}
	close(release)
	for range 100 {
		a := <-answers
		require.NoError(t, a.err)
		require.Equal(t, http.StatusOK, a.status, "%s", a.body)
		require.EqualValues(t, a.length, len(a.body))
	}
	require.NoError(t, <-down)
	require.NoError(t, <-down)
}

// A fickle cache has bodies that do not come as their sizes say.
type fickle struct {
	*cache
	wrap func(ctx context.Context, r io.Reader) io.Reader
	size func(int64) int64
}

func (c *fickle) Get(ctx context.Context, tenant, key, id string) (map[string]string, io.ReadCloser, int64, error) {
	header, body, size, err := c.cache.Get(ctx, tenant, key, id)
	if err != nil {
		return nil, nil, 0, err
	}
	if c.size != nil {
		size = c.size(size)
	}
	return header, io.NopCloser(c.wrap(ctx, body)), size, nil
}

// TestCutDerived holds that a derived image that does not come whole is
// rendered again, and not served.
func TestCutDerived(t *testing.T) {
	half := func(ctx context.Context, r io.Reader, then func() error) io.Reader {
		return io.MultiReader(io.LimitReader(r, 60), readerFunc(func([]byte) (int, error) { return 0, then() }))
	}
	plain := func(_ context.Context, r io.Reader) io.Reader { return r }
	for name, c := range map[string]struct {
		wrap  func(ctx context.Context, r io.Reader) io.Reader
		size  func(int64) int64
		after time.Duration
	}{
		"fails at once": {wrap: func(context.Context, io.Reader) io.Reader {
			return readerFunc(func([]byte) (int, error) { return 0, fs.ErrPermission })
		}},
		"fails": {wrap: func(ctx context.Context, r io.Reader) io.Reader {
			return half(ctx, r, func() error { return errors.New("connection reset") })
		}},
		"ends": {wrap: func(ctx context.Context, r io.Reader) io.Reader { return half(ctx, r, func() error { return io.EOF }) }},
		"falls silent": {wrap: func(ctx context.Context, r io.Reader) io.Reader {
			return half(ctx, r, func() error { <-ctx.Done(); return ctx.Err() })
		}, after: 5 * time.Second},
		"a byte a second": {wrap: func(ctx context.Context, r io.Reader) io.Reader {
			return readerFunc(func(p []byte) (int, error) {
				select {
				case <-time.After(time.Second):
					return r.Read(p[:1])
				case <-ctx.Done():
					return 0, ctx.Err()
				}
			})
		}, after: 5 * time.Second},
		"longer than told":  {wrap: plain, size: func(n int64) int64 { return n - 1 }},
		"shorter than told": {wrap: plain, size: func(n int64) int64 { return n + 1 }},
		"a size below 0":    {wrap: plain, size: func(int64) int64 { return -1 }},
		"a size of 1 EiB":   {wrap: plain, size: func(int64) int64 { return 1 << 60 }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := new(cache)
				s := newSite(t, nil, &luna.HandlerOptions{Cache: store})
				want := content(t, s.get(signed(thumb)))
				require.NoError(t, s.handler.Shutdown(t.Context()))
				s = newSite(t, nil, &luna.HandlerOptions{Cache: &fickle{store, c.wrap, c.size}})
				start := time.Now()
				r := s.get(signed(thumb))
				require.Equal(t, http.StatusOK, r.StatusCode)
				require.Equal(t, "miss", r.Header.Get("X-Luna-Cache"))
				require.True(t, bytes.Equal(want, content(t, r)))
				require.Equal(t, c.after, time.Since(start))
				require.Contains(t, s.log.String(), "not read")
				r = s.get(signed(thumb))
				require.Equal(t, "hit", r.Header.Get("X-Luna-Cache"), "from memory")
				require.Equal(t, want, content(t, r))
			})
		})
	}
}

// TestOriginRefuses holds that it is no fault of the client's if the store does
// not let the server in, or says that it is busy: only what is not there is 404.
func TestOriginRefuses(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{fs.ErrPermission, 502, "store_failing"},
		{errors.New("503 Slow Down"), 502, "store_failing"},
		{context.DeadlineExceeded, 504, "store_timeout"},
		{fs.ErrNotExist, 404, "not_found"},
	} {
		fail := func(context.Context) error { return c.err }
		s := newSite(t, nil, nil)
		s.origin.stat = fail
		requireProblem(t, s.get(signed(thumb)), c.status, c.code)
		s = newSite(t, nil, nil)
		s.origin.open = fail
		requireProblem(t, s.get(signed(thumb)), c.status, c.code)
	}
}
