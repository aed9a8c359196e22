package prewarm_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	stdpng "image/png"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"
	"gocloud.dev/pubsub"
	"gocloud.dev/pubsub/mempubsub"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/luna/prewarm"
	"github.com/immagin/immagin-go/sign"
	"github.com/immagin/immagin-go/storage"
)

// A counted codec is PNG that counts what is encoded.
type counted struct {
	png.Codec
	renders *atomic.Int32
}

func (c counted) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	c.renders.Add(1)
	return c.Codec.Encode(ctx, w, src, opts)
}

// A farm is machines that share a store of originals and one of derived images.
type farm struct {
	t         *testing.T
	originals *storage.Originals
	derived   luna.Cache
	keys      *sign.Keyring
	renders   atomic.Int32
	log       bytes.Buffer
	logMu     sync.Mutex
}

func (f *farm) Write(p []byte) (int, error) {
	f.logMu.Lock()
	defer f.logMu.Unlock()
	return f.log.Write(p)
}

func (f *farm) logger() *slog.Logger { return slog.New(slog.NewTextHandler(f, nil)) }

func (f *farm) logged() string {
	f.logMu.Lock()
	defer f.logMu.Unlock()
	return f.log.String()
}

func newFarm(t *testing.T) *farm {
	bucket := memblob.OpenBucket(nil)
	t.Cleanup(func() { bucket.Close() })
	keys, err := sign.NewKeyring("test-secret-0123456789")
	require.NoError(t, err)
	f := &farm{t: t, originals: storage.NewOriginals(bucket, nil), derived: storage.NewDerived(bucket, nil), keys: keys}
	var b bytes.Buffer
	require.NoError(t, stdpng.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 48))))
	require.NoError(t, f.originals.Create(t.Context(), "acme", "hero.png", &b, "image/png", false))
	return f
}

// machine is a server of its own memory.
func (f *farm) machine(opts luna.HandlerOptions) *luna.Handler {
	engine, err := luna.New([]codec.Codec{counted{renders: &f.renders}}, nil)
	require.NoError(f.t, err)
	opts.Cache, opts.Tenant, opts.Logger = f.derived, luna.FixedTenant("acme"), f.logger()
	h, err := luna.NewHandler(engine, f.originals, sign.Tenants{"acme": f.keys}, &opts)
	require.NoError(f.t, err)
	return h
}

func (f *farm) worker(s *pubsub.Subscription, r prewarm.Renderer, opts prewarm.WorkerOptions) *prewarm.Worker {
	opts.Logger = f.logger()
	w, err := prewarm.NewWorker(s, r, &opts)
	require.NoError(f.t, err)
	return w
}

// run runs workers until the function returned is called, which waits for their
// end.
func run(t *testing.T, workers ...*prewarm.Worker) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, len(workers))
	for _, w := range workers {
		go func() { ended <- w.Run(ctx) }()
	}
	return func() {
		cancel()
		for range workers {
			require.NoError(t, <-ended)
		}
	}
}

func publish(t *testing.T, topic *pubsub.Topic, requests ...*edit.Request) {
	t.Helper()
	p, err := prewarm.NewPublisher(topic, nil)
	require.NoError(t, err)
	require.NoError(t, p.Publish(t.Context(), "acme", requests...))
}

func shutdown(t *testing.T, topic *pubsub.Topic, subscriptions ...*pubsub.Subscription) {
	for _, s := range subscriptions {
		require.NoError(t, s.Shutdown(context.WithoutCancel(t.Context())))
	}
	require.NoError(t, topic.Shutdown(context.WithoutCancel(t.Context())))
	time.Sleep(time.Second) // the driver's last look for messages
}

// ladder stands for 6 pictures: widths 8, 16, 24 at densities 1 and 2 are 8,
// 16, 24, 32, 48, and the output is a format that is listed too.
func ladder() *edit.Request {
	return &edit.Request{
		Key:    "hero.png",
		Edits:  []edit.Edit{edit.Resize{Width: 24}},
		Output: &edit.Output{Format: edit.FormatPNG},
		Ladder: &edit.Ladder{Widths: []int{8, 16, 24}, Densities: []float64{1, 2}, Formats: []edit.Format{edit.FormatPNG}},
	}
}

