package luna

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// An Origin is the store of the originals. It must be safe for concurrent use.
//
// The version of an object is its ETag or generation: not empty, and another
// whenever the content is another. A size that is not known is negative. For
// an object that does not exist the errors are [fs.ErrNotExist]. When ctx is
// done, the methods and the body's Read return soon after.
type Origin interface {
	// Stat looks at the attributes of an object only.
	Stat(ctx context.Context, tenant, key string) (size int64, version string, err error)
	// Open returns the object's content, and the size and the version of that
	// very content. The handler closes the body.
	Open(ctx context.Context, tenant, key string) (body io.ReadCloser, size int64, version string, err error)
}

var (
	errFetchTimeout   = fmt.Errorf("the store is too slow: %w", context.DeadlineExceeded)
	errRequestTimeout = fmt.Errorf("the request takes too long: %w", context.DeadlineExceeded)
	errRenderTimeout  = fmt.Errorf("the transform takes too long: %w", context.DeadlineExceeded)
)

// A changedError says that the original is no longer of the version that the
// cache key was made with.
type changedError struct{ key string }

func (e *changedError) Error() string { return "the original has just been replaced" }

// fetch is step 8: the original and its layers, of which no more than the
// first bytes are read yet. One that is too long is not read at all.
func (h *Handler) fetch(ctx context.Context, j *job) (err error) {
	if j.body, err = h.open(ctx, j, j.ask.Key, j.version); err != nil {
		return err
	}
	j.layer = map[string]*body{}
	for _, key := range slices.Sorted(maps.Keys(j.layers)) {
		if j.layer[key], err = h.open(ctx, j, key, j.layers[key]); err != nil {
			return layerError(key, err)
		}
	}
	return nil
}

// open opens what is known as that version, until the job is done with it.
func (h *Handler) open(ctx context.Context, j *job, key, version string) (*body, error) {
	b := &body{left: h.opts.FetchTimeout}
	b.ctx, b.cancel = context.WithCancelCause(ctx)
	j.later(func() { b.cancel(nil) })
	epoch := h.versions.epoch(j.tenant, key)
	var found string
	var err error
	b.wait(func() { b.r, b.size, found, err = h.origin.Open(b.ctx, j.tenant, key) })
	if err != nil {
		h.versions.known.Invalidate(originalName{j.tenant, key})
		return nil, storeFailed(b.ctx, err)
	}
	j.later(func() {
		b.r.Close()
		h.telemetry.read(ctx, b.n)
	})
	if _, err := h.versions.remember(originalName{j.tenant, key}, found, b.size, epoch); err != nil {
		return nil, err
	}
	if found != version {
		return nil, &changedError{key}
	}
	if limit := h.engine.opts.MaxSourceBytes; b.size > limit {
		return nil, tooLong(limit)
	}
	return b, nil
}

// A body reads an original from the store. It bounds the time that is spent
// waiting for the store, so that an original can be decoded while it comes in
// without the decoder's time being counted; and it holds the store to the
// size that it told.
type body struct {
	ctx    context.Context // of the call to Open
	cancel context.CancelCauseFunc
	left   time.Duration
	r      io.ReadCloser
	size   int64 // negative where it is not known
	n      int64
	err    error
}

// wait counts the time that f takes.
func (b *body) wait(f func()) {
	start := time.Now()
	timer := time.AfterFunc(b.left, func() { b.cancel(errFetchTimeout) })
	defer func() {
		timer.Stop()
		b.left -= time.Since(start)
	}()
	f()
}

// reader returns b as the engine reads it, which is told the size.
func (b *body) reader() io.Reader {
	if b.size < 0 {
		return b
	}
	return withSize(b, b.size)
}

func (b *body) Read(p []byte) (n int, err error) {
	if b.err != nil {
		return 0, b.err
	}
	b.wait(func() { n, err = b.r.Read(p) })
	b.n += int64(n)
	switch {
	case b.size >= 0 && b.n > b.size:
		n, err = 0, &storeError{fmt.Errorf("the original is longer than the %d bytes that the store told", b.size)}
	case err == io.EOF && b.n < b.size:
		err = &storeError{fmt.Errorf("the original ends after %d of %d bytes: %w", b.n, b.size, io.ErrUnexpectedEOF)}
	case err != nil && err != io.EOF:
		err = storeFailed(b.ctx, err)
	}
	b.err = err
	return n, err
}
