package api

import (
	"context"
	"io"
	"net/http"
	"time"
)

// A Store keeps the originals of all tenants. It must be safe for concurrent
// use.
type Store interface {
	// Stat returns the size in bytes and the version of an object; an error
	// that is [fs.ErrNotExist] if there is none.
	Stat(ctx context.Context, tenant, key string) (size int64, version string, err error)

	// Create streams body into the store: the whole object or, where body or
	// the store fails, nothing. It returns an error that is [fs.ErrExist] if
	// there is an object of that key and overwrite is false.
	Create(ctx context.Context, tenant, key string, body io.Reader, contentType string, overwrite bool) error

	// SignPut returns a URL that takes a PUT with exactly header until expiry
	// has passed. contentType is empty and size 0 where they are not known.
	// It returns [errors.ErrUnsupported] where the store cannot do that, be
	// it at all or with what is known: the upload then goes through the
	// handler.
	SignPut(ctx context.Context, tenant, key, contentType string, size int64, expiry time.Duration) (url string, header http.Header, err error)
}

// An Upload is what [Options.Guard] is asked about.
type Upload struct {
	Tenant string
	Key    string
	// ContentType that was declared; may be empty.
	ContentType string
	// Size in bytes that was declared; 0 if it is not known.
	Size int64
	// Overwrite says that an object of that key may be replaced.
	Overwrite bool
}