const ladderPictures = 5

func one(width int) *edit.Request {
	return &edit.Request{Key: "hero.png", Edits: []edit.Edit{edit.Resize{Width: width}}, Output: &edit.Output{Format: edit.FormatPNG}}
}

// get asks for a rung as a browser does, and returns what the caches said.
func (f *farm) get(h http.Handler, r *edit.Request, query string) string {
	payload, err := r.Payload()
	require.NoError(f.t, err)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/"+payload+"?"+query+"sig="+f.keys.Sign(payload), nil))
	require.Equal(f.t, http.StatusOK, w.Code, "%s", w.Body)
	return w.Header().Get("X-Luna-Cache")
}

// TestTwoMachines: what one subscription delivers to two machines is rendered
// once in all, and a third, which has rendered nothing, serves it.
func TestTwoMachines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFarm(t)
		topic := mempubsub.NewTopic()
		s := mempubsub.NewSubscription(topic, time.Minute)
		stop := run(t, f.worker(s, f.machine(luna.HandlerOptions{}), prewarm.WorkerOptions{}), f.worker(s, f.machine(luna.HandlerOptions{}), prewarm.WorkerOptions{}))
		publish(t, topic, ladder(), one(8), one(40))
		time.Sleep(10 * time.Second)
		require.EqualValues(t, ladderPictures+1, f.renders.Load())
		publish(t, topic, ladder())
		time.Sleep(10 * time.Second)
		require.EqualValues(t, ladderPictures+1, f.renders.Load(), "what is there is not made again")
		stop()
		shutdown(t, topic, s)

		third := f.machine(luna.HandlerOptions{})
		for _, query := range []string{"w=8&", "w=16&", "w=24&", "w=16&dpr=2&", "w=24&dpr=2&", "w=8&fm=png&"} {
			require.Equal(t, "hit", f.get(third, ladder(), query), query)
		}
		require.EqualValues(t, ladderPictures+1, f.renders.Load())
		require.Empty(t, f.logged())
	})
}

// TestKilledBeforeAck: a message that a machine took with it is delivered to
// another.
func TestKilledBeforeAck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFarm(t)
		topic := mempubsub.NewTopic()
		s := mempubsub.NewSubscription(topic, time.Minute)
		publish(t, topic, ladder())
		for range 2 {
			m, err := s.Receive(t.Context())
			require.NoError(t, err)
			require.NotEmpty(t, m.Body)
			defer m.Ack() // only quiets the finalizer
		}
		stop := run(t, f.worker(s, f.machine(luna.HandlerOptions{}), prewarm.WorkerOptions{}))
		time.Sleep(30 * time.Second)
		require.EqualValues(t, ladderPictures-2, f.renders.Load())
		time.Sleep(time.Minute)
		require.EqualValues(t, ladderPictures, f.renders.Load())
		stop()
		shutdown(t, topic, s)
	})
}

// An unsteady cache fails to store for a while.
type unsteady struct {
	luna.Cache
	puts, stored, failures atomic.Int32
}

func (c *unsteady) Put(ctx context.Context, tenant, key, id string, header map[string]string, body []byte) error {
	c.puts.Add(1)
	if c.failures.Add(-1) >= 0 {
		return errors.New("disk full")
	}
	err := c.Cache.Put(ctx, tenant, key, id, header, body)
	if err == nil {
		c.stored.Add(1)
	}
	return err
}

