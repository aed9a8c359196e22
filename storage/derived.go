package storage

import (
	"context"
	"io"

	"gocloud.dev/blob"
)

// Derived is a cache of rendered images in a bucket. Its methods may be called
// concurrently. It does not close the bucket.
type Derived struct {
	bucket *blob.Bucket
	prefix func(tenant string) string
}

// NewDerived returns the derived images in bucket, which must not be nil.
func NewDerived(bucket *blob.Bucket, options *Options) *Derived {
	if bucket == nil {
		panic("storage: NewDerived needs a bucket")
	}
	return &Derived{bucket: bucket, prefix: options.prefix("derived")}
}

func (d *Derived) Get(ctx context.Context, tenant, key, id string) (header map[string]string, body io.ReadCloser, size int64, err error) {
	panic("soon")
}
func (d *Derived) Put(ctx context.Context, tenant, key, id string, header map[string]string, body []byte) error {
	panic("soon")
}
func (d *Derived) DeleteAll(ctx context.Context, tenant, key string) error { panic("soon") }
