package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// memory is a Store that obeys, with faults to inject.
type memory struct {
	mu      sync.Mutex
	objects map[string]object
	presign bool
	fail    error // of every call
	created int   // calls of Create
}

type object struct{ body, contentType string }

func (m *memory) Stat(_ context.Context, tenant, key string) (int64, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return 0, "", m.fail
	}
	o, ok := m.objects[tenant+"/"+key]
	if !ok {
		return 0, "", &fs.PathError{Op: "stat", Path: key, Err: fs.ErrNotExist}
	}
	return int64(len(o.body)), "v1", nil
}

func (m *memory) Create(_ context.Context, tenant, key string, body io.Reader, contentType string, overwrite bool) error {
	m.mu.Lock()
	m.created++
	fail := m.fail
	m.mu.Unlock()
	if fail != nil {
		return fail
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.objects[tenant+"/"+key]; ok && !overwrite {
		return fmt.Errorf("create: %w", fs.ErrExist)
	}
	if m.objects == nil {
		m.objects = map[string]object{}
	}
	m.objects[tenant+"/"+key] = object{string(b), contentType}
	return nil
}

func (m *memory) SignPut(_ context.Context, tenant, key, contentType string, size int64, expiry time.Duration) (string, http.Header, error) {
	if m.fail != nil {
		return "", nil, m.fail
	}
	if !m.presign {
		return "", nil, fmt.Errorf("memory: %w", errors.ErrUnsupported)
	}
	return fmt.Sprintf("https://bucket.example.com/%s/%s?size=%d&expiry=%v", tenant, key, size, expiry), http.Header{"Content-Type": {contentType}}, nil
}

// List is by key, and its cursor is the last one.
func (m *memory) List(_ context.Context, tenant, prefix, cursor string, limit int, yield func(key string, size int64, modified time.Time) bool) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return "", m.fail
	}
	var keys []string
	for name := range m.objects {
		key, ok := strings.CutPrefix(name, tenant+"/")
		if ok && strings.HasPrefix(key, prefix) && key > cursor {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for i, key := range keys {
		if i == limit {
			return keys[i-1], nil
		}
		if !yield(key, int64(len(m.objects[tenant+"/"+key].body)), time.Unix(1_700_000_000, 5e8).In(time.FixedZone("x", 3600))) {
			break
		}
	}
	return "", nil
}

func (m *memory) Delete(_ context.Context, tenant, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	if _, ok := m.objects[tenant+"/"+key]; !ok {
		return &fs.PathError{Op: "delete", Path: key, Err: fs.ErrNotExist}
	}
	delete(m.objects, tenant+"/"+key)
	return nil
}

func (m *memory) get(name string) (object, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.objects[name]
	return o, ok
}

// faultyKeys fail as they are told.
type faultyKeys struct {
	Keys
	mu     sync.Mutex
	fail   error
	lookup bool // fails too
}

func (k *faultyKeys) set(fail error, lookup bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fail, k.lookup = fail, lookup
}

func (k *faultyKeys) err(lookup bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if lookup && !k.lookup {
		return nil
	}
	return k.fail
}

func (k *faultyKeys) Lookup(ctx context.Context, prefix string) ([]Key, error) {
	if err := k.err(true); err != nil {
		return nil, err
	}
	return k.Keys.Lookup(ctx, prefix)
}

func (k *faultyKeys) Create(ctx context.Context, key Key) error {
	if err := k.err(false); err != nil {
		return err
	}
	return k.Keys.Create(ctx, key)
}

func (k *faultyKeys) List(ctx context.Context, tenant string) ([]Key, error) {
	if err := k.err(false); err != nil {
		return nil, err
	}
	return k.Keys.List(ctx, tenant)
}

func (k *faultyKeys) Revoke(ctx context.Context, tenant, id string) error {
	if err := k.err(false); err != nil {
		return err
	}
	return k.Keys.Revoke(ctx, tenant, id)
}