// TestStoredBeforeAck: what could not be stored comes again until it is, and is
// neither rendered nor metered again where it is still known.
func TestStoredBeforeAck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFarm(t)
		store := &unsteady{Cache: f.derived}
		store.failures.Store(7)
		f.derived = store
		topic := mempubsub.NewTopic()
		s := mempubsub.NewSubscription(topic, time.Minute)
		meter := &meter{}
		stop := run(t, f.worker(s, f.machine(luna.HandlerOptions{Admitter: meter}), prewarm.WorkerOptions{Workers: 1}))
		publish(t, topic, one(8))
		time.Sleep(time.Minute)
		stop()
		shutdown(t, topic, s)
		require.EqualValues(t, 1, f.renders.Load())
		require.EqualValues(t, 1, meter.settled.Load())
		require.EqualValues(t, 8, store.puts.Load())
		require.Equal(t, "hit", f.get(f.machine(luna.HandlerOptions{}), one(8), ""))
		require.Contains(t, f.logged(), "code=store_failing")
		require.NotContains(t, f.logged(), "given up")
	})
}

type meter struct{ settled atomic.Int32 }

func (m *meter) Admit(context.Context, string, string, string, string) (func(context.Context, error) error, error) {
	return func(_ context.Context, failure error) error {
		if failure == nil {
			m.settled.Add(1)
		}
		return nil
	}, nil
}

// A scripted renderer does what it is told.
type scripted struct {
	mu     sync.Mutex
	times  []time.Time // of the calls
	render func(ctx context.Context, call int) error
}

func (r *scripted) Render(ctx context.Context, _, _, _ string) error {
	r.mu.Lock()
	r.times = append(r.times, time.Now())
	call := len(r.times)
	r.mu.Unlock()
	return r.render(ctx, call)
}

// called tells when the calls so far were made.
func (r *scripted) called() []time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.times)
}

func TestFailures(t *testing.T) {
	for _, c := range []struct {
		err  error
		code string
		most int // calls within ten minutes
	}{
		{fmt.Errorf("key: %w", fs.ErrNotExist), "not_found", 1},
		{luna.ErrImpossible, "impossible_edit", 1},
		{luna.ErrFormat, "original_corrupt", 1},
		{luna.ErrLimit, "over_limit", 1},
		{luna.ErrExpired, "url_expired", 1},
		{&luna.Refusal{Status: http.StatusPaymentRequired, Code: "plan_limit"}, "plan_limit", 1},
		{errors.New("something"), "internal", 1},
		{luna.ErrOverloaded, "overloaded", 80},
		{&luna.Refusal{Status: http.StatusTooManyRequests, Code: "slowly"}, "slowly", 80},
		{context.DeadlineExceeded, "timeout", 80},
	} {
		t.Run(c.code, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFarm(t)
				topic := mempubsub.NewTopic()
				s := mempubsub.NewSubscription(topic, time.Hour)
				r := &scripted{render: func(context.Context, int) error { return c.err }}
				stop := run(t, f.worker(s, r, prewarm.WorkerOptions{Workers: 1, Age: 10 * time.Minute}))
				publish(t, topic, one(8))
				time.Sleep(5 * time.Minute)
				half := len(r.called())
				time.Sleep(6 * time.Minute)
				times := r.called()
				time.Sleep(5 * time.Minute)
				require.Len(t, r.called(), len(times), "it ends")
				require.NotEmpty(t, times)
				require.LessOrEqual(t, len(times), c.most)
				if c.most > 1 {
					require.Greater(t, half, 20)
					require.Greater(t, len(times), half+10)
					require.Less(t, times[1].Sub(times[0]), time.Second, "the first pause is short")
					require.Greater(t, times[15].Sub(times[14]), 7*time.Second, "later ones are not")
					require.Contains(t, f.logged(), "message too old")
				} else {
					require.Contains(t, f.logged(), "given up")
				}
				require.Contains(t, f.logged(), "code="+c.code)
				stop()
				shutdown(t, topic, s)
			})
		})
	}
}

func TestForeignMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFarm(t)
		topic := mempubsub.NewTopic()
		s := mempubsub.NewSubscription(topic, time.Second)
		stop := run(t, f.worker(s, f.machine(luna.HandlerOptions{}), prewarm.WorkerOptions{}))
		for _, body := range []string{"", "{}", `{"v":1,"tenant":"acme","payload":"eyJ9","time":` + fmt.Sprint(time.Now().Unix()) + `}`} {
			require.NoError(t, topic.Send(t.Context(), &pubsub.Message{Body: []byte(body)}))
		}
		time.Sleep(time.Minute)
		require.Equal(t, 2, bytes.Count([]byte(f.logged()), []byte("not understood")))
		require.Equal(t, 1, bytes.Count([]byte(f.logged()), []byte("payload_invalid")))
		stop()
		shutdown(t, topic, s)
	})
}

// TestDrain: at the end of its context Run waits for the work under way; what
// takes longer than the grace is left to others.
func TestDrain(t *testing.T) {
	for _, c := range []struct {
		takes time.Duration
		grace bool // is what ends it
		again int
	}{
		{5 * time.Second, false, 0},
		{time.Hour, true, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFarm(t)
			topic := mempubsub.NewTopic()
			s := mempubsub.NewSubscription(topic, 10*time.Minute)
			r := &scripted{render: func(ctx context.Context, call int) error {
				select {
				case <-time.After(c.takes):
					return nil
				case <-ctx.Done():
					return context.Cause(ctx)
				}
			}}
			stop := run(t, f.worker(s, r, prewarm.WorkerOptions{Workers: 1, Timeout: 20 * time.Second}))
			publish(t, topic, one(8))
			time.Sleep(time.Second)
			require.Len(t, r.called(), 1)
			end := r.called()[0].Add(c.takes)
			if c.grace {
				end = time.Now().Add(10 * time.Second)
			}
			stop()
			require.WithinDuration(t, end, time.Now(), 100*time.Millisecond)

			next := &scripted{render: func(context.Context, int) error { return nil }}
			stop = run(t, f.worker(s, next, prewarm.WorkerOptions{}))
			time.Sleep(time.Minute)
			require.Len(t, next.called(), c.again)
			stop()
			shutdown(t, topic, s)
		})
	}
}

func TestSubscriptionEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFarm(t)
		topic := mempubsub.NewTopic()
		s := mempubsub.NewSubscription(topic, time.Minute)
		w := f.worker(s, &scripted{}, prewarm.WorkerOptions{})
		shutdown(t, topic, s)
		require.ErrorContains(t, w.Run(t.Context()), "prewarm: receive: ")
	})
}

func TestPublisherRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := mempubsub.NewTopic()
		s := mempubsub.NewSubscription(topic, time.Minute)
		p, err := prewarm.NewPublisher(topic, nil)
		require.NoError(t, err)
		for says, wrong := range map[string]*edit.Request{
			"request 1: is nil":               nil,
			"request 1: asks for metadata":    {Key: "a", Metadata: &edit.Metadata{}},
			"request 1: invalid request: key": {},
			"edits[0].resize.width":           {Key: "a", Edits: []edit.Edit{edit.Resize{Width: -1}}},
		} {
			require.ErrorContains(t, p.Publish(t.Context(), "acme", one(8), wrong), says)
		}
		require.ErrorContains(t, p.Publish(t.Context(), "a\x00", one(8)), "tenant")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err = s.Receive(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded, "nothing was published")
		shutdown(t, topic, s)
	})
}

func TestNew(t *testing.T) {
	_, err := prewarm.NewPublisher(nil, nil)
	require.Error(t, err)
	_, err = prewarm.NewWorker(nil, &scripted{}, nil)
	require.Error(t, err)
	topic := mempubsub.NewTopic()
	s := mempubsub.NewSubscription(topic, time.Minute)
	defer shutdown(t, topic, s)
	_, err = prewarm.NewWorker(s, nil, nil)
	require.Error(t, err)
	_, err = prewarm.NewWorker(s, &scripted{}, &prewarm.WorkerOptions{Age: -1})
	require.ErrorContains(t, err, "Age")
}
