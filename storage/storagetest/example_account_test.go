package storagetest_test

import (
	"context"
	"io"
	"testing"

	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/storagetest"
)

// account is how package storage ends accounts.
func account(originals *storage.Originals, derived *storage.Derived) storagetest.Account {
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

func ExampleTestAccount() {
	_ = func(t *testing.T) {
		bucket := memblob.OpenBucket(nil)
		defer bucket.Close()
		storagetest.TestAccount(t, account(storage.NewOriginals(bucket, nil), storage.NewDerived(bucket, nil)), nil)
	}
}
