package luna

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"strconv"
	"sync"
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
	absence  time.Duration // for which it is remembered that there is none
	patience time.Duration
	known    *otter.Cache[originalName, contentVersion]
	looks    flights[contentVersion]
	// epochs count how often an original was forgotten, each for many: what
	// was seen in an earlier epoch is not remembered, and not waited for.
	epochs [256]epoch
	seed   maphash.Seed
}

type epoch struct {
	mu sync.Mutex
	n  uint64
}

type originalName struct{ tenant, key string }

type contentVersion struct {
	text string // empty where there is no such original
	size int64  // negative where the origin does not tell
	ends time.Time
}

func newVersions(origin Origin, age, absence, patience time.Duration) *versions {
	return &versions{
		origin:   origin,
		age:      age,
		absence:  min(age, absence),
		patience: patience,
		seed:     maphash.MakeSeed(),
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
			if known.text == "" {
				return known, fs.ErrNotExist
			}
			return known, nil
		}
	}
	epoch := v.epoch(tenant, key)
	found, _, err := v.looks.do(ctx, cacheKey(tenant, key, strconv.FormatUint(epoch, 10)), func(ctx context.Context) (contentVersion, func(), error) {
		found, err := v.look(ctx, name, epoch)
		return found, nil, err
	})
	return found, err
}

func (v *versions) look(ctx context.Context, name originalName, epoch uint64) (contentVersion, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, v.patience, errFetchTimeout)
	defer cancel()
	size, text, err := v.origin.Stat(ctx, name.tenant, name.key)
	if err != nil {
		v.known.Invalidate(name)
		if err = storeFailed(ctx, err); errors.Is(err, fs.ErrNotExist) {
			v.keep(name, contentVersion{}, v.absence, epoch)
		}
		return contentVersion{}, err
	}
	return v.remember(name, text, size, epoch)
}

// remember is told what a look at the origin has shown that began in that
// epoch.
func (v *versions) remember(name originalName, text string, size int64, epoch uint64) (contentVersion, error) {
	if text == "" {
		return contentVersion{}, &storeError{fmt.Errorf("the origin tells no version of the original")}
	}
	found := contentVersion{text: text, size: size}
	v.keep(name, found, v.age, epoch)
	return found, nil
}

func (v *versions) keep(name originalName, found contentVersion, age time.Duration, epoch uint64) {
	found.ends = time.Now().Add(age)
	e := v.epochOf(name)
	e.mu.Lock()
	defer e.mu.Unlock()
	if age > 0 && e.n == epoch {
		v.known.Set(name, found)
	}
}

// forget makes sure that whoever asks from now on is told what the origin
// shows from now on.
func (v *versions) forget(tenant, key string) {
	name := originalName{tenant, key}
	e := v.epochOf(name)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.n++
	v.known.Invalidate(name)
}

// epoch is to be asked before the origin is.
func (v *versions) epoch(tenant, key string) uint64 {
	e := v.epochOf(originalName{tenant, key})
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.n
}

func (v *versions) epochOf(name originalName) *epoch {
	return &v.epochs[maphash.Comparable(v.seed, name)%uint64(len(v.epochs))]
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
