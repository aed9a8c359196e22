package storage

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"
)

// inMemory is a driver that lists and deletes names.
type inMemory struct {
	scripted
	mu    sync.Mutex
	names map[string]bool
}

func newInMemory(names ...string) *inMemory {
	m := &inMemory{names: map[string]bool{}}
	m.code = gcerrors.Internal
	for _, name := range names {
		m.names[name] = true
	}
	m.list = func(o *driver.ListOptions) (*driver.ListPage, error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		page := &driver.ListPage{}
		for _, name := range slices.Sorted(maps.Keys(m.names)) {
			if strings.HasPrefix(name, o.Prefix) && name > string(o.PageToken) {
				if len(page.Objects) == 2 { // whatever was asked for
					page.NextPageToken = []byte(page.Objects[1].Key)
					break
				}
				page.Objects = append(page.Objects, &driver.ListObject{Key: name, Size: 10})
			}
		}
		return page, nil
	}
	return m
}

func (m *inMemory) take(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.names, name)
}

func storesOf(t *testing.T, m *inMemory) (*Originals, *Derived) {
	bucket := blob.NewBucket(m)
	t.Cleanup(func() { bucket.Close() })
	return NewOriginals(bucket, nil), NewDerived(bucket, nil)
}

var namesOfA = []string{
	"derived/a/00/1/1", "derived/a/00/1/2", "derived/a/01/1/1", "originals/a/1", "originals/a/2", "originals/a/3", "originals/a/4", "originals/a/5",
}

// TestDeleteAllBreaksOff has the store fail, or the context end, at every
// deletion, and repeats the call until it gets through.
func TestDeleteAllBreaksOff(t *testing.T) {
	for _, workers := range []int{1, 3} {
		for how, want := range map[string]error{"store": errDriver, "context": context.Canceled} {
			m := newInMemory(append([]string{"derived/ab/00/1/1", "originals/ab/1"}, namesOfA...)...)
			originals, derived := storesOf(t, m)
			rounds := 0
			var report DeleteReport
			for ; ; rounds++ {
				ctx, cancel := context.WithCancel(t.Context())
				var done sync.Once
				m.remove = func(name string) (err error) {
					m.take(name) // one a call
					done.Do(func() {
						if how == "store" {
							err = errDriver
						} else {
							cancel()
						}
					})
					return err
				}
				hooks := 0
				one, err := DeleteAll(ctx, "a", originals, derived, &DeleteAllOptions{
					Concurrency: workers,
					Hooks:       []func(context.Context, string) error{func(context.Context, string) error { hooks++; return nil }},
				})
				cancel()
				report.Originals += one.Originals
				report.Derived += one.Derived
				if err == nil {
					require.Equal(t, 1, hooks)
					break
				}
				require.ErrorIs(t, err, want)
				require.Zero(t, hooks)
				require.Less(t, rounds, 20)
				// Originals first.
				if m.names["originals/a/5"] {
					require.True(t, m.names["derived/a/00/1/1"])
				}
			}
			require.Positive(t, rounds)
			require.Equal(t, []string{"derived/ab/00/1/1", "originals/ab/1"}, slices.Sorted(maps.Keys(m.names)))
			if how == "context" { // a deletion that is reported to fail is not counted
				require.Equal(t, DeleteReport{Originals: 5, Derived: 3}, report)
			}
		}
	}
}

// TestDeleteAllWhileStoring has somebody store what is deleted.
func TestDeleteAllWhileStoring(t *testing.T) {
	m := newInMemory(namesOfA...)
	m.remove = func(string) error { return nil } // back at once
	originals, derived := storesOf(t, m)
	_, err := DeleteAll(t.Context(), "a", originals, derived, nil)
	require.ErrorIs(t, err, ErrStillStored)

	late := 1 // what came meanwhile goes too
	m.remove = func(name string) error {
		m.take(name)
		m.mu.Lock()
		defer m.mu.Unlock()
		if late--; late == 0 {
			m.names["originals/a/0"] = true
		}
		return nil
	}
	report, err := DeleteAll(t.Context(), "a", originals, derived, &DeleteAllOptions{Concurrency: 1})
	require.NoError(t, err)
	require.Equal(t, DeleteReport{Originals: 6, Derived: 3, Bytes: 90}, report)
	require.Empty(t, m.names)
}

// TestDeleteImageBreaksOff makes sure of the order: the original first, and the
// rest by a second call.
func TestDeleteImageBreaksOff(t *testing.T) {
	m := newInMemory("originals/a/1")
	originals, derived := storesOf(t, m)
	folder, err := derived.folder(t.Context(), "a", "1")
	require.NoError(t, err)
	m.names[folder+"1"], m.names[folder+"2"] = true, true
	var removed []string
	m.remove = func(name string) error {
		if !m.names[name] {
			return errNotFound
		}
		removed = append(removed, name)
		if name == folder+"2" && len(removed) == 3 {
			return errDriver
		}
		m.take(name)
		return nil
	}
	require.ErrorIs(t, DeleteImage(t.Context(), "a", "1", originals, derived), errDriver)
	require.Equal(t, []string{"originals/a/1", folder + "1", folder + "2"}, removed)
	err = DeleteImage(t.Context(), "a", "1", originals, derived)
	require.ErrorIs(t, err, errNotFound)
	require.Empty(t, m.names)
	// Where the original stays, all of it stays.
	m.names["originals/a/1"], m.names[folder+"1"] = true, true
	m.remove = func(string) error { return errDriver }
	require.ErrorIs(t, DeleteImage(t.Context(), "a", "1", originals, derived), errDriver)
	require.Len(t, m.names, 2)
}

var errNotFound = errors.New("not found")

func (m *inMemory) ErrorCode(err error) gcerrors.ErrorCode {
	if errors.Is(err, errNotFound) {
		return gcerrors.NotFound
	}
	return m.scripted.ErrorCode(err)
}
