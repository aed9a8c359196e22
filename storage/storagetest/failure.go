package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"
)

var errBody = errors.New("the body failed")

// failingReader gives n bytes, calls then, and fails with err. If that is nil it
// goes on for a while, which a caller who has left does not see.
type failingReader struct {
	n    int
	then func()
	err  error
	more int
}

func (f *failingReader) Read(p []byte) (int, error) {
	if f.n == 0 {
		if f.then != nil {
			f.then()
		}
		if f.err != nil || len(p) == 0 {
			return 0, f.err
		}
		if f.more++; f.more > 1000 {
			return 0, io.EOF
		}
		p[0] = 'y'
		return 1, nil
	}
	n := min(len(p), f.n)
	for i := range n {
		p[i] = 'x'
	}
	f.n -= n
	return n, nil
}

// failures runs what must fail with cause, on a key with nothing and on one with
// an original, and makes sure that it changes neither.
func failures(ctx context.Context, s Originals, o *Options, cause error, create func(tenant, key string, n int, overwrite bool) error) error {
	tenant, old := newTenant(), content(1000, 3)
	if err := put(ctx, s, tenant, "dir/old.jpg", old); err != nil {
		return err
	}
	version, err := holds(ctx, s, tenant, "dir/old.jpg", old)
	if err != nil {
		return err
	}
	before, err := o.residue(ctx)
	if err != nil {
		return err
	}
	for _, n := range []int{0, 1, 600, 70_000, 6 << 20} {
		for _, overwrite := range []bool{false, true} {
			err := create(tenant, "new/dir/a.jpg", n, overwrite)
			if err := want(err, cause, "Create after %d bytes", n); err != nil {
				return err
			}
			if err := lacks(ctx, s, tenant, "new/dir/a.jpg"); err != nil {
				return fmt.Errorf("after a Create that failed: %w", err)
			}
		}
		if err := want(create(tenant, "dir/old.jpg", n, true), cause, "Create after %d bytes", n); err != nil {
			return err
		}
		if again, err := holds(ctx, s, tenant, "dir/old.jpg", old); err != nil || again != version {
			return fmt.Errorf("a Create that failed after %d bytes changed the original: version %q, then %q (%v)", n, version, again, err)
		}
		if err := o.sameResidue(ctx, before); err != nil {
			return fmt.Errorf("after a Create that failed after %d bytes: %w", n, err)
		}
	}
	return remove(ctx, s, tenant, "dir/old.jpg")
}

func checkFailingBody(ctx context.Context, s Originals, o *Options) error {
	return failures(ctx, s, o, errBody, func(tenant, key string, n int, overwrite bool) error {
		return s.Create(ctx, tenant, key, &failingReader{n: n, err: errBody}, jpegType, overwrite)
	})
}

func checkCancelled(ctx context.Context, s Originals, o *Options) error {
	// The caller leaves while the body still flows, or has just ended.
	for _, end := range []error{nil, io.EOF} {
		err := failures(ctx, s, o, context.Canceled, func(tenant, key string, n int, overwrite bool) error {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			return s.Create(ctx, tenant, key, &failingReader{n: n, then: cancel, err: end}, jpegType, overwrite)
		})
		if err != nil {
			return err
		}
	}
	tenant, text := newTenant(), content(1<<20, 1)
	if err := put(ctx, s, tenant, "a.jpg", text); err != nil {
		return err
	}
	// A reader whose context ends.
	reading, cancel := context.WithCancel(ctx)
	defer cancel()
	body, _, _, err := s.Open(reading, tenant, "a.jpg")
	if err != nil {
		return err
	}
	if _, err := io.ReadFull(body, make([]byte, 10)); err != nil {
		return fmt.Errorf("reading the first bytes: %w", err)
	}
	cancel()
	_, err = io.ReadAll(body)
	body.Close()
	if err := want(err, context.Canceled, "reading on after the context was cancelled"); err != nil {
		return err
	}
	// Contexts that are done before anything begins.
	late, stop := context.WithDeadline(ctx, time.Unix(1, 0))
	defer stop()
	for _, c := range []struct {
		ctx   context.Context
		cause error
	}{{reading, context.Canceled}, {late, context.DeadlineExceeded}} {
		_, _, stat := s.Stat(c.ctx, tenant, "a.jpg")
		_, _, _, open := s.Open(c.ctx, tenant, "a.jpg")
		_, list := s.List(c.ctx, tenant, "", "", 10, func(string, int64, time.Time) bool { return true })
		for name, err := range map[string]error{
			"Stat": stat, "Open": open, "List": list,
			"Create": s.Create(c.ctx, tenant, "b.jpg", bytes.NewReader(text), jpegType, false),
			"Delete": s.Delete(c.ctx, tenant, "a.jpg"),
		} {
			if err := want(err, c.cause, "%s under a context that is done", name); err != nil {
				return err
			}
		}
	}
	if _, err := holds(ctx, s, tenant, "a.jpg", text); err != nil {
		return err
	}
	return remove(ctx, s, tenant, "a.jpg")
}

