package luna

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/maypok86/otter/v2"
)

// maxVersions is how many content versions are remembered at most: with the
// longest keys that is 16 MiB.
const maxVersions = 1 << 14

// versions remembers for a while which content versions the originals have.
type versions struct {
	origin   Origin
	age      time.Duration
	patience time.Duration
	known    *otter.Cache[originalName, contentVersion]
	looks    flights[contentVersion]
}

type originalName struct{ tenant, key string }

type contentVersion struct {
	text string
	size int64 // negative where the origin does not tell
	ends time.Time
}

func newVersions(origin Origin, age, patience time.Duration) *versions {
	return &versions{
		origin:   origin,
		age:      age,
		patience: patience,
		known: otter.Must(&otter.Options[originalName, contentVersion]{
			MaximumSize: maxVersions,
			Executor:    func(f func()) { f() }, // no goroutine of its own
		}),
	}
}

// of returns the version of an original: a remembered one, unless fresh is
// set. However many ask, the origin is asked once at a time.
func (v *versions) of(ctx context.Context, tenant, key string, fresh bool) (contentVersion, error) {
	name := originalName{tenant, key}
	if !fresh {
		if known, ok := v.known.GetIfPresent(name); ok && time.Now().Before(known.ends) {
			return known, nil
		}
	}
	found, _, err := v.looks.do(ctx, cacheKey(tenant, key), func(ctx context.Context) (contentVersion, func(), error) {
		found, err := v.look(ctx, name)
		return found, nil, err
	})
	return found, err
}

func (v *versions) look(ctx context.Context, name originalName) (contentVersion, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, v.patience, errFetchTimeout)
	defer cancel()
	size, text, err := v.origin.Stat(ctx, name.tenant, name.key)
	if err != nil {
		v.forget(name.tenant, name.key)
		return contentVersion{}, storeFailed(ctx, err)
	}
	return v.remember(name.tenant, name.key, text, size)
}

// remember is told what a look at the origin has shown.
func (v *versions) remember(tenant, key, text string, size int64) (contentVersion, error) {
	if text == "" {
		return contentVersion{}, &storeError{fmt.Errorf("the origin tells no version of the original")}
	}
	found := contentVersion{text: text, size: size, ends: time.Now().Add(v.age)}
	if v.age > 0 {
		v.known.Set(originalName{tenant, key}, found)
	}
	return found, nil
}

func (v *versions) forget(tenant, key string) {
	v.known.Invalidate(originalName{tenant, key})
}

// A storeError says that the origin failed, or that the keys could not be
// looked up: it is neither the client's fault nor the image's.
type storeError struct{ err error }

func (e *storeError) Error() string { return "store failing: " + e.err.Error() }
func (e *storeError) Unwrap() error { return e.err }

// storeFailed returns the error of a call to the origin: the cause of ctx's
// end, or err, marked as the store's unless it is that there is no such object.
func storeFailed(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, fs.ErrNotExist):
		return err
	}
	return &storeError{err}
}
