// Package bucket opens a bucket of any kind by its URL, for programs whose users
// choose the store, such as by a flag:
//
//	pictures, err := bucket.Open(ctx, "s3://pictures?region=eu-central-1")
//	if err != nil {
//		return err
//	}
//	defer pictures.Close()
//	originals := storage.NewOriginals(pictures, nil)
//
// It links the drivers of all stores, cloud SDKs included, which is some 35 MB in a
// program: one that knows its store opens it with that driver's own package, such
// as gocloud.dev/blob/s3blob, or with package storage/file.
package bucket

import (
	"context"
	"fmt"
	"net/url"

	"gocloud.dev/blob"

	_ "gocloud.dev/blob/azureblob" // azblob://
	_ "gocloud.dev/blob/gcsblob"   // gs://
	_ "gocloud.dev/blob/memblob"   // mem://
	_ "gocloud.dev/blob/s3blob"    // s3://

	"github.com/immagin/immagin-go/storage/file"
)

// Open opens the bucket that rawURL names; the caller closes it.
//
//	file:///var/lib/images?create_dir=1   a folder, by storage/file (see file.OpenURL)
//	mem://                                memory, for tests
//	s3://bucket?region=…&endpoint=…       S3 and what speaks like it
//	gs://bucket                           Google Cloud Storage
//	azblob://container                    Azure Blob Storage
//
// All but file are read by gocloud.dev, whose packages document their
// parameters.
func Open(ctx context.Context, rawURL string) (*blob.Bucket, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("bucket: %w", err)
	}
	if u.Scheme == "file" {
		return file.OpenURL(u)
	}
	b, err := blob.OpenBucket(ctx, rawURL)
	if err != nil {
		return nil, fmt.Errorf("bucket: %w", err)
	}
	return b, nil
}
