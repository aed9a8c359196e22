package prewarm_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	stdpng "image/png"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"
	"gocloud.dev/pubsub/mempubsub"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/luna/prewarm"
	"github.com/immagin/immagin-go/sign"
	"github.com/immagin/immagin-go/storage"
)

// After an upload, the pictures of a page are rendered before anybody asks.
func Example() {
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}

	// What the machines share: the stores and the broker.
	bucket := memblob.OpenBucket(nil) // in a program: s3blob, gcsblob, …
	defer bucket.Close()
	originals, derived := storage.NewOriginals(bucket, nil), storage.NewDerived(bucket, nil)
	topic := mempubsub.NewTopic() // in a program: pubsub.OpenTopic(ctx, "awssqs://…")
	defer topic.Shutdown(ctx)
	subscription := mempubsub.NewSubscription(topic, time.Minute)
	keys, err := sign.NewKeyring("test-secret-0123456789")
	check(err)
	machine := func() *luna.Handler {
		engine, err := luna.New(codecs.Default(), nil)
		check(err)
		handler, err := luna.NewHandler(engine, originals, sign.Tenants{"acme": keys}, &luna.HandlerOptions{
			Tenant: luna.FixedTenant("acme"),
			Cache:  derived,
		})
		check(err)
		return handler
	}

	// A machine that renders ahead.
	worker, err := prewarm.NewWorker(subscription, machine(), nil)
	check(err)
	running, stop := context.WithCancel(ctx)
	stopped := make(chan error)
	go func() { stopped <- worker.Run(running) }()

	// The API server, after an upload.
	var upload bytes.Buffer
	check(stdpng.Encode(&upload, image.NewGray(image.Rect(0, 0, 640, 480))))
	check(originals.Create(ctx, "acme", "hero.png", &upload, "image/png", false))
	request := &edit.Request{
		Key:    "hero.png",
		Edits:  []edit.Edit{edit.Resize{Width: 320}},
		Ladder: &edit.Ladder{Widths: []int{160, 320}, Densities: []float64{1, 2}},
	}
	publisher, err := prewarm.NewPublisher(topic, nil)
	check(err)
	check(publisher.Publish(ctx, "acme", request))

	// A machine that serves, and has rendered nothing.
	server := machine()
	payload, err := request.Payload()
	check(err)
	for _, rung := range []string{"w=160", "w=320", "w=320&dpr=2"} {
		url := "/" + payload + "?" + rung + "&sig=" + keys.Sign(payload)
		for !ready(ctx, bucket, 3) {
			time.Sleep(10 * time.Millisecond) // nobody has to: what is not there yet is rendered on request
		}
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, url, nil))
		fmt.Println(rung, answer.Code, answer.Header().Get("X-Luna-Cache"))
	}

	stop()
	check(<-stopped)
	check(subscription.Shutdown(ctx)) // sends the last acknowledgements
	// Output:
	// w=160 200 hit
	// w=320 200 hit
	// w=320&dpr=2 200 hit
}

// ready reports whether that many derived images are stored.
func ready(ctx context.Context, bucket *blob.Bucket, n int) bool {
	list := bucket.List(&blob.ListOptions{Prefix: "derived/"})
	for ; n > 0; n-- {
		if _, err := list.Next(ctx); err != nil {
			return false
		}
	}
	return true
}

// A picture in two widths, and for browsers that take AVIF and those that do
// not, is asked for once.
func ExampleNewPublisher() {
	ctx := context.Background()
	topic := mempubsub.NewTopic() // in a program: pubsub.OpenTopic(ctx, "gcppubsub://…")
	defer topic.Shutdown(ctx)
	subscription := mempubsub.NewSubscription(topic, time.Minute)
	defer subscription.Shutdown(ctx)

	publisher, err := prewarm.NewPublisher(topic, &prewarm.PublisherOptions{
		Accept: []string{"image/avif,image/webp", "image/webp"},
	})
	if err != nil {
		log.Fatal(err)
	}
	err = publisher.Publish(ctx, "acme", &edit.Request{
		Key:    "hero.jpg",
		Edits:  []edit.Edit{edit.Resize{Width: 400}},
		Output: &edit.Output{Format: edit.FormatAuto},
		Ladder: &edit.Ladder{Widths: []int{400, 800}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for range 4 {
		message, err := subscription.Receive(ctx)
		if err != nil {
			log.Fatal(err)
		}
		message.Ack()
	}
	fmt.Println("4 messages")
	// Output: 4 messages
}
