package luna

import (
	"context"
	"log/slog"
	"net/http"
	"time"
	"unicode/utf8"
)

// A UsageRecord is what is known of one request once it is answered. It has
// neither the signature nor the URL, no header, and no address of the client.
//
// Its JSON has the members that replay.ParseJSON of package billing/replay
// reads, so that a log of records can be billed.
type UsageRecord struct {
	// Time is when the request came, in UTC.
	Time time.Time `json:"time"`
	// Tenant is whose image was asked for; empty where nobody had signed the
	// URL.
	Tenant string `json:"tenant,omitempty"`
	// Host is what the request named as such, with its port if it had one; at
	// most 255 bytes of it.
	Host string `json:"host,omitempty"`
	// Method is GET or HEAD, and _OTHER for what is refused.
	Method string `json:"method"`

	// Key is that of the original; empty where the payload was not signed, not
	// understood, or has expired.
	Key string `json:"key,omitempty"`
	// Version is that of the original and of its image layers, and Canonical
	// the edits and the output, both as the [Admitter] is told them. Version is
	// empty where the original was not found. Canonical is empty for
	// metadata, which is no transform.
	Version   string `json:"version,omitempty"`
	Canonical string `json:"canonical,omitempty"`

	// Status is that of the answer, and 499 where the client left before it.
	Status int `json:"status"`
	// Code is the problem's, as of [ErrorCode]; "panic" where there was no
	// answer at all, and empty for images.
	Code string `json:"code,omitempty"`
	// Cache is hit, miss or coalesced; empty for problems.
	Cache string `json:"cache,omitempty"`
	// Format is the name of the image's format, such as "webp", and json for
	// metadata; ContentType is its media type. Both are empty for problems.
	Format      string `json:"format,omitempty"`
	ContentType string `json:"contentType,omitempty"`
	// Bytes of the body were sent: none for HEAD and 304.
	Bytes int64 `json:"bytes"`
	// Duration is how long the answer took, to the nanosecond, sending
	// included.
	Duration time.Duration `json:"durationNs"`

	// Country and Edge are what HandlerOptions.UsagePlace says.
	Country string `json:"country,omitempty"`
	Edge    string `json:"edge,omitempty"`
}

// The most that is taken of what clients can make up.
const (
	mostHost  = 255 // RFC 1035
	mostPlace = 64
)

// recordUsage tells the hook of an exchange that is over. A hook that panics
// is the operator's trouble, not the client's.
func (h *Handler) recordUsage(ctx context.Context, x *exchange, start time.Time, took time.Duration) {
	if h.opts.Usage == nil {
		return
	}
	ctx = context.WithoutCancel(ctx)
	err := protect(func() error {
		r := h.usageOf(x)
		r.Time, r.Duration = start.UTC().Round(0), took
		if h.opts.UsagePlace != nil {
			country, edge := h.opts.UsagePlace(x.request)
			r.Country, r.Edge = beginning(country, mostPlace), beginning(edge, mostPlace)
		}
		h.opts.Usage(ctx, r)
		return nil
	})
	if err != nil {
		h.opts.Logger.LogAttrs(ctx, slog.LevelError, "usage not recorded", slog.String("tenant", x.tenant), slog.Any("error", err))
	}
}

func (h *Handler) usageOf(x *exchange) UsageRecord {
	r := UsageRecord{
		Tenant: x.tenant,
		Host:   beginning(x.request.Host, mostHost),
		Method: x.request.Method,
		Status: x.status,
		Code:   x.code,
		Bytes:  x.sent,
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		r.Method = "_OTHER"
	}
	if r.Status == 0 { // a panic on its way to http.Server
		r.Status, r.Code = http.StatusInternalServerError, "panic"
	}
	if x.ask != nil {
		r.Key, r.Version = x.ask.Key, x.version
		if x.ask.Metadata == nil {
			r.Canonical = x.canonical
		}
	}
	if x.record != nil {
		r.Cache, r.Format, r.ContentType = x.source, h.telemetry.format(x.record), x.record.contentType
		if r.Canonical != "" {
			version, canonical, err := h.unique(&job{ask: x.ask, canonical: x.canonical, choice: x.choice, version: x.version, layers: x.layers})
			if err == nil {
				r.Version, r.Canonical = version, canonical
			}
		}
	}
	return r
}

// beginning returns the first n bytes of s, or fewer where that would cut a
// character.
func beginning(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
