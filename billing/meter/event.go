package meter

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/immagin/immagin-go/billing"
)

// An Event says that a project was served something to be counted: by
// default, that a rendition was made which the cache did not have. Hits,
// renders that failed, and metadata are no events.
type Event struct {
	Project   string         // the tenant: 1 to MaxText bytes of UTF-8 without NUL
	Image     string         // the original: its key and the version of its content
	Rendition string         // the canonical transform, output format included
	At        time.Time      // when it was made; picks the billing period
	Metric    billing.Metric // [billing.TransformsUnique] where empty
	// ID names the event itself, the same in every delivery of it. Only
	// EveryMiss looks at it.
	ID string
}

// Errors for events that no meter counts.
var (
	// ErrEvent is the error for an event with a field missing or unusable.
	ErrEvent = errors.New("meter: event not usable")
	// ErrEventTime is the error for an event too old or from the future, as
	// *EventTimeError.
	ErrEventTime = errors.New("meter: event time out of bounds")
)

// EventTimeError says that an event is too old or from the future. It is
// ErrEventTime.
type EventTimeError struct {
	At       time.Time // of the event
	Earliest time.Time // and what would be right
	Latest   time.Time
}

func (e *EventTimeError) Error() string {
	const f = time.RFC3339Nano
	return fmt.Sprintf("%v: %s is not from %s to %s", ErrEventTime, e.At.UTC().Format(f), e.Earliest.UTC().Format(f), e.Latest.UTC().Format(f))
}

// Is makes errors.Is(err, ErrEventTime) true.
func (e *EventTimeError) Is(target error) bool { return target == ErrEventTime }

// Image is an Event.Image of an original's key and the version of its
// content, which no other pair has.
func Image(key, version string) string {
	return fmt.Sprintf("%d:%s%s", len(key), key, version)
}

// record is the element that an event stands for. Its time is not looked at.
func (p *Policy) record(e Event, period billing.Period) (Record, error) {
	r := Record{Project: e.Project, Metric: e.Metric, Period: period.Start, At: e.At, Window: p.Window}
	if r.Metric == "" {
		r.Metric = billing.TransformsUnique
	}
	if e.Image == "" {
		return r, fmt.Errorf("%w: image is empty", ErrEvent)
	}
	rendition := e.Rendition
	if p.IgnoreFormat {
		var err error
		if rendition, err = withoutFormat(rendition); err != nil {
			return r, fmt.Errorf("%w: rendition: %w", ErrEvent, err)
		}
	}
	if p.Unique == EveryMiss {
		if e.ID == "" {
			return r, fmt.Errorf("%w: ID is empty, and must name the event where every miss counts", ErrEvent)
		}
		r.ID = NewID(e.Image, rendition, e.ID)
	} else {
		r.ID = NewID(e.Image, rendition)
	}
	if err := r.Validate(); err != nil {
		return r, fmt.Errorf("%w: %w", ErrEvent, err)
	}
	return r.normal(), nil
}

// withoutFormat leaves output.format out of a canonical rendition. What is
// left is spelled as Go's JSON spells it, which need not be the canonical
// spelling, but is one for each.
func withoutFormat(rendition string) (string, error) {
	var all, output map[string]json.RawMessage
	if err := json.Unmarshal([]byte(rendition), &all); err != nil || all == nil {
		return "", errors.New("not a JSON object, which it must be where formats are ignored")
	}
	if raw, ok := all["output"]; ok {
		if err := json.Unmarshal(raw, &output); err != nil {
			return "", errors.New("output is not a JSON object, which it must be where formats are ignored")
		}
		delete(output, "format")
		if delete(all, "output"); len(output) > 0 {
			all["output"], _ = json.Marshal(output)
		}
	}
	text, err := json.Marshal(all)
	return string(text), err
}
