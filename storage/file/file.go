// Package file keeps a bucket of gocloud.dev/blob in a folder.
package file

import (
	"errors"
	"net/url"

	"gocloud.dev/blob"
)

// Options of a folder.
type Options struct {
	// Create makes the folder where there is none.
	Create bool
	// NoSync leaves it to the system when bytes reach the disk.
	NoSync bool
}

// Open opens the bucket in the folder dir.
func Open(dir string, options *Options) (*blob.Bucket, error) {
	return nil, errors.New("soon")
}

// OpenURL opens the bucket in the folder that a file URL names.
func OpenURL(u *url.URL) (*blob.Bucket, error) {
	return Open(u.Path, nil)
}
