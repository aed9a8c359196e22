package storage_test

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

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
			dir := t.TempDir()
			b, err := file.Open(dir, &file.Options{NoSync: true})
			require.NoError(t, err)
			t.Cleanup(func() { b.Close() })
			return b, func(context.Context) ([]string, error) { return files(dir) }
		}},
	}
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
			bucket, residue := s.open(t)
			storagetest.TestOriginals(t, storage.NewOriginals(bucket, nil), &storagetest.Options{Residue: residue})
		})
	}
}

func TestDerived(t *testing.T) {
	for _, s := range stores() {
		t.Run(s.name, func(t *testing.T) {
			bucket, residue := s.open(t)
			storagetest.TestDerived(t, storage.NewDerived(bucket, nil), &storagetest.Options{Residue: residue, Bucket: bucket})
		})
	}
}
