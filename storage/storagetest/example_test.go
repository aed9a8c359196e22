package storagetest_test

import (
	"context"
	"fmt"
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
