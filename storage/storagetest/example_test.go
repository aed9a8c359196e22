package storagetest_test

import (
	"context"
	"fmt"
	"testing"

	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/storagetest"
)

// A driver's test opens a bucket and runs the suite on it.
func ExampleTestOriginals() {
	_ = func(t *testing.T) {
		bucket := memblob.OpenBucket(nil)
		defer bucket.Close()
		storagetest.TestOriginals(t, storage.NewOriginals(bucket, nil), nil)
	}
}

// With the bucket, the suite can damage what is stored, and see that it is not
// served.
func ExampleTestDerived() {
	_ = func(t *testing.T) {
		bucket := memblob.OpenBucket(nil)
		defer bucket.Close()
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

func ExampleValidKeys() {
	for _, key := range storagetest.ValidKeys() {
		if err := storage.CheckKey(key); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
}

func ExampleInvalidKeys() {
	for _, key := range storagetest.InvalidKeys() {
		if storage.CheckKey(key) == nil {
			fmt.Printf("%q is let through\n", key)
		}
	}
	// Output:
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
