package storage_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/file"
	"github.com/immagin/immagin-go/storage/storagetest"
)

// A store is a driver that the suite runs on.
type store struct {
	name string
	open func(t *testing.T) (bucket *blob.Bucket, residue func(context.Context) ([]string, error))
}

func stores() []store {
	return []store{
		{"mem", func(t *testing.T) (*blob.Bucket, func(context.Context) ([]string, error)) {
			b := memblob.OpenBucket(nil)
			t.Cleanup(func() { b.Close() })
			return b, func(ctx context.Context) ([]string, error) { return objects(ctx, b) }
		}},
		{"file", func(t *testing.T) (*blob.Bucket, func(context.Context) ([]string, error)) {
			return openFile(t, t.TempDir())
		}},
		{"file with folded names", func(t *testing.T) (*blob.Bucket, func(context.Context) ([]string, error)) {
			dir := t.TempDir()
			// As if the folder had been made on macOS or Windows.
			require.NoError(t, os.WriteFile(filepath.Join(dir, ".layout"), []byte("immagin file names 1 folded\n"), 0o666))
			require.NoError(t, os.Mkdir(filepath.Join(dir, ".tmp"), 0o777))
			return openFile(t, dir)
		}},
	}
}

func openFile(t *testing.T, dir string) (*blob.Bucket, func(context.Context) ([]string, error)) {
	b, err := file.Open(dir, &file.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { b.Close() })
	return b, func(context.Context) ([]string, error) { return files(dir) }
}

// objects names what is in a bucket.
func objects(ctx context.Context, b *blob.Bucket) (names []string, err error) {
	list := b.List(nil)
	for {
		object, err := list.Next(ctx)
		if err == io.EOF {
			return names, nil
		}
		if err != nil {
			return nil, err
		}
		names = append(names, object.Key)
	}
}

// testCount is how many cases a counted test runs: IMMAGIN_TEST_COUNT, or n.
func testCount(t *testing.T, n int) int {
	if text := os.Getenv("IMMAGIN_TEST_COUNT"); text != "" {
		count, err := strconv.Atoi(text)
		require.NoError(t, err, "IMMAGIN_TEST_COUNT")
		return count
	}
	return n
}

// files names what is in a folder, folders included.
func files(dir string) (names []string, err error) {
	root, err := os.OpenRoot(dir) // whose paths may be longer than the system's
	if err != nil {
		return nil, err
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(name string, _ fs.DirEntry, err error) error {
		names = append(names, filepath.ToSlash(name))
		return err
	})
	return names, err
}

func TestOriginals(t *testing.T) {
	for _, s := range stores() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel() // they wait for the disk
			bucket, residue := s.open(t)
			storagetest.TestOriginals(t, storage.NewOriginals(bucket, nil), &storagetest.Options{Residue: residue, Keys: testCount(t, 100), Many: max(1100, testCount(t, 0))})
		})
	}
}

func TestDerived(t *testing.T) {
	for _, s := range stores() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			bucket, residue := s.open(t)
			storagetest.TestDerived(t, storage.NewDerived(bucket, nil), &storagetest.Options{Residue: residue, Bucket: bucket})
		})
	}
}

// TestOneBucket keeps originals and derived images in one bucket.
func TestOneBucket(t *testing.T) {
	for _, s := range stores() {
		t.Run(s.name, func(t *testing.T) {
			ctx := t.Context()
			bucket, _ := s.open(t)
			originals, derived := storage.NewOriginals(bucket, nil), storage.NewDerived(bucket, nil)
			for _, tenant := range []string{"derived", "originals", "demo"} {
				for _, key := range []string{"derived/demo/x.jpg", "originals/demo/x.jpg", "x.jpg"} {
					require.NoError(t, originals.Create(ctx, tenant, key, strings.NewReader(key), "", false))
					require.NoError(t, derived.Put(ctx, tenant, key, "1", nil, []byte(key)))
				}
			}
			for _, tenant := range []string{"derived", "originals", "demo"} {
				var keys []string
				_, err := originals.List(ctx, tenant, "", "", 100, func(key string, _ int64, _ time.Time) bool {
					keys = append(keys, key)
					return true
				})
				require.NoError(t, err)
				require.Equal(t, []string{"derived/demo/x.jpg", "originals/demo/x.jpg", "x.jpg"}, keys)
			}
			require.NoError(t, derived.DeleteAll(ctx, "demo", "x.jpg"))
			size, _, err := originals.Stat(ctx, "demo", "x.jpg")
			require.NoError(t, err)
			require.EqualValues(t, 5, size)
			require.NoError(t, originals.Delete(ctx, "demo", "x.jpg"))
			_, _, _, err = derived.Get(ctx, "demo", "originals/demo/x.jpg", "1")
			require.NoError(t, err)
		})
	}
}

