package immagin

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/immagin/immagin-go/immagin/edit"
)

// Images makes URLs of images, and uploads, lists and deletes originals. It is a
// [Client]'s.
type Images struct{ c *Client }

// URLOptions are the settings of [Images.URL]. The zero value of a field
// leaves it out of the URL.
type URLOptions struct {
	// Output is the format and its options.
	Output *edit.Output
	// Version is the caller's own version of the original, at most 64
	// characters: it changes the URL and nothing else.
	Version string
	// Expires is when the URL ends, rounded up to the second.
	Expires time.Time
}

// URL returns the signed URL of the original of that key after edits, which
// may be nil. What the payload's language does not allow is an error of
// [edit.Request.Payload]. ctx is for the one call of the API that fetches the
// project's secret, unless [Options] has it.
func (i *Images) URL(ctx context.Context, key string, edits []edit.Edit, opts *URLOptions) (string, error) {
	request := edit.Request{Key: key, Edits: edits}
	if opts != nil {
		request.Output, request.Version = opts.Output, opts.Version
		if !opts.Expires.IsZero() {
			request.Expires = new(ceilUnix(opts.Expires))
		}
	}
	payload, err := request.Payload()
	if err != nil {
		return "", fmt.Errorf("immagin: %w", err)
	}
	p, err := i.c.signer(ctx)
	if err != nil {
		return "", err
	}
	return p.delivery + "/" + payload + "?sig=" + p.keyring.Sign(payload), nil
}

func ceilUnix(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// SignURLOptions are the settings of [Images.SignURL].
type SignURLOptions struct {
	// ContentType that the upload must have, such as "image/jpeg"; any image
	// by default.
	ContentType string
	// Size of the upload in bytes; up to the server's limit by default.
	Size int64
	// Overwrite allows the upload to replace an object of that key.
	Overwrite bool
}

// A SignedURL is a URL that takes one upload. It is a right: whoever has it
// may use it.
type SignedURL struct {
	// UploadURL takes the request.
	UploadURL string `json:"uploadUrl"`
	// Method of the request, "PUT".
	Method string `json:"method"`
	// Headers that the request must have, exactly.
	Headers map[string]string `json:"headers"`
	// Key of the object that the upload makes.
	Key string `json:"key"`
	// ExpiresAt is when the URL ends.
	ExpiresAt time.Time `json:"expiresAt"`
}

// SignURL returns a URL that takes the upload of an original, for a browser
// for example.
func (i *Images) SignURL(ctx context.Context, key string, opts *SignURLOptions) (*SignedURL, error) {
	return i.signURL(ctx, i.c.retries(), key, opts)
}

func (i *Images) signURL(ctx context.Context, r *retries, key string, opts *SignURLOptions) (*SignedURL, error) {
	if err := edit.ValidateKey(key); err != nil {
		return nil, fmt.Errorf("immagin: key %w", err)
	}
	request := struct {
		Key         string `json:"key"`
		ContentType string `json:"contentType,omitempty"`
		Size        int64  `json:"size,omitempty"`
		Overwrite   bool   `json:"overwrite,omitempty"`
	}{Key: key}
	if opts != nil {
		request.ContentType, request.Size, request.Overwrite = opts.ContentType, opts.Size, opts.Overwrite
	}
	signed := new(SignedURL)
	if err := i.c.call(ctx, r, http.MethodPost, "/v1/images/sign-url", request, signed); err != nil {
		return nil, err
	}
	return signed, nil
}
