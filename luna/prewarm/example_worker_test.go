package prewarm_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"gocloud.dev/pubsub/mempubsub"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/prewarm"
)

// printer stands for a *luna.Handler, which is what servers give a worker.
type printer struct{ done chan struct{} }

func (p printer) Render(_ context.Context, tenant, payload, accept string) error {
	request, err := edit.Decode(payload, nil)
	if err != nil {
		return err
	}
	fmt.Println(tenant, request.Key)
	close(p.done)
	return nil
}

func ExampleNewWorker() {
	ctx := context.Background()
	topic := mempubsub.NewTopic()
	defer topic.Shutdown(ctx)
	subscription := mempubsub.NewSubscription(topic, time.Minute)
	done := make(chan struct{})
	worker, err := prewarm.NewWorker(subscription, printer{done}, &prewarm.WorkerOptions{Workers: 2, Grace: time.Second})
	if err != nil {
		log.Fatal(err)
	}
	running, stop := context.WithCancel(ctx)
	stopped := make(chan error)
	go func() { stopped <- worker.Run(running) }()

	publisher, err := prewarm.NewPublisher(topic, nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := publisher.Publish(ctx, "acme", &edit.Request{Key: "hero.jpg", Edits: []edit.Edit{edit.Resize{Width: 800}}}); err != nil {
		log.Fatal(err)
	}
	<-done // in a program: until a signal comes
	stop()
	fmt.Println(<-stopped, subscription.Shutdown(ctx))
	// Output:
	// acme hero.jpg
	// <nil> <nil>
}
