package luna

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/maypok86/otter/v2"
)

// negativeBytes bounds what is remembered of refusals.
const negativeBytes = 2 << 20

// negatives remember for some seconds what cannot be made: of damaged, foreign
// and too large originals, which are the dearest to refuse, and of edits that
// are impossible for their original. A missing original is remembered as one of
// its versions. A nil *negatives remembers nothing.
type negatives struct {
	age   time.Duration
	known *otter.Cache[string, *negativeError]
}

// A negativeError is what was found of an error, and not the error, which may
// hold on to anything.
type negativeError struct {
	kind kind
	text string
	ends time.Time
}

func (e *negativeError) Error() string { return e.text + " (seen before)" }

func newNegatives(age time.Duration) *negatives {
	if age <= 0 {
		return nil
	}
	return &negatives{age: age, known: otter.Must(&otter.Options[string, *negativeError]{
		MaximumWeight: negativeBytes,
		Weigher: func(_ string, e *negativeError) uint32 {
			return uint32(len(e.text) + len(e.kind.detail) + recordOverhead)
		},
		Executor: func(f func()) { f() }, // no goroutine of its own
	})}
}

func (n *negatives) get(id string) error {
	if n == nil {
		return nil
	}
	if e, ok := n.known.GetIfPresent(id); ok && time.Now().Before(e.ends) {
		return e
	}
	return nil
}

// put remembers err, if it is one that the same request will meet again.
func (n *negatives) put(id string, err error) {
	if n == nil {
		return
	}
	seen := (*negativeError)(nil)
	if !errors.As(err, &seen) {
		k := classify(err)
		switch k.status {
		case http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		default: // what the store, the clock, the client or the Admitter did
			return
		}
		seen = &negativeError{k, err.Error(), time.Now().Add(n.age)}
	}
	n.known.Set(id, seen)
}

// refuse is the step between 5 and 6: what this very request was refused for.
func (h *Handler) refuse(_ context.Context, x *exchange) error { return h.negatives.get(x.id) }

// refuseOriginal is the second step of a flight: what any request for this
// version of the original is refused for. It comes after the derived store,
// which may hold what was made under other limits.
func (h *Handler) refuseOriginal(_ context.Context, j *job) error {
	return h.negatives.get(j.originalID())
}

// originalID names a version of an original.
func (j *job) originalID() string { return cacheKey("original", j.tenant, j.ask.Key, j.version) }

// remember is told why a job has failed.
func (h *Handler) remember(ctx context.Context, j *job, err error) {
	if h.negatives == nil || ctx.Err() != nil || j.uncertain() {
		return
	}
	h.negatives.put(j.id, err)
	if e := (*LayerError)(nil); j.original == nil && !errors.As(err, &e) {
		h.negatives.put(j.originalID(), err) // no edit was looked at yet
	}
}

// uncertain reports whether the store or the clock may have had a part in what
// went wrong, whatever a codec made of it.
func (j *job) uncertain() bool {
	if j.late || j.body != nil && j.body.failed() {
		return true
	}
	for _, b := range j.layer {
		if b != nil && b.failed() {
			return true
		}
	}
	return false
}

// failed reports whether the store did not deliver.
func (b *body) failed() bool { return b.err != nil && b.err != io.EOF }
