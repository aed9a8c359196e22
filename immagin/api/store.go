package api

import (
	"context"
	"io"
	"net/http"
	"time"
)

// A Store keeps the originals of all tenants, as Originals of package storage
// does. It must be safe for concurrent use.
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

	// List calls yield for up to limit objects whose keys begin with prefix,
	// in the order of the keys' bytes, behind where cursor, which an earlier
	// page returned as next or is empty, left off. next is empty if there are
	// no more. An error that is [fs.ErrInvalid] says that prefix or cursor is
	// none. The handler lets through only prefixes that a key can begin with
	// and cursors that this store gave for the same tenant and prefix.
	List(ctx context.Context, tenant, prefix, cursor string, limit int, yield func(key string, size int64, modified time.Time) bool) (next string, err error)

	// Delete removes an object; an error that is [fs.ErrNotExist] if there is
	// none.
	Delete(ctx context.Context, tenant, key string) error
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
