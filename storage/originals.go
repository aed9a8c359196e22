package storage

import (
	"context"
	"io"
	"net/http"
	"time"

	"gocloud.dev/blob"
)

// Originals keeps original images in a bucket. Its methods may be called
// concurrently. It does not close the bucket.
type Originals struct {
	bucket *blob.Bucket
	prefix func(tenant string) string
}

// NewOriginals returns the originals in bucket, which must not be nil.
func NewOriginals(bucket *blob.Bucket, options *Options) *Originals {
	if bucket == nil {
		panic("storage: NewOriginals needs a bucket")
	}
	return &Originals{bucket: bucket, prefix: options.prefix("originals")}
}

func (o *Originals) Stat(ctx context.Context, tenant, key string) (size int64, version string, err error) {
	panic("soon")
}
func (o *Originals) Open(ctx context.Context, tenant, key string) (body io.ReadCloser, size int64, version string, err error) {
	panic("soon")
}
func (o *Originals) Create(ctx context.Context, tenant, key string, body io.Reader, contentType string, overwrite bool) error {
	panic("soon")
}
func (o *Originals) Delete(ctx context.Context, tenant, key string) error { panic("soon") }
func (o *Originals) List(ctx context.Context, tenant, prefix, cursor string, limit int, yield func(key string, size int64, modified time.Time) bool) (next string, err error) {
	panic("soon")
}
func (o *Originals) SignPut(ctx context.Context, tenant, key, contentType string, size int64, expiry time.Duration) (url string, header http.Header, err error) {
	panic("soon")
}
