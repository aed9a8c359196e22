package storage

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"gocloud.dev/blob"
)

// List calls yield for up to limit originals of a tenant whose keys begin with
// prefix, with their sizes in bytes and the times when they were stored, in the
// order of the keys' bytes. (Keys that no store could take as a name, since they
// are too long with the tenant's prefix, are sorted by their beginnings; on cloud
// stores, the few characters that gocloud.dev's drivers escape are sorted as
// what they are escaped to.)
//
// An empty cursor begins with the first one. What is returned as next continues
// behind the last one, whatever was stored or deleted meanwhile, and is empty
// if there are no more. It holds no secret and need not be signed: what others
// make of it leads at most to other originals of the same tenant and prefix. A
// cursor that cannot be read fails with [fs.ErrInvalid], as does a limit below 1.
//
// List stops early when yield returns false, and then returns no cursor.
func (o *Originals) List(ctx context.Context, tenant, prefix, cursor string, limit int, yield func(key string, size int64, modified time.Time) bool) (next string, err error) {
	token, err := o.checkList(tenant, prefix, cursor, limit)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return "", fault("list", prefix, err)
	}
	base := o.prefix(tenant)
	for limit > 0 {
		var page []*blob.ListObject
		page, token, err = o.bucket.ListPage(ctx, token, limit, &blob.ListOptions{Prefix: listName(base, prefix)})
		if err != nil && err != io.EOF {
			return "", fault("list", prefix, err)
		}
		for _, object := range page {
			key, ok, err := o.keyOf(ctx, base, object)
			if err != nil {
				return "", fault("list", prefix, err)
			}
			if !ok || !strings.HasPrefix(key, prefix) {
				continue
			}
			if !yield(key, object.Size, object.ModTime) {
				return "", nil
			}
			limit--
		}
		if len(token) == 0 {
			return "", nil
		}
	}
	return base64.RawURLEncoding.EncodeToString(token), nil
}

func (o *Originals) checkList(tenant, prefix, cursor string, limit int) (token []byte, err error) {
	if err := checkName("tenant", tenant); err != nil {
		return nil, err
	}
	if err := checkPrefix(prefix); err != nil {
		return nil, err
	}
	if limit < 1 {
		return nil, keyError("limit", strconv.Itoa(limit), "must be at least 1")
	}
	if cursor == "" {
		return blob.FirstPageToken, nil
	}
	token, err = base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return nil, keyError("cursor", cursor, "must be one that an earlier page returned")
	}
	return token, nil
}

// keyOf returns the key of a listed object. Objects that others put there under
// names that are no keys are left out.
func (o *Originals) keyOf(ctx context.Context, base string, object *blob.ListObject) (key string, ok bool, err error) {
	key, ok = strings.CutPrefix(object.Key, base)
	if !ok || !isSubstitute(key) {
		return key, ok && keyFault(key) == "", nil
	}
	a, err := o.bucket.Attributes(ctx, object.Key)
	if err != nil {
		if errors.Is(translate(err), fs.ErrNotExist) {
			err = nil // deleted meanwhile
		}
		return "", false, err
	}
	key, ok = keyOf(base, object.Key, a.Metadata)
	return key, ok, nil
}
