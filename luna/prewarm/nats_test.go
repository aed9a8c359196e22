package prewarm_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"gocloud.dev/gcerrors"
	"gocloud.dev/pubsub"
	"gocloud.dev/pubsub/driver"
	"gocloud.dev/pubsub/natspubsub"

	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/prewarm"
)

// newNATS runs a NATS server with JetStream for the time of a test.
func newNATS(t *testing.T) (connect func() *nats.Conn) {
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true,
		JetStream: true, StoreDir: t.TempDir(),
	})
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	require.True(t, s.ReadyForConnections(10*time.Second))
	return func() *nats.Conn {
		c, err := nats.Connect(s.ClientURL())
		require.NoError(t, err)
		t.Cleanup(c.Close)
		return c
	}
}

// TestNATS: two machines in a queue group of NATS's core, through the driver
// that gocloud.dev has. It redelivers nothing, so that a worker tries again
// itself.
func TestNATS(t *testing.T) {
	connect := newNATS(t)
	f := newFarm(t)
	store := &unsteady{Cache: f.derived}
	store.failures.Store(3)
	f.derived = store
	var subscriptions []*pubsub.Subscription
	var workers []*prewarm.Worker
	for range 2 {
		c := connect()
		s, err := natspubsub.OpenSubscriptionV2(c, "prewarm", &natspubsub.SubscriptionOptions{Queue: "workers"})
		require.NoError(t, err)
		require.NoError(t, c.Flush())
		subscriptions = append(subscriptions, s)
		workers = append(workers, f.worker(s, f.machine(luna.HandlerOptions{}), prewarm.WorkerOptions{Pause: 100 * time.Millisecond}))
	}
	stop := run(t, workers...)
	topic, err := natspubsub.OpenTopicV2(connect(), "prewarm", nil)
	require.NoError(t, err)
	publish(t, topic, ladder())
	require.Eventually(t, func() bool { return store.stored.Load() == ladderPictures }, time.Minute, 10*time.Millisecond)
	stop()
	shutdown(t, topic, subscriptions...)
	require.EqualValues(t, ladderPictures, f.renders.Load())
	require.Equal(t, "hit", f.get(f.machine(luna.HandlerOptions{}), ladder(), "w=24&dpr=2&"))
}

// TestJetStream: a machine is cut off when it has rendered and stored, and
// before it could acknowledge, with messages in hand; the other one gets them
// all, and renders only what is not there.
func TestJetStream(t *testing.T) {
	connect := newNATS(t)
	f := newFarm(t)
	store := &unsteady{Cache: f.derived}
	f.derived = store

	publisher, err := jetstream.New(connect())
	require.NoError(t, err)
	_, err = publisher.CreateStream(t.Context(), jetstream.StreamConfig{Name: "prewarm", Subjects: []string{"prewarm"}, Retention: jetstream.WorkQueuePolicy})
	require.NoError(t, err)
	topic := pubsub.NewTopic(&streamTopic{js: publisher}, nil)
	publish(t, topic, ladder())

	doomed := connect()
	first := f.machine(luna.HandlerOptions{})
	cut := f.worker(stream(t, doomed), rendererFunc(func(ctx context.Context, tenant, payload, accept string) error {
		err := first.Render(ctx, tenant, payload, accept)
		doomed.Close()
		return err
	}), prewarm.WorkerOptions{Workers: 1})
	require.Error(t, cut.Run(t.Context()), "the connection is gone")
	had := f.renders.Load()
	require.Positive(t, had)

	c := connect()
	s := stream(t, c)
	stop := run(t, f.worker(s, f.machine(luna.HandlerOptions{}), prewarm.WorkerOptions{}))
	left := func() uint64 {
		info, err := publisher.Stream(t.Context(), "prewarm")
		require.NoError(t, err)
		return info.CachedInfo().State.Msgs
	}
	require.Eventually(t, func() bool { return left() == 0 }, time.Minute, 50*time.Millisecond)
	stop()
	shutdown(t, topic, s)
	require.EqualValues(t, ladderPictures, f.renders.Load(), "what was stored is not made again")
	require.EqualValues(t, ladderPictures, store.stored.Load())
}

type rendererFunc func(ctx context.Context, tenant, payload, accept string) error

func (f rendererFunc) Render(ctx context.Context, tenant, payload, accept string) error {
	return f(ctx, tenant, payload, accept)
}

// stream is a subscription that acknowledges, which NATS's core has none of.
func stream(t *testing.T, c *nats.Conn) *pubsub.Subscription {
	js, err := jetstream.New(c)
	require.NoError(t, err)
	consumer, err := js.CreateOrUpdateConsumer(t.Context(), "prewarm", jetstream.ConsumerConfig{
		Durable: "workers", AckPolicy: jetstream.AckExplicitPolicy, AckWait: 2 * time.Second,
	})
	require.NoError(t, err)
	return pubsub.NewSubscription(&streamSubscription{conn: c, consumer: consumer}, nil, nil)
}

type streamDriver struct{}

func (streamDriver) IsRetryable(error) bool             { return false }
func (streamDriver) As(any) bool                        { return false }
func (streamDriver) ErrorAs(error, any) bool            { return false }
func (streamDriver) ErrorCode(error) gcerrors.ErrorCode { return gcerrors.Unknown }
func (streamDriver) Close() error                       { return nil }

type streamTopic struct {
	streamDriver
	js jetstream.JetStream
}

func (s *streamTopic) SendBatch(ctx context.Context, list []*driver.Message) error {
	for _, m := range list {
		if _, err := s.js.Publish(ctx, "prewarm", m.Body); err != nil {
			return err
		}
	}
	return nil
}

type streamSubscription struct {
	streamDriver
	conn     *nats.Conn
	consumer jetstream.Consumer
}

func (s *streamSubscription) ReceiveBatch(ctx context.Context, most int) (list []*driver.Message, err error) {
	if s.conn.IsClosed() {
		return nil, nats.ErrConnectionClosed
	}
	batch, err := s.consumer.Fetch(most, jetstream.FetchMaxWait(200*time.Millisecond))
	if err != nil {
		return nil, err
	}
	for m := range batch.Messages() {
		list = append(list, &driver.Message{LoggableID: m.Reply(), Body: m.Data(), AckID: m})
	}
	if err := batch.Error(); len(list) == 0 && err != nil && !errors.Is(err, nats.ErrTimeout) {
		return nil, err
	}
	return list, nil
}

func (s *streamSubscription) each(ids []driver.AckID, f func(jetstream.Msg) error) error {
	for _, id := range ids {
		if err := f(id.(jetstream.Msg)); err != nil {
			return err
		}
	}
	return s.conn.Flush()
}

func (s *streamSubscription) SendAcks(_ context.Context, ids []driver.AckID) error {
	return s.each(ids, jetstream.Msg.Ack)
}

func (s *streamSubscription) CanNack() bool { return true }

func (s *streamSubscription) SendNacks(_ context.Context, ids []driver.AckID) error {
	return s.each(ids, jetstream.Msg.Nak)
}
