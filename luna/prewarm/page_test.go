package prewarm_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/pubsub"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/prewarm"
)

// announce and render are the Go of examples/docs/prewarm.md.

func announce(ctx context.Context) error {
	topic, err := pubsub.OpenTopic(ctx, "awssqs://sqs.eu-central-1.amazonaws.com/123456789012/prewarm")
	if err != nil {
		return err
	}
	defer topic.Shutdown(ctx)
	publisher, err := prewarm.NewPublisher(topic, nil)
	if err != nil {
		return err
	}
	return publisher.Publish(ctx, "acme", &edit.Request{
		Key:    "hero.png",
		Edits:  []edit.Edit{edit.Resize{Width: 320}},
		Ladder: &edit.Ladder{Widths: []int{160, 320}, Densities: []float64{1, 2}},
	})
}

func render(ctx context.Context, handler *luna.Handler) error {
	subscription, err := pubsub.OpenSubscription(ctx, "awssqs://sqs.eu-central-1.amazonaws.com/123456789012/prewarm")
	if err != nil {
		return err
	}
	defer subscription.Shutdown(context.Background())            // sends the last acknowledgements
	worker, err := prewarm.NewWorker(subscription, handler, nil) // handler is a *luna.Handler with a Cache
	if err != nil {
		return err
	}
	return worker.Run(ctx) // until ctx ends, and the work under way with it
}

// TestPage: the page's Go is that of this file, which compiles. It links no
// driver of that broker, so that it gets no further than the URL.
func TestPage(t *testing.T) {
	require.ErrorContains(t, announce(t.Context()), "awssqs")
	require.ErrorContains(t, render(t.Context(), nil), "awssqs")

	page, err := os.ReadFile("../../examples/docs/prewarm.md")
	require.NoError(t, err)
	source, err := os.ReadFile("page_test.go")
	require.NoError(t, err)
	var found []string
	for i, block := range strings.Split(string(page), "```") {
		if code, ok := strings.CutPrefix(block, "go\n"); ok && i%2 == 1 {
			found = append(found, code)
			require.Contains(t, strings.ReplaceAll(string(source), "\n\t", "\n"), code)
		}
	}
	require.Len(t, found, 2)
}