// TestPrefix puts one tenant's originals at the top of a bucket, where others
// may have put them.
func TestPrefix(t *testing.T) {
	ctx := t.Context()
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	require.NoError(t, bucket.WriteAll(ctx, "gallery/hero.jpg", []byte("hero"), nil))
	require.NoError(t, bucket.WriteAll(ctx, "no//key", nil, nil))
	originals := storage.NewOriginals(bucket, &storage.Options{Prefix: func(string) string { return "" }})
	size, _, err := originals.Stat(ctx, "any", "gallery/hero.jpg")
	require.NoError(t, err)
	require.EqualValues(t, 4, size)
	require.NoError(t, originals.Create(ctx, "any", "new.jpg", strings.NewReader("new"), "", false))
	var keys []string
	_, err = originals.List(ctx, "any", "", "", 100, func(key string, _ int64, _ time.Time) bool {
		keys = append(keys, key)
		return true
	})
	require.NoError(t, err)
	require.Equal(t, []string{"gallery/hero.jpg", "new.jpg"}, keys)
	text, err := bucket.ReadAll(ctx, "new.jpg")
	require.NoError(t, err)
	require.Equal(t, "new", string(text))
}

// TestPanickingBody leaves nothing of a body that panics.
func TestPanickingBody(t *testing.T) {
	for _, s := range stores() {
		t.Run(s.name, func(t *testing.T) {
			bucket, residue := s.open(t)
			originals := storage.NewOriginals(bucket, nil)
			before, err := residue(t.Context())
			require.NoError(t, err)
			require.Panics(t, func() {
				_ = originals.Create(t.Context(), "t", "a/b.jpg", io.MultiReader(strings.NewReader(strings.Repeat("x", 5000)), panicking{}), "", true)
			})
			after, err := residue(t.Context())
			require.NoError(t, err)
			require.Equal(t, before, after)
		})
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("body") }

// TestDamagedSays tells a damaged image from one that is not there.
func TestDamagedSays(t *testing.T) {
	ctx := t.Context()
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	derived := storage.NewDerived(bucket, nil)
	_, _, _, err := derived.Get(ctx, "t", "a.jpg", "1")
	require.NotErrorIs(t, err, storage.ErrDamaged)
	for _, n := range []int{1000, 2 << 20} {
		require.NoError(t, derived.Put(ctx, "t", "a.jpg", "1", nil, bytes.Repeat([]byte("x"), n)))
		names, err := objects(ctx, bucket)
		require.NoError(t, err)
		text, err := bucket.ReadAll(ctx, names[0])
		require.NoError(t, err)
		text[len(text)-1]++
		require.NoError(t, bucket.WriteAll(ctx, names[0], text, nil))
		_, body, _, err := derived.Get(ctx, "t", "a.jpg", "1")
		if err == nil {
			_, err = io.ReadAll(body)
			require.NoError(t, body.Close())
			require.NotErrorIs(t, err, fs.ErrNotExist)
		} else {
			require.ErrorIs(t, err, fs.ErrNotExist)
		}
		require.ErrorIs(t, err, storage.ErrDamaged)
	}
}

func TestNilBucket(t *testing.T) {
	require.Panics(t, func() { storage.NewOriginals(nil, nil) })
	require.Panics(t, func() { storage.NewDerived(nil, nil) })
}
