package api

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/immagin/immagin-go/sign"
)

// The defaults of [Options].
const (
	DefaultMaxSize = 32 << 20 // bytes
	DefaultExpiry  = 5 * time.Minute
)

// Options are the settings of a [Handler]. The zero value of a field is its
// default.
type Options struct {
	// MaxSize of an uploaded object in bytes; DefaultMaxSize by default. A URL
	// that a store presigned does not hold it: only the size that sign-url was
	// told is compared then, unless Strict.
	MaxSize int64
	// Expiry is how long an upload URL lives, 1 second to
	// [sign.MaxTicketLife]; DefaultExpiry by default. An upload that has
	// begun may take longer: bound it by the server's ReadTimeout.
	Expiry time.Duration
	// Strict sends every upload through this handler, where the size is cut
	// off while streaming, the content is looked at and a URL works once,
	// rather than straight to a store that presigns URLs itself.
	Strict bool
	// PublicURL is where the world finds this handler, without "/v1". By
	// default it is taken from each request, which is wrong behind a proxy
	// that changes the scheme, the host or the path.
	PublicURL string
	// Guard is asked before an upload URL is made, and again before an upload
	// to this handler is taken. [ErrBalanceOutstanding] and
	// [ErrProjectLimit] refuse; any other error is a 500. Nil allows all.
	Guard func(ctx context.Context, u Upload) error
	// Nonces remembers which tickets were used; by default in memory, which
	// serves one process and forgets when it ends.
	Nonces Nonces
	// Deleted is called when DELETE /v1/images/{key} has removed the original,
	// and also when there was none: what is derived from it goes now, from
	// stores (storage.Derived.DeleteAll) and from memory (luna.Handler.Forget).
	// It must be idempotent: its error is a 502, code "delete_incomplete", and
	// the client that repeats the call finishes the job. Its context outlives
	// the client's connection, by a minute at most. Nil does nothing.
	Deleted func(ctx context.Context, tenant, key string) error
	// RateLimit bounds the calls of each API key.
	RateLimit RateLimit
	// CORS lets browsers of other origins in; by default none.
	CORS CORS
	// Now is the clock; time.Now by default.
	Now func() time.Time
	// Logger gets a record of each request at Info, with the route's pattern
	// rather than the path, and the causes of answers of 500 and more at
	// Error; nil logs nothing. No record holds a key (but its prefix), a
	// secret, a ticket or a signature.
	Logger *slog.Logger
}

// withDefaults checks o, which may be nil, and fills it up.
func (o *Options) withDefaults() (Options, error) {
	var d Options
	if o != nil {
		d = *o
	}
	switch {
	case d.MaxSize < 0:
		return d, errors.New("api: MaxSize must be at least 1 byte")
	case d.Expiry != 0 && (d.Expiry < time.Second || d.Expiry > sign.MaxTicketLife):
		return d, errors.New("api: Expiry must be 1 second to 7 days")
	}
	if d.MaxSize == 0 {
		d.MaxSize = DefaultMaxSize
	}
	if d.Expiry == 0 {
		d.Expiry = DefaultExpiry
	}
	if d.PublicURL != "" {
		u, err := url.Parse(d.PublicURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return d, errors.New("api: PublicURL must be like https://api.example.com/path")
		}
		d.PublicURL = strings.TrimRight(d.PublicURL, "/")
	}
	if d.Guard == nil {
		d.Guard = func(context.Context, Upload) error { return nil }
	}
	if d.Nonces == nil {
		d.Nonces = new(MemoryNonces)
	}
	if d.Deleted == nil {
		d.Deleted = func(context.Context, string, string) error { return nil }
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	var err error
	if d.RateLimit, err = d.RateLimit.withDefaults(); err != nil {
		return d, err
	}
	return d, d.CORS.check()
}
