package storage

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// Originals keeps original images in a bucket. Its methods may be called
// concurrently. It does not close the bucket.
type Originals struct {
	bucket *blob.Bucket
	prefix func(tenant string) string
	// beforeSign may be nil.
	beforeSign func(as func(any) bool) error
}

// NewOriginals returns the originals in bucket, which must not be nil.
func NewOriginals(bucket *blob.Bucket, options *Options) *Originals {
	if bucket == nil {
		panic("storage: NewOriginals needs a bucket")
	}
	o := &Originals{bucket: bucket, prefix: options.prefix("originals")}
	if options != nil {
		o.beforeSign = options.BeforeSign
	}
	return o
}

// name checks an address and returns the object's name. It fails if ctx is done,
// which some drivers do not look at.
func (o *Originals) name(ctx context.Context, tenant, key string) (name string, substitute bool, err error) {
	if err := ctx.Err(); err != nil {
		return "", false, err
	}
	if err := checkName("tenant", tenant); err != nil {
		return "", false, err
	}
	if err := CheckKey(key); err != nil {
		return "", false, err
	}
	name, substitute = objectName(o.prefix(tenant), key)
	return name, substitute, nil
}

// Stat returns the size of an original in bytes, and its content version: a
// text that changes whenever the original is replaced. It is the store's ETag,
// with the MD5 sum of the content where the store has that as well, and so may
// come back when an earlier content does.
//
// It fails with [fs.ErrNotExist] where there is no such original.
func (o *Originals) Stat(ctx context.Context, tenant, key string) (size int64, version string, err error) {
	name, _, err := o.name(ctx, tenant, key)
	if err != nil {
		return 0, "", fault("stat", key, err)
	}
	a, err := o.bucket.Attributes(ctx, name)
	if err != nil {
		return 0, "", fault("stat", key, err)
	}
	return a.Size, versionOf(a), nil
}

func versionOf(a *blob.Attributes) string {
	version := strings.Trim(strings.TrimPrefix(a.ETag, "W/"), `"`)
	if version == "" {
		version = fmt.Sprintf("%x-%x", a.ModTime.UnixNano(), a.Size)
	}
	// On S3 the ETag mostly is the sum; elsewhere it may be made of a clock,
	// which may stand still between two writes.
	if sum := hex.EncodeToString(a.MD5); sum != "" && sum != version {
		version += "-" + sum
	}
	return version
}

// maxOpens bounds the attempts to open an original while others replace it.
const maxOpens = 32

// recently is the age from which on two states of an object surely differ in
// their times of modification, though these be rounded to seconds and the
// store's clock be not quite ours.
const recently = time.Minute

// Open returns the content of an original, its size in bytes, and the version
// of just this content, as of [Originals.Stat]: it makes sure that the original
// was not replaced between its two requests to the store. (Where versions are
// hashes, it does not see that one content was replaced by another and that
// again by the first, all between the two.) The caller closes body, which reads
// until ctx is done.
//
// It fails with [fs.ErrNotExist] where there is no such original.
func (o *Originals) Open(ctx context.Context, tenant, key string) (body io.ReadCloser, size int64, version string, err error) {
	name, _, err := o.name(ctx, tenant, key)
	if err != nil {
		return nil, 0, "", fault("open", key, err)
	}
	a, r, err := o.open(ctx, name)
	if err != nil {
		return nil, 0, "", fault("open", key, err)
	}
	return &content{ctx, r, key}, a.Size, versionOf(a), nil
}

// open opens an object and returns the attributes of just what it opened.
func (o *Originals) open(ctx context.Context, name string) (*blob.Attributes, *blob.Reader, error) {
	a, err := o.bucket.Attributes(ctx, name)
	for range maxOpens {
		if err != nil {
			return nil, nil, err
		}
		r, err := o.bucket.NewReader(ctx, name, nil)
		if err != nil {
			return nil, nil, err
		}
		if same(a, r) {
			return a, r, nil
		}
		// Perhaps replaced between the two calls. If it was the same before
		// and after opening, that is what was opened.
		before := a
		a, err = o.bucket.Attributes(ctx, name)
		if err == nil && versionOf(a) == versionOf(before) && a.Size == r.Size() {
			return a, r, nil
		}
		_ = r.Close()
		if err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, errors.New("it is being replaced faster than it can be opened")
}

// same reports whether r surely reads the content that a is about.
func same(a *blob.Attributes, r *blob.Reader) bool {
	if a.Size != r.Size() {
		return false
	}
	if r.ModTime().Nanosecond() != 0 {
		return a.ModTime.Equal(r.ModTime())
	}
	// The time was rounded to seconds, as it is in HTTP.
	return a.ModTime.Unix() == r.ModTime().Unix() && time.Since(a.ModTime) > recently
}

// content is an original's body, with errors translated.
type content struct {
	ctx context.Context
	r   *blob.Reader
	key string
}

func (c *content) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, fault("read", c.key, err)
	}
	n, err := c.r.Read(p)
	if err != nil && err != io.EOF {
		err = fault("read", c.key, err)
	}
	return n, err
}

// Size is that of the whole content in bytes.
func (c *content) Size() int64 { return c.r.Size() }

func (c *content) Close() error { return fault("close", c.key, c.r.Close()) }

// Create stores what body yields up to its end as an original: all of it or, if
// body fails, ctx is done or the store fails, nothing, and what was there
// before stays. It neither closes body nor holds more than a part of it in
// memory (the memory store apart). An empty contentType is made out from the
// first bytes.
//
// With overwrite unset it fails with [fs.ErrExist] where there is such an
// original already: at once as a rule, and in any case before replacing it,
// also when several do so at the same time.
func (o *Originals) Create(ctx context.Context, tenant, key string, body io.Reader, contentType string, overwrite bool) error {
	name, substitute, err := o.name(ctx, tenant, key)
	if err == nil {
		err = checkContentType(contentType)
	}
	if err != nil {
		return fault("create", key, err)
	}
	if !overwrite {
		exists, err := o.bucket.Exists(ctx, name)
		if err == nil && exists {
			err = fs.ErrExist
		}
		if err != nil {
			return fault("create", key, err)
		}
	}
	options := &blob.WriterOptions{ContentType: contentType, IfNotExist: !overwrite}
	if substitute {
		options.Metadata = metadata(key)
	}
	err = write(ctx, o.bucket, name, options, body)
	if !overwrite && gcerrors.Code(err) == gcerrors.FailedPrecondition {
		err = &translated{fs.ErrExist, err}
	}
	return fault("create", key, err)
}

// Delete removes an original. It fails with [fs.ErrNotExist] where there is no
// such original. Images derived from it stay: [DeleteImage] removes both.
func (o *Originals) Delete(ctx context.Context, tenant, key string) error {
	name, _, err := o.name(ctx, tenant, key)
	if err == nil {
		err = o.bucket.Delete(ctx, name)
	}
	return fault("delete", key, err)
}
