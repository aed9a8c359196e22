package luna_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	stdpng "image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/png"
)

// steps let a request stop at one of the steps of its way through the handler.
// The names of those that were reached are kept.
type steps struct {
	stop    string // the name of the step, once
	reached chan struct{}
	release chan struct{} // lets the stopped step go on
	left    chan struct{} // closed once the client is gone

	mu    sync.Mutex
	seen  []string
	heard bool // the context of the step that was stopped has ended
}

func newSteps(stop string) *steps {
	return &steps{stop: stop, reached: make(chan struct{}), release: make(chan struct{}), left: make(chan struct{})}
}

// at is called by every step.
func (s *steps) at(ctx context.Context, name string) error {
	s.mu.Lock()
	stop := name == s.stop
	if stop {
		s.stop = ""
	}
	if len(s.seen) == 0 || s.seen[len(s.seen)-1] != name {
		s.seen = append(s.seen, name)
	}
	s.mu.Unlock()
	if !stop {
		return nil
	}
	close(s.reached)
	if ctx.Done() == nil { // the step is told nothing of its client
		select {
		case <-s.release:
		case <-s.left:
		}
		return nil
	}
	select {
	case <-s.release:
		return nil
	case <-ctx.Done():
		s.mu.Lock()
		s.heard = true
		s.mu.Unlock()
		return ctx.Err()
	}
}

func (s *steps) take() (seen []string, heard bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen, s.seen = s.seen, nil
	return seen, s.heard
}

type steppedVerifier struct {
	luna.Verifier
	*steps
}

func (v steppedVerifier) Verify(ctx context.Context, tenant, payload, signature string) error {
	if err := v.at(ctx, "verify"); err != nil {
		return err
	}
	return v.Verifier.Verify(ctx, tenant, payload, signature)
}

// A steppedDecoder and a steppedEncoder are JPEG and PNG.
type steppedDecoder struct {
	jpeg.Codec
	*steps
}

func (c steppedDecoder) Probe(r io.Reader) (codec.Info, error) {
	c.at(context.Background(), "probe")
	return c.Codec.Probe(r)
}

func (c steppedDecoder) DecodeWork(info codec.Info, req codec.Request) int64 {
	c.at(context.Background(), "plan")
	return c.Codec.DecodeWork(info, req)
}

func (c steppedDecoder) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	if err := c.at(ctx, "decode"); err != nil {
		return nil, err
	}
	return c.Codec.Decode(ctx, r, req)
}

type steppedEncoder struct {
	png.Codec
	*steps
}

func (c steppedEncoder) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	if err := c.at(ctx, "encode"); err != nil {
		return err
	}
	return c.Codec.Encode(ctx, w, src, opts)
}

// A stepped site stops where its steps say. It has one worker and room for one
// render, so that nothing goes on where one of them is not given back.
type steppedSite struct {
	*site
	*steps
	engine *luna.Engine
	store  *cache
	admits *admitter
}

const steppedThumb = `{"key":"hero.jpg","edits":[{"resize":{"width":32,"height":16}},{"x-step":null}],"output":{"format":"png"}}`

