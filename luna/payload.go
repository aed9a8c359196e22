package luna

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/immagin/immagin-go/immagin/edit"
)

// ErrExpired says that the URL's exp lies in the past.
var ErrExpired = errors.New("the URL has expired")

// payload is step 2: what is asked, all its faults at once.
func (h *Handler) payload(_ context.Context, x *exchange) error {
	ask, err := edit.Decode(x.path, h.limits)
	if err != nil {
		return err
	}
	if ask.Expires != nil {
		x.expires = time.Unix(*ask.Expires, 0)
		if time.Now().After(x.expires) {
			return ErrExpired
		}
	}
	switch {
	case ask.Ladder == nil && x.rung != rung{}:
		return ErrSignature // a URL without a ladder has no other query
	case ask.Ladder != nil && x.rung != rung{}:
		if ask, err = ask.Resolve(x.rung.width, x.rung.density, edit.Format(x.rung.format)); err != nil {
			return err
		}
	}
	// What equal pictures share is what is planned and cached.
	order := h.engine.opts.Order
	sorted := *ask
	sorted.Edits = order.Sort(ask.Edits)
	if x.ask, err = sorted.Canonical(); err != nil {
		return err
	}
	x.ask.Edits = order.Sort(x.ask.Edits)
	text, err := x.ask.Encode()
	x.canonical = string(text)
	return err
}

// identify is step 4: the content version of the original and of its layers, and
// the cache key.
// A client that asks whether its copy is still good is answered by a look at
// the original as it is now, never by one that is remembered.
func (h *Handler) identify(ctx context.Context, x *exchange) error {
	fresh := len(x.request.Header.Values("If-None-Match")) > 0 && !x.looked
	v, err := h.versions.of(ctx, x.tenant, x.ask.Key, fresh)
	if err != nil {
		return err
	}
	x.looked = true
	x.version = v.text
	parts := []string{h.engine.Revision(), x.tenant, x.ask.Key, v.text, x.canonical, x.choice.class}
	// The canonical form has the keys of layers, in a known order; what stands
	// under them is as much a part of the picture.
	x.layers = map[string]string{}
	for _, key := range layerKeys(x.ask.Edits) {
		v, err := h.versions.of(ctx, x.tenant, key, fresh)
		if err != nil {
			return layerError(key, err)
		}
		x.layers[key] = v.text
		parts = append(parts, v.text)
	}
	x.id = cacheKey(parts...)
	return nil
}

// fly is step 6, and through it 7 to 16: one run for all that ask for the same.
func (h *Handler) fly(ctx context.Context, x *exchange) error {
	j := &job{tenant: x.tenant, ask: x.ask, canonical: x.canonical, choice: x.choice, version: x.version, layers: x.layers, id: x.id}
	made, joined, err := h.board(ctx, x, func(ctx context.Context) (outcome, func(), error) {
		return h.produce(ctx, j)
	})
	if err != nil {
		return err
	}
	x.record, x.source = made.record, made.source
	if joined {
		if made.source == sourceMiss { // what was found is found for all
			x.source = sourceCoalesced
		}
		h.telemetry.joined(ctx, made.span)
	}
	x.timings = append(x.timings, made.timings...)
	return nil
}

// An exchange is one request on its way to its answer.
type exchange struct {
	request *http.Request

	tenant, path string // path is the payload as it stands there
	rung         rung
	ask          *edit.Request
	canonical    string
	expires      time.Time // zero for never
	choice       choice
	looked       bool
	patient      bool // waits for the best format, as long as that takes
	version, id  string
	layers       map[string]string // the versions of image layers, by key

	record *record
	source string
	timings

	// What was answered: the code of a problem, and the bytes of the body that
	// were sent.
	status int
	code   string
	sent   int64
}

func (x *exchange) answered() bool { return x.record != nil }

// Where an answer came from, in the words of the X-Luna-Cache header.
const (
	sourceHit       = "hit"
	sourceMiss      = "miss"
	sourceCoalesced = "coalesced"
)
