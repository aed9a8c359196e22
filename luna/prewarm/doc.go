// Package prewarm renders images ahead of the requests for them, by any number of
// workers on any number of machines. It is for sites where the first visitor should
// not wait, for example for the pictures of a page after an upload.
//
// A [Publisher] says what to render, and each [Worker] that takes part in a
// subscription renders its share into the derived store, where all servers find it:
//
//	// where uploads end
//	publisher, err := prewarm.NewPublisher(topic, nil)
//	...
//	err = publisher.Publish(ctx, "acme", &edit.Request{Key: "hero.jpg", Edits: edits})
//
//	// in a program that renders
//	worker, err := prewarm.NewWorker(subscription, handler, nil)
//	...
//	err = worker.Run(ctx) // until ctx ends
//
// The handler is a *luna.Handler with a Cache, on the same stores as the servers'.
// Between the two is any broker that gocloud.dev/pubsub has a driver for: Kafka,
// Google's, Amazon's, Azure's, RabbitMQ, NATS, or memory. The program that opens
// the topic imports the driver; this package links none.
//
// # Delivery
//
// A message is acknowledged once its image is in the derived store, or will never
// be: messages that are delivered twice, as brokers may, find it there and cost a
// look. What failed because of a store, an overload or a limit of rate is tried
// again, with growing pauses, until the message is older than
// [WorkerOptions].Age. What is wrong with the message, the original or the plan is
// logged and not tried again.
//
// Drivers that deliver at most once, such as that of NATS's core, lose what a
// worker had in hand when it was killed. A picture that is not rendered ahead is
// rendered on request.
//
// # Who may publish
//
// Messages are not signed: whoever can publish to the topic can have any picture of
// any tenant rendered, stored and metered. Give the right to publish to servers
// only, as you would the signing secrets. What messages ask for is held to the
// limits and quotas that requests are held to.
package prewarm
