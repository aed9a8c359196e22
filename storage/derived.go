package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"

	"gocloud.dev/blob"
)

// ErrDamaged says that a derived image is in the store, but not as it was
// stored. [Derived.Get] wraps it with fs.ErrNotExist, so that the image is
// rendered anew.
var ErrDamaged = errors.New("the stored image is damaged")

// Derived is a cache of rendered images in a bucket. An image belongs to a
// tenant and the key of its original, and has an id among the images of that
// original: 1 to 255 bytes as for one segment of a key. Its methods may be
// called concurrently. It does not close the bucket.
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

// folder checks an address and returns what the names of all images of an
// original begin with. It hashes the key, which may be long, hostile, or the
// beginning of another.
func (d *Derived) folder(ctx context.Context, tenant, key string) (string, error) {
	if err := ctx.Err(); err != nil { // which some drivers do not look at
		return "", err
	}
	if err := checkName("tenant", tenant); err != nil {
		return "", err
	}
	if err := CheckKey(key); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(key))
	text := hex.EncodeToString(sum[:16])
	return d.prefix(tenant) + text[:2] + "/" + text[2:] + "/", nil
}

func (d *Derived) name(ctx context.Context, tenant, key, id string) (string, error) {
	folder, err := d.folder(ctx, tenant, key)
	if err == nil {
		err = checkName("id", id)
	}
	return folder + id, err
}

// verifyAhead is the length of a body, in bytes, up to which Get reads and
// verifies it itself.
const verifyAhead = 1 << 20

// Get returns an image as it was stored: its header, and its body of size bytes,
// which the caller closes, and which costs little if it is not read. One request
// to the store yields all of it. It fails with [fs.ErrNotExist] where there is
// no such image, or none that is whole.
//
// A body of up to 1 MiB is verified before Get returns. A larger one is verified
// as it is read: if it is not what was stored, the last Read fails with
// [ErrDamaged], and the body's last bytes are withheld.
func (d *Derived) Get(ctx context.Context, tenant, key, id string) (header map[string]string, body io.ReadCloser, size int64, err error) {
	name, err := d.name(ctx, tenant, key, id)
	if err != nil {
		return nil, nil, 0, fault("get", key, err)
	}
	r, err := d.bucket.NewReader(ctx, name, nil)
	if err != nil {
		return nil, nil, 0, fault("get", key, err)
	}
	rec, err := readRecord(r, r.Size(), name)
	if err == nil && rec.size <= verifyAhead {
		var text []byte
		if text, err = rec.readBody(r); err == nil {
			_ = r.Close()
			return rec.header, struct {
				*bytes.Reader
				io.Closer
			}{bytes.NewReader(text), io.NopCloser(nil)}, rec.size, nil
		}
	}
	if err != nil {
		_ = r.Close()
		if errors.Is(err, ErrDamaged) {
			err = &translated{fs.ErrNotExist, err}
		}
		return nil, nil, 0, fault("get", key, err)
	}
	return rec.header, &verifier{ctx: ctx, r: r, key: key, left: rec.size, want: rec.sum}, rec.size, nil
}

// Put stores an image, or nothing. An image of the same address is replaced, in
// one step: readers get either. The header takes at most 64 KiB.
func (d *Derived) Put(ctx context.Context, tenant, key, id string, header map[string]string, body []byte) error {
	name, err := d.name(ctx, tenant, key, id)
	if err != nil {
		return fault("put", key, err)
	}
	head, err := recordHead(name, header, body)
	if err != nil {
		return fault("put", key, err)
	}
	options := &blob.WriterOptions{ContentType: "application/octet-stream"}
	return fault("put", key, write(ctx, d.bucket, name, options, io.MultiReader(bytes.NewReader(head), bytes.NewReader(body))))
}

// DeleteAll removes all images of an original. That there are none is no error.
// If it fails, some may be left: call it again. An image that is stored
// meanwhile may stay.
func (d *Derived) DeleteAll(ctx context.Context, tenant, key string) error {
	folder, err := d.folder(ctx, tenant, key)
	if err != nil {
		return fault("delete", key, err)
	}
	images := d.bucket.List(&blob.ListOptions{Prefix: folder})
	for {
		object, err := images.Next(ctx)
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = d.bucket.Delete(ctx, object.Key)
			if err != nil && errors.Is(translate(err), fs.ErrNotExist) {
				continue
			}
		}
		if err != nil {
			return fault("delete", key, err)
		}
	}
}

// A verifier reads a body and compares its checksum before it gives the last
// bytes away.
type verifier struct {
	ctx  context.Context
	r    *blob.Reader
	key  string
	left int64
	want uint32
	sum  uint32 // of what was read
	err  error
}

func (v *verifier) Read(p []byte) (int, error) {
	if v.err == nil && v.left == 0 {
		v.err = io.EOF
	} else if err := v.ctx.Err(); v.err == nil && err != nil {
		v.err = fault("read", v.key, err)
	}
	if v.err != nil {
		return 0, v.err
	}
	n, err := v.r.Read(p[:min(int64(len(p)), v.left)])
	v.sum = crc32.Update(v.sum, castagnoli, p[:n])
	v.left -= int64(n)
	switch {
	case v.left == 0 && v.sum != v.want:
		n, v.err = 0, fault("read", v.key, ErrDamaged)
	case v.left > 0 && err == io.EOF:
		v.err = fault("read", v.key, fmt.Errorf("%w: %w", ErrDamaged, io.ErrUnexpectedEOF))
	case err != nil && err != io.EOF:
		v.err = fault("read", v.key, err)
	default:
		return n, nil
	}
	return n, v.err
}

func (v *verifier) Close() error { return fault("close", v.key, v.r.Close()) }