func newSteppedSite(t *testing.T, stop string) *steppedSite {
	st := newSteps("")
	codecs := []codec.Codec{steppedDecoder{steps: st}, steppedEncoder{steps: st}}
	operation := luna.Operation{Revision: "1", New: func(json.RawMessage) (op.Op, error) {
		return &op.Func{Opaque: true, Apply: func(m image.Image) (image.Image, error) {
			st.at(context.Background(), "edit")
			return m, nil
		}}, nil
	}}
	options := &luna.Options{Operations: map[string]luna.Operation{"x-step": operation}}
	e, err := luna.New(codecs, options)
	require.NoError(t, err)
	request, err := edit.Parse([]byte(steppedThumb), nil)
	require.NoError(t, err)
	plan, err := e.Explain(t.Context(), bytes.NewReader(photo(64, 48)), request.Edits, request.Output)
	require.NoError(t, err)
	options.MaxBytes, options.MaxRequestBytes = plan.Bytes, plan.Bytes
	e, err = luna.New(codecs, options)
	require.NoError(t, err)
	st.take()
	st.stop = stop

	store := &cache{get: func(ctx context.Context) error { return st.at(ctx, "cache") }, put: func(ctx context.Context) error { return st.at(ctx, "store") }}
	admits := &admitter{admit: func(ctx context.Context) error { return st.at(ctx, "admit") }}
	admits.settle = func(ctx context.Context) error {
		if admits.calls[len(admits.calls)-1] == "settle false" {
			return nil
		}
		return st.at(ctx, "meter")
	}
	s := &steppedSite{site: newSite(t, nil, nil), steps: st, engine: e, store: store, admits: admits}
	s.origin.stat = func(ctx context.Context) error { return st.at(ctx, "key") }
	s.origin.open = func(ctx context.Context) error { return st.at(ctx, "fetch") }
	s.origin.wrap = func(ctx context.Context, r io.Reader) io.Reader {
		return readerFunc(func(p []byte) (int, error) {
			if err := st.at(ctx, "read"); err != nil {
				return 0, err
			}
			return r.Read(p)
		})
	}
	s.handler, err = luna.NewHandler(e, s.origin, steppedVerifier{tenants(t), st}, &luna.HandlerOptions{
		Tenant: luna.TenantFromHost("example.com"), Workers: 1, Queue: 4, Cache: store, Admitter: admits, VersionAge: -1,
		Logger: slog.New(slog.NewTextHandler(&lockedWriter{w: s.log}, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	require.NoError(t, err)
	h := s.handler
	t.Cleanup(func() { require.NoError(t, h.Shutdown(context.Background())) })
	return s
}

// occupy has another hold what step needs, until release is called.
func (s *steppedSite) occupy(step string) (release func()) {
	free := make(chan struct{})
	done := make(chan struct{})
	switch step {
	case "queue":
		s.origin.put("demo", "other.jpg", photo(20, 20))
		open := s.origin.open
		var once sync.Once
		s.origin.open = func(ctx context.Context) error {
			once.Do(func() { <-free })
			return open(ctx)
		}
		go func() {
			defer close(done)
			s.get(signed(`{"key":"other.jpg","output":{"format":"png"}}`))
		}()
	case "room":
		request, err := edit.Parse([]byte(steppedThumb), nil)
		require.NoError(s.t, err)
		go func() {
			defer close(done)
			_, err := s.engine.Transform(context.Background(), slowWriter(free), bytes.NewReader(photo(64, 48)), request.Edits, request.Output)
			require.NoError(s.t, err)
		}()
	default:
		return func() {}
	}
	synctest.Wait()
	s.take()
	return func() { close(free); <-done }
}

// A slowWriter waits for its channel to be closed.
type slowWriter chan struct{}

func (w slowWriter) Write(p []byte) (int, error) { <-w; return len(p), nil }

// way is what a request meets, in this order: the steps of the handler, but
// payload and negotiate, which are over in microseconds and know nothing that
// could stop them. The store of derived images is asked by the flight. The encoder has
// begun when it pulls what the edits make.
var way = []string{"verify", "key", "cache", "queue", "admit", "fetch", "read", "probe", "plan", "room", "decode", "encode", "edit", "meter", "store", "respond"}

// TestClientGoneAtEachStep holds that nothing more is done for a client that
// has left, and that all it held is given back. What is paid for is kept.
func TestClientGoneAtEachStep(t *testing.T) {
	for i, step := range way {
		t.Run(step, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSteppedSite(t, step)
				release := s.occupy(step)
				ctx, leave := context.WithCancel(t.Context())
				w := &leavingWriter{ResponseRecorder: httptest.NewRecorder(), steps: s.steps}
				done := make(chan struct{})
				go func() {
					defer close(done)
					s.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, signed(steppedThumb), nil).WithContext(ctx))
				}()
				synctest.Wait() // it is at the step
				leave()
				synctest.Wait()
				close(s.left)
				synctest.Wait()
				paid := slices.Index(way, "meter") <= i
				if step == "meter" || step == "store" {
					close(s.steps.release) // neither is stopped
				}
				<-done
				synctest.Wait()
				seen, heard := s.take()
				if paid {
					require.False(t, heard)
					require.Equal(t, 1, s.store.len(), "what is paid for is kept")
				} else {
					for _, later := range seen {
						if step == "probe" && later == "plan" {
							continue // pure
						}
						require.LessOrEqual(t, slices.Index(way, later), i, "%v were reached", seen)
					}
					require.Zero(t, s.store.len())
					require.NotContains(t, s.admits.calls, "settle true")
					if slices.Index(way, "admit") < i {
						require.Contains(t, s.admits.calls, "settle false")
					}
				}
				switch step {
				case "store", "respond": // it has its answer by then
					require.Equal(t, http.StatusOK, w.Code)
				default:
					require.Equal(t, 499, w.Code)
					require.Empty(t, w.Body.Bytes())
				}
				release()

				// One worker and room for one are free again, and neither
				// cache has anything that is not whole.
				want := steppedImage(t)
				for range 2 {
					r := s.get(signed(steppedThumb))
					require.Equal(t, http.StatusOK, r.StatusCode)
					if paid {
						require.Equal(t, "hit", r.Header.Get("X-Luna-Cache"))
					}
					require.Equal(t, want, content(t, r))
					paid = true
				}
				synctest.Wait()
				for _, stored := range s.store.objects {
					_, err := stdpng.Decode(bytes.NewReader(stored.body))
					require.NoError(t, err, "whole")
				}
				require.Empty(t, s.log.String())
			})
		})
	}
}

