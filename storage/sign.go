package storage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// SignPut returns a URL of the store's own to which an original can be uploaded
// with a PUT request until expiry has passed, and the header that the request
// must have; an empty contentType leaves that open. The body never touches this
// program, which no store's URL can make up for:
//
//   - It may be used more than once, and replaces an original that is there.
//   - It bounds no size: the parameter is not part of what is signed.
//   - The content type is bound by GCS only; S3 and Azure store what they are
//     told.
//
// So look at what was uploaded, by [Originals.Stat] and its first bytes, before
// its first use.
//
// It fails with [errors.ErrUnsupported] where the store signs nothing (memory,
// files, GCS without a signing key), and for the few keys whose objects need
// metadata: use an upload handler of your own then, and [Originals.Create].
func (o *Originals) SignPut(ctx context.Context, tenant, key, contentType string, size int64, expiry time.Duration) (url string, header http.Header, err error) {
	name, substitute, err := o.name(ctx, tenant, key)
	switch {
	case err != nil:
	case expiry <= 0:
		err = keyError("expiry", expiry.String(), "must be positive")
	case size < 0:
		err = keyError("size", fmt.Sprint(size), "must not be negative; 0 if unknown")
	case substitute:
		err = fmt.Errorf("a key of this length cannot be uploaded by a signed URL: %w", errors.ErrUnsupported)
	}
	if err == nil {
		err = checkContentType(contentType)
	}
	if err != nil {
		return "", nil, fault("sign", key, err)
	}
	header = http.Header{}
	if contentType != "" {
		header.Set("Content-Type", contentType)
	}
	options := &blob.SignedURLOptions{Method: http.MethodPut, Expiry: expiry, ContentType: contentType, BeforeSign: o.beforeSign}
	url, err = o.bucket.SignedURL(ctx, name, options)
	if contentType != "" && gcerrors.Code(err) == gcerrors.Unimplemented {
		options.ContentType = "" // a store that signs, but no type
		url, err = o.bucket.SignedURL(ctx, name, options)
	}
	if err != nil {
		return "", nil, fault("sign", key, err)
	}
	if isAzure(url) {
		header.Set("x-ms-blob-type", "BlockBlob") // which Azure asks for
	}
	return url, header, nil
}

// isAzure tells a shared access signature by its parameters.
// https://learn.microsoft.com/rest/api/storageservices/create-service-sas
func isAzure(signed string) bool {
	u, err := url.Parse(signed)
	if err != nil {
		return false
	}
	query := u.Query()
	return query.Has("sv") && query.Has("sr") && query.Has("sp") && query.Has("sig")
}
