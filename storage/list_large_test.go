package storage_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/file"
)

// TestListLarge lists many originals, 100,000 in the long run, by pages of
// 1,000: all of them, in order, without holding more of them in the end than in the beginning.
func TestListLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("stores thousands of objects")
	}
	const limit = 1000
	all := max(testCount(t, 10_000), 10*limit)
	pages := all / limit
	for shape, format := range map[string]func(i int) string{
		"flat":   func(i int) string { return fmt.Sprintf("%06d.jpg", i) },
		"nested": func(i int) string { return fmt.Sprintf("%02d/%02d/%02d.jpg", i/10_000, i/100%100, i%100) },
	} {
		for _, kind := range []string{"mem", "file"} {
			t.Run(kind+" "+shape, func(t *testing.T) {
				ctx := t.Context()
				bucket, fill := large(t, kind)
				for i := range all {
					fill("originals/t/" + format(i))
				}
				originals := storage.NewOriginals(bucket, nil)
				heap := map[int]uint64{}
				var slowest time.Duration
				n, cursor, began := 0, "", time.Now()
				for page := 1; ; page++ {
					start := time.Now()
					next, err := originals.List(ctx, "t", "", cursor, limit, func(key string, size int64, _ time.Time) bool {
						require.Equal(t, format(n), key)
						require.EqualValues(t, 1, size)
						n++
						return true
					})
					require.NoError(t, err)
					slowest = max(slowest, time.Since(start))
					if page == pages/10 || page == pages*9/10 {
						runtime.GC()
						var m runtime.MemStats
						runtime.ReadMemStats(&m)
						heap[page] = m.HeapAlloc
					}
					if next == "" {
						break
					}
					cursor = next
				}
				took := time.Since(began)
				require.Equal(t, all, n)
				grown := int64(heap[pages*9/10]) - int64(heap[pages/10])
				require.Less(t, grown, int64(8<<20), "bytes of heap that listing grew by")
				t.Logf("%d originals in %v, the slowest page %v; the heap grew by %d KiB from the first tenth to the last", n, took, slowest, grown>>10)
			})
		}
	}
}

// large returns an empty bucket, and what puts objects of one byte into it.
func large(t *testing.T, kind string) (*blob.Bucket, func(name string)) {
	if kind == "mem" {
		bucket := memblob.OpenBucket(nil)
		t.Cleanup(func() { bucket.Close() })
		return bucket, func(name string) {
			require.NoError(t, bucket.WriteAll(t.Context(), name, []byte("x"), &blob.WriterOptions{ContentType: "image/jpeg"}))
		}
	}
	dir := t.TempDir()
	bucket, err := file.Open(dir, &file.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { bucket.Close() })
	made := map[string]bool{}
	return bucket, func(name string) { // as somebody copies pictures into the folder
		name = filepath.Join(dir, filepath.FromSlash(name))
		if d := filepath.Dir(name); !made[d] {
			require.NoError(t, os.MkdirAll(d, 0o777))
			made[d] = true
		}
		require.NoError(t, os.WriteFile(name, []byte("x"), 0o666))
	}
}