// TestLeaderGoneAtEachStep holds that a request is served though the one that
// began its work leaves while it waits.
func TestLeaderGoneAtEachStep(t *testing.T) {
	for _, step := range way {
		t.Run(step, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSteppedSite(t, step)
				release := s.occupy(step)
				ctx, leave := context.WithCancel(t.Context())
				first := s.start(ctx, signed(steppedThumb))
				synctest.Wait()
				second := s.start(t.Context(), signed(steppedThumb))
				synctest.Wait()
				leave()
				synctest.Wait()
				close(s.steps.release)
				release()
				r := <-first
				if !slices.Contains([]string{"store", "respond"}, step) {
					require.Equal(t, 499, r.StatusCode)
					require.Empty(t, content(t, r))
				}
				r = <-second
				require.Equal(t, http.StatusOK, r.StatusCode)
				require.Equal(t, steppedImage(t), content(t, r))
				synctest.Wait()
				paid := 1 // for it is made once
				if step == "queue" {
					paid++ // for what held the worker
				}
				require.Equal(t, paid, count(s.admits.calls, "settle true"))
				require.Zero(t, count(s.admits.calls, "settle false"))
				require.Equal(t, http.StatusOK, s.get(other(20)).StatusCode, "worker and room are free again")
			})
		})
	}
}

func count(all []string, one string) (n int) {
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

// A leavingWriter belongs to a client that leaves when the body comes.
type leavingWriter struct {
	*httptest.ResponseRecorder
	*steps
}

func (w *leavingWriter) Write(p []byte) (int, error) {
	if w.at(context.Background(), "respond"); len(p) > 10 {
		n, _ := w.ResponseRecorder.Write(p[:10])
		return n, errors.New("broken pipe")
	}
	return w.ResponseRecorder.Write(p)
}

// steppedImage is what the steps make where nothing stops them.
func steppedImage(t *testing.T) []byte {
	e, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}}, nil)
	require.NoError(t, err)
	var b bytes.Buffer
	request, err := edit.Parse([]byte(thumb), nil)
	require.NoError(t, err)
	_, err = e.Transform(t.Context(), &b, bytes.NewReader(photo(64, 48)), request.Edits, request.Output)
	require.NoError(t, err)
	return b.Bytes()
}
