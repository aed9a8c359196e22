package storage_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/file"
)

// FuzzListCursor lists with cursors and prefixes that nobody was given: at the
// most they lead to other originals of the same tenant and prefix.
func FuzzListCursor(f *testing.F) {
	folder, err := file.Open(f.TempDir(), &file.Options{NoSync: true})
	require.NoError(f, err)
	f.Cleanup(func() { folder.Close() })
	mem := memblob.OpenBucket(nil)
	f.Cleanup(func() { mem.Close() })
	var all []*storage.Originals
	keys := []string{"a", "a/b", "a/c", "a/é", "b", "CON", "z.jpg"}
	for _, b := range []*blob.Bucket{mem, folder} {
		o := storage.NewOriginals(b, nil)
		for _, tenant := range []string{"demo", "other"} {
			for _, key := range keys {
				require.NoError(f, o.Create(f.Context(), tenant, key, strings.NewReader(tenant), "image/png", true))
			}
		}
		next, err := o.List(f.Context(), "demo", "a", "", 2, func(string, int64, time.Time) bool { return true })
		require.NoError(f, err)
		f.Add("a", next)
		f.Add("", next+"A")
		all = append(all, o)
	}
	for _, cursor := range []string{"", "=", "AA", "AB", "Li4v", "b3JpZ2luYWxzL290aGVyL2E", "AAAAAAAA", "_-_-"} {
		f.Add("a/", cursor)
	}
	f.Fuzz(func(t *testing.T, prefix, cursor string) {
		for _, o := range all {
			for range 2 * len(keys) { // pages that go on are as good as any
				var last string
				next, err := o.List(t.Context(), "demo", prefix, cursor, 2, func(key string, size int64, _ time.Time) bool {
					require.Contains(t, keys, key)
					require.True(t, strings.HasPrefix(key, prefix))
					require.Less(t, last, key)
					require.EqualValues(t, len("demo"), size, "of another tenant")
					last = key
					return true
				})
				if err != nil {
					require.True(t, errors.Is(err, fs.ErrInvalid), "%v", err)
					break
				}
				if cursor = next; cursor == "" {
					break
				}
			}
		}
	})
}
