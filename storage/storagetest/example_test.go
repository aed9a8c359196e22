package storagetest_test

import (
	"context"
	"fmt"
	"io"
	"testing"

	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/storagetest"
)

// A driver's test opens a bucket and runs the suites on it.
func ExampleTestOriginals() {
	_ = func(t *testing.T) {
		bucket := memblob.OpenBucket(nil)
		defer bucket.Close()
		storagetest.TestOriginals(t, storage.NewOriginals(bucket, nil), nil)
		storagetest.TestDerived(t, storage.NewDerived(bucket, nil), &storagetest.Options{Bucket: bucket})
	}
}

func ExampleOriginalsChecks() {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	originals := storage.NewOriginals(bucket, nil)
	for _, check := range storagetest.OriginalsChecks()[:4] {
		fmt.Println(check.Name, check.Run(context.Background(), originals, nil))
	}
	// Output:
	// RoundTrip <nil>
	// Missing <nil>
	// BadArguments <nil>
	// NoOverwrite <nil>
}

func ExampleDerivedChecks() {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	derived := storage.NewDerived(bucket, nil)
	for _, check := range storagetest.DerivedChecks()[:4] {
		fmt.Println(check.Name, check.Run(context.Background(), derived, nil))
	}
	// Output:
	// RoundTrip <nil>
	// Missing <nil>
	// BadArguments <nil>
	// Replace <nil>
}

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

func ExampleAccountChecks() {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	for _, check := range storagetest.AccountChecks() {
		fmt.Println(check.Name, check.Run(context.Background(), account(storage.NewOriginals(bucket, nil), storage.NewDerived(bucket, nil)), nil))
	}
	// Output:
	// Export <nil>
	// ExportResumed <nil>
	// DeleteImage <nil>
	// DeleteAccount <nil>
}

func ExampleHostileKeys() {
	valid := 0
	for _, key := range storagetest.HostileKeys(1000) {
		if storage.CheckKey(key) == nil {
			valid++
		}
	}
	fmt.Println("of 1000 there are valid ones:", valid > 100, "and others:", valid < 900)
	// Output: of 1000 there are valid ones: true and others: true
}
