package prewarm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gocloud.dev/pubsub"
	"golang.org/x/sync/errgroup"

	"github.com/immagin/immagin-go/immagin/edit"
)

// PublisherOptions set what a [Publisher] asks for. A nil *PublisherOptions is
// all defaults, and so is the zero value of every field.
type PublisherOptions struct {
	// Accept lists the Accept headers of the clients to render for, where the
	// output format is auto: one picture for each that makes a difference.
	// "image/avif,image/webp" by default, which is what browsers of today take.
	Accept []string
}

// A Publisher tells workers what to render. It is safe for concurrent use.
type Publisher struct {
	topic  *pubsub.Topic
	accept []string
}

// NewPublisher returns a publisher to topic, which stays the caller's to shut
// down.
func NewPublisher(topic *pubsub.Topic, opts *PublisherOptions) (*Publisher, error) {
	if topic == nil {
		return nil, errors.New("prewarm: NewPublisher needs a topic")
	}
	p := &Publisher{topic: topic, accept: []string{"image/avif,image/webp"}}
	if opts != nil && len(opts.Accept) > 0 {
		p.accept = opts.Accept
	}
	return p, nil
}

// sending is how many messages are on their way at a time, so that drivers can
// send batches.
const sending = 32

// Publish asks for the pictures of requests, in any order and each once: of a
// request with a ladder, those of all its widths, densities and formats, which
// may be thousands, and which count on the tenant's bill as if somebody had
// looked at them. Version and Expires are of URLs, and make no difference.
//
// Nothing is published where one of the requests is wrong, which is an
// [*edit.Error], or asks for metadata. Where the broker fails, some messages
// may have been sent: publishing all again does no harm.
func (p *Publisher) Publish(ctx context.Context, tenant string, requests ...*edit.Request) error {
	bodies, err := p.bodies(tenant, requests, time.Now())
	if err != nil {
		return fmt.Errorf("prewarm: %w", err)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(sending)
	for _, body := range bodies {
		g.Go(func() error { return p.topic.Send(ctx, &pubsub.Message{Body: body}) })
	}
	if err := g.Wait(); err != nil {
		return fmt.Errorf("prewarm: publish: %w", err)
	}
	return nil
}

// bodies are the messages for requests, without doubles.
func (p *Publisher) bodies(tenant string, requests []*edit.Request, now time.Time) (bodies [][]byte, err error) {
	type picture struct{ spelling, accept string }
	seen := map[picture]bool{}
	for i, r := range requests {
		rungs, err := rungs(r)
		if err != nil {
			return nil, fmt.Errorf("request %d: %w", i, err)
		}
		for _, r := range rungs {
			m := message{Version: version, Tenant: tenant, Time: now.Unix()}
			if m.Payload, err = r.Payload(); err != nil {
				return nil, fmt.Errorf("request %d: %w", i, err)
			}
			text, err := spelling(r)
			if err != nil {
				return nil, fmt.Errorf("request %d: %w", i, err)
			}
			accepts := []string{""}
			if r.Output != nil && r.Output.Format == edit.FormatAuto {
				accepts = p.accept
			}
			for _, m.Accept = range accepts {
				if k := (picture{text, m.Accept}); seen[k] {
					continue
				} else if err := m.check(); err != nil {
					return nil, fmt.Errorf("request %d: %w", i, err)
				} else {
					seen[k] = true
				}
				body, err := json.Marshal(m)
				if err != nil {
					return nil, err
				}
				bodies = append(bodies, body)
			}
		}
	}
	return bodies, nil
}

// rungs are the requests for one picture each that r stands for.
func rungs(r *edit.Request) ([]*edit.Request, error) {
	switch {
	case r == nil:
		return nil, errors.New("is nil")
	case r.Metadata != nil:
		return nil, errors.New("asks for metadata, which is not stored")
	}
	if err := r.Validate(nil); err != nil {
		return nil, err
	}
	one := *r
	one.Version, one.Expires = "", nil
	if r.Ladder == nil {
		return []*edit.Request{&one}, nil
	}
	var list []*edit.Request
	for _, width := range r.Ladder.Widths {
		for _, density := range append([]float64{0}, r.Ladder.Densities...) {
			for _, format := range append([]edit.Format{""}, r.Ladder.Formats...) {
				rung, err := one.Resolve(width, density, format)
				if err != nil {
					return nil, err
				}
				list = append(list, rung)
			}
		}
	}
	return list, nil
}

// spelling is what equal pictures share, whatever the order that the engine
// runs edits in.
func spelling(r *edit.Request) (string, error) {
	var out edit.Output
	if r.Output != nil {
		out = *r.Output
	}
	full := *r
	full.Output = new(out.WithDefaults())
	text, err := full.Encode()
	return string(text), err
}
