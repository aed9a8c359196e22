// Package sign holds what proves that a request was allowed: HMAC signatures
// of image URLs with rotating secrets, the upload tickets and the API keys.
//
//   - [Keyring] signs and verifies the payloads of image URLs.
//   - [Tenants] and [TenantsFunc] pick the keyring by the tenant's name.
//   - [Ticket] is the right to upload one object, for a few minutes.
//   - [APIKey] opens the management API; servers keep only its [KeyHash].
//
// Signatures are compared as text, in constant time, and before anything that
// they cover is decoded: each has exactly one spelling. No error, log line or
// printed value of this package holds a secret. Clocks are parameters.
package sign

import (
	"errors"
	"io/fs"
)

var (
	// ErrMismatch reports a signature, ticket or API key that does not
	// verify. It is the same whatever the reason, an unknown tenant included.
	// It is an [fs.ErrPermission], by which callers that do not import this
	// package tell it from a keyring that could not be looked up.
	ErrMismatch error = mismatch{}
	// ErrExpired reports a signature that verifies but is past its time.
	ErrExpired = errors.New("sign: expired")
)

type mismatch struct{}

func (mismatch) Error() string { return "sign: signature does not match" }

func (mismatch) Is(target error) bool { return target == fs.ErrPermission }
