// Package accounttest is what tests of package storage, over one store or
// another, tell storagetest of it.
package accounttest

import (
	"context"
	"io"

	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/storagetest"
)

// New returns the accounts in two stores, as package storage ends them.
func New(originals *storage.Originals, derived *storage.Derived) storagetest.Account {
	return storagetest.Account{
		Originals: originals,
		Derived:   derived,
		Export: func(ctx context.Context, w io.Writer, tenant, prefix, after string) (string, int64, error) {
			report, err := storage.Export(ctx, w, tenant, originals, &storage.ExportOptions{Prefix: prefix, After: after})
			return report.Last, report.Archive, err
		},
		DeleteImage: func(ctx context.Context, tenant, key string) error {
			return storage.DeleteImage(ctx, tenant, key, originals, derived)
		},
		DeleteAll: func(ctx context.Context, tenant string) error {
			_, err := storage.DeleteAll(ctx, tenant, originals, derived, nil)
			return err
		},
	}
}