func checkConcurrentCreate(ctx context.Context, s Originals, o *Options) error {
	tenant := newTenant()
	for round := range max(1, o.Rounds/10) {
		key := fmt.Sprintf("race/%d/a.jpg", round)
		errs := make([]error, o.Racers)
		race(o.Racers, func(i int) {
			errs[i] = s.Create(ctx, tenant, key, bytes.NewReader(content(3000, uint64(i))), jpegType, false)
		})
		winner := -1
		for i, err := range errs {
			switch {
			case err == nil && winner >= 0:
				return fmt.Errorf("of %d callers that created one original, two succeeded", o.Racers)
			case err == nil:
				winner = i
			case !errors.Is(err, fs.ErrExist):
				return fmt.Errorf("of %d callers that created one original, one failed with %w; it should be %w", o.Racers, err, fs.ErrExist)
			}
		}
		if winner < 0 {
			return fmt.Errorf("of %d callers that created one original, none succeeded", o.Racers)
		}
		if _, err := holds(ctx, s, tenant, key, content(3000, uint64(winner))); err != nil {
			return fmt.Errorf("the winner's original: %w", err)
		}
		if err := remove(ctx, s, tenant, key); err != nil {
			return err
		}
	}
	return nil
}

// race calls f with 0 to n-1, all at the same time.
func race(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			f(i)
		})
	}
	done.Wait()
}

// checkConcurrentReplace has writers replace an original while readers read:
// these must see whole contents, and one content a version.
func checkConcurrentReplace(ctx context.Context, s Originals, o *Options) error {
	const writers, readers = 2, 2
	tenant, key := newTenant(), "dir/a.jpg"
	known := map[string]bool{}
	texts := make([][]byte, 1+writers*o.Rounds)
	for i := range texts {
		texts[i] = content(50_000, uint64(i)) // all of one size
		known[string(texts[i])] = true
	}
	if err := put(ctx, s, tenant, key, texts[0]); err != nil {
		return err
	}
	var mu sync.Mutex
	versions := map[string]string{}
	read := func() error {
		body, size, version, err := s.Open(ctx, tenant, key)
		if err != nil {
			return fmt.Errorf("store: Open while it is replaced: %w", err)
		}
		text, err := readAll(body)
		if err != nil {
			return fmt.Errorf("reading while it is replaced: %w", err)
		}
		if !known[string(text)] || size != int64(len(text)) {
			return fmt.Errorf("while it was replaced, %d bytes were read that nobody stored (size %d)", len(text), size)
		}
		mu.Lock()
		defer mu.Unlock()
		if before, ok := versions[version]; ok && before != string(text) {
			return fmt.Errorf("version %q was read with two contents", version)
		}
		versions[version] = string(text)
		return nil
	}
	var writing atomic.Int32
	writing.Store(writers)
	errs := make([]error, writers+readers)
	race(writers+readers, func(i int) {
		if i >= writers {
			for errs[i] == nil && writing.Load() > 0 {
				errs[i] = read()
			}
			return
		}
		defer writing.Add(-1)
		for n := range o.Rounds {
			err := s.Create(ctx, tenant, key, bytes.NewReader(texts[1+i*o.Rounds+n]), jpegType, true)
			if err != nil {
				errs[i] = fmt.Errorf("store: Create while others do: %w", err)
				return
			}
		}
	})
	if err := errors.Join(append(errs, read())...); err != nil {
		return err
	}
	return remove(ctx, s, tenant, key)
}
